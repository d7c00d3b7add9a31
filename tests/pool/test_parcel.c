#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool/channel.h"
#include "pool/parcel.h"

static int
set_up(void **state)
{
    int *pair = malloc(2 * sizeof *pair);

    assert_int_equal(channel_pair(pair), STATUS_OK);
    assert_int_equal(parcel_prepare(pair[0]), STATUS_OK);
    *state = pair;
    return 0;
}

static int
tear_down(void **state)
{
    int *pair = *state;

    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
    free(pair);
    return 0;
}

static void
kind_and_data_arrive(void **state)
{
    const int *pair = *state;
    struct parcel parcel;

    assert_int_equal(parcel_send(pair[0], PARCEL_READY, NULL, 0, NULL, 0), STATUS_OK);
    assert_int_equal(parcel_send(pair[0], PARCEL_BROKEN, "moka", 5, NULL, 0), STATUS_OK);
    assert_int_equal(parcel_receive(pair[1], &parcel), STATUS_OK);
    assert_int_equal(parcel.kind, PARCEL_READY);
    assert_int_equal(parcel.bytes, 0);
    assert_int_equal(parcel_receive(pair[1], &parcel), STATUS_OK);
    assert_int_equal(parcel.kind, PARCEL_BROKEN);
    assert_string_equal((const char *)parcel.data, "moka");
    assert_int_equal(parcel.fds[0], -1);
}

static void
descriptors_arrive_and_are_closed_on_exec(void **state)
{
    const int *pair = *state;
    struct parcel parcel;
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(parcel_send(pair[0], PARCEL_WORKER_UP, NULL, 0, ends, 2), STATUS_OK);
    assert_int_equal(parcel_receive(pair[1], &parcel), STATUS_OK);
    assert_int_equal(write(parcel.fds[1], "x", 1), 1);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_true(fcntl(parcel.fds[0], F_GETFD) & FD_CLOEXEC);
    const int was = parcel.fds[0];
    parcel_close_fds(&parcel);
    assert_int_equal(fcntl(was, F_GETFD), -1);
    close(ends[0]);
    close(ends[1]);
}

static void
the_end_is_unavailable(void **state)
{
    int *pair = *state;
    struct parcel parcel;

    close(pair[0]);
    pair[0] = -1;
    assert_int_equal(parcel_receive(pair[1], &parcel), STATUS_UNAVAILABLE);
    assert_int_equal(parcel_send(pair[1], PARCEL_READY, NULL, 0, NULL, 0), STATUS_UNAVAILABLE);
}

static void
a_packet_that_lies_about_its_size_is_refused(void **state)
{
    const int *pair = *state;
    struct parcel parcel;
    const uint32_t lie[3] = {PARCEL_CITY, 400, 0};

    assert_int_equal(send(pair[0], lie, sizeof lie, 0), sizeof lie);
    assert_int_equal(parcel_receive(pair[1], &parcel), STATUS_UNAVAILABLE);
}

static void
a_receiver_that_takes_nothing_does_not_block_for_ever(void **state)
{
    const int *pair = *state;
    enum status status = STATUS_OK;

    for (int i = 0; status == STATUS_OK && i < 100000; i++)
        status = parcel_send(pair[0], PARCEL_READY, NULL, 0, NULL, 0);
    assert_int_equal(status, STATUS_UNAVAILABLE);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("kind and data arrive", kind_and_data_arrive),
        CASE("descriptors arrive and are closed on exec", descriptors_arrive_and_are_closed_on_exec),
        CASE("the end is UNAVAILABLE", the_end_is_unavailable),
        CASE("a packet that lies about its size is refused", a_packet_that_lies_about_its_size_is_refused),
        CASE("a receiver that takes nothing does not block for ever",
             a_receiver_that_takes_nothing_does_not_block_for_ever),
    };
    return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
