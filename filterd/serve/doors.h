/* serve/doors.h - all ways into the front: a socket without keys, one with CURVE, and who answers for its keys.
 *
 * Threads: one owner. Errors: STATUS_IO (errno kept); a failed bind says which endpoint.
 */
#ifndef SERVE_DOORS_H
#define SERVE_DOORS_H

#include "serve/router.h"
#include "serve/zap.h"

enum door { DOOR_LOCAL, DOOR_CURVE, DOOR_COUNT };

struct doors {
    void *context; /* of ZeroMQ; NULL = closed */
    struct router routers[DOOR_COUNT];
    struct zap zap;
    struct curve_key key;
    bool has_curve;
    bool must_bind; /* again: the address was not free yet */
};

/* What epoll gives as data for each descriptor; counted down from UINT64_MAX. */
#define DOORS_EVENT(door) (UINT64_MAX - (door))
#define DOORS_ZAP_EVENT (UINT64_MAX - DOOR_COUNT)
#define DOORS_LAST_EVENT DOORS_ZAP_EVENT

/* Opens and binds everything that `conf` names. STATUS_UNAVAILABLE: an address is taken, *failed_out says of which door
 * (its router's `bound` is the index). `doors` is zero before, and closed by the caller in any case. */
STATUS_CHECKED enum status doors_open(struct doors *doors, const struct conf *conf, const struct curve_key *key,
                                      int epoll_fd, enum door *failed_out);
void doors_close(struct doors *doors);

/* Clients with keys are cut when it is another one. */
STATUS_CHECKED enum status doors_change_key(struct doors *doors, const struct curve_key *key);
/* Call every few ms while must_bind. */
void doors_bind_again(struct doors *doors);

static inline bool
doors_may_have_more(const struct doors *doors)
{
    return doors->routers[DOOR_LOCAL].may_have_more || doors->routers[DOOR_CURVE].may_have_more;
}

#endif
