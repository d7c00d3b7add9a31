/* serve/router.h - the ZeroMQ socket of the front: whole requests in, whole replies out, never waiting.
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

#define ROUTER_MAX_ENVELOPE_FRAMES 8
#define ROUTER_MAX_ENVELOPE_BYTES 1024
#define ROUTER_MAX_MESSAGE_BYTES (2 << 20)
#define ROUTER_INLINE_FRAMES 3 /* routing id, delimiter, payload */

struct frame { /* a zmq_msg_t */
    _Alignas(8) unsigned char opaque[64];
};

/* One request as it came. Must not be moved in memory: `payload` may point into it. */
struct parts {
    struct frame inline_frames[ROUTER_INLINE_FRAMES];
    struct frame *frames; /* inline_frames, or a longer list of its own */
    unsigned count;       /* 0 = released */
    struct slice payload;
};

struct router {
    void *context, *socket;
    int fd;             /* readable = something happened; then receive until STATUS_NOT_FOUND */
    bool may_have_more; /* do not sleep: nothing has looked since the last send */
};

STATUS_CHECKED enum status router_open(const struct conf *conf, struct router *router_out);
/* Binds all endpoints. STATUS_IO: *failed_out is the index of the one refused. */
STATUS_CHECKED enum status router_bind(struct router *router, const struct conf *conf, unsigned *failed_out);
void router_close(struct router *router); /* waits up to 200 ms for replies under way */

/* STATUS_NOT_FOUND: nothing there. STATUS_TOO_LARGE: the envelope was, and all of it is gone. */
STATUS_CHECKED enum status router_receive(struct router *router, struct parts *parts);
/* Sends the envelope of `parts` and `reply`; releases `parts` in any case. STATUS_UNAVAILABLE: the client has gone or
 * does not read. */
STATUS_CHECKED enum status router_reply(struct router *router, struct parts *parts, struct slice reply);
void router_release(struct parts *parts);

#endif
