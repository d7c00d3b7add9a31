#include "pool/budget.h"

#include <time.h>

static uint64_t
to_ns(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

uint64_t
budget_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return to_ns(&now);
}

static bool
cpu_of(int pid, uint64_t *cpu_ns_out)
{
    clockid_t clock;
    struct timespec used;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return false;
    *cpu_ns_out = to_ns(&used);
    return true;
}

/* Between two jobs although there is another: for how long? */
static bool
hangs(struct budget *budget, const struct status_page *page, uint64_t now_ns)
{
    const uint64_t jobs = atomic_load_explicit(&page->jobs, memory_order_relaxed);
    const bool has_work = atomic_load_explicit(&page->handed, memory_order_relaxed) > jobs;

    budget->ticket = 0;
    if (!has_work)
        budget->idle_since_ns = 0;
    else if (budget->idle_since_ns == 0 || budget->jobs != jobs)
        budget->idle_since_ns = now_ns;
    budget->jobs = jobs;
    return has_work && now_ns - budget->idle_since_ns > BUDGET_WALL_NS;
}

bool
budget_is_spent(struct budget *budget, int pid, const struct status_page *page, uint64_t now_ns)
{
    const uint64_t ticket = atomic_load_explicit(&page->ticket_in_work, memory_order_acquire);
    const uint64_t started_ns = atomic_load_explicit(&page->started_ns, memory_order_relaxed);
    const uint64_t kib = atomic_load_explicit(&page->bytes_in_work, memory_order_relaxed) >> 10;
    uint64_t cpu_ns = 0;

    /* The start clock of the next job is written before its ticket: a late start only postpones the check. */
    if (ticket == 0)
        return hangs(budget, page, now_ns);
    if (started_ns >= now_ns)
        return false;
    const uint64_t wall_ns = now_ns - started_ns;
    const bool is_measured = cpu_of(pid, &cpu_ns);
    if (ticket != budget->ticket) {
        *budget = (struct budget){.ticket = ticket, .cpu_at_first_sight_ns = cpu_ns};
        return false;
    }
    if (wall_ns > BUDGET_WALL_NS + kib * BUDGET_WALL_NS_PER_KIB)
        return true;
    const uint64_t cpu_limit_ns = BUDGET_CPU_NS + kib * BUDGET_CPU_NS_PER_KIB;
    return is_measured && wall_ns > cpu_limit_ns && cpu_ns - budget->cpu_at_first_sight_ns > cpu_limit_ns;
}
