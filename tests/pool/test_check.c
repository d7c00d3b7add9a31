#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pool/check.h"
#include "pool/history.h"

#define DICTIONARIES "tests/cmd/dictionaries"

struct sample {
    char dir[64], tree[80], history[80], patterns[128];
    struct places places;
};

static void
run(const char *format, const char *one, const char *two)
{
    char command[512];

    snprintf(command, sizeof command, format, one, two);
    assert_int_equal(system(command), 0);
}

static int
set_up(void **state)
{
    struct sample *sample = calloc(1, sizeof *sample);

    strcpy(sample->dir, "/tmp/filterd-check-XXXXXX");
    assert_non_null(mkdtemp(sample->dir));
    snprintf(sample->tree, sizeof sample->tree, "%s/tree", sample->dir);
    snprintf(sample->history, sizeof sample->history, "%s/history", sample->dir);
    snprintf(sample->patterns, sizeof sample->patterns, "%s/common/patterns.yaml", sample->tree);
    run("cp -rL %s %s", DICTIONARIES, sample->tree);
    assert_int_equal(places_find(sample->tree, &sample->places, NULL), STATUS_OK);
    *state = sample;
    return 0;
}

static int
tear_down(void **state)
{
    struct sample *sample = *state;

    run("rm -r %s%s", sample->dir, "");
    free(sample);
    return 0;
}

static unsigned
lines_of(const char *path)
{
    unsigned lines = 0;
    int byte;
    FILE *in = fopen(path, "re");

    assert_non_null(in);
    while ((byte = fgetc(in)) != EOF)
        lines += byte == '\n';
    fclose(in);
    return lines;
}

static void
add_pattern(const struct sample *sample, const char *id, const char *expression)
{
    FILE *out = fopen(sample->patterns, "ae");

    assert_non_null(out);
    fprintf(out,
            "  - id: %s\n    info_type: PHONE\n    pattern: '%s'\n    likelihood: {plain: 90}\n    hits: ['ぽ様']\n"
            "    misses: ['ん']\n",
            id, expression);
    assert_int_equal(fclose(out), 0);
}

/* For all that comes before the explosion, however slow this build is: twice what the check has just taken. */
static unsigned
enough_cpu_s(const struct common_check *check)
{
    struct rusage used;

    assert_int_equal(check_common(check, NULL, NULL), STATUS_OK);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &used), 0);
    const long ms =
        1000 * (used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    return 1 + 2 * (unsigned)ms / 1000;
}

/* Small, and more than the library can do in any time or memory that we grant. */
static void
what_explodes_is_stopped_and_named(void **state)
{
    struct sample *sample = *state;
    struct common_check check = {.places = &sample->places};
    struct fault fault = {0};

    check.cpu_s = enough_cpu_s(&check);
    add_pattern(sample, "pii.test.harmless", "ぽ様");
    const unsigned line = lines_of(sample->patterns) + 3; /* of its expression */
    add_pattern(sample, "pii.test.explodes", "(?:\\p{L}{1,40}[ 　]?){1,10}様");
    add_pattern(sample, "pii.test.after", "ぽぽ?様");
    assert_int_equal(check_common(&check, NULL, &fault), STATUS_BUDGET);
    assert_string_equal(fault.item, "pii.test.explodes");
    assert_string_equal(fault.file, sample->patterns);
    assert_int_equal(fault.line, line);
    assert_non_null(strstr(fault.reason, "too"));
}

static void
what_is_refused_has_its_own_fault(void **state)
{
    struct sample *sample = *state;
    const struct common_check check = {.places = &sample->places, .history_dir = sample->history};
    struct fault fault = {0};
    char kept[HASH_HEX_BYTES] = "x";

    add_pattern(sample, "pii.test.refused", "(?<=あ)ぽ様(?=い)(");
    assert_int_equal(check_common(&check, kept, &fault), STATUS_INVALID);
    assert_string_equal(fault.item, "pii.test.refused");
    assert_string_equal(kept, "");
    assert_int_equal(access(sample->history, F_OK), -1);
}

static void
what_is_good_is_kept_and_named(void **state)
{
    struct sample *sample = *state;
    const struct common_check check = {.places = &sample->places, .history_dir = sample->history};
    char kept[HASH_HEX_BYTES] = "", path[PLACES_PATH_BYTES];

    assert_int_equal(check_common(&check, kept, NULL), STATUS_OK);
    assert_int_equal(strlen(kept), HASH_HEX_BYTES - 1);
    assert_int_equal(history_common(sample->history, kept, path), STATUS_OK);
}

/* Crashes whoever reads its terms. */
static void
make_deadly(struct city_files *files)
{
    buffer_fini(&files->terms);
    files->terms.data = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(files->terms.data, MAP_FAILED);
    files->terms.bytes = 4096;
}

static void
what_kills_a_batch_is_named_and_costs_no_other_its_answer(void **state)
{
    enum { COUNT = 2 * CHECK_BATCH + 5, DEADLY = 3, FAULTY = CHECK_BATCH, LAST = COUNT - 1 };
    struct sample *sample = *state;
    struct load *load = NULL;
    struct city_files files[COUNT];
    struct check_job jobs[COUNT] = {0};

    assert_int_equal(load_create(&sample->places, NULL, &load, NULL), STATUS_OK);
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(places_read(&sample->places, "sakura", &files[i], NULL), STATUS_OK);
        jobs[i].files = &files[i];
    }
    make_deadly(&files[DEADLY]);
    make_deadly(&files[LAST]);
    buffer_append_text(&files[FAULTY].policy, "surprise: 1\n");
    for (unsigned at_once = 1; at_once <= 2; at_once++) {
        void (*handler)(int) = signal(SIGSEGV, SIG_DFL); /* cmocka's would go on in the child */
        check_cities(load, jobs, COUNT, CHECK_CASES, 65536, at_once);
        signal(SIGSEGV, handler);
        for (unsigned i = 0; i < COUNT; i++)
            assert_int_equal(jobs[i].report.status, i == DEADLY || i == LAST ? STATUS_BUDGET
                                                    : i == FAULTY            ? STATUS_INVALID
                                                                             : STATUS_OK);
        assert_string_equal(jobs[DEADLY].report.fault.file, "sakura");
        assert_non_null(strstr(jobs[FAULTY].report.fault.file, "policy.yaml"));
    }
    munmap(files[DEADLY].terms.data, 4096);
    munmap(files[LAST].terms.data, 4096);
    buffer_init(&files[DEADLY].terms);
    buffer_init(&files[LAST].terms);
    for (unsigned i = 0; i < COUNT; i++)
        city_files_fini(&files[i]);
    load_destroy(&load);
}

/* filterd.yaml allows texts of 1 MiB. */
static void
cases_run_where_the_longest_texts_are_taken(void **state)
{
    struct sample *sample = *state;
    struct load *load = NULL;
    struct city_files files;
    struct check_job job = {&files};

    assert_int_equal(load_create(&sample->places, NULL, &load, NULL), STATUS_OK);
    assert_int_equal(places_read(&sample->places, "sakura", &files, NULL), STATUS_OK);
    check_cities(load, &job, 1, CHECK_CASES, 1 << 20, 1);
    assert_int_equal(job.report.status, STATUS_OK);
    assert_true(job.report.passed > 0);
    city_files_fini(&files);
    load_destroy(&load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what explodes is stopped and named", what_explodes_is_stopped_and_named, set_up, tear_down, NULL},
        {"what is refused has its own fault", what_is_refused_has_its_own_fault, set_up, tear_down, NULL},
        {"cases run where the longest texts are taken", cases_run_where_the_longest_texts_are_taken, set_up, tear_down,
         NULL},
        {"what kills a batch is named and costs no other its answer",
         what_kills_a_batch_is_named_and_costs_no_other_its_answer, set_up, tear_down, NULL},
        {"what is good is kept and named", what_is_good_is_kept_and_named, set_up, tear_down, NULL},
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
