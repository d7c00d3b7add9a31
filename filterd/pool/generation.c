#include "pool/generation.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "pool/check.h"
#include "pool/good.h"
#include "pool/history.h"
#include "pool/sandbox.h"
#include "text/tokens.h"

struct city {
    struct city_files files;
    bool is_read;
    bool is_kept;      /* as a good set: it need not be checked again as long as it stays the same */
    bool is_unchanged; /* since the generation before, which this one was forked from */
    struct city_report report;
};

struct generation {
    const struct generation_options *options;
    struct generation_orders orders; /* the first, then each successor's own */
    int supervisor_pid;
    int fd;
    struct city *before; /* a successor's: its predecessor's cities, sorted by id */
    size_t before_count;
    bool is_successor;    /* born just now */
    struct places places; /* with the common that is used */
    struct hash tokens;   /* stamp of MeCab's dictionary when that was loaded */
    struct common_report common;
    struct load *load;
    struct city *cities;
    size_t count;
    struct worker_options worker_options;
    struct fleet fleet;
    bool supervisor_is_gone;
};

/* --- reading and checking ----------------------------------------------------------------------------------------- */

static int
compare_ids(const void *id, const void *city)
{
    return strcmp(id, ((const struct city *)city)->report.id);
}

/* Read again, it is what the predecessor's workers answer with. */
static bool
is_unchanged(const struct generation *generation, const struct city *city)
{
    const struct city *old = generation->before_count == 0
                                 ? NULL
                                 : bsearch(city->report.id, generation->before, generation->before_count,
                                           sizeof *generation->before, compare_ids);

    return old && old->report.state == CITY_LIVE && old->is_kept && load_has(generation->load, &city->files);
}

/* Of what is unchanged only the hash is needed: most cities are. */
static void
read_city(struct generation *generation, struct city *city)
{
    city->is_read =
        places_read(&generation->orders.places, city->report.id, &city->files, &city->report.fault) == STATUS_OK;
    city->is_unchanged = city->is_read && is_unchanged(generation, city);
    if (city->is_unchanged)
        city_files_fini(&city->files);
}

static enum status
read_cities(struct generation *generation, struct fault *fault)
{
    struct buffer ids;
    size_t count = 0;

    buffer_init(&ids);
    enum status status = places_list(&generation->orders.places, &ids, &count);
    if (status == STATUS_OK && count == 0)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK && !(generation->cities = calloc(count, sizeof *generation->cities)))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        fault_set(fault, generation->orders.places.cities[0], 0, 0, NULL, NULL, "no city can be read here",
                  "a city is a folder with a policy.yaml in it");
    const char *id = (const char *)ids.data;
    for (size_t i = 0; status == STATUS_OK && i < count; i++, id += strlen(id) + 1) {
        struct city *city = &generation->cities[i];
        memcpy(city->report.id, id, strlen(id) + 1);
        city->report.state = CITY_FAILED;
        read_city(generation, city);
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
    for (size_t i = 0, set = 0; set < good; i++)
        if (cities[i]->report.state == CITY_LIVE)
            cities[i]->is_kept = sets[set++].status == STATUS_OK;
    free(sets);
}

static enum status
check_changed(struct generation *generation)
{
    const struct generation_orders *orders = &generation->orders;
    struct check_job *jobs = calloc(generation->count, sizeof *jobs);
    struct city **owners = calloc(generation->count, sizeof *owners);
    size_t count = 0;

    for (size_t i = 0; jobs && owners && i < generation->count; i++) {
        struct city *city = &generation->cities[i];
        city->is_kept = city->is_unchanged || (city->is_read && is_known_good(generation, city));
        if (city->is_kept) {
            city->report.state = CITY_LIVE;
        } else if (city->is_read) {
            owners[count] = city;
            jobs[count++].files = &city->files;
        }
    }
    const enum status status = jobs && owners ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        check_cities(generation->load, jobs, count, CHECK_CASES, orders->max_text_bytes, orders->compile_at_once);
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
        if (!city->is_unchanged && history_keep_city(generation->options->history_dir, files, ruleset) != STATUS_OK)
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
    if (!load_has(generation->load, &files))
        check_cities(generation->load, &job, 1, CHECK_BUILD, generation->orders.max_text_bytes, 1);
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

    tokens_stamp(TOKENS_DICTIONARY, &generation->tokens);
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
    generation->places = generation->orders.places;
    enum status status = load_common(generation, fault);
    if (status == STATUS_OK || !turn_to_last_good(generation))
        return status;
    generation->common.state = CITY_KEPT;
    generation->common.fault = *fault;
    status = load_common(generation, fault);
    *fault = status == STATUS_OK ? (struct fault){0} : generation->common.fault; /* the operator's own comes first */
    return status;
}

static bool
answers_now(const struct generation *generation, const char *id)
{
    const struct generation_options *options = generation->options;

    for (size_t i = 0; i < generation->before_count; i++)
        if (strcmp(generation->before[i].report.id, id) == 0)
            return generation->before[i].report.state != CITY_FAILED;
    for (size_t i = 0; !generation->before && i < options->answering_count; i++)
        if (strcmp(options->answering[i].id, id) == 0)
            return options->answering[i].state != CITY_FAILED;
    return false;
}

/* A city that answers must not cease to because of a reload: then nothing changes at all. */
static enum status
refuse_loss(const struct generation *generation, struct fault *fault)
{
    for (size_t i = 0; i < generation->count; i++) {
        const struct city_report *city = &generation->cities[i].report;
        if (city->state != CITY_FAILED || !answers_now(generation, city->id))
            continue;
        *fault = city->fault;
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

/* The common that is there already; STATUS_UNAVAILABLE when it is to be loaded afresh. */
static enum status
inherit_common(struct generation *generation)
{
    const struct places *places = &generation->orders.places;
    struct places with_copy = *places;
    struct hash tokens;

    tokens_stamp(TOKENS_DICTIONARY, &tokens);
    if (memcmp(tokens.bytes, generation->tokens.bytes, HASH_BYTES) != 0 ||
        !common_is_of(load_cities(generation->load)->common, places->common))
        return STATUS_UNAVAILABLE;
    memcpy(with_copy.common, generation->places.common, sizeof with_copy.common);
    generation->places = with_copy;
    return load_begin_again(generation->load, &generation->places);
}

static enum status
load_all(struct generation *generation, struct fault *fault)
{
    const bool is_successor = generation->is_successor;

    enum status status = is_successor ? inherit_common(generation) : load_a_common(generation, fault);
    if (is_successor && status != STATUS_OK)
        return STATUS_UNAVAILABLE;
    if (status == STATUS_OK)
        status = read_cities(generation, fault);
    if (status == STATUS_OK)
        status = check_changed(generation);
    if (status == STATUS_OK)
        build_cities(generation);
    if (status == STATUS_OK)
        status = refuse_loss(generation, fault);
    if (status == STATUS_OK && is_successor)
        load_finish(generation->load);
    else if (status == STATUS_OK)
        load_prune_store(generation->load);
    if (status != STATUS_OK && fault->reason[0] == '\0')
        fault_set(fault, generation->orders.places.common, 0, 0, NULL, NULL, status_word(status), NULL);
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
    const struct worker_report report = {.generation = generation->orders.number, .pid = pid};
    const int fds[2] = {socket_fd, page_fd};

    tell(generation, PARCEL_WORKER_UP, &report, sizeof report, fds, 2);
}

static void
worker_down(void *context, const struct worker_report *report)
{
    struct generation *generation = context;
    struct worker_report full = *report;

    full.generation = generation->orders.number;
    tell(generation, PARCEL_WORKER_DOWN, &full, sizeof full, NULL, 0);
}

static void
tell_what_answers(struct generation *generation)
{
    tell(generation, PARCEL_COMMON, &generation->common, sizeof generation->common, NULL, 0);
    for (size_t i = 0; i < generation->count; i++)
        tell(generation, PARCEL_CITY, &generation->cities[i].report, sizeof generation->cities[i].report, NULL, 0);
    free(generation->before);
    generation->before = NULL;
    generation->before_count = 0;
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

/* A copy of this process, in which everything is loaded, as another child of the supervisor: it must outlive this one.
 * The C library has no name for that. It has one thread, so that nothing else of it needs to know. */
static void
beget(struct generation *generation, const struct generation_orders *orders, int fd)
{
    if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL) != 0)
        return; /* without a process its end of the pair is closed: the supervisor sees that */
    generation->is_successor = true;
    generation->orders = *orders;
    generation->fd = fd;
}

static void
obey(struct generation *generation)
{
    struct parcel parcel;

    if (parcel_receive(generation->fd, &parcel) != STATUS_OK) {
        generation->supervisor_is_gone = true;
        return;
    }
    if (parcel.kind == PARCEL_RETIRE)
        fleet_retire(&generation->fleet);
    else if (parcel.kind == PARCEL_RENEW && parcel.bytes == sizeof(struct generation_orders) && parcel.fds[0] >= 0)
        beget(generation, (const void *)parcel.data, parcel.fds[0]);
    if (!generation->is_successor)
        parcel_close_fds(&parcel);
}

/* Ends when the last worker of a retired fleet has ended, or with the supervisor: then the workers are killed by the
 * kernel. Or it is a successor that goes on from here. */
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
        if (generation->is_successor)
            return;
        fleet_tend(&generation->fleet, &events, budget_now_ns());
    }
}

static void
serve(struct generation *generation)
{
    const struct fleet_events events = {worker_up, worker_down, generation};

    generation->worker_options = (struct worker_options){
        .cities = load_cities(generation->load),
        .handler = generation->options->handler,
        .handler_options = generation->orders.handler_options,
        .max_text_bytes = generation->orders.max_text_bytes,
        .recycle_messages = generation->orders.recycle_messages,
    };
    const int signal_fd = open_child_signals();
    fleet_init(&generation->fleet, &generation->worker_options, generation->orders.workers);
    fleet_tend(&generation->fleet, &events, budget_now_ns());
    tell(generation, PARCEL_READY, NULL, 0, NULL, 0);
    tend_workers(generation, signal_fd);
}

/* Lets go of what is its predecessor's. */
static bool
begin_succession(struct generation *generation)
{
    const int32_t pid = getpid();

    if (sandbox_begin(generation->supervisor_pid) != STATUS_OK ||
        sandbox_keep_descriptors(&generation->fd, 1) != STATUS_OK)
        return false;
    fleet_forget(&generation->fleet);
    generation->before = generation->cities;
    generation->before_count = generation->count;
    generation->cities = NULL;
    generation->count = 0;
    generation->common = (struct common_report){0};
    tell(generation, PARCEL_BORN, &pid, sizeof pid, NULL, 0);
    return !generation->supervisor_is_gone;
}

/* One generation, from loading to its end or to a successor's beginning; gives the exit code. */
static int
live(struct generation *generation)
{
    struct fault fault = {0};

    const enum status status = load_all(generation, &fault);
    if (status != STATUS_OK) {
        if (!generation->is_successor || status != STATUS_UNAVAILABLE)
            tell(generation, PARCEL_FAILED, &fault, sizeof fault, NULL, 0);
        generation->is_successor = false;
        return WORKER_EXIT_START;
    }
    generation->is_successor = false;
    tell_what_answers(generation);
    serve(generation);
    return WORKER_EXIT_DONE;
}

int
generation_main(const struct generation_options *options, int parent_pid, int fd)
{
    struct generation generation = {.options = options, .orders = options->orders, .supervisor_pid = parent_pid};
    int code;

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(&fd, 1) != STATUS_OK ||
        sandbox_limit(SANDBOX_GENERATION) != STATUS_OK)
        return WORKER_EXIT_START;
    generation.fd = fd;
    do
        code = live(&generation);
    while (generation.is_successor && begin_succession(&generation));
    return code;
}
