#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "far_worker.h"

#define NOW_NS UINT64_C(5000000000)
#define BATCH_NS UINT64_C(500000)
#define MAX_WORKERS 8
#define MAX_REQUESTS 512

/* The test plays the workers: it holds their ends of the sockets and their pages. */
struct stage {
    struct dispatch dispatch;
    struct requests *requests;
    struct fair *fair;
    struct quarantine quarantine;
    struct counters counters;
    struct far_worker workers[MAX_WORKERS];
    unsigned worker_count;
    uint8_t payloads[MAX_REQUESTS];
    unsigned done[MAX_REQUESTS], failed[MAX_REQUESTS];
};

static unsigned
number_of(const struct stage *stage, const struct request *request)
{
    return (unsigned)(request->parts.payload.data - stage->payloads);
}

static void
done(void *context, struct request *request, struct slice reply)
{
    struct stage *stage = context;

    assert_true(slice_equal(reply, SLICE_LITERAL("reply")));
    stage->done[number_of(stage, request)]++;
}

static void
failed(void *context, struct request *request)
{
    struct stage *stage = context;

    stage->failed[number_of(stage, request)]++;
}

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    const struct dispatch_events events = {done, failed, stage};

    assert_int_equal(requests_create(MAX_REQUESTS, &stage->requests), STATUS_OK);
    quarantine_init(&stage->quarantine);
    assert_int_equal(fair_create(MAX_REQUESTS, &stage->fair), STATUS_OK);
    dispatch_init(&stage->dispatch, stage->requests, stage->fair, &stage->quarantine, &stage->counters, &events,
                  epoll_create1(EPOLL_CLOEXEC));
    stage->dispatch.batch_ns = BATCH_NS;
    for (unsigned i = 0; i < MAX_REQUESTS; i++)
        stage->payloads[i] = (uint8_t)i;
    stage->dispatch.generation = 1;
    *state = stage;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *stage = *state;

    dispatch_fini(&stage->dispatch);
    requests_destroy(&stage->requests);
    fair_destroy(&stage->fair);
    for (unsigned i = 0; i < stage->worker_count; i++)
        far_worker_fini(&stage->workers[i]);
    close(stage->dispatch.epoll_fd);
    free(stage);
    return 0;
}

/* Its line has the same index, as long as none was closed. */
static unsigned
add_worker(struct stage *stage, uint32_t generation)
{
    const unsigned worker = stage->worker_count++;

    far_worker_add(&stage->dispatch, generation, 1000 + (int)worker, &stage->workers[worker]);
    return worker;
}

static struct request *
add_request_of(struct stage *stage, unsigned number, uint64_t client_key, uint32_t work)
{
    struct request *request = requests_spare(stage->requests);

    request->parts.payload = (struct slice){&stage->payloads[number], 1};
    assert_int_equal(requests_keep(stage->requests, 1 << 20, NOW_NS, NOW_NS + 1000000000), STATUS_OK);
    request->work = work;
    dispatch_queue(&stage->dispatch, fair_client(stage->fair, client_key, 1), 1, request);
    return request;
}

static struct request *
add_request(struct stage *stage, unsigned number)
{
    return add_request_of(stage, number, 1, 1);
}

/* The next batch of a worker: its tickets; 0 when there is none. */
static unsigned
take_batch(struct stage *stage, unsigned worker, uint64_t *tickets)
{
    struct channel *channel = &stage->workers[worker].channel;
    struct item item;
    bool complete;
    unsigned count = 0;

    assert_int_equal(channel_receive(channel, &complete), STATUS_OK);
    while (complete && channel_take(channel, &item))
        tickets[count++] = item.ticket;
    return count;
}

/* The first worker, with the first request in hand. */
static void
hand_one(struct stage *stage, uint64_t tickets[MAX_REQUESTS])
{
    add_worker(stage, 1);
    add_request(stage, 0);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 0, tickets), 1);
}

static void
answer(struct stage *stage, unsigned worker, uint64_t ticket)
{
    struct channel *channel = &stage->workers[worker].channel;

    channel_put(channel, &(struct item){.ticket = ticket, .payload = SLICE_LITERAL("reply")});
    assert_int_equal(channel_flush(channel), STATUS_OK);
    dispatch_ready(&stage->dispatch, worker, NOW_NS);
}

static void
die(struct stage *stage, unsigned worker, uint64_t ticket_in_work)
{
    atomic_store(&stage->workers[worker].page->ticket_in_work, ticket_in_work);
    channel_fini(&stage->workers[worker].channel);
    dispatch_ready(&stage->dispatch, worker, NOW_NS);
}

static void
queued_requests_go_out_in_one_batch_and_come_back(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    for (unsigned i = 0; i < 10; i++)
        add_request(stage, i);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 0, tickets), 10);
    assert_int_equal(atomic_load(&stage->workers[0].page->handed), 10);
    for (unsigned i = 0; i < 10; i++)
        answer(stage, 0, tickets[i]);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(stage->done[i], 1);
    assert_int_equal(requests_count(stage->requests), 0);
}

static void
a_worker_has_two_batches_at_most(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    for (unsigned i = 0; i < 3; i++) {
        add_request(stage, i);
        dispatch_run(&stage->dispatch, NOW_NS);
    }
    assert_int_equal(take_batch(stage, 0, tickets), 1);
    assert_int_equal(take_batch(stage, 0, tickets + 1), 1);
    assert_int_equal(take_batch(stage, 0, tickets + 2), 0);
    answer(stage, 0, tickets[0]);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 0, tickets + 2), 1);
}

static void
an_idle_worker_comes_before_a_second_batch(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    add_worker(stage, 1);
    for (unsigned i = 0; i < 2; i++) {
        add_request(stage, i);
        dispatch_run(&stage->dispatch, NOW_NS);
    }
    assert_int_equal(take_batch(stage, 0, tickets), 1);
    assert_int_equal(take_batch(stage, 1, tickets), 1);
}

static void
after_a_death_the_culprit_waits_and_the_others_run_at_once(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS], again[MAX_REQUESTS];

    add_worker(stage, 1);
    add_worker(stage, 1);
    for (unsigned i = 0; i < 5; i++)
        add_request(stage, i);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 0, tickets), 5);
    answer(stage, 0, tickets[0]);
    die(stage, 0, tickets[2]);
    dispatch_run(&stage->dispatch, NOW_NS);
    /* The suspect alone first, for a worker is empty; nothing else beside it. */
    assert_int_equal(take_batch(stage, 1, again), 1);
    assert_true(again[0] == tickets[2]);
    assert_int_equal(take_batch(stage, 1, again), 0);
    answer(stage, 1, tickets[2]);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 1, again), 3);
    assert_true(again[0] == tickets[1] && again[1] == tickets[3] && again[2] == tickets[4]);
    for (unsigned i = 0; i < 3; i++)
        answer(stage, 1, again[i]);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(stage->done[i], 1);
    assert_int_equal(atomic_load(&stage->counters.strikes), 1);
    assert_true(quarantine_is_empty(&stage->quarantine)); /* it ran alone and did no harm */
}

static void
two_strikes_give_up_the_culprit_alone(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    for (unsigned i = 0; i < 3; i++)
        add_worker(stage, 1);
    add_request(stage, 0);
    add_request(stage, 1);
    for (unsigned round = 0; round < 2; round++) {
        uint64_t culprit = 0;
        dispatch_run(&stage->dispatch, NOW_NS);
        for (unsigned worker = round; worker < 3 && culprit == 0; worker++)
            if (take_batch(stage, worker, tickets) > 0 && requests_find(stage->requests, tickets[0]) &&
                number_of(stage, requests_find(stage->requests, tickets[0])) == 0) {
                culprit = tickets[0];
                die(stage, worker, culprit);
            }
        assert_true(culprit != 0);
    }
    assert_int_equal(stage->failed[0], 1);
    assert_int_equal(stage->failed[1], 0);
    assert_int_equal(atomic_load(&stage->counters.quarantined), 1);
    assert_int_equal(quarantine_strikes(&stage->quarantine,
                                        quarantine_hash(&stage->quarantine, (struct slice){stage->payloads, 1},
                                                        &(struct quarantine_left_out){0}),
                                        NOW_NS),
                     QUARANTINE_STRIKES);
}

static void
an_idle_death_is_nobodys_fault(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    add_request(stage, 0);
    dispatch_run(&stage->dispatch, NOW_NS);
    die(stage, 0, 0);
    assert_false(dispatch_has_workers(&stage->dispatch));
    assert_true(quarantine_is_empty(&stage->quarantine));
    stage->worker_count = 0;
    status_page_unmap(&stage->workers[0].page);
    add_worker(stage, 1);
    dispatch_run(&stage->dispatch, NOW_NS);
    assert_int_equal(take_batch(stage, 0, tickets), 1);
}

static void
a_suspect_gets_its_turn_under_load(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    for (unsigned i = 0; i < 2; i++) {
        add_request(stage, i);
        dispatch_run(&stage->dispatch, NOW_NS);
    }
    struct request *suspect = requests_spare(stage->requests);
    suspect->parts.payload = (struct slice){&stage->payloads[2], 1};
    assert_int_equal(requests_keep(stage->requests, 1000, NOW_NS, NOW_NS + 1000000000), STATUS_OK);
    suspect->is_suspect = true;
    dispatch_queue(&stage->dispatch, fair_client(stage->fair, 1, 1), 1, suspect);
    for (unsigned i = 3; i < 6; i++) { /* the queue never runs empty */
        add_request(stage, i);
        dispatch_run(&stage->dispatch, NOW_NS);
        if (take_batch(stage, 0, tickets) > 0)
            answer(stage, 0, tickets[0]);
    }
    assert_int_equal(stage->done[2], 1);
}

static void
nonsense_is_treated_as_a_death(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    hand_one(stage, tickets);
    answer(stage, 0, tickets[0] + 1);
    assert_false(dispatch_has_workers(&stage->dispatch));
    assert_int_equal(stage->done[0], 0);
    assert_int_equal(requests_count(stage->requests), 1);
}

/* Or each new worker would be buried by its first answer, for as long as we go on. */
static void
no_worker_pays_for_memory_that_we_lack(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    hand_one(stage, tickets);
    assert_false(stage->dispatch.lacks_memory);
    stage->dispatch.lines[0].channel.in.failed = true;
    answer(stage, 0, tickets[0]);
    assert_true(stage->dispatch.lacks_memory);
    assert_true(dispatch_has_workers(&stage->dispatch));
    assert_int_equal(atomic_load(&stage->counters.workers_lost), 0);
}

static void
a_refusal_by_the_worker_is_a_failure(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    hand_one(stage, tickets);
    channel_put(&stage->workers[0].channel, &(struct item){.ticket = tickets[0], .status = STATUS_NO_MEMORY});
    assert_int_equal(channel_flush(&stage->workers[0].channel), STATUS_OK);
    dispatch_ready(&stage->dispatch, 0, NOW_NS);
    assert_int_equal(stage->failed[0], 1);
    assert_int_equal(requests_count(stage->requests), 0);
}

static void
an_answer_after_the_deadline_goes_nowhere(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    add_worker(stage, 1);
    struct request *held = add_request(stage, 0);
    dispatch_run(&stage->dispatch, NOW_NS);
    take_batch(stage, 0, tickets);
    struct request *waiting = add_request(stage, 1);
    dispatch_before_expiry(&stage->dispatch, held);
    assert_false(dispatch_expire(&stage->dispatch, held));
    assert_true(dispatch_expire(&stage->dispatch, waiting));
    assert_int_equal(requests_count(stage->requests), 1);
    answer(stage, 0, tickets[0]);
    assert_int_equal(stage->done[0], 0);
    assert_int_equal(requests_count(stage->requests), 0);
}

static void
a_new_generation_takes_over_and_the_old_one_finishes(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS];

    hand_one(stage, tickets);
    add_worker(stage, 2);
    dispatch_swap(&stage->dispatch, 2);
    add_request(stage, 1);
    dispatch_run(&stage->dispatch, NOW_NS);
    answer(stage, 0, tickets[0]);
    assert_int_equal(stage->done[0], 1);
    assert_int_equal(stage->dispatch.lines[0].pid, 0);
    assert_int_equal(take_batch(stage, 1, tickets), 1);
    answer(stage, 1, tickets[0]);
    assert_int_equal(stage->done[1], 1);
    assert_int_not_equal(stage->dispatch.lines[1].pid, 0);
}

/* --- load --- */

/* Plays a worker that needs `ns` for each unit of work. */
static void
work_off(struct stage *stage, uint64_t *now_ns, uint64_t work, uint64_t ns)
{
    uint64_t tickets[MAX_REQUESTS];

    dispatch_run(&stage->dispatch, *now_ns);
    const unsigned count = take_batch(stage, 0, tickets);
    *now_ns += count * work * ns;
    for (unsigned i = 0; i < count; i++)
        channel_put(&stage->workers[0].channel,
                    &(struct item){.ticket = tickets[i], .payload = SLICE_LITERAL("reply")});
    assert_int_equal(channel_flush(&stage->workers[0].channel), STATUS_OK);
    dispatch_ready(&stage->dispatch, 0, *now_ns);
}

static void
a_batch_is_as_long_as_its_time_allows(void **state)
{
    struct stage *stage = *state;
    uint64_t tickets[MAX_REQUESTS], now_ns = NOW_NS;

    add_worker(stage, 1);
    add_request_of(stage, 0, 1, 1000);
    work_off(stage, &now_ns, 1000, 100); /* a request of this work takes 100 us */
    for (unsigned i = 1; i < 40; i++)
        add_request_of(stage, i, 1, 1000);
    dispatch_run(&stage->dispatch, now_ns);
    assert_int_equal(take_batch(stage, 0, tickets), 5);
}

static void
the_outlook_is_what_waits_before_at_the_speed_learnt(void **state)
{
    struct stage *stage = *state;
    struct outlook outlook = {0};
    uint64_t now_ns = NOW_NS;

    add_worker(stage, 1);
    struct fair_node *client = fair_client(stage->fair, 1, 1);
    dispatch_outlook(&stage->dispatch, client, 1000, &outlook);
    assert_true(outlook.is_free && outlook.wait_ns == 0);
    add_request_of(stage, 0, 1, 1000);
    work_off(stage, &now_ns, 1000, 100);
    for (unsigned i = 1; i < 21; i++)
        add_request_of(stage, i, 1, 1000);
    dispatch_outlook(&stage->dispatch, client, 1000, &outlook);
    assert_false(outlook.is_free);
    assert_int_equal(outlook.wait_ns, 2000000);
    assert_int_equal(outlook.own_ns, 100000);
    add_worker(stage, 1);
    dispatch_outlook(&stage->dispatch, client, 1000, &outlook);
    assert_int_equal(outlook.wait_ns, 1000000);
    /* Another client waits for its turn, not for the queue. */
    dispatch_outlook(&stage->dispatch, fair_client(stage->fair, 2, 1), 1000, &outlook);
    assert_int_equal(outlook.wait_ns, 50000);
    /* What is in hand has its turn before everybody. */
    dispatch_run(&stage->dispatch, now_ns);
    dispatch_outlook(&stage->dispatch, fair_client(stage->fair, 3, 1), 1000, &outlook);
    assert_int_equal(outlook.wait_ns, 1000000);
}

/* A request waits for a starting worker as it would for any other reason. */
static void
the_start_of_a_worker_is_no_part_of_its_work(void **state)
{
    struct stage *stage = *state;
    struct outlook outlook = {0};
    uint64_t now_ns = NOW_NS;

    add_worker(stage, 1);
    add_request_of(stage, 0, 1, 1000);
    atomic_store(&stage->workers[0].page->ready_ns, NOW_NS + 4900000);
    work_off(stage, &now_ns, 1000, 5000); /* after 5 ms, 0.1 of them its own */
    dispatch_outlook(&stage->dispatch, fair_client(stage->fair, 1, 1), 1000, &outlook);
    assert_int_equal(outlook.own_ns, 100000);
}

static void
the_small_one_is_served_beside_the_large_one(void **state)
{
    struct stage *stage = *state;
    uint64_t now_ns = NOW_NS;

    add_worker(stage, 1);
    add_request_of(stage, 0, 1, 1000);
    work_off(stage, &now_ns, 1000, 100);
    for (unsigned i = 1; i < 300; i++)
        add_request_of(stage, i, 1, 1000);
    for (unsigned i = 300; i < 310; i++)
        add_request_of(stage, i, 2, 1000);
    for (unsigned batch = 0; batch < 6; batch++)
        work_off(stage, &now_ns, 1000, 100);
    for (unsigned i = 300; i < 310; i++)
        assert_int_equal(stage->done[i], 1);
    unsigned large = 0;
    for (unsigned i = 1; i < 300; i++)
        large += stage->done[i];
    assert_in_range(large, 10, 30);
}

static void
a_slow_worker_does_not_stop_the_service_for_ever(void **state)
{
    struct stage *stage = *state;
    struct outlook outlook = {.left_ns = 1000000, .now_ns = NOW_NS};
    static struct conf conf;
    uint64_t now_ns = NOW_NS;

    conf_defaults(&conf);
    add_worker(stage, 1);
    add_request_of(stage, 0, 1, 1000);
    work_off(stage, &now_ns, 1000, 10000000); /* ten seconds for one request */
    dispatch_outlook(&stage->dispatch, fair_client(stage->fair, 1, 1), 1000, &outlook);
    assert_int_equal(limits_judge(&conf, &outlook), ADMIT);
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("queued requests go out in one batch and come back", queued_requests_go_out_in_one_batch_and_come_back),
        CASE("a worker has two batches at most", a_worker_has_two_batches_at_most),
        CASE("an idle worker comes before a second batch", an_idle_worker_comes_before_a_second_batch),
        CASE("after a death the culprit runs alone and the others at once",
             after_a_death_the_culprit_waits_and_the_others_run_at_once),
        CASE("two strikes give up the culprit alone", two_strikes_give_up_the_culprit_alone),
        CASE("an idle death is nobody's fault", an_idle_death_is_nobodys_fault),
        CASE("a suspect gets its turn under load", a_suspect_gets_its_turn_under_load),
        CASE("nonsense is treated as a death", nonsense_is_treated_as_a_death),
        CASE("no worker pays for memory that we lack", no_worker_pays_for_memory_that_we_lack),
        CASE("a refusal by the worker is a failure", a_refusal_by_the_worker_is_a_failure),
        CASE("an answer after the deadline goes nowhere", an_answer_after_the_deadline_goes_nowhere),
        CASE("a new generation takes over and the old one finishes",
             a_new_generation_takes_over_and_the_old_one_finishes),
        CASE("a batch is as long as its time allows", a_batch_is_as_long_as_its_time_allows),
        CASE("the outlook is what waits before, at the speed learnt",
             the_outlook_is_what_waits_before_at_the_speed_learnt),
        CASE("the start of a worker is no part of its work", the_start_of_a_worker_is_no_part_of_its_work),
        CASE("the small one is served beside the large one", the_small_one_is_served_beside_the_large_one),
        CASE("a slow worker does not stop the service for ever", a_slow_worker_does_not_stop_the_service_for_ever),
    };
    return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
