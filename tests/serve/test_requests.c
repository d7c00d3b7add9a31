#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "serve/requests.h"

#define SECOND_NS UINT64_C(1000000000)

static int
set_up(void **state)
{
    struct requests *requests;

    assert_int_equal(requests_create(4, &requests), STATUS_OK);
    *state = requests;
    return 0;
}

static int
tear_down(void **state)
{
    struct requests *requests = *state;

    requests_destroy(&requests);
    return 0;
}

/* A request of `bytes`, without frames: nothing here looks at them. */
static struct request *
keep(struct requests *requests, size_t bytes, uint64_t now_ns, uint64_t deadline_ns)
{
    struct request *request = requests_spare(requests);

    request->parts.payload = (struct slice){NULL, bytes};
    return requests_keep(requests, 1000, now_ns, deadline_ns) == STATUS_OK ? request : NULL;
}

static void
a_full_table_still_has_a_spare(void **state)
{
    struct requests *requests = *state;
    struct request *first = keep(requests, 1, 0, SECOND_NS);

    for (int i = 0; i < 3; i++)
        assert_non_null(keep(requests, 1, 0, SECOND_NS));
    assert_null(keep(requests, 1, 0, SECOND_NS));
    assert_non_null(requests_spare(requests));
    requests_end(requests, first);
    assert_non_null(keep(requests, 1, 0, SECOND_NS));
}

static void
bytes_are_bounded(void **state)
{
    struct requests *requests = *state;
    struct request *large = keep(requests, 900, 0, SECOND_NS);

    assert_null(keep(requests, 101, 0, SECOND_NS));
    assert_null(keep(requests, SIZE_MAX, 0, SECOND_NS));
    assert_non_null(keep(requests, 100, 0, SECOND_NS));
    assert_int_equal(requests_bytes(requests), 1000);
    requests_end(requests, large);
    assert_int_equal(requests_bytes(requests), 100);
}

static void
a_ticket_names_one_use_of_a_slot(void **state)
{
    struct requests *requests = *state;
    struct request *request = keep(requests, 1, 0, SECOND_NS);
    const uint64_t ticket = request->ticket;

    assert_true(ticket > 0);
    assert_ptr_equal(requests_find(requests, ticket), request);
    requests_end(requests, request);
    assert_null(requests_find(requests, ticket));
    assert_null(requests_find(requests, 0));
    assert_null(requests_find(requests, UINT64_MAX));
}

static void
deadlines_come_out_when_they_have_passed(void **state)
{
    struct requests *requests = *state;
    struct request *late = keep(requests, 1, SECOND_NS, 6 * SECOND_NS);
    struct request *soon = keep(requests, 1, SECOND_NS, 2 * SECOND_NS);

    assert_null(requests_expired(requests, SECOND_NS));
    assert_null(requests_expired(requests, 2 * SECOND_NS - REQUESTS_TICK_NS));
    assert_ptr_equal(requests_expired(requests, 2 * SECOND_NS + REQUESTS_TICK_NS), soon);
    assert_null(requests_expired(requests, 3 * SECOND_NS));
    assert_ptr_equal(requests_expired(requests, 60 * SECOND_NS), late);
    assert_null(requests_expired(requests, 60 * SECOND_NS));
}

static void
an_ended_request_does_not_expire(void **state)
{
    struct requests *requests = *state;
    struct request *request = keep(requests, 1, 0, SECOND_NS);
    struct request *same_tick = keep(requests, 1, 0, SECOND_NS);

    requests_end(requests, request);
    assert_ptr_equal(requests_expired(requests, 2 * SECOND_NS), same_tick);
    assert_null(requests_expired(requests, 2 * SECOND_NS));
}

static void
a_deadline_in_the_past_expires_at_once(void **state)
{
    struct requests *requests = *state;
    struct request *request = keep(requests, 1, 10 * SECOND_NS, 9 * SECOND_NS);

    assert_ptr_equal(requests_expired(requests, 10 * SECOND_NS + REQUESTS_TICK_NS), request);
}

static void
lists_keep_their_order(void **state)
{
    struct requests *requests = *state;
    struct request *items[4];
    struct request_list list = {0};

    for (int i = 0; i < 4; i++) {
        items[i] = keep(requests, 1, 0, SECOND_NS);
        request_list_push(&list, items[i]);
    }
    assert_int_equal(list.count, 4);
    request_list_remove(items[3]);
    request_list_remove(items[1]);
    request_list_push(&list, items[1]);
    assert_ptr_equal(request_list_pop(&list), items[0]);
    assert_ptr_equal(request_list_pop(&list), items[2]);
    assert_ptr_equal(request_list_pop(&list), items[1]);
    assert_null(request_list_pop(&list));
    request_list_push(&list, items[0]);
    assert_int_equal(list.count, 1);
}

static void
an_ended_request_is_no_longer_outstanding(void **state)
{
    struct requests *requests = *state;
    struct request *request = keep(requests, 1, 0, SECOND_NS);
    unsigned outstanding = 1;

    request->outstanding = &outstanding;
    requests_end(requests, request);
    assert_int_equal(outstanding, 0);
    assert_null(keep(requests, 1, 0, SECOND_NS)->outstanding);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("a full table still has a spare", a_full_table_still_has_a_spare),
        CASE("bytes are bounded", bytes_are_bounded),
        CASE("a ticket names one use of a slot", a_ticket_names_one_use_of_a_slot),
        CASE("deadlines come out when they have passed", deadlines_come_out_when_they_have_passed),
        CASE("an ended request does not expire", an_ended_request_does_not_expire),
        CASE("a deadline in the past expires at once", a_deadline_in_the_past_expires_at_once),
        CASE("lists keep their order", lists_keep_their_order),
        CASE("an ended request is no longer outstanding", an_ended_request_is_no_longer_outstanding),
    };
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
