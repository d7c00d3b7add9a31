#include "serve/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/secret.h"
#include "serve/crew.h"
#include "serve/notify.h"
#include "serve/premises.h"
#include "serve/report.h"

#define TICK_MS 20                          /* while something is to be started or ended */
#define RETRY_NS UINT64_C(1000000000)       /* before a generation is tried again */
#define QUICK_DEATH_NS UINT64_C(5000000000) /* of a live generation */
#define FIRST_DELAY_NS UINT64_C(50000000)
#define MAX_DELAY_DOUBLINGS 6              /* 3.2 s */
#define KILL_AFTER_NS UINT64_C(1000000000) /* beyond drain_timeout_ms */

enum phase { PHASE_STARTING, PHASE_SERVING, PHASE_DRAINING, PHASE_ENDING, PHASE_ENDED };

struct supervisor {
    const struct supervisor_options *options;
    struct fault *fault;
    enum phase phase;
    int exit_code;
    struct service service;
    struct desk desk;
    int signal_fd;
    uint64_t reload_number; /* of the last one begun */
    bool is_reloading, wants_reload;
    bool has_report, report_says_ok; /* of the reload: goes out once the front has changed over */
    struct buffer report;
    uint64_t generation_not_before_ns;
    unsigned quick_deaths; /* of live generations, in a row */
    uint64_t phase_until_ns;
};

/* --- starting ----------------------------------------------------------------------------------------------------- */

static enum status
open_signals(struct supervisor *supervisor, struct fault *fault)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&set);
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&set, numbers[i]);
    ASSERT(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    supervisor->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (supervisor->signal_fd < 0)
        fault_set(fault, "", 0, 0, NULL, NULL, strerror(errno), "see the limits of the service");
    return supervisor->signal_fd < 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}

/* A fault without a reason is none. */
static enum status
say_why(enum status status, struct fault *fault)
{
    if (status != STATUS_OK && fault->reason[0] == '\0')
        fault_set(fault, "", 0, 0, NULL, NULL, status_word(status), NULL);
    return status;
}

static enum status
prepare(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;
    struct fault *fault = supervisor->fault;

    service->started_ns = budget_now_ns();
    buffer_init(&service->clients);
    service->counters =
        mmap(NULL, sizeof *service->counters, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    enum status status = service->counters == MAP_FAILED ? STATUS_NO_MEMORY : open_signals(supervisor, fault);
    if (status == STATUS_OK)
        status = supervisor->options->read_conf(supervisor->options->context, &service->conf, &service->clients, fault);
    if (status == STATUS_OK)
        status = premises_check(&service->conf, fault);
    if (status == STATUS_OK)
        status = premises_key(&service->conf, &service->key, fault);
    if (status == STATUS_OK)
        status = places_find(service->conf.dictionaries, &service->places, fault);
    if (status == STATUS_OK)
        status = places_set_keys(&service->places, service->conf.keys_dir, fault);
    if (status == STATUS_OK)
        status = premises_take(&service->conf, &service->premises, fault);
    if (status == STATUS_OK)
        status = desk_open(&supervisor->desk, service->conf.control, fault);
    service->handler_settings.max_request_bytes = service->conf.max_request_bytes;
    return say_why(status, fault);
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

static void
end_with(struct supervisor *supervisor, int code)
{
    supervisor->exit_code = code;
    supervisor->phase = PHASE_ENDED;
}

static void
begin_drain(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;

    if (supervisor->phase >= PHASE_DRAINING || supervisor->phase == PHASE_STARTING) {
        log_info("ending_now", LOG_INT("pid", getpid()));
        end_with(supervisor, SUPERVISOR_EXIT_OK);
        return;
    }
    log_info("draining", LOG_INT("timeout_ms", service->conf.drain_timeout_ms));
    notify_stopping();
    supervisor->phase = PHASE_DRAINING;
    supervisor->phase_until_ns = budget_now_ns() + service->conf.drain_timeout_ms * UINT64_C(1000000) + KILL_AFTER_NS;
    service->is_draining = true;
    crew_drain_front(service);
}

/* The front has answered all: now the generations end, with their last workers. */
static void
begin_end(struct supervisor *supervisor)
{
    supervisor->phase = PHASE_ENDING;
    supervisor->phase_until_ns = budget_now_ns() + KILL_AFTER_NS;
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (supervisor->service.cohorts[i].state != COHORT_NONE)
            crew_retire(&supervisor->service.cohorts[i]);
}

static bool
has_cohorts(const struct service *service)
{
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (service->cohorts[i].state != COHORT_NONE)
            return true;
    return false;
}

static void
go_on_ending(struct supervisor *supervisor, uint64_t now_ns)
{
    const bool is_late = now_ns >= supervisor->phase_until_ns;

    if (supervisor->phase == PHASE_DRAINING && (supervisor->service.front.pid == 0 || is_late))
        begin_end(supervisor);
    else if (supervisor->phase == PHASE_ENDING && (!has_cohorts(&supervisor->service) || is_late))
        end_with(supervisor, SUPERVISOR_EXIT_OK);
}

/* --- reloading ---------------------------------------------------------------------------------------------------- */

static void
write_report(struct supervisor *supervisor, const struct cohort *before, const struct fault *fault)
{
    buffer_clear(&supervisor->report);
    supervisor->report_says_ok =
        report_reload(before, service_cohort(&supervisor->service, COHORT_LIVE), fault, &supervisor->report);
    supervisor->has_report = true;
}

static void
answer_reload(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;
    const bool ok = supervisor->report_says_ok;

    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++) {
        const struct visitor *visitor = &supervisor->desk.visitors[i];
        if (visitor->fd >= 0 && visitor->reload_number != 0 && visitor->reload_number <= supervisor->reload_number)
            desk_answer(&supervisor->desk, i, buffer_slice(&supervisor->report));
    }
    supervisor->has_report = supervisor->is_reloading = false;
    service->reloads_ok += ok;
    service->reloads_failed += !ok;
    log_info("reloaded", LOG_INT("ok", ok), LOG_INT("number", supervisor->reload_number));
    notify_ready(ok ? "answering" : "answering; the last reload was not taken over in full");
}

/* Whoever asked may rely on the new rulesets from the answer on. */
static void
answer_when_swapped(struct supervisor *supervisor)
{
    const struct cohort *live = service_cohort(&supervisor->service, COHORT_LIVE);

    if (supervisor->has_report && live && supervisor->service.front.generation == live->number)
        answer_reload(supervisor);
}

static void
fail_reload(struct supervisor *supervisor, const struct fault *fault)
{
    char text[FAULT_TEXT_BYTES];

    log_error("reload_failed", LOG_TEXT("fault", fault_text(fault, text, sizeof text)));
    write_report(supervisor, service_cohort(&supervisor->service, COHORT_LIVE), fault);
    answer_reload(supervisor);
}

/* What `wanted` says takes effect, as far as it can without a restart. */
static enum status
apply_settings(struct supervisor *supervisor, struct conf *wanted, struct buffer *clients, struct fault *fault)
{
    struct service *service = &supervisor->service;
    struct curve_key key;
    struct places places;

    const char *name = conf_needs_restart(&service->conf, wanted);
    wanted->listen_curve = service->conf.listen_curve;
    enum status status = places_find(wanted->dictionaries, &places, fault);
    if (status == STATUS_OK)
        status = places_set_keys(&places, wanted->keys_dir, fault);
    if (status == STATUS_OK)
        status = premises_key(wanted, &key, fault);
    if (status != STATUS_OK)
        return status;
    if (name)
        log_warning("setting_needs_restart", LOG_TEXT("setting", name));
    conf_take_reloadable(&service->conf, wanted);
    service->places = places;
    service->key = key;
    secret_wipe(&key, sizeof key);
    const struct buffer before = service->clients;
    service->clients = *clients;
    *clients = before;
    service->handler_settings.max_request_bytes = service->conf.max_request_bytes;
    return STATUS_OK;
}

static enum status
take_new_settings(struct supervisor *supervisor, struct fault *fault)
{
    struct conf *wanted = malloc(sizeof *wanted);
    struct buffer clients;

    if (!wanted)
        return say_why(STATUS_NO_MEMORY, fault);
    buffer_init(&clients);
    enum status status = supervisor->options->read_conf(supervisor->options->context, wanted, &clients, fault);
    if (status == STATUS_OK)
        status = apply_settings(supervisor, wanted, &clients, fault);
    buffer_fini(&clients);
    free(wanted);
    return say_why(status, fault);
}

static void
begin_reload(struct supervisor *supervisor)
{
    struct fault fault = {0};

    supervisor->wants_reload = false;
    supervisor->is_reloading = true;
    supervisor->reload_number++;
    notify_reloading();
    log_info("reloading", LOG_INT("number", supervisor->reload_number));
    if (take_new_settings(supervisor, &fault) != STATUS_OK) {
        fail_reload(supervisor, &fault);
    } else if (!crew_renew_generation(&supervisor->service) &&
               !crew_start_generation(&supervisor->service, GENERATION_TO_CHANGE)) {
        fault_set(&fault, "", 0, 0, NULL, NULL, "no process for the new rulesets", "see the limits of the service");
        fail_reload(supervisor, &fault);
    }
}

/* One at a time, and never more than two generations alive. */
static void
reload_when_possible(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;

    if (supervisor->wants_reload && !supervisor->is_reloading && supervisor->phase == PHASE_SERVING &&
        service_cohort(service, COHORT_LIVE) && !service_cohort(service, COHORT_LOADING) &&
        !service_cohort(service, COHORT_RETIRING))
        begin_reload(supervisor);
}

/* --- generations -------------------------------------------------------------------------------------------------- */

static void
generation_ready(struct supervisor *supervisor, struct cohort *cohort)
{
    const struct cohort *before = service_cohort(&supervisor->service, COHORT_LIVE);
    const struct fault none = {0};

    crew_go_live(&supervisor->service, cohort);
    if (supervisor->is_reloading)
        write_report(supervisor, before, &none);
}

/* What it could not load is no crash: at the start there is nothing to serve with, later the old one goes on. */
static void
generation_refused(struct supervisor *supervisor, const struct fault *fault)
{
    if (supervisor->phase == PHASE_STARTING) {
        *supervisor->fault = *fault;
        end_with(supervisor, SUPERVISOR_EXIT_CONF);
        return;
    }
    supervisor->generation_not_before_ns = budget_now_ns() + RETRY_NS;
    if (supervisor->is_reloading)
        fail_reload(supervisor, fault);
}

static void
hear_generation(struct supervisor *supervisor, struct cohort *cohort)
{
    struct fault fault = {0};
    uint32_t kind = 0;

    if (!crew_hear_generation(&supervisor->service, cohort, &kind, &fault) || cohort->state != COHORT_LOADING)
        return; /* one that was refused may go on loading for a while */
    if (kind == PARCEL_READY)
        generation_ready(supervisor, cohort);
    else if (kind == PARCEL_FAILED) {
        crew_retire(cohort);
        generation_refused(supervisor, &fault);
    }
}

/* What answered for a while may be replaced at once; what dies again and again must not keep the machine busy. */
static void
delay_next_generation(struct supervisor *supervisor, const struct cohort *cohort)
{
    const uint64_t now_ns = budget_now_ns();
    const bool is_quick = now_ns - cohort->live_ns < QUICK_DEATH_NS;
    const unsigned doublings =
        supervisor->quick_deaths < MAX_DELAY_DOUBLINGS ? supervisor->quick_deaths : MAX_DELAY_DOUBLINGS;

    supervisor->generation_not_before_ns = is_quick ? now_ns + (FIRST_DELAY_NS << doublings) : 0;
    supervisor->quick_deaths = is_quick ? supervisor->quick_deaths + 1 : 0;
}

/* What all cities share has changed, or the successor failed as a process: the long way is always there. */
static void
start_afresh(struct supervisor *supervisor, struct cohort *successor)
{
    struct service *service = &supervisor->service;
    struct fault fault = {0};

    log_info("generation_afresh", LOG_INT("instead_of", successor->number));
    crew_forget_generation(service, successor);
    if (crew_start_generation(service,
                              service_cohort(service, COHORT_LIVE) ? GENERATION_TO_CHANGE : GENERATION_TO_ANSWER))
        return;
    fault_set(&fault, "", 0, 0, NULL, NULL, "no process for the new rulesets", "see the limits of the service");
    generation_refused(supervisor, &fault);
}

/* The one that was asked for it is gone, or does nothing. */
static void
replace_the_unborn(struct supervisor *supervisor, uint64_t now_ns)
{
    struct cohort *cohort = service_cohort(&supervisor->service, COHORT_LOADING);

    if (cohort && cohort->pid == 0 && supervisor->phase == PHASE_SERVING &&
        (cohort->fd < 0 || now_ns >= cohort->born_until_ns))
        start_afresh(supervisor, cohort);
}

static void
generation_died(struct supervisor *supervisor, struct cohort *cohort)
{
    const enum cohort_state state = cohort->state;
    struct fault fault = {0};

    if (state == COHORT_LOADING && cohort->is_successor && supervisor->phase == PHASE_SERVING) {
        start_afresh(supervisor, cohort);
        return;
    }
    log_write(state == COHORT_RETIRING ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "generation_down",
              LOG_FIELDS(LOG_INT("generation", cohort->number), LOG_INT("pid", cohort->pid)));
    if (state == COHORT_LIVE)
        delay_next_generation(supervisor, cohort);
    crew_forget_generation(&supervisor->service, cohort);
    if (state != COHORT_LOADING)
        return;
    fault_set(&fault, "", 0, 0, NULL, NULL, "the process that loads the rulesets died", "see the log of the service");
    generation_refused(supervisor, &fault);
}

/* --- children ----------------------------------------------------------------------------------------------------- */

static void
hear_front(struct supervisor *supervisor)
{
    struct fault fault = {0};
    uint32_t kind = 0;

    if (!crew_hear_front(&supervisor->service, &kind, &fault))
        return;
    if (kind == PARCEL_BOUND && supervisor->phase == PHASE_STARTING) {
        supervisor->phase = PHASE_SERVING;
        log_info("ready", LOG_INT("pid", getpid()));
        notify_ready("answering");
    } else if (kind == PARCEL_BIND_FAILED && supervisor->phase == PHASE_STARTING) {
        *supervisor->fault = fault;
        end_with(supervisor, SUPERVISOR_EXIT_UNAVAILABLE);
    }
}

/* Takes every parcel a dead child has left before it is forgotten. */
static void
hear_last_words(struct supervisor *supervisor, struct cohort *cohort)
{
    while (cohort->state != COHORT_NONE && cohort->fd >= 0 && supervisor->phase != PHASE_ENDED)
        hear_generation(supervisor, cohort);
}

/* A successor that died at once has said who it was. */
static void
hear_births(struct supervisor *supervisor)
{
    struct cohort *cohort = service_cohort(&supervisor->service, COHORT_LOADING);
    struct pollfd poll_one = {.fd = cohort ? cohort->fd : -1, .events = POLLIN};

    if (cohort && cohort->pid == 0 && poll(&poll_one, 1, 0) > 0)
        hear_generation(supervisor, cohort);
}

static void
child_died(struct supervisor *supervisor, int pid, int wait_status)
{
    struct service *service = &supervisor->service;

    hear_births(supervisor);
    if (pid == service->front.pid) {
        if (!service->is_draining)
            log_error("front_down", LOG_INT("pid", pid),
                      LOG_INT("signal", WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0),
                      LOG_INT("code", WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0));
        hear_front(supervisor);
        crew_forget_front(service, budget_now_ns());
        return;
    }
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++) {
        struct cohort *cohort = &service->cohorts[i];
        if (cohort->state == COHORT_NONE || cohort->pid != pid)
            continue;
        hear_last_words(supervisor, cohort);
        generation_died(supervisor, cohort);
    }
}

static void
start_missing(struct supervisor *supervisor, uint64_t now_ns)
{
    struct service *service = &supervisor->service;

    if (supervisor->phase >= PHASE_DRAINING)
        return;
    if (service->front.pid == 0 && now_ns >= service->front.not_before_ns)
        crew_start_front(service);
    if (!service_cohort(service, COHORT_LIVE) && !service_cohort(service, COHORT_LOADING) &&
        now_ns >= supervisor->generation_not_before_ns && !crew_start_generation(service, GENERATION_TO_ANSWER))
        supervisor->generation_not_before_ns = now_ns + RETRY_NS;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void
take_signals(struct supervisor *supervisor)
{
    struct signalfd_siginfo signals[8];
    int pid, wait_status;
    const ssize_t bytes = read(supervisor->signal_fd, signals, sizeof signals);

    for (size_t i = 0; bytes > 0 && i < (size_t)bytes / sizeof signals[0]; i++)
        if (signals[i].ssi_signo == SIGHUP)
            supervisor->wants_reload = true;
        else if (signals[i].ssi_signo != SIGCHLD)
            begin_drain(supervisor);
    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
        child_died(supervisor, pid, wait_status);
}

static void
serve_visitor(struct supervisor *supervisor, unsigned index)
{
    struct visitor *visitor = &supervisor->desk.visitors[index];
    enum desk_command command;
    struct buffer out;

    if (!desk_read(&supervisor->desk, index, &command))
        return;
    if (command == DESK_RELOAD) {
        log_info("reload_asked", LOG_INT("uid", visitor->uid), LOG_INT("pid", visitor->pid));
        supervisor->wants_reload = true;
        visitor->reload_number = supervisor->reload_number + 1;
        return;
    }
    buffer_init(&out);
    if (command == DESK_STATUS)
        report_status(&supervisor->service, &out);
    else if (command == DESK_STATS)
        report_stats(&supervisor->service, &out);
    else
        report_error("unknown command", &out);
    desk_answer(&supervisor->desk, index, buffer_slice(&out));
    buffer_fini(&out);
}

static int
sleep_ms(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;
    const struct cohort *loading = service_cohort(service, COHORT_LOADING);
    const bool is_waiting = supervisor->phase >= PHASE_DRAINING || service->front.pid == 0 ||
                            (loading && loading->pid == 0) || (!service_cohort(service, COHORT_LIVE) && !loading);

    return is_waiting ? TICK_MS : CREW_LOOK_MS;
}

/* signals, front, generations, the control socket, its visitors */
#define FIRST_VISITOR (2 + SERVICE_MAX_COHORTS + 1)
#define POLL_COUNT (FIRST_VISITOR + DESK_MAX_VISITORS)

static void
turn(struct supervisor *supervisor)
{
    struct service *service = &supervisor->service;
    struct pollfd polls[POLL_COUNT];
    int cohort_pids[SERVICE_MAX_COHORTS];

    polls[0] = (struct pollfd){.fd = supervisor->signal_fd, .events = POLLIN};
    polls[1] = (struct pollfd){.fd = service->front.pid > 0 ? service->front.fd : -1, .events = POLLIN};
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++) {
        const struct cohort *cohort = &service->cohorts[i];
        polls[2 + i] = (struct pollfd){.fd = cohort->state != COHORT_NONE ? cohort->fd : -1, .events = POLLIN};
        cohort_pids[i] = cohort->pid;
    }
    desk_polls(&supervisor->desk, &polls[FIRST_VISITOR - 1]);
    if (poll(polls, POLL_COUNT, sleep_ms(supervisor)) < 0)
        return;
    for (unsigned i = 0; i < SERVICE_MAX_COHORTS; i++)
        if (polls[2 + i].revents != 0 && service->cohorts[i].pid == cohort_pids[i])
            hear_generation(supervisor, &service->cohorts[i]);
    if (polls[1].revents & POLLIN)
        hear_front(supervisor);
    if (polls[FIRST_VISITOR - 1].revents != 0)
        desk_accept(&supervisor->desk);
    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++)
        if (polls[FIRST_VISITOR + i].revents != 0)
            serve_visitor(supervisor, i);
    if (polls[0].revents != 0)
        take_signals(supervisor);
}

static int
code_of(enum status status)
{
    return status == STATUS_UNAVAILABLE || status == STATUS_NO_MEMORY ? SUPERVISOR_EXIT_UNAVAILABLE
                                                                      : SUPERVISOR_EXIT_CONF;
}

int
supervisor_run(const struct supervisor_options *options, struct fault *fault)
{
    struct supervisor *supervisor = calloc(1, sizeof *supervisor);

    if (!supervisor)
        return code_of(say_why(STATUS_NO_MEMORY, fault));
    *supervisor = (struct supervisor){.options = options, .fault = fault, .desk = {.fd = -1, .lock_fd = -1}};
    const enum status status = prepare(supervisor);
    if (status != STATUS_OK)
        end_with(supervisor, code_of(status));
    while (supervisor->phase != PHASE_ENDED) {
        const uint64_t now_ns = budget_now_ns();
        replace_the_unborn(supervisor, now_ns);
        start_missing(supervisor, now_ns);
        if (crew_watch_front(&supervisor->service, now_ns))
            notify_alive();
        reload_when_possible(supervisor);
        answer_when_swapped(supervisor);
        go_on_ending(supervisor, now_ns);
        if (supervisor->phase != PHASE_ENDED)
            turn(supervisor);
    }
    crew_kill_all(&supervisor->service);
    desk_close(&supervisor->desk);
    buffer_fini(&supervisor->report);
    buffer_fini(&supervisor->service.clients);
    secret_wipe(&supervisor->service.key, sizeof supervisor->service.key);
    const int code = supervisor->exit_code;
    free(supervisor);
    return code;
}
