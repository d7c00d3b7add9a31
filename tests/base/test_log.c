#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static char line[8192];
static int pipe_ends[2];
static int real_stderr;

static void
begin_capture(void)
{
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
    real_stderr = dup(STDERR_FILENO);
    assert_true(dup2(pipe_ends[1], STDERR_FILENO) >= 0);
}

static const char *
end_capture(void)
{
    (void)dup2(real_stderr, STDERR_FILENO);
    (void)close(real_stderr);
    ssize_t bytes = read(pipe_ends[0], line, sizeof(line) - 1);
    line[bytes > 0 ? bytes : 0] = '\0';
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
    return line;
}

static void
start(const char *process, enum log_level level, bool is_journal)
{
    assert_int_equal(is_journal ? setenv("JOURNAL_STREAM", "8:1", 1) : unsetenv("JOURNAL_STREAM"), 0);
    log_init(process, level);
}

static void
an_event_is_one_line_for_the_journal(void **state)
{
    (void)state;
    start("front", LOG_LEVEL_INFO, true);
    begin_capture();
    log_info("worker_up", LOG_INT("pid", -12), LOG_TEXT("policy", "kashiwa"), LOG_TEXT("none", NULL));
    assert_string_equal(end_capture(), "<6>level=info proc=front event=worker_up pid=-12 policy=kashiwa none=\"\"\n");
    begin_capture();
    log_error("down", LOG_INT("most", INT64_MIN));
    assert_string_equal(end_capture(), "<3>level=error proc=front event=down most=-9223372036854775808\n");
}

static void
the_time_stands_in_front_elsewhere(void **state)
{
    (void)state;
    start("front", LOG_LEVEL_INFO, false);
    begin_capture();
    log_warning("slow", LOG_INT("ms", 5));
    const char *text = end_capture();
    assert_memory_equal(text, "ts=2", 4);
    assert_int_equal(text[3 + 23], 'Z');
    assert_string_equal(text + 3 + 24, " level=warning proc=front event=slow ms=5\n");
}

static void
hostile_values_stay_in_their_line(void **state)
{
    (void)state;
    start("front", LOG_LEVEL_INFO, true);
    begin_capture();
    log_info("x", LOG_TEXT("id", "a\nb\r\x1B[31m\u202E\"\\ =\x7F"));
    const char *text = end_capture();
    assert_string_equal(text, "<6>level=info proc=front event=x "
                              "id=\"a\\nb\\x0d\\x1b[31m\\xe2\\x80\\xae\\\"\\\\ =\\x7f\"\n");
}

static void
lines_above_the_level_are_dropped(void **state)
{
    (void)state;
    start("front", LOG_LEVEL_WARNING, true);
    begin_capture();
    log_info("quiet", LOG_INT("n", 1));
    log_debug("quiet", LOG_INT("n", 1));
    assert_string_equal(end_capture(), "");
    start("front", LOG_LEVEL_DEBUG, true);
    begin_capture();
    log_debug("loud", LOG_INT("n", 1));
    assert_string_equal(end_capture(), "<7>level=debug proc=front event=loud n=1\n");
}

static void
a_long_line_is_cut_and_still_a_line(void **state)
{
    (void)state;
    char *value = malloc(10001);
    assert_non_null(value);
    memset(value, '\x01', 10000);
    value[10000] = '\0';
    start("front", LOG_LEVEL_INFO, true);
    begin_capture();
    log_info("long", LOG_TEXT("value", value), LOG_INT("after", 1));
    const char *text = end_capture();
    assert_true(strlen(text) <= 4096);
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_memory_equal(text + strlen(text) - 5, "\\x01\n", 5);
    free(value);
}

static void
a_full_pipe_stops_nobody_and_is_told_of_later(void **state)
{
    (void)state;
    static char drained[1 << 21];

    start("front", LOG_LEVEL_INFO, true);
    begin_capture();
    assert_true(fcntl(pipe_ends[1], F_SETPIPE_SZ, 8192) > 0);
    for (unsigned i = 0; i < 1000; i++)
        log_info("loud", LOG_INT("n", i));
    assert_true(read(pipe_ends[0], drained, sizeof(drained)) > 0);
    log_info("after", LOG_INT("n", 1));
    const char *text = end_capture();
    assert_memory_equal(text, "<4>level=warning proc=front event=log_lost lines=", 49);
    assert_true(atoi(text + 49) > 500);
    assert_string_equal(strchr(text, '\n') + 1, "<6>level=info proc=front event=after n=1\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"an event is one line for the journal", an_event_is_one_line_for_the_journal, NULL, NULL, NULL},
        {"the time stands in front elsewhere", the_time_stands_in_front_elsewhere, NULL, NULL, NULL},
        {"hostile values stay in their line", hostile_values_stay_in_their_line, NULL, NULL, NULL},
        {"lines above the level are dropped", lines_above_the_level_are_dropped, NULL, NULL, NULL},
        {"a long line is cut and still a line", a_long_line_is_cut_and_still_a_line, NULL, NULL, NULL},
        {"a full pipe stops nobody and is told of later", a_full_pipe_stops_nobody_and_is_told_of_later, NULL, NULL,
         NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
