/* F18, F20: the k-th call of what the kernel, the C library and the engines give fails, for one k after another. A text
 * that must be blocked or redacted is never allowed; nothing is left half-built; what ends by a signal is a library
 * that ends the process when C++ has no memory (MeCab and the libraries of Unicode do), which in the service costs one
 * worker.
 *
 * A scan is tried with every k; a build and a pool with a sample, which FILTERD_FAULTS=long makes larger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <hs/hs.h>
#include <mecab.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unicode/unorm2.h>
#include <unistd.h>

#include "pool/check.h"
#include "pool/good.h"
#include "pool/load.h"
#include "pool/pool.h"
#include "rules/sample.h"
#include "rules/store.h"
#include "scan/scanner.h"

#define MAX_TEXT_BYTES 65536
#define LIMIT_S 60

/* --- what fails --------------------------------------------------------------------------------------------------- */

enum call {
    CALL_MALLOC,
    CALL_MMAP,
    CALL_READ,
    CALL_WRITE,
    CALL_OPEN,
    CALL_FORK,
    CALL_SOCKETPAIR,
    CALL_FSYNC,
    CALL_RENAME,
    CALL_FTRUNCATE,
    CALL_SENDMSG,
    CALL_RECVMSG,
    CALL_HYPERSCAN, /* from here on what is left undone may be taken for a hit, never for none */
    CALL_HYPERSCAN_ENDS_EARLY,
    CALL_PCRE2,
    CALL_MECAB,
    CALL_ICU,
    CALL_COUNT
};
static const char *const call_names[CALL_COUNT] = {
    "malloc",    "mmap",    "read",    "write",   "open",           "fork",  "socketpair", "fsync", "rename",
    "ftruncate", "sendmsg", "recvmsg", "hs_scan", "hs_scan (ends)", "pcre2", "mecab",      "icu"};

/* Shared with the children, and their workers: one call of all of them fails. */
static struct failure {
    _Atomic uint64_t countdown; /* 0 = nothing fails (any more) */
    _Atomic bool has_failed;
    _Atomic bool is_of_cpp; /* it was operator new that asked */
} none_yet, *failure = &none_yet;
static enum call failing;

static bool
fails(enum call call, const void *caller)
{
    Dl_info about;

    if (call != failing || failure->countdown == 0 || atomic_fetch_sub(&failure->countdown, 1) != 1)
        return false;
    failure->has_failed = true;
    failure->is_of_cpp = dladdr(caller, &about) != 0 && about.dli_fname && strstr(about.dli_fname, "libstdc++");
    return true;
}

#define FAILS(call) fails(call, __builtin_return_address(0))

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t align, size_t bytes);

void *
malloc(size_t bytes)
{
    return FAILS(CALL_MALLOC) ? NULL : __libc_malloc(bytes);
}

void *
calloc(size_t count, size_t bytes)
{
    return FAILS(CALL_MALLOC) ? NULL : __libc_calloc(count, bytes);
}

void *
realloc(void *old, size_t bytes)
{
    return FAILS(CALL_MALLOC) ? NULL : __libc_realloc(old, bytes);
}

int
posix_memalign(void **out, size_t align, size_t bytes)
{
    void *made = FAILS(CALL_MALLOC) ? NULL : __libc_memalign(align, bytes);

    if (!made)
        return ENOMEM;
    *out = made;
    return 0;
}

void *
aligned_alloc(size_t align, size_t bytes)
{
    return FAILS(CALL_MALLOC) ? NULL : __libc_memalign(align, bytes);
}

#define NAME(name) #name
#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, NAME(name)))
#define FAILING(call, error, name, type, parameters, arguments, failure) \
    type name parameters                                                 \
    {                                                                    \
        if (FAILS(call)) {                                               \
            errno = error;                                               \
            return failure;                                              \
        }                                                                \
        return REAL(name) arguments;                                     \
    }

FAILING(CALL_MMAP, ENOMEM, mmap, void *, (void *at, size_t bytes, int protection, int flags, int fd, off_t offset),
        (at, bytes, protection, flags, fd, offset), MAP_FAILED)
FAILING(CALL_READ, EIO, read, ssize_t, (int fd, void *out, size_t bytes), (fd, out, bytes), -1)
FAILING(CALL_WRITE, ENOSPC, write, ssize_t, (int fd, const void *data, size_t bytes), (fd, data, bytes), -1)
FAILING(CALL_FORK, EAGAIN, fork, pid_t, (void), (), -1)
FAILING(CALL_SOCKETPAIR, EMFILE, socketpair, int, (int domain, int type, int protocol, int pair[2]),
        (domain, type, protocol, pair), -1)
FAILING(CALL_FSYNC, ENOSPC, fsync, int, (int fd), (fd), -1)
FAILING(CALL_RENAME, EIO, rename, int, (const char *from, const char *to), (from, to), -1)
FAILING(CALL_FTRUNCATE, ENOSPC, ftruncate, int, (int fd, off_t bytes), (fd, bytes), -1)
FAILING(CALL_SENDMSG, ENOMEM, sendmsg, ssize_t, (int fd, const struct msghdr *message, int flags), (fd, message, flags),
        -1)
FAILING(CALL_RECVMSG, ENOMEM, recvmsg, ssize_t, (int fd, struct msghdr *message, int flags), (fd, message, flags), -1)

FAILING(CALL_PCRE2, 0, pcre2_match, int,
        (const pcre2_code *code, PCRE2_SPTR text, PCRE2_SIZE bytes, PCRE2_SIZE from, uint32_t options,
         pcre2_match_data *data, pcre2_match_context *context),
        (code, text, bytes, from, options, data, context), PCRE2_ERROR_MATCHLIMIT)
FAILING(CALL_MECAB, 0, mecab_parse_lattice, int, (mecab_t * tagger, mecab_lattice_t *lattice), (tagger, lattice), 0)

/* Either an error, or all of it seen and said to be cut short. */
hs_error_t
hs_scan(const hs_database_t *database, const char *text, unsigned bytes, unsigned flags, hs_scratch_t *scratch,
        match_event_handler found, void *context)
{
    if (FAILS(CALL_HYPERSCAN))
        return HS_SCRATCH_IN_USE;
    const bool ends_early = FAILS(CALL_HYPERSCAN_ENDS_EARLY);
    return ends_early ? HS_SCAN_TERMINATED : REAL(hs_scan)(database, text, bytes, flags, scratch, found, context);
}

int32_t
unorm2_normalize(const UNormalizer2 *normalizer, const UChar *source, int32_t units, UChar *target, int32_t capacity,
                 UErrorCode *error)
{
    if (FAILS(CALL_ICU)) {
        *error = U_MEMORY_ALLOCATION_ERROR;
        return 0;
    }
    return REAL(unorm2_normalize)(normalizer, source, units, target, capacity, error);
}

int
open(const char *path, int flags, ...)
{
    va_list more;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    if (FAILS(CALL_OPEN)) {
        errno = EMFILE;
        return -1;
    }
    return REAL(open)(path, flags, mode);
}

/* --- one failure in a child --------------------------------------------------------------------------------------- */

enum outcome { OUTCOME_RIGHT = 0, OUTCOME_ERROR = 10, OUTCOME_WRONG = 11, OUTCOME_NOT_REACHED = 12, OUTCOME_LOST = 13 };

struct tally {
    unsigned right, error, lost;
};

static int
run_failing(enum outcome (*act)(void), enum call call, uint64_t k)
{
    int wait_status;
    *failure = (struct failure){0};
    const pid_t pid = REAL(fork)();

    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(REAL(open)("/dev/null", O_WRONLY), STDERR_FILENO);
        alarm(LIMIT_S);
        failing = call;
        failure->countdown = k;
        const enum outcome outcome = act();
        failure->countdown = 0;
        _exit(!failure->has_failed && outcome == OUTCOME_RIGHT ? OUTCOME_NOT_REACHED : (int)outcome);
    }
    assert_int_equal(waitpid(pid, &wait_status, 0), pid);
    if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGABRT && failure->is_of_cpp)
        return OUTCOME_LOST;
    if (!WIFEXITED(wait_status))
        fail_msg("%s number %llu: ended by signal %d", call_names[call], (unsigned long long)k, WTERMSIG(wait_status));
    return WEXITSTATUS(wait_status);
}

static bool
is_long(void)
{
    const char *wanted = getenv("FILTERD_FAULTS");

    return wanted && strcmp(wanted, "long") == 0;
}

/* Every k until one is not reached; beyond `dense` in growing steps. */
static struct tally
fail_each(enum outcome (*act)(void), enum call call, uint64_t dense)
{
    struct tally tally = {0};
    uint64_t step = 1;

    for (uint64_t k = 1;; k += step) {
        const int outcome = run_failing(act, call, k);
        if (outcome == OUTCOME_NOT_REACHED)
            break;
        if (outcome == OUTCOME_WRONG)
            fail_msg("%s number %llu fails: a wrong verdict", call_names[call], (unsigned long long)k);
        tally.right += outcome == OUTCOME_RIGHT;
        tally.error += outcome == OUTCOME_ERROR;
        tally.lost += outcome == OUTCOME_LOST;
        if (k >= dense)
            step += step / (is_long() ? 16 : 2) + 1;
    }
    return tally;
}

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
    return failing >= CALL_HYPERSCAN ? action >= trial->action : action == trial->action;
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
    failure = mmap(NULL, sizeof *failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
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
        const struct tally anew = fail_each(scan_anew, CALL_MALLOC, 100);
        const struct tally again = fail_each(scan_again, CALL_MALLOC, 100);
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
        for (enum call call = CALL_MMAP; call < CALL_COUNT; call++) {
            const struct tally tally = fail_each(scan_anew, call, 100);
            failed[call] += tally.right + tally.error;
        }
    for (enum call call = CALL_HYPERSCAN; call < CALL_COUNT; call++)
        assert_true(failed[call] > 0);
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
    for (enum call call = CALL_MALLOC; call < CALL_COUNT; call++)
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
    for (enum call call = CALL_MALLOC; call < CALL_COUNT; call++)
        (void)fail_each(judge_in_pool, call, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"no failed allocation of a scan allows", no_failed_allocation_of_a_scan_allows, NULL, NULL, NULL},
        {"no failed call of a scan allows", no_failed_call_of_a_scan_allows, NULL, NULL, NULL},
        {"no failed call of a build leaves rules out", no_failed_call_of_a_build_leaves_rules_out, NULL, NULL, NULL},
        {"no failed call of a pool allows", no_failed_call_of_a_pool_allows, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("failing calls", tests, set_up, tear_down);
}
