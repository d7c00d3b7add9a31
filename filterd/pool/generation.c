#include "pool/generation.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "pool/check.h"
#include "pool/good.h"
#include "pool/history.h"
#include "pool/sandbox.h"

struct city {
    struct city_files files;
    bool is_read;
    struct city_report report;
};

struct generation {
    const struct generation_options *options;
    int fd;
    struct places places; /* with the common that is used */
    struct common_report common;
    struct load *load;
    struct city *cities;
    size_t count;
    struct worker_options worker_options;
    struct fleet fleet;
    bool supervisor_is_gone;
};

/* --- reading and checking ----------------------------------------------------------------------------------------- */

static enum status
read_cities(struct generation *generation, struct fault *fault)
{
    struct buffer ids;
    size_t count = 0;

    buffer_init(&ids);
    enum status status = places_list(generation->options->places, &ids, &count);
    if (status == STATUS_OK && count == 0)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK && !(generation->cities = calloc(count, sizeof *generation->cities)))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        fault_set(fault, generation->options->places->cities[0], 0, 0, NULL, NULL, "no city can be read here",
                  "a city is a folder with a policy.yaml in it");
    const char *id = (const char *)ids.data;
    for (size_t i = 0; status == STATUS_OK && i < count; i++, id += strlen(id) + 1) {
        struct city *city = &generation->cities[i];
        memcpy(city->report.id, id, strlen(id) + 1);
        city->report.state = CITY_FAILED;
        city->is_read = places_read(generation->options->places, id, &city->files, &city->report.fault) == STATUS_OK;
        generation->count = i + 1;
    }
    buffer_fini(&ids);
    return status;
}

static bool
is_known_good(const struct generation *generation, const struct city *city)
{
    struct hash stamp;

    good_stamp(load_cities(generation->load)->common, &city->files, &stamp);
    return good_has(generation->options->good_dir, city->report.id, &stamp);
}

/* A set that cannot be kept is not a fault of the city: it answers now and is only checked again next time. */
static void
keep_as_good(const struct generation *generation, struct city *const *cities, size_t count)
{
    struct good_set *sets = calloc(count, sizeof *sets);
    size_t good = 0;

    for (size_t i = 0; sets && i < count; i++) {
        if (cities[i]->report.state != CITY_LIVE)
            continue;
        good_stamp(load_cities(generation->load)->common, &cities[i]->files, &sets[good].stamp);
        sets[good++].files = &cities[i]->files;
    }
    if (good > 0)
        good_save(generation->options->good_dir, sets, good);
    free(sets);
}

static enum status
check_changed(struct generation *generation)
{
    const struct generation_options *options = generation->options;
    struct check_job *jobs = calloc(generation->count, sizeof *jobs);
    struct city **owners = calloc(generation->count, sizeof *owners);
    size_t count = 0;

    for (size_t i = 0; jobs && owners && i < generation->count; i++) {
        struct city *city = &generation->cities[i];
        if (city->is_read && is_known_good(generation, city)) {
            city->report.state = CITY_LIVE;
        } else if (city->is_read) {
            owners[count] = city;
            jobs[count++].files = &city->files;
        }
    }
    const enum status status = jobs && owners ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        check_cities(generation->load, jobs, count, CHECK_CASES, options->max_text_bytes, options->compile_at_once);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        owners[i]->report.fault = jobs[i].report.fault;
        owners[i]->report.state = jobs[i].report.status == STATUS_OK ? CITY_LIVE : CITY_FAILED;
    }
    if (status == STATUS_OK)
        keep_as_good(generation, owners, count);
    free(jobs);
    free(owners);
    return status;
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static void
build(struct generation *generation, struct city *city, const struct city_files *files, enum city_state state)
{
    struct fault fault = {0};
    const struct ruleset *ruleset;

    city->report.state = CITY_FAILED;
    if (load_files(generation->load, files, &ruleset, &fault) == STATUS_OK) {
        city->report.state = state;
        memcpy(city->report.ruleset, ruleset->hash_hex, sizeof city->report.ruleset);
        if (history_keep_city(generation->options->history_dir, files, ruleset) != STATUS_OK)
            generation->common.lost++;
    } else if (city->report.fault.reason[0] == '\0') {
        city->report.fault = fault;
    }
}

/* The last good set, compiled in a child first. Its cases are not asked for: under changed common dictionaries they
 * may fail, and a city that answers by its last good files is better than one that does not answer. */
static void
build_last_good(struct generation *generation, struct city *city)
{
    const struct generation_options *options = generation->options;
    struct city_files files;

    if (good_load(options->good_dir, city->report.id, &files, NULL) != STATUS_OK)
        return;
    struct check_job job = {.files = &files};
    check_cities(generation->load, &job, 1, CHECK_BUILD, options->max_text_bytes, 1);
    if (job.report.status == STATUS_OK)
        build(generation, city, &files, CITY_KEPT);
    city_files_fini(&files);
}

static void
build_cities(struct generation *generation)
{
    for (size_t i = 0; i < generation->count; i++) {
        struct city *city = &generation->cities[i];
        if (city->report.state == CITY_LIVE)
            build(generation, city, &city->files, CITY_LIVE);
        if (city->report.state == CITY_FAILED)
            build_last_good(generation, city);
        if (city->is_read)
            city_files_fini(&city->files);
        city->is_read = false;
    }
}

/* What is loaded is the copy that the check has made: what happens to the operator's files later, mapped or not,
 * touches nothing that runs. Without a copy (a full disk) they must do themselves. */
static enum status
load_common(struct generation *generation, struct fault *fault)
{
    const struct generation_options *options = generation->options;
    const struct common_check check = {
        .places = &generation->places, .store_dir = options->store_dir, .history_dir = options->history_dir};
    char kept[HASH_HEX_BYTES];

    enum status status = check_common(&check, kept, fault);
    if (status != STATUS_OK)
        return status;
    if (history_common(options->history_dir, kept, generation->places.common) != STATUS_OK)
        generation->common.lost++;
    status = load_create(&generation->places, options->store_dir, &generation->load, fault);
    if (status == STATUS_OK && generation->common.lost == 0)
        (void)!good_save_common(options->good_dir, &load_cities(generation->load)->common->hash);
    return status;
}

/* True: the places name the common dictionaries that were last good, which are others than those at fault. */
static bool
turn_to_last_good(struct generation *generation)
{
    const struct generation_options *options = generation->options;
    char hex[HASH_HEX_BYTES];

    return options->purpose == GENERATION_TO_ANSWER && good_load_common(options->good_dir, hex) == STATUS_OK &&
           history_common(options->history_dir, hex, generation->places.common) == STATUS_OK;
}

static enum status
load_a_common(struct generation *generation, struct fault *fault)
{
    generation->places = *generation->options->places;
    enum status status = load_common(generation, fault);
    if (status == STATUS_OK || !turn_to_last_good(generation))
        return status;
    generation->common.state = CITY_KEPT;
    generation->common.fault = *fault;
    status = load_common(generation, fault);
    *fault = status == STATUS_OK ? (struct fault){0} : generation->common.fault; /* the operator's own comes first */
    return status;
}

/* A city that answers must not cease to because of a reload: then nothing changes at all. */
static enum status
refuse_loss(const struct generation *generation, struct fault *fault)
{
    const struct generation_options *options = generation->options;

    for (size_t i = 0; i < generation->count; i++) {
        const struct city_report *city = &generation->cities[i].report;
        for (size_t j = 0; city->state == CITY_FAILED && j < options->answering_count; j++) {
            if (options->answering[j].state == CITY_FAILED || strcmp(options->answering[j].id, city->id) != 0)
                continue;
            *fault = city->fault;
            return STATUS_INVALID;
        }
    }
    return STATUS_OK;
}

static enum status
load_all(struct generation *generation, struct fault *fault)
{
    const struct generation_options *options = generation->options;

    enum status status = load_a_common(generation, fault);
    if (status == STATUS_OK)
        status = read_cities(generation, fault);
    if (status == STATUS_OK)
        status = check_changed(generation);
    if (status == STATUS_OK)
        build_cities(generation);
    if (status == STATUS_OK)
        status = refuse_loss(generation, fault);
    if (status == STATUS_OK)
        load_prune_store(generation->load);
    if (status != STATUS_OK && fault->reason[0] == '\0')
        fault_set(fault, options->places->common, 0, 0, NULL, NULL, status_word(status), NULL);
    return status;
}

/* --- telling the supervisor --------------------------------------------------------------------------------------- */

static void
tell(struct generation *generation, enum parcel_kind kind, const void *data, size_t bytes, const int *fds,
     unsigned fd_count)
{
    if (parcel_send(generation->fd, kind, data, bytes, fds, fd_count) != STATUS_OK)
        generation->supervisor_is_gone = true;
}

static void
worker_up(void *context, int pid, int socket_fd, int page_fd)
{
    struct generation *generation = context;
    const struct worker_report report = {.generation = generation->options->number, .pid = pid};
    const int fds[2] = {socket_fd, page_fd};

    tell(generation, PARCEL_WORKER_UP, &report, sizeof report, fds, 2);
}

static void
worker_down(void *context, const struct worker_report *report)
{
    struct generation *generation = context;
    struct worker_report full = *report;

    full.generation = generation->options->number;
    tell(generation, PARCEL_WORKER_DOWN, &full, sizeof full, NULL, 0);
}

static void
tell_what_answers(struct generation *generation)
{
    tell(generation, PARCEL_COMMON, &generation->common, sizeof generation->common, NULL, 0);
    for (size_t i = 0; i < generation->count; i++)
        tell(generation, PARCEL_CITY, &generation->cities[i].report, sizeof generation->cities[i].report, NULL, 0);
    free(generation->cities);
    generation->cities = NULL;
    generation->count = 0;
}

/* --- the life of it ----------------------------------------------------------------------------------------------- */

static int
open_child_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    ASSERT(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
obey(struct generation *generation)
{
    struct parcel parcel;

    if (parcel_receive(generation->fd, &parcel) != STATUS_OK) {
        generation->supervisor_is_gone = true;
        return;
    }
    parcel_close_fds(&parcel);
    if (parcel.kind == PARCEL_RETIRE)
        fleet_retire(&generation->fleet);
}

/* Ends when the last worker of a retired fleet has ended, or with the supervisor: then the workers are killed by the
 * kernel. */
static void
tend_workers(struct generation *generation, int signal_fd)
{
    const struct fleet_events events = {worker_up, worker_down, generation};
    struct pollfd polls[2] = {{.fd = generation->fd, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};
    struct signalfd_siginfo signals[8];

    while (!generation->supervisor_is_gone && (generation->fleet.wanted > 0 || fleet_live(&generation->fleet) > 0)) {
        if (poll(polls, 2, BUDGET_CHECK_MS) > 0 && polls[1].revents != 0)
            (void)!read(signal_fd, signals, sizeof signals);
        if (polls[0].revents != 0)
            obey(generation);
        fleet_tend(&generation->fleet, &events, budget_now_ns());
    }
}

int
generation_main(const struct generation_options *options, int parent_pid, int fd)
{
    struct generation generation = {.options = options};
    struct fault fault = {0};

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(&fd, 1) != STATUS_OK ||
        sandbox_limit(SANDBOX_GENERATION) != STATUS_OK)
        return WORKER_EXIT_START;
    generation.fd = fd;
    if (load_all(&generation, &fault) != STATUS_OK) {
        tell(&generation, PARCEL_FAILED, &fault, sizeof fault, NULL, 0);
        return WORKER_EXIT_START;
    }
    tell_what_answers(&generation);
    generation.worker_options = (struct worker_options){
        .cities = load_cities(generation.load),
        .handler = options->handler,
        .handler_options = options->handler_options,
        .max_text_bytes = options->max_text_bytes,
        .recycle_messages = options->recycle_messages,
    };
    const int signal_fd = open_child_signals();
    fleet_init(&generation.fleet, &generation.worker_options, options->workers);
    fleet_tend(&generation.fleet, &(struct fleet_events){worker_up, worker_down, &generation}, budget_now_ns());
    tell(&generation, PARCEL_READY, NULL, 0, NULL, 0);
    tend_workers(&generation, signal_fd);
    return WORKER_EXIT_DONE;
}
