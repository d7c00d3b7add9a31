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

struct ends {
    struct channel left, right;
};

static int
set_up(void **state)
{
    struct ends *ends = calloc(1, sizeof *ends);
    int fds[2];

    assert_int_equal(channel_pair(fds), STATUS_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(fds[i], F_SETFL, O_NONBLOCK), 0);
    channel_init(&ends->left, fds[0]);
    channel_init(&ends->right, fds[1]);
    *state = ends;
    return 0;
}

static int
tear_down(void **state)
{
    struct ends *ends = *state;

    channel_fini(&ends->left);
    channel_fini(&ends->right);
    free(ends);
    return 0;
}

static void
items_arrive_as_they_were_put(void **state)
{
    struct ends *ends = *state;
    const struct item first = {.ticket = 1, .meta = SLICE_LITERAL("kashiwa"), .payload = SLICE_LITERAL("a\0b")};
    const struct item second = {.ticket = UINT64_MAX, .status = 7};
    struct item got;
    bool complete;

    channel_put(&ends->left, &first);
    channel_put(&ends->left, &second);
    assert_false(channel_is_idle(&ends->left));
    assert_int_equal(channel_flush(&ends->left), STATUS_OK);
    assert_true(channel_is_idle(&ends->left));
    assert_int_equal(channel_receive(&ends->right, &complete), STATUS_OK);
    assert_true(complete);
    assert_true(channel_take(&ends->right, &got));
    assert_true(slice_equal(got.meta, first.meta));
    assert_true(slice_equal(got.payload, first.payload));
    assert_true(channel_take(&ends->right, &got));
    assert_true(got.ticket == UINT64_MAX && got.status == 7 && got.payload.bytes == 0);
    assert_false(channel_take(&ends->right, &got));
    assert_int_equal(channel_receive(&ends->right, &complete), STATUS_OK);
    assert_false(complete);
}

static void
a_batch_larger_than_the_socket_takes_many_turns(void **state)
{
    struct ends *ends = *state;
    const size_t bytes = 3u << 20;
    uint8_t *payload = malloc(bytes);
    bool complete = false;
    unsigned turns = 0;
    struct item got;

    for (size_t i = 0; i < bytes; i++)
        payload[i] = (uint8_t)(i * 131 >> 3);
    channel_put(&ends->left, &(struct item){.ticket = 9, .payload = {payload, bytes}});
    while (!complete && turns++ < 1000) {
        assert_int_equal(channel_flush(&ends->left), STATUS_OK);
        assert_int_equal(channel_receive(&ends->right, &complete), STATUS_OK);
    }
    assert_true(complete && turns > 2);
    assert_true(channel_take(&ends->right, &got));
    assert_true(slice_equal(got.payload, (struct slice){payload, bytes}));
    free(payload);
}

static void
batches_stay_apart(void **state)
{
    struct ends *ends = *state;
    struct item got;
    bool complete;

    for (uint64_t ticket = 1; ticket <= 2; ticket++) {
        channel_put(&ends->left, &(struct item){.ticket = ticket});
        assert_int_equal(channel_flush(&ends->left), STATUS_OK);
    }
    for (uint64_t ticket = 1; ticket <= 2; ticket++) {
        assert_int_equal(channel_receive(&ends->right, &complete), STATUS_OK);
        assert_true(complete && channel_take(&ends->right, &got) && got.ticket == ticket);
        assert_false(channel_take(&ends->right, &got));
    }
}

static void
what_was_sent_before_the_end_still_arrives(void **state)
{
    struct ends *ends = *state;
    struct item got;
    bool complete;

    channel_put(&ends->left, &(struct item){.ticket = 5});
    assert_int_equal(channel_flush(&ends->left), STATUS_OK);
    channel_fini(&ends->left);
    assert_int_equal(channel_receive(&ends->right, &complete), STATUS_OK);
    assert_true(complete && channel_take(&ends->right, &got));
    assert_int_equal(channel_receive(&ends->right, &complete), STATUS_UNAVAILABLE);
    channel_put(&ends->right, &got);
    assert_int_equal(channel_flush(&ends->right), STATUS_UNAVAILABLE);
    channel_init(&ends->left, -1);
}

static void
send_raw(struct ends *ends, const uint32_t *words, size_t count)
{
    const ssize_t bytes = (ssize_t)(count * sizeof *words);

    assert_true(send(ends->left.fd, words, (size_t)bytes, 0) == bytes);
}

static void
assert_refused(struct ends *ends, const uint32_t *words, size_t count)
{
    bool complete;

    send_raw(ends, words, count);
    assert_int_equal(channel_receive(&ends->right, &complete), STATUS_UNAVAILABLE);
}

static void
a_packet_that_does_not_continue_the_batch_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){100, 50, 0, 0}, 4);
}

static void
a_packet_longer_than_its_batch_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){4, 0, 0, 0}, 4);
}

static void
a_batch_over_the_limit_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){CHANNEL_MAX_BATCH_BYTES + 1, 0, 0}, 3);
}

static void
a_packet_without_data_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){0, 0}, 2);
}

static void
an_item_that_leaves_its_batch_is_refused(void **state)
{
    /* total, offset | ticket (2 words), status, meta bytes, payload bytes, reserved */
    assert_refused(*state, (const uint32_t[]){24, 0, 1, 0, 0, 0, 1, 0}, 8);
}

static void
an_item_whose_lengths_wrap_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){24, 0, 1, 0, 0, UINT32_MAX, 1, 0}, 8);
}

static void
half_an_item_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){8, 0, 1, 0}, 4);
}

static void
ticket_zero_is_refused(void **state)
{
    assert_refused(*state, (const uint32_t[]){24, 0, 0, 0, 0, 0, 0, 0}, 8);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("items arrive as they were put", items_arrive_as_they_were_put),
        CASE("a batch larger than the socket takes many turns", a_batch_larger_than_the_socket_takes_many_turns),
        CASE("batches stay apart", batches_stay_apart),
        CASE("what was sent before the end still arrives", what_was_sent_before_the_end_still_arrives),
        CASE("a packet that does not continue the batch is refused",
             a_packet_that_does_not_continue_the_batch_is_refused),
        CASE("a packet longer than its batch is refused", a_packet_longer_than_its_batch_is_refused),
        CASE("a batch over the limit is refused", a_batch_over_the_limit_is_refused),
        CASE("a packet without data is refused", a_packet_without_data_is_refused),
        CASE("an item that leaves its batch is refused", an_item_that_leaves_its_batch_is_refused),
        CASE("an item whose lengths wrap is refused", an_item_whose_lengths_wrap_is_refused),
        CASE("half an item is refused", half_an_item_is_refused),
        CASE("ticket zero is refused", ticket_zero_is_refused),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
