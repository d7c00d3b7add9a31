/* serve/service.h - the running service as its supervisor knows it: plain data, shared by supervisor, crew and report.
 *
 * cohort   one generation process with its cities
 * record   one worker, until the generation says that it is gone
 *
 * Threads: one owner. Errors: none.
 */
#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "pool/generation.h"
#include "serve/conf.h"
#include "serve/counters.h"
#include "serve/desk.h"
#include "serve/dispatch.h"
#include "serve/handler.h"
#include "serve/premises.h"

#define SERVICE_MAX_COHORTS 3 /* live, loading, retiring */

enum cohort_state { COHORT_NONE, COHORT_LOADING, COHORT_LIVE, COHORT_RETIRING };

struct cohort {
    enum cohort_state state;
    uint32_t number;
    int pid; /* 0 = not born yet */
    int fd;  /* to the generation; -1 once it has hung up */
    bool is_successor;
    uint64_t born_until_ns;
    struct common_report common;
    uint64_t live_ns;      /* when it went live */
    unsigned quick_deaths; /* of its workers, in a row soon after their start */
    uint64_t retry_ns;     /* when the last worker that waits for that is started again */
    struct city_report *cities;
    size_t count, capacity;
};

struct record {
    int pid; /* 0 = none */
    uint32_t generation;
    struct status_page *page;
    int fds[2]; /* socket and page, until a front has them; then -1 */
};

struct sums {
#define SUM(name) uint64_t name;
#define SUMS SUM(jobs) SUM(messages) SUM(allowed) SUM(redacted) SUM(blocked) SUM(failed) SUM(escalated)
    SUMS
#undef SUM
};

struct reception { /* the front */
    int pid;       /* 0 = none */
    int fd;
    bool is_bound;
    uint32_t generation; /* that it gives requests to; 0 = none yet */
    unsigned restarts, quick_deaths;
    uint64_t started_ns, not_before_ns;
    uint64_t beats, looked_ns; /* at the last look at it */
    unsigned missed;           /* looks in a row without a beat between */
};

struct service {
    struct conf conf;
    struct buffer clients; /* rows of serve/clients.h */
    struct curve_key key;
    struct places places;
    struct handler_settings handler_settings;
    struct premises premises;
    struct counters *counters;
    struct reception front;
    struct cohort cohorts[SERVICE_MAX_COHORTS];
    uint32_t last_number; /* of a generation */
    struct record records[DISPATCH_MAX_LINES];
    struct sums of_the_dead;
    uint64_t workers_started, workers_died, reloads_ok, reloads_failed;
    uint64_t started_ns;
    bool is_draining;
};

/* Deaths in a row of workers that died soon after their start, as long as the next one has not lived longer; and how
 * long a place stays empty for them. */
unsigned cohort_crash_loop(const struct cohort *cohort, uint64_t now_ns, uint64_t *retry_ms_out);

/* NULL when none is in this state. */
struct cohort *service_cohort(struct service *service, enum cohort_state state);
/* What one worker's page counts, and all workers' that ever lived. */
void sums_add(struct sums *sums, const struct status_page *page);
void service_sum(const struct service *service, struct sums *sums_out);

#endif
