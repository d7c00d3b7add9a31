#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "serve/seat.h"

/* A thread that waits, as libzmq's does, and the seat of both. */
struct company {
    pthread_t thread;
    int wait[2];
    int thread_id;
    pthread_barrier_t ready;
    cpu_set_t before;
    struct seat seat;
};

static void *
wait_for_end(void *context)
{
    struct company *company = context;
    char byte;

    company->thread_id = gettid();
    pthread_barrier_wait(&company->ready);
    (void)!read(company->wait[0], &byte, 1);
    return NULL;
}

static int
set_up(void **state)
{
    static struct company company;

    assert_int_equal(sched_getaffinity(0, sizeof company.before, &company.before), 0);
    assert_int_equal(pipe(company.wait), 0);
    assert_int_equal(pthread_barrier_init(&company.ready, NULL, 2), 0);
    assert_int_equal(pthread_create(&company.thread, NULL, wait_for_end, &company), 0);
    pthread_barrier_wait(&company.ready);
    seat_init(&company.seat, 0);
    *state = &company;
    return 0;
}

static int
tear_down(void **state)
{
    struct company *company = *state;

    close(company->wait[1]);
    pthread_join(company->thread, NULL);
    close(company->wait[0]);
    pthread_barrier_destroy(&company->ready);
    return sched_setaffinity(0, sizeof company->before, &company->before);
}

static void
need_two_processors(const struct company *company)
{
    if (CPU_COUNT(&company->before) < 2)
        skip();
}

static cpu_set_t
processors_of(int thread)
{
    cpu_set_t processors;

    assert_int_equal(sched_getaffinity(thread, sizeof processors, &processors), 0);
    return processors;
}

static void
assert_together(const struct company *company)
{
    const cpu_set_t own = processors_of(0), other = processors_of(company->thread_id);

    assert_int_equal(CPU_COUNT(&own), 1);
    assert_true(CPU_ISSET(sched_getcpu(), &own));
    assert_true(CPU_EQUAL(&own, &other));
}

static void
assert_apart(const struct company *company)
{
    const cpu_set_t own = processors_of(0), other = processors_of(company->thread_id);

    assert_true(CPU_EQUAL(&own, &company->before));
    assert_true(CPU_EQUAL(&other, &company->before));
}

static void
all_threads_sit_where_the_caller_runs(void **state)
{
    struct company *company = *state;

    need_two_processors(company);
    seat_keep(&company->seat, 1);
    assert_together(company);
}

static void
after_a_second_the_scheduler_chooses_again(void **state)
{
    struct company *company = *state;

    need_two_processors(company);
    seat_keep(&company->seat, 1);
    seat_look(&company->seat, SEAT_LOOK_NS, company->seat.used_ns);
    const cpu_set_t own = processors_of(0);
    assert_true(CPU_EQUAL(&own, &company->before));
    seat_keep(&company->seat, SEAT_LOOK_NS + 1);
    assert_together(company);
}

static void
who_needs_most_of_a_processor_gets_more_than_one(void **state)
{
    struct company *company = *state;
    struct seat *seat = &company->seat;

    need_two_processors(company);
    seat_keep(seat, 1);
    seat_look(seat, SEAT_LOOK_NS, seat->used_ns + SEAT_LOOK_NS * 8 / 10);
    assert_apart(company);
    seat_keep(seat, SEAT_LOOK_NS + 1);
    assert_apart(company);
}

static void
who_was_let_go_comes_back_when_half_a_processor_is_enough(void **state)
{
    struct company *company = *state;
    struct seat *seat = &company->seat;

    need_two_processors(company);
    seat_look(seat, SEAT_LOOK_NS, seat->used_ns + SEAT_LOOK_NS);
    seat_look(seat, 2 * SEAT_LOOK_NS, seat->used_ns + SEAT_LOOK_NS * 6 / 10);
    assert_apart(company);
    seat_look(seat, 3 * SEAT_LOOK_NS, seat->used_ns + SEAT_LOOK_NS * 4 / 10);
    seat_keep(seat, 3 * SEAT_LOOK_NS + 1);
    assert_together(company);
}

static void
under_overload_all_are_free_until_a_second_after(void **state)
{
    struct company *company = *state;
    struct seat *seat = &company->seat;

    need_two_processors(company);
    seat_keep(seat, 1);
    seat_leave(seat, SEAT_LOOK_NS);
    seat_leave(seat, 2 * SEAT_LOOK_NS);
    assert_apart(company);
    seat_keep(seat, 3 * SEAT_LOOK_NS - 1);
    assert_apart(company);
    seat_look(seat, 3 * SEAT_LOOK_NS, seat->used_ns);
    seat_keep(seat, 3 * SEAT_LOOK_NS + 1);
    assert_together(company);
}

static void
on_one_processor_there_is_nothing_to_choose(void **state)
{
    struct company *company = *state;
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    seat_init(&company->seat, 0);
    seat_keep(&company->seat, SEAT_LOOK_NS);
    const cpu_set_t other = processors_of(company->thread_id);
    assert_true(CPU_EQUAL(&other, &company->before));
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("all threads sit where the caller runs", all_threads_sit_where_the_caller_runs),
        CASE("after a second the scheduler chooses again", after_a_second_the_scheduler_chooses_again),
        CASE("who needs most of a processor gets more than one", who_needs_most_of_a_processor_gets_more_than_one),
        CASE("who was let go comes back when half a processor is enough",
             who_was_let_go_comes_back_when_half_a_processor_is_enough),
        CASE("under overload all are free until a second after", under_overload_all_are_free_until_a_second_after),
        CASE("on one processor there is nothing to choose", on_one_processor_there_is_nothing_to_choose),
    };
    return cmocka_run_group_tests_name("seat", tests, NULL, NULL);
}
