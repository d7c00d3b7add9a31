/* A verdict depends on the ruleset and the text alone: not on what the processor can do, not on the JIT, not on how
 * many workers there are. The texts are the lines of the golden files and of the cities' cases, as they stand there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <glob.h>
#include <hs/hs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/regex.h"
#include "pool/load.h"
#include "pool/pool.h"
#include "scan/scanner.h"
#include "wire/json.h"

#define CITY "kashiwa"
#define MAX_TEXT_BYTES 65536
#define SKIPPED 77
#if !defined(PR_SET_MDWE)
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* --- the target of the library ------------------------------------------------------------------------------------ */

static const hs_platform_info_t *target; /* NULL = this processor */
static unsigned compiled;                /* databases for it */

/* The program's own function goes before the library's: every database is compiled for `target`. */
hs_error_t
hs_compile_multi(const char *const *expressions, const unsigned int *flags, const unsigned int *ids,
                 unsigned int elements, unsigned int mode, const hs_platform_info_t *platform, hs_database_t **db,
                 hs_compile_error_t **error)
{
    __typeof__(&hs_compile_multi) real = (__typeof__(&hs_compile_multi))dlsym(RTLD_NEXT, "hs_compile_multi");

    compiled++;
    return real(expressions, flags, ids, elements, mode, target ? target : platform, db, error);
}

/* --- texts and verdicts ------------------------------------------------------------------------------------------- */

static struct buffer texts; /* lines */

static int
read_texts(void **state)
{
    (void)state;
    static const char *const patterns[] = {"tests/golden/*/*.csv", "dictionaries/cities/*/cases.csv"};

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) != 0)
            return -1;
        for (size_t j = 0; j < found.gl_pathc; j++)
            if (file_read(found.gl_pathv[j], 1 << 20, &texts) != STATUS_OK)
                return -1;
        globfree(&found);
    }
    return 0;
}

static bool
next_text(size_t *at, struct slice *text_out)
{
    if (*at >= texts.bytes)
        return false;
    const uint8_t *begin = texts.data + *at, *end = memchr(begin, '\n', texts.bytes - *at);
    const size_t bytes = end ? (size_t)(end - begin) : texts.bytes - *at;

    *text_out = (struct slice){begin, bytes};
    *at += bytes + 1;
    return true;
}

static enum status
judge(struct scanner *scanner, const struct ruleset *ruleset, struct slice text, struct buffer *out)
{
    const struct message message = {.text = text};
    const struct verdict *verdict = NULL;
    const enum status status = scanner_run(scanner, ruleset, &message, &verdict);

    if (status == STATUS_OK) {
        json_verdict(out, SLICE_LITERAL("\"0\""), verdict, ruleset);
        buffer_append_byte(out, '\n');
    }
    return status;
}

static struct load *
load_all(const struct ruleset **ruleset_out)
{
    struct places places;
    struct load *load = NULL;
    struct fault fault = {0};
    char words[1024];

    if (places_find("dictionaries", &places, &fault) != STATUS_OK ||
        load_create(&places, NULL, &load, &fault) != STATUS_OK ||
        load_city(load, CITY, ruleset_out, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, words, sizeof words));
    return load;
}

static enum status
judge_all(struct load *of, const struct ruleset *by, struct buffer *out)
{
    struct scanner *scanner = NULL;
    struct slice text;
    enum status status = scanner_create(load_cities(of)->common, MAX_TEXT_BYTES, &scanner);

    for (size_t at = 0; status == STATUS_OK && next_text(&at, &text);)
        status = judge(scanner, by, text, out);
    scanner_destroy(&scanner);
    return status;
}

/* --- in another process ------------------------------------------------------------------------------------------- */

enum jit { JIT_AS_IT_IS, JIT_OFF };

/* What the system forbids with MemoryDenyWriteExecute= of systemd. */
static bool
forbid_jit(void)
{
    return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0 && !regex_jit_is_on();
}

static int
judge_in_child(const hs_platform_info_t *platform, enum jit jit, int fd)
{
    const struct ruleset *ruleset;
    struct buffer out;

    buffer_init(&out);
    target = platform;
    if (jit == JIT_OFF && !forbid_jit())
        return SKIPPED;
    struct load *load = load_all(&ruleset);
    if (compiled == 0 || judge_all(load, ruleset, &out) != STATUS_OK || out.failed)
        return 1;
    return write(fd, out.data, out.bytes) == (ssize_t)out.bytes ? 0 : 1;
}

/* Appends all verdicts to `out`; false when this machine cannot do so. */
static bool
judge_under(const hs_platform_info_t *platform, enum jit jit, struct buffer *out)
{
    const int fd = memfd_create("verdicts", MFD_CLOEXEC);
    struct stat about;
    int wait_status;

    assert_true(fd >= 0);
    const int pid = fork();
    if (pid == 0)
        _exit(judge_in_child(platform, jit, fd));
    assert_int_equal(waitpid(pid, &wait_status, 0), pid);
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == SKIPPED) {
        close(fd);
        return false;
    }
    assert_int_equal(wait_status, 0);
    assert_int_equal(fstat(fd, &about), 0);
    uint8_t *room = buffer_reserve(out, (size_t)about.st_size);
    assert_non_null(room);
    assert_int_equal(pread(fd, room, (size_t)about.st_size, 0), about.st_size);
    out->bytes += (size_t)about.st_size;
    close(fd);
    return true;
}

static void
assert_same(const struct buffer *a, const struct buffer *b)
{
    size_t line = 1;

    for (size_t i = 0; i < a->bytes && i < b->bytes; i++) {
        if (a->data[i] != b->data[i])
            fail_msg("verdict %zu differs", line);
        line += a->data[i] == '\n';
    }
    assert_int_equal(a->bytes, b->bytes);
    assert_true(line > 500);
}

/* --- the tests ---------------------------------------------------------------------------------------------------- */

static struct load *load;
static const struct ruleset *ruleset;
static struct buffer reference, interpreted;
static bool has_interpreted;

/* The process without the JIT goes first: memory for its code that is there already would be used by it too. */
static int
make_reference(void **state)
{
    if (read_texts(state) != 0)
        return -1;
    has_interpreted = judge_under(NULL, JIT_OFF, &interpreted);
    load = load_all(&ruleset);
    return judge_all(load, ruleset, &reference) == STATUS_OK && !reference.failed ? 0 : -1;
}

static int
drop_reference(void **state)
{
    (void)state;
    load_destroy(&load);
    buffer_fini(&interpreted);
    buffer_fini(&reference);
    buffer_fini(&texts);
    return 0;
}

static void
assert_same_for(unsigned long long features)
{
    const hs_platform_info_t platform = {.cpu_features = features};
    struct buffer out;

    buffer_init(&out);
    assert_true(judge_under(&platform, JIT_AS_IT_IS, &out));
    assert_same(&reference, &out);
    buffer_fini(&out);
}

static void
every_processor_gives_the_same_verdicts(void **state)
{
    (void)state;
    assert_same_for(0); /* SSSE3 alone */
    if (__builtin_cpu_supports("avx2"))
        assert_same_for(HS_CPU_FEATURES_AVX2);
}

static void
the_interpreter_gives_the_verdicts_of_the_jit(void **state)
{
    (void)state;
    if (!has_interpreted || !regex_jit_is_on())
        skip(); /* a kernel before 6.3, or no JIT here */
    assert_same(&reference, &interpreted);
}

static enum status
judge_in_worker(struct worker *worker, const struct item *job, struct buffer *reply)
{
    return judge(worker->scanner, cities_find(worker->cities, SLICE_LITERAL(CITY)), job->payload, reply);
}

struct verdicts {
    struct buffer *of; /* by ticket - 1 */
    size_t count;
};

static void
keep_verdict(void *context, uint64_t ticket, enum status status, struct slice reply)
{
    struct verdicts *verdicts = context;

    assert_int_equal(status, STATUS_OK);
    assert_true(ticket <= verdicts->count);
    buffer_append(&verdicts->of[ticket - 1], reply.data, reply.bytes);
}

static void
judge_in_workers(unsigned workers, struct buffer *out)
{
    const struct worker_options options = {
        .cities = load_cities(load), .handler = judge_in_worker, .max_text_bytes = MAX_TEXT_BYTES};
    struct verdicts verdicts = {calloc(texts.bytes, sizeof *verdicts.of), texts.bytes};
    struct pool *pool;
    struct slice text;
    uint64_t ticket = 0;

    assert_non_null(verdicts.of);
    assert_int_equal(pool_create(&options, workers, &pool), STATUS_OK);
    for (size_t at = 0; next_text(&at, &text);) {
        enum status status;
        ticket++;
        while ((status = pool_submit(pool, ticket, text)) == STATUS_BUDGET)
            assert_int_equal(pool_wait(pool, -1, keep_verdict, &verdicts), STATUS_OK);
        assert_int_equal(status, STATUS_OK);
    }
    while (pool_under_way(pool) > 0)
        assert_int_equal(pool_wait(pool, -1, keep_verdict, &verdicts), STATUS_OK);
    pool_destroy(&pool);
    for (uint64_t i = 0; i < ticket; i++) {
        buffer_append(out, verdicts.of[i].data, verdicts.of[i].bytes);
        buffer_fini(&verdicts.of[i]);
    }
    free(verdicts.of);
}

/* In the sandbox, too: a system call that a text needs and workers may not make would show here. */
static void
any_number_of_workers_gives_the_same_verdicts(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 3; workers += 2) {
        struct buffer out;
        buffer_init(&out);
        judge_in_workers(workers, &out);
        assert_same(&reference, &out);
        buffer_fini(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every processor gives the same verdicts", every_processor_gives_the_same_verdicts, NULL, NULL, NULL},
        {"the interpreter gives the verdicts of the JIT", the_interpreter_gives_the_verdicts_of_the_jit, NULL, NULL,
         NULL},
        {"any number of workers gives the same verdicts", any_number_of_workers_gives_the_same_verdicts, NULL, NULL,
         NULL},
    };
    return cmocka_run_group_tests_name("same verdicts", tests, make_reference, drop_reference);
}
