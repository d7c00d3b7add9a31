/* pool/budget.h - how long a worker may take for one job.
 *
 * A job has 250 ms of CPU and 2 s by the wall, and more for a large payload. The wall clock only asks whether to look:
 * a machine that is busy elsewhere must not get an innocent worker killed. A worker that has jobs waiting and takes
 * none up for 2 s hangs.
 *
 * Threads: one owner. Errors: a process that cannot be measured is judged by the wall alone.
 */
#ifndef POOL_BUDGET_H
#define POOL_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/status_page.h"

#define BUDGET_CPU_NS 250000000u
#define BUDGET_CPU_NS_PER_KIB 2000000u
#define BUDGET_WALL_NS 2000000000u
#define BUDGET_WALL_NS_PER_KIB 8000000u
#define BUDGET_CHECK_MS 50 /* how often to ask */

struct budget { /* of one worker; zero to begin with */
    uint64_t ticket;
    uint64_t cpu_at_first_sight_ns;
    uint64_t jobs;          /* when `idle_since_ns` was set */
    uint64_t idle_since_ns; /* 0 = it has nothing to do, or does it */
};

uint64_t budget_now_ns(void); /* CLOCK_MONOTONIC */

/* Whether the worker must be killed now. */
bool budget_is_spent(struct budget *budget, int pid, const struct status_page *page, uint64_t now_ns);

#endif
