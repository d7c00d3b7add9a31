#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "serve/fair.h"
#include "serve/limits.h"

#define CAPACITY 64
#define SMALL 1000u

struct stage {
    struct fair *fair;
    struct request requests[CAPACITY];
    unsigned count;
};

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_int_equal(fair_create(CAPACITY, &stage->fair), STATUS_OK);
    *state = stage;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *stage = *state;

    fair_destroy(&stage->fair);
    free(stage);
    return 0;
}

static struct request *
push_shared(struct stage *stage, uint64_t client, unsigned share, uint64_t policy, uint32_t work)
{
    struct request *request = &stage->requests[stage->count++ % CAPACITY];

    memset(request, 0, sizeof *request);
    request->work = work;
    request->ticket = client; /* to tell them apart */
    request->hash = policy;
    fair_push(stage->fair, fair_client(stage->fair, client, share), policy, request);
    return request;
}

static struct request *
push(struct stage *stage, uint64_t client, uint64_t policy, uint32_t work)
{
    return push_shared(stage, client, 1, policy, work);
}

/* Work done for each client of 0–3 out of the next `pops`. */
static void
pop_all(struct stage *stage, unsigned pops, uint64_t work_out[4])
{
    memset(work_out, 0, 4 * sizeof *work_out);
    for (unsigned i = 0; i < pops; i++) {
        const struct request *request = fair_pop(stage->fair);
        assert_non_null(request);
        work_out[request->ticket] += request->work;
    }
}

static void
one_client_is_served_in_its_order(void **state)
{
    struct stage *stage = *state;
    struct request *first = push(stage, 1, 1, SMALL);
    struct request *second = push(stage, 1, 1, SMALL);

    assert_int_equal(fair_work(stage->fair), 2 * SMALL);
    assert_ptr_equal(fair_pop(stage->fair), first);
    assert_ptr_equal(fair_pop(stage->fair), second);
    assert_null(fair_pop(stage->fair));
}

static void
clients_share_the_work_not_the_requests(void **state)
{
    struct stage *stage = *state;
    uint64_t work[4];

    for (unsigned i = 0; i < 10; i++)
        push(stage, 1, 1, FAIR_QUANTUM);
    for (unsigned i = 0; i < 40; i++)
        push(stage, 2, 1, FAIR_QUANTUM / 4);
    pop_all(stage, 25, work);
    assert_in_range(work[1], work[2] - FAIR_QUANTUM, work[2] + FAIR_QUANTUM);
}

static void
many_policies_are_no_larger_share(void **state)
{
    struct stage *stage = *state;
    uint64_t work[4];

    for (unsigned i = 0; i < 20; i++)
        push(stage, 1, i, FAIR_QUANTUM);
    for (unsigned i = 0; i < 20; i++)
        push(stage, 2, 1, FAIR_QUANTUM);
    pop_all(stage, 20, work);
    assert_int_equal(work[1], work[2]);
}

static void
policies_of_a_client_take_turns(void **state)
{
    struct stage *stage = *state;
    unsigned second = 0;

    for (unsigned i = 0; i < 20; i++)
        push(stage, 1, 1, FAIR_QUANTUM);
    for (unsigned i = 0; i < 5; i++)
        push(stage, 1, 2, FAIR_QUANTUM);
    for (unsigned i = 0; i < 10; i++)
        second += fair_pop(stage->fair)->hash == 2;
    assert_int_equal(second, 5);
}

static void
who_overspends_sits_out(void **state)
{
    struct stage *stage = *state;
    uint64_t work[4];

    for (unsigned i = 0; i < 2; i++)
        push(stage, 1, 1, 20 * FAIR_QUANTUM);
    for (unsigned i = 0; i < 40; i++)
        push(stage, 2, 1, FAIR_QUANTUM);
    pop_all(stage, 20, work);
    assert_int_equal(work[1], 20 * FAIR_QUANTUM);
    pop_all(stage, 20, work);
    assert_in_range(work[1], 0, 20 * FAIR_QUANTUM);
}

/* One large request at a time, the next as soon as it is begun: the debt must not be forgotten with the last one. */
static void
a_debt_outlives_an_empty_queue(void **state)
{
    struct stage *stage = *state;
    unsigned large = 0;

    push(stage, 1, 1, 20 * FAIR_QUANTUM);
    for (unsigned i = 0; i < 45; i++)
        push(stage, 2, 1, FAIR_QUANTUM);
    for (unsigned i = 0; i < 40; i++)
        if (fair_pop(stage->fair)->ticket == 1) {
            large++;
            push(stage, 1, 1, 20 * FAIR_QUANTUM);
        }
    assert_in_range(large, 1, 3);
}

static void
shares_weigh(void **state)
{
    struct stage *stage = *state;
    uint64_t work[4];

    for (unsigned i = 0; i < 20; i++) {
        push_shared(stage, 1, 1, 1, FAIR_QUANTUM);
        push_shared(stage, 2, 3, 1, FAIR_QUANTUM);
    }
    pop_all(stage, 20, work);
    assert_int_equal(work[2], 3 * work[1]);
}

static void
what_is_removed_does_not_come(void **state)
{
    struct stage *stage = *state;
    struct request *gone = push(stage, 1, 1, SMALL);
    struct request *stays = push(stage, 1, 1, SMALL);

    fair_remove(stage->fair, gone);
    assert_ptr_equal(fair_pop(stage->fair), stays);
    assert_null(fair_pop(stage->fair));
    assert_int_equal(fair_work(stage->fair), 0);
}

static void
the_heaviest_gives_way_to_the_lighter(void **state)
{
    struct stage *stage = *state;

    push(stage, 1, 1, SMALL);
    struct request *newest = push(stage, 1, 1, SMALL);
    push(stage, 2, 1, SMALL / 2);
    assert_ptr_equal(fair_heaviest(stage->fair, fair_client(stage->fair, 2, 1), SMALL), newest);
    assert_null(fair_heaviest(stage->fair, fair_client(stage->fair, 1, 1), SMALL));
    assert_null(fair_heaviest(stage->fair, fair_client(stage->fair, 2, 1), 2 * SMALL));
    assert_ptr_equal(fair_heaviest(stage->fair, fair_client(stage->fair, 3, 1), 1), newest);
}

static void
what_is_before_a_client_is_bounded_by_its_turns(void **state)
{
    struct stage *stage = *state;

    for (unsigned i = 0; i < 30; i++)
        push(stage, 1, 1, SMALL);
    push(stage, 2, 1, SMALL);
    assert_int_equal(fair_work_before(stage->fair, fair_client(stage->fair, 1, 1), SMALL), 32 * SMALL);
    assert_int_equal(fair_work_before(stage->fair, fair_client(stage->fair, 2, 1), SMALL), 4 * SMALL);
    assert_int_equal(fair_work_before(stage->fair, fair_client(stage->fair, 3, 1), SMALL), 3 * SMALL);
    assert_int_equal(fair_work_before(stage->fair, fair_client(stage->fair, 3, 2), SMALL), 2 * SMALL);
}

/* Far more clients and policies than there is room for, in every order that adding and taking can have. */
static void
any_number_of_clients_fits(void **state)
{
    struct stage *stage = *state;
    struct request *waiting[CAPACITY];
    unsigned count = 0;
    uint64_t chance = 1;

    for (unsigned i = 0; i < 100000; i++) {
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const unsigned pick = (unsigned)(chance >> 33);
        if (count < CAPACITY && pick % 3 != 0) {
            waiting[count] = calloc(1, sizeof **waiting);
            waiting[count]->work = 1 + pick % 100000;
            fair_push(stage->fair, fair_client(stage->fair, pick % 1000, 1 + pick % FAIR_MAX_SHARE), pick % 7,
                      waiting[count]);
            count++;
        } else if (count > 0) {
            struct request *out = pick % 2 ? fair_pop(stage->fair) : waiting[pick % count];
            unsigned at = 0;
            if (pick % 2 == 0)
                fair_remove(stage->fair, out);
            while (waiting[at] != out)
                at++;
            waiting[at] = waiting[--count];
            free(out);
        }
    }
    while (count-- > 0)
        free(fair_pop(stage->fair));
    assert_null(fair_pop(stage->fair));
    assert_int_equal(fair_work_before(stage->fair, fair_client(stage->fair, 5, 1), 1), 1);
}

/* --- limits --- */

static void
the_speed_is_learnt_and_one_odd_batch_moves_it_little(void **state)
{
    (void)state;
    struct limits limits = {0};

    assert_int_equal(limits_work_in(&limits, 1), UINT64_MAX);
    for (unsigned i = 0; i < 20; i++)
        limits_learn(&limits, 1000, 100000);
    assert_int_equal(limits_ns(&limits, 10), 1000);
    limits_learn(&limits, 1000, UINT64_C(5000000000));
    assert_in_range(limits_ns(&limits, 10), 1001, 1500);
    for (unsigned i = 0; i < 200; i++)
        limits_learn(&limits, 1000, 50000);
    assert_in_range(limits_ns(&limits, 10), 490, 510);
    assert_in_range(limits_work_in(&limits, 500), 9, 11);
}

/* As when the workers, or the machine, have just started. */
static void
a_slow_start_is_not_learnt(void **state)
{
    (void)state;
    struct limits limits = {0};

    limits_learn(&limits, 1000, UINT64_C(5000000000));
    limits_learn(&limits, 1000, 100000);
    assert_int_equal(limits_ns(&limits, 10), 1000);
    for (unsigned i = 0; i < 200; i++)
        limits_learn(&limits, 1000, 200000);
    assert_in_range(limits_ns(&limits, 10), 1900, 2100);
}

static void
what_cannot_be_done_in_time_is_told_so(void **state)
{
    (void)state;
    static struct conf conf;
    const uint64_t ms = 1000000;

    conf_defaults(&conf);
    conf.admit_percent = 50;
    struct outlook outlook = {.left_ns = 100 * ms, .now_ns = 1000 * ms, .wait_ns = 50 * ms, .own_ns = ms};
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
    outlook.wait_ns = 51 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT_NOT_NOW);
    outlook.wait_ns = 40 * ms;
    outlook.own_ns = 60 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
    outlook.own_ns = 61 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT_NOT_NOW);
    outlook.own_ns = 101 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT_TOO_LATE);
    outlook.is_free = true;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
}

static void
a_client_in_overload_gets_short_queues_until_it_is_calm(void **state)
{
    (void)state;
    static struct conf conf;
    const uint64_t ms = 1000000;

    conf_defaults(&conf);
    conf.overload_wait_us = 2000;
    conf.overload_calm_ms = 100;
    struct outlook outlook = {.left_ns = 100 * ms, .now_ns = 1000 * ms, .wait_ns = 3 * ms, .own_ns = ms};
    outlook.has_waiting = true;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
    limits_ask(&conf, &outlook.pressure, 1251, 901 * ms);
    limits_press(&conf, &outlook.pressure, 1000, 100 * ms, 901 * ms);
    outlook.has_waiting = false; /* one waits in any case, so that no worker does */
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
    outlook.has_waiting = true;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT_NOT_NOW);
    outlook.wait_ns = 2 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
    outlook.wait_ns = 3 * ms;
    outlook.now_ns = 1001 * ms;
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
}

static void
a_request_with_too_little_time_is_refused_for_itself_alone(void **state)
{
    (void)state;
    static struct conf conf;
    const uint64_t ms = 1000000;
    struct pressure pressure = {0};

    conf_defaults(&conf);
    conf.admit_percent = 50;
    conf.overload_calm_ms = 100;
    struct outlook hurried = {.left_ns = 4 * ms, .now_ns = 1000 * ms, .wait_ns = 3 * ms, .has_waiting = true};
    struct outlook patient = {.left_ns = 100 * ms, .now_ns = 1000 * ms, .wait_ns = 3 * ms, .has_waiting = true};
    assert_int_equal(limits_judge(&conf, &hurried), ADMIT_NOT_NOW);
    limits_ask(&conf, &pressure, 1251, 1000 * ms);
    limits_press(&conf, &pressure, 1000, hurried.left_ns, hurried.now_ns);
    patient.pressure = pressure;
    assert_int_equal(limits_judge(&conf, &patient), ADMIT);
    /* Neither do hurried ones make it last that patient ones are refused. */
    limits_press(&conf, &pressure, 1000, patient.left_ns, 1000 * ms);
    limits_press(&conf, &pressure, 1000, hurried.left_ns, 1099 * ms);
    patient.pressure = pressure;
    patient.now_ns = 1099 * ms;
    assert_int_equal(limits_judge(&conf, &patient), ADMIT_NOT_NOW);
    patient.now_ns = 1100 * ms;
    assert_int_equal(limits_judge(&conf, &patient), ADMIT);
}

static void
who_asks_for_no_more_than_its_share_is_not_pressed(void **state)
{
    (void)state;
    static struct conf conf;
    const uint64_t ms = 1000000;
    struct pressure pressure = {0};

    conf_defaults(&conf);
    conf.overload_calm_ms = 100;
    limits_ask(&conf, &pressure, 1250, 1000 * ms);
    limits_press(&conf, &pressure, 1000, 50 * ms, 1000 * ms);
    assert_int_equal(pressure.until_ns, 0);
    limits_ask(&conf, &pressure, 1, 1001 * ms);
    limits_press(&conf, &pressure, 1000, 50 * ms, 1001 * ms);
    assert_int_equal(pressure.until_ns, 1101 * ms);
    /* What it asked for in the time before counts, what it asked for long ago does not. */
    limits_ask(&conf, &pressure, 1, 1199 * ms);
    limits_press(&conf, &pressure, 1000, 50 * ms, 1199 * ms);
    assert_int_equal(pressure.until_ns, 1299 * ms);
    limits_ask(&conf, &pressure, 1, 1400 * ms);
    limits_press(&conf, &pressure, 1000, 50 * ms, 1400 * ms);
    assert_int_equal(pressure.until_ns, 1299 * ms);
}

static void
an_allowance_fills_up_again(void **state)
{
    (void)state;
    struct allowance allowance = {0};
    const uint64_t second = 1000000000;

    assert_int_equal(allowance_take(&allowance, 0, 1000000, second), 0);
    assert_int_equal(allowance_take(&allowance, 100, 100, second), 0);
    assert_in_range(allowance_take(&allowance, 100, 10, second), 100, 102);
    assert_int_equal(allowance_take(&allowance, 100, 10, second + second / 10), 0);
    assert_int_equal(allowance_take(&allowance, 100, 100, 100 * second), 0);
    assert_true(allowance_take(&allowance, 100, 1, 100 * second) > 0); /* no more than a second is saved up */
    assert_int_equal(allowance_take(&allowance, 10, 64, 200 * second), 0);
    assert_true(allowance_take(&allowance, 10, 1, 204 * second) > 0); /* and paid back */
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("one client is served in its order", one_client_is_served_in_its_order),
        CASE("clients share the work, not the requests", clients_share_the_work_not_the_requests),
        CASE("many policies are no larger share", many_policies_are_no_larger_share),
        CASE("policies of a client take turns", policies_of_a_client_take_turns),
        CASE("who overspends sits out", who_overspends_sits_out),
        CASE("a debt outlives an empty queue", a_debt_outlives_an_empty_queue),
        CASE("shares weigh", shares_weigh),
        CASE("what is removed does not come", what_is_removed_does_not_come),
        CASE("the heaviest gives way to the lighter", the_heaviest_gives_way_to_the_lighter),
        CASE("what is before a client is bounded by its turns", what_is_before_a_client_is_bounded_by_its_turns),
        CASE("any number of clients fits", any_number_of_clients_fits),
        CASE("the speed is learnt, and one odd batch moves it little",
             the_speed_is_learnt_and_one_odd_batch_moves_it_little),
        CASE("a slow start is not learnt", a_slow_start_is_not_learnt),
        CASE("what cannot be done in time is told so", what_cannot_be_done_in_time_is_told_so),
        CASE("a client in overload gets short queues until it is calm",
             a_client_in_overload_gets_short_queues_until_it_is_calm),
        CASE("a request with too little time is refused for itself alone",
             a_request_with_too_little_time_is_refused_for_itself_alone),
        CASE("who asks for no more than its share is not pressed", who_asks_for_no_more_than_its_share_is_not_pressed),
        CASE("an allowance fills up again", an_allowance_fills_up_again),
    };
    return cmocka_run_group_tests_name("fair", tests, NULL, NULL);
}
