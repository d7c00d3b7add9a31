#include "serve/crew.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "serve/front.h"

#define QUICK_DEATH_NS UINT64_C(1000000000)
#define FIRST_DELAY_NS UINT64_C(20000000)
#define MAX_DELAY_DOUBLINGS 6 /* 1.28 s */
#define FIRST_COHORT_CAPACITY 64
#define BIRTH_NS UINT64_C(2000000000) /* until a successor must have said its process id */

/* --- forking ------------------------------------------------------------------------------------------------------ */

/* A pair for parcels; the parent's end never blocks it for longer than PARCEL_SEND_MS. */
static bool
open_pair(int pair[2])
{
    if (channel_pair(pair) != STATUS_OK)
        return false;
    if (parcel_prepare(pair[0]) == STATUS_OK)
        return true;
    close(pair[0]);
    close(pair[1]);
    return false;
}

static int
fork_with(int pair[2])
{
    const int pid = fork();

    if (pid != 0)
        close(pair[1]);
    if (pid < 0)
        close(pair[0]);
    return pid;
}

static unsigned
worker_count(const struct conf *conf)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned wanted = conf->workers > 0 ? conf->workers : processors > 0 ? (unsigned)processors : 1;

    return wanted < FLEET_MAX_WORKERS ? wanted : FLEET_MAX_WORKERS;
}

static struct generation_orders
orders_of(const struct service *service, uint32_t number)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct generation_orders orders = {
        .number = number,
        .workers = worker_count(&service->conf),
        .compile_at_once = processors > 0 ? (unsigned)processors : 1,
        .max_text_bytes = service->conf.max_text_bytes,
        .recycle_messages = service->conf.worker_messages,
        .places = service->places,
    };

    _Static_assert(sizeof service->handler_settings <= sizeof orders.handler_options, "room for them");
    memcpy(orders.handler_options, &service->handler_settings, sizeof service->handler_settings);
    return orders;
}

struct cohort *
crew_start_generation(struct service *service, enum generation_purpose purpose)
{
    struct cohort *cohort = service_cohort(service, COHORT_NONE);
    const int parent_pid = getpid();
    int pair[2];

    if (!cohort || !open_pair(pair))
        return NULL;
    const struct cohort *live = service_cohort(service, COHORT_LIVE);
    const struct generation_options options = {
        .orders = orders_of(service, service->last_number + 1),
        .purpose = purpose,
        .answering = live ? live->cities : NULL,
        .answering_count = live ? live->count : 0,
        .store_dir = service->premises.store_dir,
        .good_dir = service->premises.good_dir,
        .history_dir = service->premises.history_dir,
        .handler = handler_answer,
    };
    const int pid = fork_with(pair);
    if (pid == 0)
        _exit(generation_main(&options, parent_pid, pair[1]));
    if (pid < 0)
        return NULL;
    *cohort = (struct cohort){.state = COHORT_LOADING, .number = ++service->last_number, .pid = pid, .fd = pair[0]};
    log_info("generation_loading", LOG_INT("generation", cohort->number), LOG_INT("pid", pid));
    return cohort;
}

struct cohort *
crew_renew_generation(struct service *service)
{
    struct cohort *cohort = service_cohort(service, COHORT_NONE);
    const struct cohort *live = service_cohort(service, COHORT_LIVE);
    int pair[2];

    if (!cohort || !live || live->common.state != CITY_LIVE || live->common.lost > 0 || !open_pair(pair))
        return NULL;
    const struct generation_orders orders = orders_of(service, service->last_number + 1);
    const bool asked = parcel_send(live->fd, PARCEL_RENEW, &orders, sizeof orders, &pair[1], 1) == STATUS_OK;
    close(pair[1]);
    if (!asked) {
        close(pair[0]);
        return NULL;
    }
    *cohort = (struct cohort){.state = COHORT_LOADING,
                              .number = ++service->last_number,
                              .fd = pair[0],
                              .is_successor = true,
                              .born_until_ns = budget_now_ns() + BIRTH_NS};
    return cohort;
}

/* --- talking to the front ----------------------------------------------------------------------------------------- */

static void
tell_front(struct service *service, enum parcel_kind kind, const void *data, size_t bytes, const int *fds,
           unsigned fd_count)
{
    if (service->front.pid == 0 || parcel_send(service->front.fd, kind, data, bytes, fds, fd_count) == STATUS_OK)
        return;
    log_warning("front_stuck", LOG_INT("pid", service->front.pid));
    kill(service->front.pid, SIGKILL);
}

static void
close_fds(struct record *record)
{
    for (unsigned i = 0; i < 2; i++) {
        if (record->fds[i] >= 0)
            close(record->fds[i]);
        record->fds[i] = -1;
    }
}

static void
hand_worker_to_front(struct service *service, struct record *record)
{
    const struct worker_report report = {.generation = record->generation, .pid = record->pid};

    if (record->pid == 0 || record->fds[0] < 0 || service->front.pid == 0)
        return;
    tell_front(service, PARCEL_WORKER_UP, &report, sizeof report, record->fds, 2);
    close_fds(record);
}

static void
tell_broken(struct service *service, const struct cohort *live)
{
    char ids[PARCEL_MAX_BYTES];
    size_t bytes = 0;

    for (size_t i = 0; i < live->count; i++) {
        if (live->cities[i].state != CITY_FAILED)
            continue;
        const size_t id_bytes = strlen(live->cities[i].id) + 1;
        if (bytes + id_bytes > sizeof ids) {
            tell_front(service, PARCEL_BROKEN, ids, bytes, NULL, 0);
            bytes = 0;
        }
        memcpy(ids + bytes, live->cities[i].id, id_bytes);
        bytes += id_bytes;
    }
    if (bytes > 0)
        tell_front(service, PARCEL_BROKEN, ids, bytes, NULL, 0);
}

static void
tell_clients(struct service *service)
{
    const struct buffer *rows = &service->clients;

    for (size_t at = 0; at < rows->bytes; at += PARCEL_MAX_BYTES) {
        const size_t left = rows->bytes - at;
        tell_front(service, PARCEL_CLIENTS, rows->data + at, left < PARCEL_MAX_BYTES ? left : PARCEL_MAX_BYTES, NULL,
                   0);
    }
}

/* All that a front must know to answer; the same for a new front and for a new generation. */
static void
brief_front(struct service *service)
{
    const struct cohort *live = service_cohort(service, COHORT_LIVE);
    struct front_orders orders = {.conf = service->conf, .key = service->key};

    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++)
        hand_worker_to_front(service, &service->records[i]);
    if (!live)
        return;
    orders.generation = live->number;
    tell_broken(service, live);
    tell_clients(service);
    tell_front(service, PARCEL_SWAP, &orders, sizeof orders, NULL, 0);
    secret_wipe(&orders.key, sizeof orders.key);
}

void
crew_start_front(struct service *service)
{
    struct reception *front = &service->front;
    const int parent_pid = getpid();
    int pair[2];

    if (!open_pair(pair))
        return;
    const int pid = fork_with(pair);
    if (pid == 0)
        _exit(front_main(parent_pid, pair[1], &service->conf, service->counters));
    if (pid < 0)
        return;
    front->pid = pid;
    front->fd = pair[0];
    front->is_bound = false;
    front->started_ns = front->looked_ns = budget_now_ns();
    front->missed = 0;
    log_info("front_up", LOG_INT("pid", pid));
    brief_front(service);
}

bool
crew_hear_front(struct service *service, uint32_t *kind_out, struct fault *fault_out)
{
    struct parcel parcel;

    if (parcel_receive(service->front.fd, &parcel) != STATUS_OK)
        return false;
    parcel_close_fds(&parcel);
    *kind_out = parcel.kind;
    if (parcel.kind == PARCEL_BOUND) {
        service->front.is_bound = true;
    } else if (parcel.kind == PARCEL_SWAPPED && parcel.bytes == sizeof service->front.generation) {
        memcpy(&service->front.generation, parcel.data, sizeof service->front.generation);
    } else if (parcel.kind == PARCEL_BIND_FAILED && parcel.bytes == sizeof(struct bind_failure)) {
        const struct bind_failure *failure = (const void *)parcel.data;
        const struct conf_listen *listen = failure->has_keys ? &service->conf.listen_curve : &service->conf.listen;
        const char *endpoint = failure->index < listen->count ? listen->endpoints[failure->index] : "";
        fault_set(fault_out, "", 0, 0, failure->has_keys ? "listen_curve" : "listen", endpoint,
                  strerror(failure->error), "free the address or use another");
        log_error("bind_failed", LOG_TEXT("endpoint", endpoint), LOG_TEXT("reason", strerror(failure->error)));
    }
    return true;
}

void
crew_drain_front(struct service *service)
{
    tell_front(service, PARCEL_DRAIN, NULL, 0, NULL, 0);
}

/* Looks are counted, not time: while all of us stood still, nobody was missing. */
bool
crew_watch_front(struct service *service, uint64_t now_ns)
{
    struct reception *front = &service->front;

    if (front->pid == 0 || now_ns - front->looked_ns < CREW_LOOK_MS * UINT64_C(1000000))
        return false;
    const uint64_t beats = atomic_load_explicit(&service->counters->beats, memory_order_relaxed);
    front->missed = beats == front->beats ? front->missed + 1 : 0;
    front->beats = beats;
    front->looked_ns = now_ns;
    if (front->missed == CREW_MAX_MISSED) {
        log_error("front_hangs", LOG_INT("pid", front->pid));
        kill(front->pid, SIGKILL);
    }
    return front->missed == 0;
}

void
crew_forget_front(struct service *service, uint64_t now_ns)
{
    struct reception *front = &service->front;
    const bool is_quick = now_ns - front->started_ns < QUICK_DEATH_NS;
    const unsigned doublings = front->quick_deaths < MAX_DELAY_DOUBLINGS ? front->quick_deaths : MAX_DELAY_DOUBLINGS;

    close(front->fd);
    front->pid = 0;
    front->is_bound = false;
    front->generation = 0;
    front->not_before_ns = is_quick ? now_ns + (FIRST_DELAY_NS << doublings) : 0;
    front->quick_deaths = is_quick ? front->quick_deaths + 1 : 0;
    front->restarts++;
}

/* --- hearing generations ------------------------------------------------------------------------------------------ */

static void
worker_up(struct service *service, const struct cohort *cohort, const struct worker_report *report,
          struct parcel *parcel)
{
    struct record *record = NULL;
    struct status_page *page = NULL;

    for (unsigned i = 0; i < DISPATCH_MAX_LINES && !record; i++)
        if (service->records[i].pid == 0)
            record = &service->records[i];
    /* Without a place, while stopping, or from a generation that had not heard yet that it is to end, the descriptors
     * are closed: the worker sees the end of file and ends. */
    if (!record || service->is_draining || cohort->state == COHORT_RETIRING || parcel->fds[1] < 0 ||
        status_page_map(parcel->fds[1], &page) != STATUS_OK) {
        parcel_close_fds(parcel);
        return;
    }
    *record = (struct record){.pid = report->pid, .generation = report->generation, .page = page};
    memcpy(record->fds, parcel->fds, sizeof record->fds);
    service->workers_started++;
    log_debug("worker_up", LOG_INT("pid", report->pid), LOG_INT("generation", report->generation));
    hand_worker_to_front(service, record);
}

static void
forget_record(struct service *service, struct record *record)
{
    sums_add(&service->of_the_dead, record->page);
    status_page_unmap(&record->page);
    close_fds(record);
    record->pid = 0;
}

static void
note_quick_death(struct cohort *cohort, const struct worker_report *report)
{
    const uint64_t now_ns = budget_now_ns();
    const uint64_t retry_ns = now_ns + report->retry_ms * UINT64_C(1000000);
    uint64_t retry_ms;

    if (report->quick_deaths == 0 || report->quick_deaths < cohort_crash_loop(cohort, now_ns, &retry_ms))
        return;
    cohort->quick_deaths = report->quick_deaths;
    cohort->retry_ns = retry_ns;
}

static void
worker_down(struct service *service, struct cohort *cohort, const struct worker_report *report)
{
    static const char *const words[] = {
        [WORKER_ENDED] = "ended", [WORKER_CRASHED] = "crashed", [WORKER_OVER_TIME] = "over_time"};

    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++)
        if (service->records[i].pid == report->pid)
            forget_record(service, &service->records[i]);
    if (report->end == WORKER_ENDED)
        return;
    service->workers_died++;
    note_quick_death(cohort, report);
    log_warning("worker_down", LOG_INT("pid", report->pid), LOG_INT("generation", report->generation),
                LOG_TEXT("end", words[report->end]), LOG_INT("signal", report->signal), LOG_INT("code", report->code),
                LOG_INT("retry_ms", report->retry_ms));
}

/* False: there is no memory for what it says. */
static bool
add_city(struct cohort *cohort, const struct city_report *city)
{
    if (cohort->count == cohort->capacity) {
        const size_t capacity = cohort->capacity > 0 ? cohort->capacity * 2 : FIRST_COHORT_CAPACITY;
        struct city_report *grown = reallocarray(cohort->cities, capacity, sizeof *grown);
        if (!grown)
            return false;
        cohort->cities = grown;
        cohort->capacity = capacity;
    }
    cohort->cities[cohort->count++] = *city;
    if (city->state != CITY_LIVE) {
        char text[FAULT_TEXT_BYTES];
        log_warning("city_faulty", LOG_TEXT("policy", city->id),
                    LOG_TEXT("now", city->state == CITY_KEPT ? "last_good" : "unavailable"),
                    LOG_TEXT("fault", fault_text(&city->fault, text, sizeof text)));
    }
    return true;
}

static void
take_common(struct cohort *cohort, const struct common_report *common)
{
    char text[FAULT_TEXT_BYTES];

    cohort->common = *common;
    if (common->state != CITY_LIVE)
        log_warning("common_faulty", LOG_TEXT("now", "last_good"),
                    LOG_TEXT("fault", fault_text(&common->fault, text, sizeof text)));
    if (common->lost > 0)
        log_warning("history_not_kept", LOG_INT("generation", cohort->number), LOG_INT("rulesets", common->lost));
}

bool
crew_hear_generation(struct service *service, struct cohort *cohort, uint32_t *kind_out, struct fault *fault_out)
{
    struct parcel parcel;

    if (parcel_receive(cohort->fd, &parcel) != STATUS_OK) {
        close(cohort->fd);
        cohort->fd = -1;
        return false;
    }
    *kind_out = 0;
    if (parcel.kind == PARCEL_WORKER_UP) {
        worker_up(service, cohort, (const void *)parcel.data, &parcel);
        return true;
    }
    if (parcel.kind == PARCEL_BORN) {
        memcpy(&cohort->pid, parcel.data, sizeof cohort->pid);
        log_info("generation_loading", LOG_INT("generation", cohort->number), LOG_INT("pid", cohort->pid));
    } else if (parcel.kind == PARCEL_WORKER_DOWN)
        worker_down(service, cohort, (const void *)parcel.data);
    else if (parcel.kind == PARCEL_COMMON)
        take_common(cohort, (const void *)parcel.data);
    else if (parcel.kind == PARCEL_CITY && !add_city(cohort, (const void *)parcel.data)) {
        *kind_out = PARCEL_FAILED;
        fault_set(fault_out, "", 0, 0, NULL, NULL, status_word(STATUS_NO_MEMORY), "see the limits of the service");
    } else if (parcel.kind != PARCEL_CITY)
        *kind_out = parcel.kind;
    if (parcel.kind == PARCEL_FAILED)
        memcpy(fault_out, parcel.data, sizeof *fault_out);
    parcel_close_fds(&parcel);
    return true;
}

/* One that is not born yet finds its pair closed, and ends. */
static void
kill_cohort(struct cohort *cohort)
{
    if (cohort->pid > 0) {
        kill(cohort->pid, SIGKILL);
    } else if (cohort->fd >= 0) {
        close(cohort->fd);
        cohort->fd = -1;
    }
}

void
crew_retire(struct cohort *cohort)
{
    cohort->state = COHORT_RETIRING;
    if (cohort->fd >= 0 && parcel_send(cohort->fd, PARCEL_RETIRE, NULL, 0, NULL, 0) != STATUS_OK)
        kill_cohort(cohort);
}

void
crew_go_live(struct service *service, struct cohort *cohort)
{
    struct cohort *before = service_cohort(service, COHORT_LIVE);

    cohort->state = COHORT_LIVE;
    cohort->live_ns = budget_now_ns();
    if (before)
        crew_retire(before);
    brief_front(service);
    log_info("generation_live", LOG_INT("generation", cohort->number), LOG_INT("cities", cohort->count));
}

void
crew_forget_generation(struct service *service, struct cohort *cohort)
{
    for (unsigned i = 0; i < DISPATCH_MAX_LINES; i++)
        if (service->records[i].pid != 0 && service->records[i].generation == cohort->number)
            forget_record(service, &service->records[i]);
    if (cohort->fd >= 0)
        close(cohort->fd);
    free(cohort->cities);
    *cohort = (struct cohort){.state = COHORT_NONE, .fd = -1};
}

void
crew_kill_all(struct service *service)
{
    if (service->front.pid > 0)
        kill(service->front.pid, SIGKILL);
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (service->cohorts[i].state != COHORT_NONE)
            kill_cohort(&service->cohorts[i]);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (service->cohorts[i].state != COHORT_NONE)
            crew_forget_generation(service, &service->cohorts[i]);
}
