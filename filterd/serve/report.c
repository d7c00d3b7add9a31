#include "serve/report.h"

#include <string.h>
#include <unistd.h>

#include "pool/budget.h"
#include "wire/json.h"

#define CRASH_LOOP_DEATHS 3 /* in a row: no accident any more */

static const char *const state_words[] = {[CITY_LIVE] = "live", [CITY_KEPT] = "kept", [CITY_FAILED] = "failed"};

/* Appends a comma unless `first` is still true. */
static void
separate(struct buffer *out, bool *first)
{
    if (!*first)
        buffer_append_byte(out, ',');
    *first = false;
}

static void
put_text(struct buffer *out, const char *key, const char *text)
{
    buffer_appendf(out, "\"%s\":", key);
    json_string(out, slice_of(text));
}

static void
put_fault(struct buffer *out, const struct fault *fault)
{
    char text[FAULT_TEXT_BYTES];

    put_text(out, "fault", fault->reason[0] ? fault_text(fault, text, sizeof text) : "");
}

/* --- status ------------------------------------------------------------------------------------------------------- */

static const char *
health(struct service *service)
{
    const struct cohort *live = service_cohort(service, COHORT_LIVE);
    uint64_t retry_ms;

    if (service->is_draining)
        return "draining";
    if (!live || !service->front.is_bound || service->front.generation != live->number)
        return "starting";
    if (live->common.state != CITY_LIVE || cohort_crash_loop(live, budget_now_ns(), &retry_ms) >= CRASH_LOOP_DEATHS)
        return "degraded";
    for (size_t i = 0; i < live->count; i++)
        if (live->cities[i].state != CITY_LIVE)
            return "degraded";
    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++)
        if (service->records[i].pid != 0 && service->records[i].generation == live->number)
            return "ok";
    return "degraded";
}

static void
put_workers(const struct service *service, struct buffer *out)
{
    const uint64_t now_ns = budget_now_ns();
    bool first = true;

    buffer_append_text(out, "\"workers\":[");
    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++) {
        const struct record *record = &service->records[i];
        if (record->pid == 0)
            continue;
        const uint64_t started_ns = atomic_load(&record->page->started_ns);
        const bool is_busy = atomic_load(&record->page->ticket_in_work) != 0 && started_ns < now_ns;
        separate(out, &first);
        buffer_appendf(out, "{\"pid\":%d,\"generation\":%u,\"busy_ms\":%llu,\"busy_bytes\":%llu,\"jobs\":%llu}",
                       record->pid, record->generation,
                       is_busy ? (unsigned long long)((now_ns - started_ns) / 1000000u) : 0,
                       is_busy ? (unsigned long long)atomic_load(&record->page->bytes_in_work) : 0,
                       (unsigned long long)atomic_load(&record->page->jobs));
    }
    buffer_append_text(out, "]");
}

static void
put_common(const struct cohort *live, struct buffer *out)
{
    const struct fault none = {0};

    buffer_appendf(out, "\"common\":{\"state\":\"%s\",", live ? state_words[live->common.state] : "");
    put_fault(out, live ? &live->common.fault : &none);
    buffer_append_text(out, "}");
}

static void
put_cities(const struct cohort *live, struct buffer *out)
{
    bool first = true;

    buffer_append_text(out, "\"cities\":[");
    for (size_t i = 0; live && i < live->count; i++) {
        const struct city_report *city = &live->cities[i];
        separate(out, &first);
        buffer_append_text(out, "{");
        put_text(out, "id", city->id);
        buffer_appendf(out, ",\"state\":\"%s\",\"ruleset\":\"%s\",", state_words[city->state], city->ruleset);
        put_fault(out, &city->fault);
        buffer_append_text(out, "}");
    }
    buffer_append_text(out, "]");
}

static void
put_endpoints(const struct conf_listen *listen, struct buffer *out, bool *first)
{
    for (unsigned i = 0; i < listen->count; i++) {
        separate(out, first);
        json_string(out, slice_of(listen->endpoints[i]));
    }
}

void
report_status(struct service *service, struct buffer *out)
{
    const struct cohort *live = service_cohort(service, COHORT_LIVE);
    const struct cohort *loading = service_cohort(service, COHORT_LOADING);
    uint64_t retry_ms = 0;
    bool first = true;

    buffer_appendf(out, "{\"status\":\"%s\",\"pid\":%d,\"uptime_s\":%llu,\"generation\":%u,\"loading\":%s,\"listen\":[",
                   health(service), getpid(),
                   (unsigned long long)((budget_now_ns() - service->started_ns) / 1000000000u), live ? live->number : 0,
                   loading ? "true" : "false");
    put_endpoints(&service->conf.listen, out, &first);
    put_endpoints(&service->conf.listen_curve, out, &first);
    buffer_appendf(out, "],\"front\":{\"pid\":%d,\"restarts\":%u},", service->front.pid, service->front.restarts);
    put_workers(service, out);
    const unsigned deaths = live ? cohort_crash_loop(live, budget_now_ns(), &retry_ms) : 0;
    buffer_appendf(out, ",\"crash_loop\":{\"deaths\":%u,\"retry_ms\":%llu},", deaths, (unsigned long long)retry_ms);
    put_common(live, out);
    buffer_append_text(out, ",");
    put_cities(live, out);
    buffer_append_text(out, "}");
}

/* --- stats -------------------------------------------------------------------------------------------------------- */

void
report_stats(const struct service *service, struct buffer *out)
{
    struct sums sums;

    buffer_append_text(out, "{\"front\":{");
#define COUNTER(name, sentence) \
    buffer_appendf(out, "\"" #name "\":%llu,", (unsigned long long)atomic_load(&service->counters->name));
#include "serve/counters.def"
#undef COUNTER
    buffer_appendf(out, "\"restarts\":%u},\"workers\":{", service->front.restarts);
    service_sum(service, &sums);
#define SUM(name) buffer_appendf(out, "\"" #name "\":%llu,", (unsigned long long)sums.name);
    SUMS
#undef SUM
        buffer_appendf(out, "\"started\":%llu,\"died\":%llu},\"reloads\":{\"ok\":%llu,\"failed\":%llu}}",
                       (unsigned long long)service->workers_started, (unsigned long long)service->workers_died,
                       (unsigned long long)service->reloads_ok, (unsigned long long)service->reloads_failed);
}

/* --- reload ------------------------------------------------------------------------------------------------------- */

/* Both lists are sorted by id (places_list). */
static const struct city_report *
city_at(const struct cohort *cohort, size_t index)
{
    return cohort && index < cohort->count ? &cohort->cities[index] : NULL;
}

static const char *
result_word(const struct city_report *old, const struct city_report *city)
{
    if (city->state == CITY_LIVE && old && strcmp(old->ruleset, city->ruleset) == 0)
        return "unchanged";
    return state_words[city->state];
}

static void
put_result(const struct city_report *city, const char *word, struct buffer *out, bool *first)
{
    separate(out, first);
    buffer_append_text(out, "{");
    put_text(out, "id", city->id);
    buffer_appendf(out, ",\"result\":\"%s\",\"ruleset\":\"%s\",", word, city->ruleset);
    put_fault(out, &city->fault);
    buffer_append_text(out, "}");
}

static void
put_results(const struct cohort *before, const struct cohort *after, struct buffer *out)
{
    const struct city_report *old, *city;
    bool first = true;

    for (size_t i = 0, j = 0; (old = city_at(before, i)) || city_at(after, j);) {
        city = city_at(after, j);
        const int order = !old ? 1 : !city ? -1 : strcmp(old->id, city->id);
        if (order < 0)
            put_result(old, "removed", out, &first);
        else
            put_result(city, result_word(order == 0 ? old : NULL, city), out, &first);
        i += order <= 0;
        j += order >= 0;
    }
}

bool
report_reload(const struct cohort *before, const struct cohort *after, const struct fault *fault, struct buffer *out)
{
    bool ok = fault->reason[0] == '\0';

    for (size_t i = 0; after && i < after->count; i++)
        ok = ok && after->cities[i].state == CITY_LIVE;
    buffer_appendf(out, "{\"ok\":%s,\"generation\":%u,", ok ? "true" : "false", after ? after->number : 0);
    put_fault(out, fault);
    buffer_append_text(out, ",\"cities\":[");
    put_results(before, after, out);
    buffer_append_text(out, "]}");
    return ok;
}

void
report_error(const char *words, struct buffer *out)
{
    buffer_appendf(out, "{\"error\":\"%s\"}", words);
}
