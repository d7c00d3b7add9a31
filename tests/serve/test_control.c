/* The client's side of the control socket, with somebody who listens and does nothing, or not even that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/control.h"

#define SOON_MS 20
#define MORE_THAN_FIT 8

struct stage {
    char path[64];
    int fd, callers[MORE_THAN_FIT];
    struct buffer answer;
};

static int
new_caller(const struct stage *stage)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    strcpy(address.sun_path, stage->path);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    assert_int_equal(errno, EAGAIN);
    close(fd);
    return -1;
}

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    buffer_init(&stage->answer);
    snprintf(stage->path, sizeof stage->path, "/tmp/filterd-control-%d", (int)getpid());
    strcpy(address.sun_path, stage->path);
    stage->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stage->fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(stage->fd, 0), 0);
    *state = stage;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *stage = *state;

    close(stage->fd);
    unlink(stage->path);
    buffer_fini(&stage->answer);
    free(stage);
    return 0;
}

static void
who_does_not_answer_is_unavailable(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(control_call(stage->path, "status", SOON_MS, &stage->answer), STATUS_UNAVAILABLE);
}

/* As when the supervisor stands still: nobody is accepted, and the queue is full. */
static void
a_full_queue_is_not_waited_for_for_ever(void **state)
{
    struct stage *stage = *state;
    unsigned count = 0;

    while (count < MORE_THAN_FIT && (stage->callers[count] = new_caller(stage)) >= 0)
        count++;
    assert_in_range(count, 1, MORE_THAN_FIT - 1);
    assert_int_equal(control_call(stage->path, "status", SOON_MS, &stage->answer), STATUS_UNAVAILABLE);
    while (count > 0)
        close(stage->callers[--count]);
}

static void
nobody_who_listens_is_not_found(void **state)
{
    struct stage *stage = *state;

    close(stage->fd);
    assert_int_equal(control_call(stage->path, "status", SOON_MS, &stage->answer), STATUS_NOT_FOUND);
    unlink(stage->path);
    assert_int_equal(control_call(stage->path, "status", SOON_MS, &stage->answer), STATUS_NOT_FOUND);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_does_not_answer_is_unavailable),
        TEST(a_full_queue_is_not_waited_for_for_ever),
        TEST(nobody_who_listens_is_not_found),
    };
    return cmocka_run_group_tests_name("serve/control", tests, NULL, NULL);
}
