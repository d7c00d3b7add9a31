#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pool/budget.h"
#include "pool/pool.h"

#define MAX_TICKETS 4096

struct answers {
    unsigned count[MAX_TICKETS];
    enum status status[MAX_TICKETS];
    char text[MAX_TICKETS][64];
    unsigned total;
};

static void
keep_answer(void *context, uint64_t ticket, enum status status, struct slice reply)
{
    struct answers *answers = context;

    assert_true(ticket < MAX_TICKETS);
    answers->count[ticket]++;
    answers->status[ticket] = status;
    snprintf(answers->text[ticket], sizeof answers->text[0], "%.*s", (int)reply.bytes, (const char *)reply.data);
    answers->total++;
}

/* The payload says what the worker does. */
static enum status
obey(struct worker *worker, const struct item *job, struct buffer *reply)
{
    if (slice_equal(job->payload, SLICE_LITERAL("crash")))
        raise(SIGKILL);
    if (slice_equal(job->payload, SLICE_LITERAL("spin")))
        for (;;)
            __asm__ volatile("");
    if (slice_equal(job->payload, SLICE_LITERAL("refuse")))
        return STATUS_INVALID;
    if (slice_equal(job->payload, SLICE_LITERAL("starve")))
        reply->failed = true; /* as after an append without memory */
    while (slice_equal(job->payload, SLICE_LITERAL("burst")) && reply->bytes <= CHANNEL_MAX_PAYLOAD_BYTES)
        buffer_append(reply, worker->page, sizeof *worker->page);
    atomic_fetch_add(&worker->page->messages, 1);
    if (slice_equal(job->payload, SLICE_LITERAL("pid")))
        buffer_appendf(reply, "%d", getpid());
    else
        buffer_append(reply, job->payload.data, job->payload.bytes);
    return STATUS_OK;
}

static struct pool *
new_pool(unsigned workers)
{
    const struct worker_options options = {.handler = obey};
    struct pool *pool;

    assert_int_equal(pool_create(&options, workers, &pool), STATUS_OK);
    return pool;
}

static void
submit(struct pool *pool, uint64_t ticket, const char *payload, struct answers *answers)
{
    enum status status;

    while ((status = pool_submit(pool, ticket, slice_of(payload))) == STATUS_BUDGET)
        assert_int_equal(pool_wait(pool, -1, keep_answer, answers), STATUS_OK);
    assert_int_equal(status, STATUS_OK);
}

static void
finish_all(struct pool *pool, struct answers *answers)
{
    while (pool_under_way(pool) > 0)
        assert_int_equal(pool_wait(pool, -1, keep_answer, answers), STATUS_OK);
}

static void
every_job_has_one_answer(void **state)
{
    (void)state;
    static struct answers answers;
    struct pool *pool = new_pool(3);

    for (uint64_t ticket = 1; ticket < MAX_TICKETS; ticket++) {
        char text[32];
        snprintf(text, sizeof text, "t%u", (unsigned)ticket);
        submit(pool, ticket, text, &answers);
    }
    finish_all(pool, &answers);
    for (unsigned ticket = 1; ticket < MAX_TICKETS; ticket++) {
        char text[32];
        snprintf(text, sizeof text, "t%u", ticket);
        assert_int_equal(answers.count[ticket], 1);
        assert_int_equal(answers.status[ticket], STATUS_OK);
        assert_string_equal(answers.text[ticket], text);
    }
    pool_destroy(&pool);
    assert_null(pool);
}

static void
an_error_is_an_answer(void **state)
{
    (void)state;
    struct answers *answers = calloc(1, sizeof *answers);
    struct pool *pool = new_pool(1);

    submit(pool, 1, "refuse", answers);
    submit(pool, 2, "", answers);
    finish_all(pool, answers);
    assert_int_equal(answers->status[1], STATUS_INVALID);
    assert_int_equal(answers->status[2], STATUS_OK);
    pool_destroy(&pool);
    free(answers);
}

/* Its handler says OK. */
static void
a_reply_that_is_not_whole_is_an_error_without_it(void **state)
{
    (void)state;
    struct answers *answers = calloc(1, sizeof *answers);
    struct pool *pool = new_pool(1);

    submit(pool, 1, "burst", answers);
    submit(pool, 2, "starve", answers);
    submit(pool, 3, "whole", answers);
    finish_all(pool, answers);
    assert_int_equal(answers->status[1], STATUS_TOO_LARGE);
    assert_string_equal(answers->text[1], "");
    assert_int_equal(answers->status[2], STATUS_NO_MEMORY);
    assert_string_equal(answers->text[2], "");
    assert_int_equal(answers->status[3], STATUS_OK);
    assert_string_equal(answers->text[3], "whole");
    pool_destroy(&pool);
    free(answers);
}

static void
a_job_that_kills_its_worker_twice_is_internal_and_harms_no_other(void **state)
{
    (void)state;
    static struct answers answers;
    struct pool *pool = new_pool(2);

    for (uint64_t ticket = 1; ticket <= 200; ticket++)
        submit(pool, ticket, ticket % 20 == 0 ? "crash" : "fine", &answers);
    finish_all(pool, &answers);
    assert_int_equal(answers.total, 200);
    for (unsigned ticket = 1; ticket <= 200; ticket++) {
        assert_int_equal(answers.count[ticket], 1);
        assert_int_equal(answers.status[ticket], ticket % 20 == 0 ? STATUS_INTERNAL : STATUS_OK);
    }
    pool_destroy(&pool);
}

static void
a_killed_worker_costs_no_answer(void **state)
{
    (void)state;
    static struct answers answers;
    struct pool *pool = new_pool(1);

    submit(pool, 1, "pid", &answers);
    finish_all(pool, &answers);
    for (uint64_t ticket = 2; ticket < 50; ticket++) {
        kill(atoi(answers.text[1]), SIGKILL);
        submit(pool, ticket, "fine", &answers);
        submit(pool, 1, "pid", &answers);
        finish_all(pool, &answers);
        assert_int_equal(answers.status[ticket], STATUS_OK);
    }
    pool_destroy(&pool);
}

static void
a_job_that_never_ends_is_internal(void **state)
{
    (void)state;
    struct answers *answers = calloc(1, sizeof *answers);
    struct pool *pool = new_pool(1);
    const uint64_t start_ns = budget_now_ns();

    submit(pool, 1, "spin", answers);
    finish_all(pool, answers);
    assert_int_equal(answers->status[1], STATUS_INTERNAL);
    assert_true(budget_now_ns() - start_ns < 6 * (uint64_t)BUDGET_WALL_NS);
    pool_destroy(&pool);
    free(answers);
}

static int
different(const struct answers *answers, unsigned count)
{
    int seen = 0;

    for (unsigned i = 1; i <= count; i++) {
        bool is_new = true;
        for (unsigned j = 1; j < i && is_new; j++)
            is_new = strcmp(answers->text[i], answers->text[j]) != 0;
        seen += is_new;
    }
    return seen;
}

static void
workers_are_replaced_after_their_share_without_a_lost_job(void **state)
{
    (void)state;
    static struct answers answers;
    const struct worker_options options = {.handler = obey, .recycle_messages = 100};
    struct pool *pool;

    assert_int_equal(pool_create(&options, 2, &pool), STATUS_OK);
    for (uint64_t ticket = 1; ticket <= 1000; ticket++)
        submit(pool, ticket, "pid", &answers);
    finish_all(pool, &answers);
    assert_int_equal(answers.total, 1000);
    for (unsigned ticket = 1; ticket <= 1000; ticket++) {
        assert_int_equal(answers.count[ticket], 1);
        assert_int_equal(answers.status[ticket], STATUS_OK);
    }
    assert_in_range(different(&answers, 1000), 8, 15); /* shares are from 75 to 126; two are not used up */
    pool_destroy(&pool);
}

static void
too_much_at_once_is_budget_and_too_large_is_too_large(void **state)
{
    (void)state;
    struct answers *answers = calloc(1, sizeof *answers);
    struct pool *pool = new_pool(1);
    static const uint8_t byte;

    assert_int_equal(pool_submit(pool, 9, (struct slice){&byte, CHANNEL_MAX_PAYLOAD_BYTES + 1}), STATUS_TOO_LARGE);
    assert_int_equal(pool_submit(pool, 1, slice_of("a")), STATUS_OK);
    assert_int_equal(pool_submit(pool, 2, slice_of("b")), STATUS_OK);
    assert_int_equal(pool_submit(pool, 3, slice_of("c")), STATUS_BUDGET);
    assert_int_equal(pool_under_way(pool), 2);
    finish_all(pool, answers);
    assert_int_equal(answers->total, 2);
    pool_destroy(&pool);
    free(answers);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every job has one answer", every_job_has_one_answer, NULL, NULL, NULL},
        {"an error is an answer", an_error_is_an_answer, NULL, NULL, NULL},
        {"a reply that is not whole is an error without it", a_reply_that_is_not_whole_is_an_error_without_it, NULL,
         NULL, NULL},
        {"a job that kills its worker twice is INTERNAL and harms no other",
         a_job_that_kills_its_worker_twice_is_internal_and_harms_no_other, NULL, NULL, NULL},
        {"a killed worker costs no answer", a_killed_worker_costs_no_answer, NULL, NULL, NULL},
        {"a job that never ends is INTERNAL", a_job_that_never_ends_is_internal, NULL, NULL, NULL},
        {"workers are replaced after their share, without a lost job",
         workers_are_replaced_after_their_share_without_a_lost_job, NULL, NULL, NULL},
        {"too much at once is BUDGET, too large is TOO_LARGE", too_much_at_once_is_budget_and_too_large_is_too_large,
         NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
