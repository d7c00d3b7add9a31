/* serve/router.h - a ZeroMQ socket of the front: whole requests in, whole replies out, never waiting.
 *
 * One for all listeners without keys, one for those with CURVE.
 *
 * Threads: one owner (libzmq has its own I/O thread). Errors: STATUS_UNAVAILABLE as the functions say; errno is kept.
 * Privacy: frames live in libzmq's memory until router_release.
 */
#ifndef SERVE_ROUTER_H
#define SERVE_ROUTER_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"
#include "serve/conf.h"
#include "serve/curve.h"

#define ROUTER_MAX_ENVELOPE_FRAMES 8
#define ROUTER_MAX_ENVELOPE_BYTES 1024
#define ROUTER_MAX_MESSAGE_BYTES (2 << 20)
#define ROUTER_INLINE_FRAMES 3 /* routing id, delimiter, payload */

struct frame { /* a zmq_msg_t */
    _Alignas(8) unsigned char opaque[64];
};

struct router {
    void *socket;
    int fd;             /* readable = something happened; then receive until STATUS_NOT_FOUND */
    bool may_have_more; /* do not sleep: nothing has looked since the last send */
    bool has_keys;      /* CURVE: every peer has one */
    unsigned bound;     /* how many of `listen` are */
    struct conf_listen listen;
    char endpoints[CONF_MAX_LISTEN][CONF_LISTEN_BYTES]; /* as libzmq calls those bound */
};

/* One request as it came. Must not be moved in memory: `payload` may point into it. */
struct parts {
    struct frame inline_frames[ROUTER_INLINE_FRAMES];
    struct frame *frames; /* inline_frames, or a longer list of its own */
    unsigned count;       /* 0 = released */
    struct slice payload;
    struct router *router; /* it came from and is answered through */
};

void *router_context(void); /* for all sockets of the front; NULL = no memory */
void router_end(void *context);

/* `key` NULL: without CURVE. Must not be moved in memory. */
STATUS_CHECKED enum status router_open(void *context, const struct conf *conf, const struct conf_listen *listen,
                                       const struct curve_key *key, struct router *router_out);
/* Binds those of its endpoints that are not. STATUS_IO: router->bound is the index of the one refused; may be called
 * again. */
STATUS_CHECKED enum status router_bind(struct router *router);
/* Uses another key from now on: cuts all clients, who connect again when router_bind has gone well. */
STATUS_CHECKED enum status router_change_key(struct router *router, const struct curve_key *key);
void router_close(struct router *router); /* its context waits up to 200 ms for replies under way */

/* STATUS_NOT_FOUND: nothing there. STATUS_TOO_LARGE: the envelope was, and all of it is gone. STATUS_NO_MEMORY: it is
 * gone too. */
STATUS_CHECKED enum status router_receive(struct router *router, struct parts *parts);
/* Sends the envelope of `parts` and `reply`; releases `parts` in any case. STATUS_UNAVAILABLE: the client has gone or
 * does not read. STATUS_NO_MEMORY: the reply is lost. */
STATUS_CHECKED enum status router_reply(struct parts *parts, struct slice reply);
void router_release(struct parts *parts);

/* The public key of the peer, in Z85, as long as `parts` is not released; NULL = it has none. */
const char *router_peer_key(const struct parts *parts);
/* What names the connection; chosen by libzmq, unless a client was so bold. */
struct slice router_peer_id(const struct parts *parts);

#endif
