#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static char dir[] = "/tmp/test_file.XXXXXX";

static int
set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL;
}

static int
tear_down(void **state)
{
    char command[64];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r %s", dir);
    return system(command);
}

static const char *
path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void
what_is_written_is_read(void **state)
{
    (void)state;
    struct buffer buffer;
    struct stat facts;
    buffer_init(&buffer);
    assert_int_equal(file_write_atomic(path_of("a"), 0640, SLICE_LITERAL("one\0two")), STATUS_OK);
    assert_int_equal(file_write_atomic(path_of("a"), 0600, SLICE_LITERAL("three")), STATUS_OK);
    buffer_append_text(&buffer, "> ");
    assert_int_equal(file_read(path_of("a"), 5, &buffer), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&buffer), slice_of("> three")));
    assert_int_equal(stat(path_of("a"), &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    buffer_fini(&buffer);
}

static void
empty_and_large_files_are_read(void **state)
{
    (void)state;
    struct buffer big;
    struct buffer buffer;
    buffer_init(&big);
    buffer_init(&buffer);
    assert_int_equal(file_write_atomic(path_of("empty"), 0600, SLICE_LITERAL("")), STATUS_OK);
    assert_int_equal(file_read(path_of("empty"), 0, &buffer), STATUS_OK);
    assert_int_equal(buffer.bytes, 0);
    for (unsigned i = 0; i < 300000; i++)
        buffer_append_byte(&big, (uint8_t)i);
    assert_int_equal(file_write_atomic(path_of("big"), 0600, buffer_slice(&big)), STATUS_OK);
    assert_int_equal(file_read(path_of("big"), 300000, &buffer), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&buffer), buffer_slice(&big)));
    buffer_fini(&buffer);
    buffer_fini(&big);
}

static void
refusals_say_why(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    assert_int_equal(file_read(path_of("none"), 100, &buffer), STATUS_NOT_FOUND);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_write_atomic(path_of("c"), 0600, SLICE_LITERAL("12345")), STATUS_OK);
    assert_int_equal(file_read(path_of("c"), 4, &buffer), STATUS_TOO_LARGE);
    assert_int_equal(file_read(dir, 100, &buffer), STATUS_INVALID);
    assert_int_equal(file_read("/dev/zero", 100, &buffer), STATUS_INVALID);
    assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
    assert_int_equal(file_read(path_of("fifo"), 100, &buffer), STATUS_INVALID);
    assert_int_equal(unlink(path_of("fifo")), 0);
    /* A file that claims to be empty but is not: the limit holds for what is read. */
    assert_int_equal(file_read("/proc/self/status", 10, &buffer), STATUS_TOO_LARGE);
    assert_int_equal(file_write_atomic(path_of("none/x"), 0600, SLICE_LITERAL("")), STATUS_NOT_FOUND);
    buffer_fini(&buffer);
}

static void
output_into_a_pipe_leaves_it_a_pipe(void **state)
{
    (void)state;
    char content[8] = "";
    struct stat about;
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    int fd = open(path_of("pipe"), O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(file_write_output(path_of("pipe"), 0600, SLICE_LITERAL("page")), STATUS_OK);
    assert_int_equal(read(fd, content, sizeof(content)), 4);
    assert_string_equal(content, "page");
    assert_int_equal(stat(path_of("pipe"), &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
    (void)close(fd);
    assert_int_equal(file_write_output(path_of("page"), 0600, SLICE_LITERAL("page")), STATUS_OK);
    assert_int_equal(file_write_output(path_of("none/x"), 0600, SLICE_LITERAL("")), STATUS_NOT_FOUND);
}

static void
a_failed_write_leaves_nothing_behind(void **state)
{
    (void)state;
    struct buffer names;
    size_t count = 0;
    char hidden[160];
    buffer_init(&names);
    assert_int_equal(mkdir(path_of("target"), 0700), 0);
    assert_int_equal(mkdir(path_of("target/sub"), 0700), 0);
    assert_int_equal(file_write_atomic(path_of("target/sub"), 0600, SLICE_LITERAL("x")), STATUS_IO);
    assert_int_equal(errno, EISDIR);
    (void)snprintf(hidden, sizeof(hidden), "test -z \"$(ls -A %s/target | grep -v '^sub$')\"", dir);
    assert_int_equal(system(hidden), 0);
    assert_int_equal(file_list(path_of("target"), "", &names, &count), STATUS_OK);
    assert_int_equal(count, 1);
    buffer_fini(&names);
}

/* A pipe that takes 64 KiB at a time and is non-blocking, as a terminal may be that programs share. */
static void
all_is_written_where_there_is_little_room(void **state)
{
    (void)state;
    static uint8_t content[1u << 20];
    int fds[2], status = 0;

    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    pid_t reader = fork();
    if (reader == 0) {
        size_t total = 0;
        ssize_t bytes = 1;

        (void)close(fds[1]);
        (void)fcntl(fds[0], F_SETFL, 0);
        while (bytes > 0) {
            bytes = read(fds[0], content, sizeof(content));
            total += bytes > 0 ? (size_t)bytes : 0;
        }
        _exit(total == sizeof(content) ? 0 : 1);
    }
    (void)close(fds[0]);
    assert_int_equal(file_write_all(fds[1], (struct slice){content, sizeof(content)}), STATUS_OK);
    (void)close(fds[1]);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_int_equal(file_write_all(fds[1], SLICE_LITERAL("x")), STATUS_IO);
    assert_int_equal(errno, EBADF);
}

static void
names_are_listed_in_order(void **state)
{
    (void)state;
    struct buffer names;
    size_t count = 99;
    buffer_init(&names);
    assert_int_equal(mkdir(path_of("list"), 0700), 0);
    const char *const files[] = {"list/b.csv",       "list/a.csv", "list/C.csv",
                                 "list/.hidden.csv", "list/x.tsv", "list/市.csv"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_int_equal(file_write_atomic(path_of(files[i]), 0600, SLICE_LITERAL("")), STATUS_OK);
    assert_int_equal(file_list(path_of("list"), ".csv", &names, &count), STATUS_OK);
    assert_int_equal(count, 4);
    assert_true(slice_equal(buffer_slice(&names), SLICE_LITERAL("C.csv\0a.csv\0b.csv\0市.csv\0")));
    buffer_clear(&names);
    assert_int_equal(file_list(path_of("list"), ".none", &names, &count), STATUS_OK);
    assert_int_equal(count, 0);
    assert_int_equal(file_list(path_of("nowhere"), "", &names, &count), STATUS_NOT_FOUND);
    buffer_fini(&names);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"what is written is read", what_is_written_is_read, NULL, NULL, NULL},
        {"empty and large files are read", empty_and_large_files_are_read, NULL, NULL, NULL},
        {"refusals say why", refusals_say_why, NULL, NULL, NULL},
        {"all is written where there is little room", all_is_written_where_there_is_little_room, NULL, NULL, NULL},
        {"output into a pipe leaves it a pipe", output_into_a_pipe_leaves_it_a_pipe, NULL, NULL, NULL},
        {"a failed write leaves nothing behind", a_failed_write_leaves_nothing_behind, NULL, NULL, NULL},
        {"names are listed in order", names_are_listed_in_order, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
