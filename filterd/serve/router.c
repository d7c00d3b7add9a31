#include "serve/router.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zmq.h>

#include "base/assert.h"
#include "serve/zap.h"

#define HANDSHAKE_MS 3000
#define HEARTBEAT_MS 2000
#define HEARTBEAT_TIMEOUT_MS 6000
#define LINGER_MS 200
#define BACKLOG 128
#define IPC_UMASK 0117
#define MAX_FRAMES (ROUTER_MAX_ENVELOPE_FRAMES + 1)

_Static_assert(sizeof(struct frame) == sizeof(zmq_msg_t), "a frame is a zmq_msg_t");

static zmq_msg_t *
message_of(struct frame *frame)
{
    return (zmq_msg_t *)(void *)frame;
}

/* --- the socket --------------------------------------------------------------------------------------------------- */

void *
router_context(void)
{
    return zmq_ctx_new();
}

void
router_end(void *context)
{
    if (context)
        zmq_ctx_term(context);
}

static bool
wants_ipv6(const struct conf_listen *listen)
{
    for (unsigned i = 0; i < listen->count; i++)
        if (strchr(listen->endpoints[i], '['))
            return true;
    return false;
}

static bool
set_options(void *socket, const struct conf *conf, const struct conf_listen *listen)
{
    const struct {
        int option, value;
    } options[] = {
        {ZMQ_RCVHWM, (int)conf->receive_queue},
        {ZMQ_SNDHWM, (int)conf->send_queue},
        {ZMQ_LINGER, LINGER_MS},
        {ZMQ_BACKLOG, BACKLOG},
        {ZMQ_ROUTER_MANDATORY, 1},
        {ZMQ_ROUTER_HANDOVER, 0},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
        {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
        {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_IMMEDIATE, 1},
        {ZMQ_IPV6, wants_ipv6(listen)},
    };
    const int64_t max_bytes = ROUTER_MAX_MESSAGE_BYTES;

    for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(socket, options[i].option, &options[i].value, sizeof options[i].value) != 0)
            return false;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes) == 0;
}

/* Takes effect with the next bind. */
static bool
set_key(void *socket, const struct curve_key *key)
{
    const int is_server = 1;

    return zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &is_server, sizeof is_server) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, key->secret_key, CURVE_KEY_BYTES) == 0 &&
           zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, sizeof ZAP_DOMAIN - 1) == 0;
}

enum status
router_open(void *context, const struct conf *conf, const struct conf_listen *listen, const struct curve_key *key,
            struct router *router_out)
{
    struct router router = {.fd = -1, .may_have_more = true, .has_keys = key, .listen = *listen};
    size_t bytes = sizeof router.fd;

    router.socket = zmq_socket(context, ZMQ_ROUTER);
    if (!router.socket || !set_options(router.socket, conf, listen) || (key && !set_key(router.socket, key)) ||
        zmq_getsockopt(router.socket, ZMQ_FD, &router.fd, &bytes) != 0) {
        router_close(&router);
        return STATUS_IO;
    }
    *router_out = router;
    return STATUS_OK;
}

enum status
router_bind(struct router *router)
{
    const mode_t before = umask(IPC_UMASK);
    enum status status = STATUS_OK;

    while (status == STATUS_OK && router->bound < router->listen.count) {
        char *endpoint = router->endpoints[router->bound];
        size_t bytes = CONF_LISTEN_BYTES;
        if (zmq_bind(router->socket, router->listen.endpoints[router->bound]) != 0 ||
            zmq_getsockopt(router->socket, ZMQ_LAST_ENDPOINT, endpoint, &bytes) != 0)
            status = STATUS_IO;
        else
            router->bound++;
    }
    umask(before);
    return status;
}

enum status
router_change_key(struct router *router, const struct curve_key *key)
{
    for (unsigned i = 0; i < router->bound; i++)
        (void)!zmq_unbind(router->socket, router->endpoints[i]);
    router->bound = 0;
    return set_key(router->socket, key) ? STATUS_OK : STATUS_IO;
}

void
router_close(struct router *router)
{
    if (router->socket)
        zmq_close(router->socket);
    *router = (struct router){.fd = -1};
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

void
router_release(struct parts *parts)
{
    for (unsigned i = 0; i < parts->count; i++)
        zmq_msg_close(message_of(&parts->frames[i]));
    if (parts->frames != parts->inline_frames)
        free(parts->frames);
    parts->frames = parts->inline_frames;
    parts->count = 0;
    parts->payload = (struct slice){0};
}

/* A fourth frame: the list moves to the heap, where it has room for the longest envelope. */
static enum status
make_room(struct parts *parts)
{
    if (parts->count < ROUTER_INLINE_FRAMES || parts->frames != parts->inline_frames)
        return parts->count < MAX_FRAMES ? STATUS_OK : STATUS_TOO_LARGE;
    struct frame *longer = calloc(MAX_FRAMES, sizeof *longer);
    if (!longer)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < parts->count; i++) {
        zmq_msg_init(message_of(&longer[i]));
        zmq_msg_move(message_of(&longer[i]), message_of(&parts->frames[i]));
        zmq_msg_close(message_of(&parts->frames[i]));
    }
    parts->frames = longer;
    return STATUS_OK;
}

static void
skip_rest(struct router *router)
{
    zmq_msg_t message;
    bool more = true;

    zmq_msg_init(&message);
    while (more && zmq_msg_recv(&message, router->socket, ZMQ_DONTWAIT) >= 0)
        more = zmq_msg_more(&message) != 0;
    zmq_msg_close(&message);
}

enum status
router_receive(struct router *router, struct parts *parts)
{
    size_t envelope_bytes = 0;

    parts->frames = parts->inline_frames;
    parts->count = 0;
    parts->router = router;
    for (;;) {
        zmq_msg_t *message = message_of(&parts->frames[parts->count]);
        zmq_msg_init(message);
        if (zmq_msg_recv(message, router->socket, ZMQ_DONTWAIT) < 0) {
            router_release(parts);
            router->may_have_more = errno == EINTR;
            return STATUS_NOT_FOUND;
        }
        parts->count++;
        if (!zmq_msg_more(message))
            break;
        envelope_bytes += zmq_msg_size(message);
        const enum status status = envelope_bytes > ROUTER_MAX_ENVELOPE_BYTES ? STATUS_TOO_LARGE : make_room(parts);
        if (status != STATUS_OK) {
            skip_rest(router);
            router_release(parts);
            return status;
        }
    }
    zmq_msg_t *last = message_of(&parts->frames[parts->count - 1]);
    parts->payload = (struct slice){zmq_msg_data(last), zmq_msg_size(last)};
    return STATUS_OK;
}

enum status
router_reply(struct parts *parts, struct slice reply)
{
    struct router *router = parts->router;
    zmq_msg_t answer;
    bool sent = zmq_msg_init_size(&answer, reply.bytes) == 0;

    if (!sent) {
        router_release(parts);
        return STATUS_NO_MEMORY;
    }
    if (reply.bytes > 0)
        memcpy(zmq_msg_data(&answer), reply.data, reply.bytes);
    for (unsigned i = 0; sent && i + 1 < parts->count; i++)
        sent = zmq_msg_send(message_of(&parts->frames[i]), router->socket, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0;
    if (sent)
        sent = zmq_msg_send(&answer, router->socket, ZMQ_DONTWAIT) >= 0;
    zmq_msg_close(&answer);
    router_release(parts);
    router->may_have_more = true;
    return sent ? STATUS_OK : STATUS_UNAVAILABLE;
}

const char *
router_peer_key(const struct parts *parts)
{
    /* The first frame says nothing after a poll (libzmq 4.3.4). */
    zmq_msg_t *last = message_of((struct frame *)(uintptr_t)&parts->frames[parts->count - 1]);

    return zmq_msg_gets(last, "User-Id");
}

struct slice
router_peer_id(const struct parts *parts)
{
    const zmq_msg_t *first = message_of((struct frame *)(uintptr_t)&parts->frames[0]);

    return (struct slice){zmq_msg_data((zmq_msg_t *)(uintptr_t)first), zmq_msg_size(first)};
}
