#include "serve/service.h"

#include "pool/fleet.h"

struct cohort *
service_cohort(struct service *service, enum cohort_state state)
{
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (service->cohorts[i].state == state)
            return &service->cohorts[i];
    return NULL;
}

unsigned
cohort_crash_loop(const struct cohort *cohort, uint64_t now_ns, uint64_t *retry_ms_out)
{
    *retry_ms_out = cohort->retry_ns > now_ns ? (cohort->retry_ns - now_ns) / 1000000u : 0;
    return now_ns < cohort->retry_ns + FLEET_QUICK_DEATH_NS ? cohort->quick_deaths : 0;
}

void
sums_add(struct sums *sums, const struct status_page *page)
{
#define SUM(name) sums->name += atomic_load_explicit(&page->name, memory_order_relaxed);
    SUMS
#undef SUM
}

void
service_sum(const struct service *service, struct sums *sums_out)
{
    *sums_out = service->of_the_dead;
    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++)
        if (service->records[i].pid != 0)
            sums_add(sums_out, service->records[i].page);
}
