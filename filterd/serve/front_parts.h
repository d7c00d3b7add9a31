/* serve/front_parts.h - the front, as its parts share it; private to front.c and admission.c.
 *
 * Threads: one owner. Errors: a reply that cannot be made or sent is counted, and sets lacks_memory where memory is
 * why.
 */
#ifndef SERVE_FRONT_PARTS_H
#define SERVE_FRONT_PARTS_H

#include "base/buffer.h"
#include "base/table.h"
#include "serve/dispatch.h"
#include "serve/doors.h"
#include "serve/front.h"
#include "serve/gate.h"
#include "wire/reply.h"

struct front {
    int fd; /* to the supervisor */
    int epoll_fd;
    struct conf conf;
    struct counters *counters;
    struct doors doors;
    struct gate gate;
    struct requests *requests;
    struct fair *fair;
    struct quarantine quarantine;
    struct dispatch dispatch;
    struct table *broken, *next_broken; /* cities that cannot answer; NULL = none */
    struct buffer reply;                /* of our own refusals */
    uint64_t now_ns;
    uint64_t worker_seen_ns; /* last time that a worker lived */
    uint64_t received_ns;    /* last request */
    uint64_t drain_until_ns; /* 0 = not draining */
    uint64_t drained_ns;     /* since when nothing is under way then; 0 = something is */
    bool is_open, must_end;
    bool lacks_memory; /* it could not answer: another front can */
};

/* A worker lives, or lived within the grace that its successor has to start. */
bool front_has_workers(const struct front *front);

/* Each is the one reply to `request`. `retry_ms`: after so long the client may come again; 0 = not said. */
void front_refuse(struct front *front, struct request *request, enum wire_status status, const char *detail,
                  uint32_t retry_ms);
void front_refuse_unavailable(struct front *front, struct request *request, const char *detail);
/* No worker could judge it. */
void front_fail(struct front *front, struct request *request);

#endif
