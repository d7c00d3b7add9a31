/* serve/zap.h - who may connect with CURVE: the answers to libzmq's questions (ZeroMQ RFC 27).
 *
 * libzmq asks for every handshake at inproc://zeromq.zap.01, and lets everybody in when nobody is there: open this
 * before any listener, in the same context, and take no message without the key that it gives as User-Id
 * (router_peer_key).
 *
 * Threads: the front's one. Errors: STATUS_IO; a question that is none, or not about CURVE, is answered with no.
 * STATUS_NO_MEMORY: an answer broke off, and the socket would let nobody in any more. It cannot be opened again while
 * there are listeners (libzmq would let in everybody meanwhile), so the process must end for another to take over.
 */
#ifndef SERVE_ZAP_H
#define SERVE_ZAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define ZAP_DOMAIN "filterd"

struct zap {
    void *socket;
    int fd; /* readable = zap_answer */
};

STATUS_CHECKED enum status zap_open(void *context, struct zap *zap_out);
void zap_close(struct zap *zap);

/* Answers all that were asked; `is_known` judges a public key in Z85. Adds to `refused` how many were. */
STATUS_CHECKED enum status zap_answer(struct zap *zap, bool (*is_known)(const void *context, const char *key),
                                      const void *context, uint64_t *refused);

#endif
