/* F18, F20: the k-th call of what the kernel, the C library and the engines give fails, for one k after another. A text
 * that must be blocked or redacted is never allowed; nothing is left half-built; what ends by a signal is a library
 * that ends the process when C++ has no memory (MeCab and the libraries of Unicode do), which in the service costs one
 * worker.
 *
 * A scan is tried with every k; a build and a pool with a sample, which FILTERD_FAULTS=long makes larger. */
#include "failing.h"

#include "pool/check.h"
#include "pool/good.h"
#include "pool/load.h"
#include "pool/pool.h"
#include "rules/sample.h"
#include "rules/store.h"
#include "scan/cases.h"
#include "scan/request_rules.h"
#include "scan/scanner.h"
#include "scan/scope.h"

#define MAX_TEXT_BYTES 65536

/* --- scanning ----------------------------------------------------------------------------------------------------- */

static struct load *load;
static const struct ruleset *ruleset;
static struct scanner *warm; /* has scanned before */

static const struct trial {
    const char *text;
    enum action action;
} trials[] = {
    {"連絡先は090-1234-5678です。山田太郎と申します。", ACTION_REDACT},
    {"お前は死ね、住所を晒す", ACTION_BLOCK},
    {"クレジットカードは4111 1111 1111 1111、メールはtaro@example.jp", ACTION_REDACT},
    {"千葉県柏市柏5-10-1の佐藤花子、マイナンバーは1234 5678 9018です", ACTION_REDACT},
    {"お前はきもいからきえろ", ACTION_BLOCK}, /* asks where words end */
    {"㌔が゙死ね", ACTION_BLOCK},               /* is not normal yet */
};
static const struct trial *trial;

static bool
is_right(enum action action)
{
    return failing >= CALL_FIRST_OF_ENGINES ? action >= trial->action : action == trial->action;
}

static enum outcome
judge(struct scanner *scanner)
{
    const struct message message = {.text = slice_of(trial->text)};
    const struct verdict *verdict = NULL;

    if (scanner_run(scanner, ruleset, &message, &verdict) != STATUS_OK)
        return OUTCOME_ERROR;
    return is_right(verdict->action) ? OUTCOME_RIGHT : OUTCOME_WRONG;
}

static enum outcome
scan_anew(void)
{
    struct scanner *scanner = NULL;

    if (scanner_create(load_cities(load)->common, MAX_TEXT_BYTES, &scanner) != STATUS_OK)
        return OUTCOME_ERROR;
    const enum outcome outcome = judge(scanner);
    scanner_destroy(&scanner);
    return outcome;
}

static enum outcome
scan_again(void)
{
    return judge(warm);
}

static int
set_up(void **state)
{
    struct places places;
    struct fault fault = {0};
    char words[1024];

    (void)state;
    failing_begin();
    if (places_find("dictionaries", &places, &fault) != STATUS_OK ||
        load_create(&places, NULL, &load, &fault) != STATUS_OK ||
        load_city(load, "default", &ruleset, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, words, sizeof words));
    assert_int_equal(scanner_create(load_cities(load)->common, MAX_TEXT_BYTES, &warm), STATUS_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    scanner_destroy(&warm);
    load_destroy(&load);
    return 0;
}

static void
no_failed_allocation_of_a_scan_allows(void **state)
{
    (void)state;
    for (trial = trials; trial < trials + sizeof trials / sizeof *trials; trial++) {
        assert_int_equal(scan_again(), OUTCOME_RIGHT);
        const struct tally anew = fail_each(scan_anew, CALL_malloc, 100);
        const struct tally again = fail_each(scan_again, CALL_malloc, 100);
        assert_true(anew.error + anew.lost > 0);
        print_message("# %u+%u right, %u+%u errors, %u+%u lost\n", anew.right, again.right, anew.error, again.error,
                      anew.lost, again.lost);
    }
}

static void
no_failed_call_of_a_scan_allows(void **state)
{
    (void)state;
    unsigned failed[CALL_COUNT] = {0};
    for (trial = trials; trial < trials + sizeof trials / sizeof *trials; trial++)
        for (enum call call = CALL_mmap; call < CALL_COUNT; call++) {
            if (call > CALL_write && call < CALL_FIRST_OF_ENGINES)
                continue; /* a scan has no processes, folders or sockets */
            const struct tally tally = fail_each(scan_anew, call, 100);
            failed[call] += tally.right + tally.error;
        }
    for (enum call call = CALL_FIRST_OF_ENGINES; call < CALL_COUNT; call++)
        assert_true(failed[call] > 0);
}

static unsigned filled;

/* Scans with one allocation after another in the arena missing, as in an arena that is too small, until none is. */
static void
fill_by(enum call call, const struct ruleset *of_city, const struct message *message, enum action expected)
{
    const struct verdict *verdict = NULL;
    bool is_full = true;

    failing = call;
    for (uint64_t k = 1; is_full; k++) {
        *failure = (struct failure){.countdown = k};
        const enum status status = scanner_run(warm, of_city, message, &verdict);
        is_full = failure->has_failed;
        *failure = (struct failure){0};
        filled += is_full;
        if (status == STATUS_OK ? verdict->action != expected : !is_full || status != STATUS_TOO_LARGE)
            fail_msg("arena number %llu fails: %s, expected %s, of %.*s", (unsigned long long)k, status_word(status),
                     action_word(expected), (int)message->text.bytes, (const char *)message->text.data);
    }
    failing = CALL_COUNT;
}

static void
fill_arena(const struct ruleset *of_city, const struct message *message, enum action expected)
{
    fill_by(CALL_arena, of_city, message, expected);
    fill_by(CALL_candidate, of_city, message, expected);
}

static void
fill_arena_of_row(void *context, const struct case_outcome *outcome)
{
    if (outcome->is_met && outcome->expected != ACTION_ALLOW)
        fill_arena(context, outcome->message, outcome->expected);
}

/* Every row of the cities' own cases that is not allowed: between them they take every way through a scan. */
static void
no_full_arena_of_a_scan_allows(void **state)
{
    static const char *const cities[] = {"hachinohe", "kadoma", "kashiwa", "meguro", "moka"};

    (void)state;
    for (unsigned i = 0; i < sizeof cities / sizeof *cities; i++) {
        struct fault fault = {0};
        struct city_files files;
        struct ruleset *city = NULL;
        struct scanner *scanner = NULL;
        assert_int_equal(city_files_read("dictionaries/cities", cities[i], &files, &fault), STATUS_OK);
        assert_int_equal(load_trial(load, &files, &city, &fault), STATUS_OK);
        assert_int_equal(scanner_create(load_cities(load)->common, MAX_TEXT_BYTES, &scanner), STATUS_OK);
        const struct case_visitor visitor = {.on_row = fill_arena_of_row, .context = city};
        assert_int_equal(cases_visit(scanner, city, buffer_slice(&files.cases), "cases.csv", &visitor, &fault),
                         STATUS_OK);
        scanner_destroy(&scanner);
        ruleset_destroy(&city);
        city_files_fini(&files);
    }
    assert_true(filled > 1000);
    print_message("# %u arenas were full\n", filled);
}

/* What a request brings: words and values of its own, what is no text, a conversation. */
static void
no_full_arena_with_rules_of_the_request_allows(void **state)
{
    const struct request_term terms[] = {{SLICE_LITERAL("うばたま"), CATEGORY_DEFAMATION, SEVERITY_HIGH}};
    const struct slice values[] = {SLICE_LITERAL("0471-67-1111")};
    const struct request_rules rules = {values, 1, terms, 1};
    const struct hint hints[] = {{HINT_OPAQUE, 0, 2}, {HINT_PERSON, 3, 4}};
    struct scope *scope = NULL;

    (void)state;
    assert_int_equal(scanner_scope(warm, &scope), STATUS_OK);
    const struct message message = {.text = SLICE_LITERAL("〓〓、山田太郎はうばたまだ。090-1234-5678、0471-67-1111"),
                                    .hints = hints,
                                    .hint_count = 2,
                                    .rules = &rules,
                                    .scope = scope};
    fill_arena(ruleset, &message, ACTION_BLOCK);
    scope_destroy(&scope);
}

#define WRITES(transform)                                                                                           \
    "format: 1\nid: failing\nname: 試験市\nclauses:\n  - {id: r, cite: r, heading: r, covers: [personal_data], " \
    "action: "                                                                                                      \
    "redact, transform: " transform "}\ntransforms: {MY_NUMBER: label}\n"

/* Numbers, tokens and seals take memory of their own. */
static void
no_memory_missing_in_what_is_written_allows(void **state)
{
    static const char *const policies[] = {WRITES("numbered_label"), WRITES("token"), WRITES("encrypt")};
    const struct ruleset *before = ruleset;
    char keys[] = "/tmp/filterd-failing-XXXXXX";
    const int fd = mkstemp(keys);

    (void)state;
    trial = &trials[0];
    assert_true(fd >= 0 && dprintf(fd, "k1 %064d\n", 7) > 0 && close(fd) == 0);
    for (unsigned i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct city_files files = {.id = "failing", .folder = "failing", .keys_path = keys};
        const struct message message = {.text = slice_of(trial->text)};
        struct ruleset *city = NULL;
        buffer_append_text(&files.policy, policies[i]);
        assert_int_equal(load_trial(load, &files, &city, NULL), STATUS_OK);
        ruleset = city;
        assert_int_equal(scan_again(), OUTCOME_RIGHT);
        assert_true(fail_each(scan_again, CALL_malloc, 100).error > 0);
        fill_arena(city, &message, ACTION_REDACT);
        ruleset_destroy(&city);
        city_files_fini(&files);
    }
    ruleset = before;
    unlink(keys);
}

/* --- building ----------------------------------------------------------------------------------------------------- */

static char store_dir[256];

/* What is built although a call failed judges like any other. */
static enum outcome
build(void)
{
    struct common *common = NULL;
    struct ruleset *city = NULL;
    struct store *store = NULL;
    struct fault fault = {0};

    enum status status = store_create(store_dir, &store);
    if (status == STATUS_OK)
        status = common_build(SAMPLE_COMMON, store, &common, &fault);
    if (status == STATUS_OK)
        status = sample_city(common, SLICE_LITERAL("語句,分類,一致,強さ\nうばたま,DEFAMATION,anywhere,HIGH\n"),
                             (struct slice){0}, &city, &fault);
    failure->countdown = 0;
    enum outcome outcome = status == STATUS_OK ? OUTCOME_RIGHT : OUTCOME_ERROR;
    struct scanner *scanner = NULL;
    if (status == STATUS_OK && scanner_create(common, MAX_TEXT_BYTES, &scanner) == STATUS_OK) {
        const struct message message = {.text = SLICE_LITERAL("お前はうばたまだ")};
        const struct verdict *verdict = NULL;
        if (scanner_run(scanner, city, &message, &verdict) == STATUS_OK && verdict->action != ACTION_BLOCK)
            outcome = OUTCOME_WRONG;
    }
    scanner_destroy(&scanner);
    ruleset_destroy(&city);
    common_destroy(&common);
    store_destroy(&store);
    return outcome;
}

static void
no_failed_call_of_a_build_leaves_rules_out(void **state)
{
    (void)state;
    char command[512];
    unsigned errors = 0;

    snprintf(store_dir, sizeof store_dir, "%s/filterd-failing-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             getpid());
    assert_int_equal(mkdir(store_dir, 0700), 0);
    assert_int_equal(build(), OUTCOME_RIGHT); /* from here on the store has it */
    for (enum call call = CALL_malloc; call < CALL_COUNT; call++)
        if (call < CALL_dup2 || call >= CALL_FIRST_OF_ENGINES)
            errors += fail_each(build, call, 2).error;
    assert_true(errors > 0);
    snprintf(command, sizeof command, "rm -r '%s'", store_dir);
    assert_int_equal(system(command), 0);
}

/* --- the pool ----------------------------------------------------------------------------------------------------- */

static enum outcome answered;

static enum status
judge_in_worker(struct worker *worker, const struct item *job, struct buffer *reply)
{
    const struct message message = {.text = job->payload};
    const struct verdict *verdict = NULL;
    const enum status status = scanner_run(worker->scanner, ruleset, &message, &verdict);

    if (status == STATUS_OK)
        buffer_append_byte(reply, (uint8_t)verdict->action);
    return status;
}

static void
keep(void *context, uint64_t ticket, enum status status, struct slice reply)
{
    (void)context;
    (void)ticket;
    if (status != STATUS_OK)
        answered = OUTCOME_ERROR;
    else
        answered = reply.bytes == 1 && is_right((enum action)reply.data[0]) ? OUTCOME_RIGHT : OUTCOME_WRONG;
}

static enum outcome
judge_in_pool(void)
{
    const struct worker_options options = {
        .cities = load_cities(load), .handler = judge_in_worker, .max_text_bytes = MAX_TEXT_BYTES};
    struct pool *pool = NULL;

    answered = OUTCOME_ERROR;
    if (pool_create(&options, 1, &pool) != STATUS_OK)
        return OUTCOME_ERROR;
    enum status status = pool_submit(pool, 1, slice_of(trial->text));
    while (status == STATUS_OK && pool_under_way(pool) > 0)
        status = pool_wait(pool, -1, keep, NULL);
    pool_destroy(&pool);
    return status == STATUS_OK ? answered : OUTCOME_ERROR;
}

static void
no_failed_call_of_a_pool_allows(void **state)
{
    (void)state;
    trial = &trials[1];
    assert_int_equal(judge_in_pool(), OUTCOME_RIGHT);
    for (enum call call = CALL_malloc; call < CALL_COUNT; call++)
        if (call < CALL_epoll_create1 || call >= CALL_seccomp_init)
            (void)fail_each(judge_in_pool, call, 4);
}

/* Until nobody is left to judge. */
static void
calls_of_a_pool_that_fail_for_good_allow_nothing(void **state)
{
    static const enum call calls[] = {CALL_fork,    CALL_socketpair, CALL_memfd_create, CALL_mmap,
                                      CALL_sendmsg, CALL_recvmsg,    CALL_prctl,        CALL_seccomp_load};
    unsigned errors = 0;

    (void)state;
    trial = &trials[1];
    failing_goes_on = true;
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
        errors += fail_each(judge_in_pool, calls[i], 4).error;
    failing_goes_on = false;
    assert_true(errors > sizeof calls / sizeof *calls);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"no failed allocation of a scan allows", no_failed_allocation_of_a_scan_allows, NULL, NULL, NULL},
        {"no failed call of a scan allows", no_failed_call_of_a_scan_allows, NULL, NULL, NULL},
        {"no full arena of a scan allows", no_full_arena_of_a_scan_allows, NULL, NULL, NULL},
        {"no full arena with rules of the request allows", no_full_arena_with_rules_of_the_request_allows, NULL, NULL,
         NULL},
        {"no memory missing in what is written allows", no_memory_missing_in_what_is_written_allows, NULL, NULL, NULL},
        {"no failed call of a build leaves rules out", no_failed_call_of_a_build_leaves_rules_out, NULL, NULL, NULL},
        {"no failed call of a pool allows", no_failed_call_of_a_pool_allows, NULL, NULL, NULL},
        {"calls of a pool that fail for good allow nothing", calls_of_a_pool_that_fail_for_good_allow_nothing, NULL,
         NULL, NULL},
    };

    return cmocka_run_group_tests_name("failing calls", tests, set_up, tear_down);
}
