#include "pool/fleet.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

#define FIRST_DELAY_NS UINT64_C(10000000)
#define MAX_DELAY_DOUBLINGS 7 /* 1.28 s */

void
fleet_init(struct fleet *fleet, const struct worker_options *options, unsigned workers)
{
    ASSERT(workers > 0 && workers <= FLEET_MAX_WORKERS);
    *fleet = (struct fleet){.options = options, .wanted = workers, .places = workers};
}

static struct berth *
berth_of(struct fleet *fleet, int pid)
{
    for (unsigned i = 0; i < 2 * fleet->places; i++)
        if (fleet->berths[i].pid == pid)
            return &fleet->berths[i];
    return NULL;
}

static void
empty_berth(struct berth *berth, struct worker_report *report, uint64_t now_ns)
{
    status_page_unmap(&berth->page);
    const bool is_quick = report->end != WORKER_ENDED && now_ns - berth->started_ns < FLEET_QUICK_DEATH_NS;

    berth->quick_deaths = is_quick ? berth->quick_deaths + 1 : 0;
    berth->not_before_ns = 0;
    if (is_quick) {
        const unsigned doublings = berth->quick_deaths - 1;
        berth->not_before_ns =
            now_ns + (FIRST_DELAY_NS << (doublings < MAX_DELAY_DOUBLINGS ? doublings : MAX_DELAY_DOUBLINGS));
        report->retry_ms = (uint32_t)((berth->not_before_ns - now_ns) / 1000000u);
    }
    report->quick_deaths = berth->quick_deaths;
    berth->pid = 0;
    berth->killed = berth->is_retiring = false;
}

static void
reap(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns)
{
    int wait_status, pid;

    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
        struct berth *berth = berth_of(fleet, pid);
        if (!berth)
            continue;
        struct worker_report report = {.pid = pid};
        report.signal = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
        report.code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;
        report.end = report.signal == 0 && report.code == WORKER_EXIT_DONE ? WORKER_ENDED : WORKER_CRASHED;
        if (berth->killed)
            report.end = WORKER_OVER_TIME;
        empty_berth(berth, &report, now_ns);
        events->down(events->context, &report);
    }
}

static void
kill_who_is_over_budget(struct fleet *fleet, uint64_t now_ns)
{
    for (unsigned i = 0; i < 2 * fleet->places; i++) {
        struct berth *berth = &fleet->berths[i];
        if (berth->pid == 0 || berth->killed || !budget_is_spent(&berth->budget, berth->pid, berth->page, now_ns))
            continue;
        berth->killed = true;
        kill(berth->pid, SIGKILL);
    }
}

static void
start_one(struct fleet *fleet, struct berth *berth, const struct fleet_events *events, uint64_t now_ns)
{
    int pid, socket_fd, page_fd;

    berth->not_before_ns = now_ns + FIRST_DELAY_NS;
    if (worker_fork(fleet->options, &pid, &socket_fd, &page_fd) != STATUS_OK)
        return;
    if (status_page_map(page_fd, &berth->page) == STATUS_OK) {
        berth->pid = pid;
        berth->started_ns = now_ns;
        berth->budget = (struct budget){0};
        events->up(events->context, pid, socket_fd, page_fd);
    } else {
        kill(pid, SIGKILL);
    }
    close(socket_fd);
    close(page_fd);
}

static bool
serves(const struct berth *berth)
{
    return berth->pid != 0 && !berth->is_retiring;
}

static bool
may_start(const struct berth *first, const struct berth *second, uint64_t now_ns)
{
    return first->not_before_ns <= now_ns && second->not_before_ns <= now_ns;
}

static void
start_missing(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns)
{
    for (unsigned i = 0; i < fleet->wanted; i++) {
        struct berth *first = &fleet->berths[i], *second = &fleet->berths[fleet->places + i];

        if (!serves(first) && !serves(second) && may_start(first, second, now_ns))
            start_one(fleet, first->pid == 0 ? first : second, events, now_ns);
    }
}

/* `old` serves and is due; the berth beside it is empty, or its successor's. */
static void
relieve(struct fleet *fleet, struct berth *old, struct berth *other, const struct fleet_events *events, uint64_t now_ns)
{
    if (other->pid == 0 && may_start(old, other, now_ns)) {
        start_one(fleet, other, events, now_ns);
    } else if (serves(other) && atomic_load_explicit(&other->page->ready_ns, memory_order_acquire) != 0) {
        old->is_retiring = true;
        atomic_store_explicit(&old->page->is_retiring, 1, memory_order_release);
    }
}

static void
relieve_who_is_due(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns)
{
    for (unsigned i = 0; i < fleet->wanted; i++) {
        struct berth *first = &fleet->berths[i], *second = &fleet->berths[fleet->places + i];

        if (serves(first) && atomic_load_explicit(&first->page->is_due, memory_order_acquire) != 0)
            relieve(fleet, first, second, events, now_ns);
        else if (serves(second) && atomic_load_explicit(&second->page->is_due, memory_order_acquire) != 0)
            relieve(fleet, second, first, events, now_ns);
    }
}

/* The delays of the places may all be long: what kills every worker must not keep the others' messages waiting. */
static void
start_one_if_nobody_serves(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns)
{
    for (unsigned i = 0; i < 2 * fleet->places; i++)
        if (serves(&fleet->berths[i]))
            fleet->served_ns = now_ns;
    if (fleet->wanted == 0 || now_ns - fleet->served_ns < FLEET_GAP_NS)
        return;
    struct berth *first = &fleet->berths[0], *second = &fleet->berths[fleet->places];
    struct berth *empty = first->pid == 0 ? first : second; /* who retires may still have the other */
    if (empty->pid == 0)
        start_one(fleet, empty, events, now_ns);
}

void
fleet_tend(struct fleet *fleet, const struct fleet_events *events, uint64_t now_ns)
{
    reap(fleet, events, now_ns);
    kill_who_is_over_budget(fleet, now_ns);
    relieve_who_is_due(fleet, events, now_ns);
    start_missing(fleet, events, now_ns);
    start_one_if_nobody_serves(fleet, events, now_ns);
}

void
fleet_retire(struct fleet *fleet)
{
    fleet->wanted = 0;
}

void
fleet_forget(struct fleet *fleet)
{
    for (unsigned i = 0; i < 2 * fleet->places; i++)
        status_page_unmap(&fleet->berths[i].page);
    *fleet = (struct fleet){0};
}

unsigned
fleet_live(const struct fleet *fleet)
{
    unsigned live = 0;

    for (unsigned i = 0; i < 2 * fleet->places; i++)
        live += fleet->berths[i].pid != 0;
    return live;
}
