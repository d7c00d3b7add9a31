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

static bool
receive(struct zap *zap, struct question *question)
{
    int more = 1;
    size_t bytes = sizeof more;

    for (question->count = 0; more; question->count++) {
        const unsigned frame = question->count < FRAME_COUNT ? question->count : FRAME_COUNT; /* surplus frames */
        question->frames[frame].bytes =
            zmq_recv(zap->socket, question->frames[frame].data, MAX_FRAME_BYTES, ZMQ_DONTWAIT);
        if (question->frames[frame].bytes < 0 || zmq_getsockopt(zap->socket, ZMQ_RCVMORE, &more, &bytes) != 0)
            return false;
    }
    return true;
}

static bool
says(const struct question *question, enum question_frame frame, const char *words)
{
    return question->frames[frame].bytes == (int)strlen(words) &&
           memcmp(question->frames[frame].data, words, strlen(words)) == 0;
}

static void
put(struct zap *zap, const void *data, size_t bytes, int flags)
{
    (void)!zmq_send(zap->socket, data, bytes, flags | ZMQ_DONTWAIT); /* who asked may have gone */
}

unsigned
zap_answer(struct zap *zap, bool (*is_known)(const void *context, const char *key), const void *context)
{
    struct question question;
    unsigned refused = 0;

    while (receive(zap, &question)) {
        char key[CURVE_KEY_BYTES] = "";
        const bool is_curve = question.count == FRAME_COUNT && says(&question, VERSION, "1.0") &&
                              says(&question, DOMAIN, ZAP_DOMAIN) && says(&question, MECHANISM, "CURVE") &&
                              question.frames[CREDENTIALS].bytes == CURVE_BYTES &&
                              zmq_z85_encode(key, (const uint8_t *)question.frames[CREDENTIALS].data, CURVE_BYTES);
        const bool is_let_in = is_curve && is_known(context, key);
        const int id_bytes = question.count > REQUEST_ID ? question.frames[REQUEST_ID].bytes : 0;
        put(zap, "1.0", 3, ZMQ_SNDMORE);
        put(zap, question.frames[REQUEST_ID].data, id_bytes <= MAX_FRAME_BYTES ? (size_t)id_bytes : 0, ZMQ_SNDMORE);
        put(zap, is_let_in ? "200" : "400", 3, ZMQ_SNDMORE);
        put(zap, is_let_in ? "OK" : "unknown key", is_let_in ? 2 : 11, ZMQ_SNDMORE);
        put(zap, key, is_let_in ? sizeof key - 1 : 0, ZMQ_SNDMORE);
        put(zap, "", 0, 0);
        refused += !is_let_in;
    }
    return refused;
}
