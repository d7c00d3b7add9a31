#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

static void
a_true_claim_costs_nothing(void **state)
{
    (void)state;
    int evaluated = 0;
    ASSERT(++evaluated == 1);
    assert_int_equal(evaluated, 1);
}

static void
a_false_claim_names_itself_and_aborts(void **state)
{
    (void)state;
    int ends[2];
    char text[512] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        assert_failed("1 > 2", "place.c", 7);
    }
    (void)close(ends[1]);
    int end = 0;
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
    (void)close(ends[0]);
    assert_true(WIFSIGNALED(end));
    assert_int_equal(WTERMSIG(end), SIGABRT);
    assert_string_equal(text, "assertion failed: 1 > 2 at place.c:7\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a true claim costs nothing", a_true_claim_costs_nothing, NULL, NULL, NULL},
        {"a false claim names itself and aborts", a_false_claim_names_itself_and_aborts, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
