/* pool/fleet.h - the workers of one generation: forked, watched, replaced.
 *
 * A worker that dies soon after its start is replaced with growing delays, from 10 ms to 1.28 s, so that a fault at the
 * start cannot turn into a storm of forks; one that ends because its feeder went away is replaced at once. When those
 * delays have left nobody to serve for FLEET_GAP_NS, one place is filled before its time. A worker that has done its
 * share goes on until its successor is ready: each place has two berths, and nobody waits.
 *
 * Threads: one owner, the process that forks. Errors: a fork that fails is tried again later.
 */
#ifndef POOL_FLEET_H
#define POOL_FLEET_H

#include <stdint.h>

#include "pool/budget.h"
#include "pool/worker.h"

#define FLEET_MAX_WORKERS 256
#define FLEET_QUICK_DEATH_NS UINT64_C(1000000000) /* a death this soon after the start delays the next start */
#define FLEET_GAP_NS UINT64_C(50000000) /* with a tick and a fork less than worker_grace_ms: requests wait it out */

enum worker_end {
    WORKER_ENDED,    /* its feeder went away */
    WORKER_CRASHED,  /* by a signal or an exit code of its own */
    WORKER_OVER_TIME /* killed for being over its budget */
};

struct worker_report { /* travels in parcels */
    uint32_t generation;
    int32_t pid;
    int32_t end;    /* enum worker_end; PARCEL_WORKER_DOWN only */
    int32_t signal; /* that ended it, 0 = it exited */
    int32_t code;   /* its exit code */
    /* Of its place, PARCEL_WORKER_DOWN: deaths in a row soon after a start, and how long at most it stays empty. */
    uint32_t quick_deaths, retry_ms;
};

struct fleet {
    const struct worker_options *options;
    unsigned wanted;    /* workers; 0 once it retires */
    unsigned places;    /* the berths of place i are i and places + i */
    uint64_t served_ns; /* when last a worker did */
    struct berth {
        int pid; /* 0 = empty */
        struct status_page *page;
        struct budget budget;
        uint64_t started_ns, not_before_ns;
        unsigned quick_deaths; /* in a row */
        bool killed;
        bool is_retiring; /* its successor serves */
    } berths[2 * FLEET_MAX_WORKERS];
};

struct fleet_events {
    /* The descriptors are the callee's only during the call. */
    void (*up)(void *context, int pid, int socket_fd, int page_fd);
    void (*down)(void *context, const struct worker_report *report);
    void *context;
};

void fleet_init(struct fleet *fleet, const struct worker_options *options, unsigned workers);
/* Reaps the dead, kills who is over budget, starts what is missing. Call on SIGCHLD and every BUDGET_CHECK_MS. */
void fleet_tend(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns);
void fleet_retire(struct fleet *fleet);
/* In a copy of the process that tends it: lets go of the workers, which are not its own. */
void fleet_forget(struct fleet *fleet);
unsigned fleet_live(const struct fleet *fleet);

#endif
