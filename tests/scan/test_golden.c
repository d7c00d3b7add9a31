/* tests/golden/<policy>/<claim>.csv, in the format of a city's cases.csv: the file name says what the rows prove. */
#include "fixture.h"

#include <stdlib.h>

#include "base/file.h"
#include "scan/cases.h"

static struct fixture fixture;

struct golden {
    char policy[64];
    char path[256];
};

static void
show_failure(void *context, const struct case_failure *failure)
{
    const char *path = context;
    print_error("%s:%u: expected %s, got %s: %.*s\n", path, failure->row, failure->expected, failure->got,
                (int)failure->text.bytes, (const char *)failure->text.data);
}

static void
rows_come_out_as_written(void **state)
{
    struct golden *golden = *state;
    struct ruleset *ruleset = fixture_ruleset(&fixture, golden->policy);
    struct buffer csv;
    struct cases_result result;
    struct fault fault = {0};
    char text[1024];
    buffer_init(&csv);
    assert_int_equal(file_read(golden->path, 1 << 20, &csv), STATUS_OK);
    enum status status = cases_run(fixture.scanner, ruleset, buffer_slice(&csv), golden->path, show_failure,
                                   golden->path, &result, &fault);
    if (status != STATUS_OK)
        fail_msg("%s", fault_text(&fault, text, sizeof text));
    assert_true(result.passed + result.failed > 0);
    assert_int_equal(result.failed, 0);
    buffer_fini(&csv);
    ruleset_destroy(&ruleset);
}

enum { MAX_GOLDEN = 128 };

/* One test per file under tests/golden. */
static size_t
collect(struct CMUnitTest *tests, struct golden *goldens)
{
    struct buffer policies, files;
    size_t policy_count, file_count, used = 0;
    buffer_init(&policies);
    buffer_init(&files);
    assert_int_equal(file_list("tests/golden", "", &policies, &policy_count), STATUS_OK);
    for (const char *policy = (const char *)policies.data; policy_count--; policy += strlen(policy) + 1) {
        char dir[128];
        snprintf(dir, sizeof dir, "tests/golden/%s", policy);
        buffer_clear(&files);
        assert_int_equal(file_list(dir, ".csv", &files, &file_count), STATUS_OK);
        for (const char *file = (const char *)files.data; file_count-- && used < MAX_GOLDEN; file += strlen(file) + 1) {
            snprintf(goldens[used].policy, sizeof goldens[used].policy, "%s", policy);
            snprintf(goldens[used].path, sizeof goldens[used].path, "%s/%s", dir, file);
            tests[used] = (struct CMUnitTest){goldens[used].path, rows_come_out_as_written, NULL, NULL, &goldens[used]};
            used++;
        }
    }
    buffer_fini(&policies);
    buffer_fini(&files);
    return used;
}

int
main(void)
{
    static struct CMUnitTest tests[MAX_GOLDEN];
    static struct golden goldens[MAX_GOLDEN];
    fixture_open(&fixture);
    size_t count = collect(tests, goldens);
    int failed = _cmocka_run_group_tests("golden", tests, count, NULL, NULL);
    fixture_close(&fixture);
    return failed;
}
