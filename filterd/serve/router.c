#include "serve/router.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zmq.h>

#include "base/assert.h"
#include "serve/listener.h"

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

static bool
wants_ipv6(const struct conf *conf)
{
    for (unsigned i = 0; i < conf->listen_count; i++)
        if (strchr(conf->listen[i], '['))
            return true;
    return false;
}

static bool
set_options(void *socket, const struct conf *conf)
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
        {ZMQ_IPV6, wants_ipv6(conf)},
    };
    const int64_t max_bytes = ROUTER_MAX_MESSAGE_BYTES;

    for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(socket, options[i].option, &options[i].value, sizeof options[i].value) != 0)
            return false;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes) == 0;
}

enum status
router_open(const struct conf *conf, struct router *router_out)
{
    struct router router = {.context = zmq_ctx_new(), .fd = -1, .may_have_more = true};
    size_t bytes = sizeof router.fd;

    if (router.context)
        router.socket = zmq_socket(router.context, ZMQ_ROUTER);
    if (!router.socket || !set_options(router.socket, conf) ||
        zmq_getsockopt(router.socket, ZMQ_FD, &router.fd, &bytes) != 0) {
        router_close(&router);
        return STATUS_IO;
    }
    *router_out = router;
    return STATUS_OK;
}

enum status
router_bind(struct router *router, const struct conf *conf, unsigned *failed_out)
{
    const mode_t before = umask(IPC_UMASK);
    enum status status = STATUS_OK;

    for (unsigned i = 0; status == STATUS_OK && i < conf->listen_count; i++)
        if (zmq_bind(router->socket, conf->listen[i]) != 0) {
            *failed_out = i;
            status = STATUS_IO;
        }
    umask(before);
    return status;
}

void
router_close(struct router *router)
{
    if (router->socket)
        zmq_close(router->socket);
    if (router->context)
        zmq_ctx_term(router->context);
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
static bool
make_room(struct parts *parts)
{
    if (parts->count < ROUTER_INLINE_FRAMES || parts->frames != parts->inline_frames)
        return parts->count < MAX_FRAMES;
    struct frame *longer = calloc(MAX_FRAMES, sizeof *longer);
    if (!longer)
        return false;
    for (unsigned i = 0; i < parts->count; i++) {
        zmq_msg_init(message_of(&longer[i]));
        zmq_msg_move(message_of(&longer[i]), message_of(&parts->frames[i]));
        zmq_msg_close(message_of(&parts->frames[i]));
    }
    parts->frames = longer;
    return true;
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
        if (envelope_bytes > ROUTER_MAX_ENVELOPE_BYTES || !make_room(parts)) {
            skip_rest(router);
            router_release(parts);
            return STATUS_TOO_LARGE;
        }
    }
    zmq_msg_t *last = message_of(&parts->frames[parts->count - 1]);
    parts->payload = (struct slice){zmq_msg_data(last), zmq_msg_size(last)};
    return STATUS_OK;
}

enum status
router_reply(struct router *router, struct parts *parts, struct slice reply)
{
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
