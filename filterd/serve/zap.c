#include "serve/zap.h"

#include <string.h>

#include <zmq.h>

#include "serve/curve.h"

#define ENDPOINT "inproc://zeromq.zap.01"
#define MAX_FRAME_BYTES 255
#define CURVE_BYTES 32

enum question_frame { VERSION, REQUEST_ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, CREDENTIALS, FRAME_COUNT };

struct question {
    struct {
        char data[MAX_FRAME_BYTES];
        int bytes; /* above MAX_FRAME_BYTES = was longer */
    } frames[FRAME_COUNT + 1];
    unsigned count;
};

enum status
zap_open(void *context, struct zap *zap_out)
{
    struct zap zap = {.socket = zmq_socket(context, ZMQ_REP), .fd = -1};
    size_t bytes = sizeof zap.fd;
    const int linger_ms = 0;

    if (!zap.socket || zmq_setsockopt(zap.socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms) != 0 ||
        zmq_bind(zap.socket, ENDPOINT) != 0 || zmq_getsockopt(zap.socket, ZMQ_FD, &zap.fd, &bytes) != 0) {
        zap_close(&zap);
        return STATUS_IO;
    }
    *zap_out = zap;
    return STATUS_OK;
}

void
zap_close(struct zap *zap)
{
    if (zap->socket)
        zmq_close(zap->socket);
    *zap = (struct zap){.fd = -1};
}

/* STATUS_NOT_FOUND: nothing was asked. A question is there whole or not at all. */
static enum status
receive(struct zap *zap, struct question *question)
{
    int more = 1;
    size_t bytes = sizeof more;

    for (question->count = 0; more; question->count++) {
        const unsigned frame = question->count < FRAME_COUNT ? question->count : FRAME_COUNT; /* surplus frames */
        question->frames[frame].bytes =
            zmq_recv(zap->socket, question->frames[frame].data, MAX_FRAME_BYTES, ZMQ_DONTWAIT);
        if (question->frames[frame].bytes < 0 && question->count == 0)
            return STATUS_NOT_FOUND;
        if (question->frames[frame].bytes < 0 || zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &bytes) != 0)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

static bool
says(const struct question *question, enum question_frame frame, const char *words)
{
    return question->frames[frame].bytes == (int)strlen(words) &&
           memcmp(question->frames[frame].data, words, strlen(words)) == 0;
}

/* An answer to somebody who has gone is dropped by libzmq, and is no failure. */
static bool
put(struct zap *zap, const void *data, size_t bytes, int flags)
{
    return zmq_send(zap->socket, data, bytes, flags | ZMQ_DONTWAIT) >= 0;
}

static bool
answer(struct zap *zap, const struct question *question, const char *let_in_key)
{
    const int id_bytes = question->count > REQUEST_ID ? question->frames[REQUEST_ID].bytes : 0;
    const char *code = let_in_key ? "200" : "400", *reason = let_in_key ? "OK" : "unknown key";

    return put(zap, "1.0", 3, ZMQ_SNDMORE) &&
           put(zap, question->frames[REQUEST_ID].data, id_bytes <= MAX_FRAME_BYTES ? (size_t)id_bytes : 0,
               ZMQ_SNDMORE) &&
           put(zap, code, strlen(code), ZMQ_SNDMORE) && put(zap, reason, strlen(reason), ZMQ_SNDMORE) &&
           put(zap, let_in_key, let_in_key ? strlen(let_in_key) : 0, ZMQ_SNDMORE) && put(zap, "", 0, 0);
}

enum status
zap_answer(struct zap *zap, bool (*is_known)(const void *context, const char *key), const void *context,
           uint64_t *refused)
{
    struct question question;
    enum status status;

    while ((status = receive(zap, &question)) == STATUS_OK) {
        char key[CURVE_KEY_BYTES] = "";
        const bool is_curve = question.count == FRAME_COUNT && says(&question, VERSION, "1.0") &&
                              says(&question, DOMAIN, ZAP_DOMAIN) && says(&question, MECHANISM, "CURVE") &&
                              question.frames[CREDENTIALS].bytes == CURVE_BYTES &&
                              zmq_z85_encode(key, (const uint8_t *)question.frames[CREDENTIALS].data, CURVE_BYTES);
        const bool is_let_in = is_curve && is_known(context, key);
        if (!answer(zap, &question, is_let_in ? key : NULL))
            return STATUS_NO_MEMORY;
        *refused += !is_let_in;
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
