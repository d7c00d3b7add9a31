/* Admission, fairness and handing out together, with a clock of their own: clients that send at given rates whatever
 * comes back, and a worker that needs a known time, stands still now and then, or is handed work late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "far_worker.h"

#define START_NS UINT64_C(5000000000)
#define MS UINT64_C(1000000)
#define MAX_CLIENTS 10
#define MAX_UNDER_WAY 4096
#define WORK 15000 /* of a request, on the mean */
#define UNIT_NS 33 /* so one takes half a millisecond: 2,000 of them a second are all that can be done */
#define CAPACITY 2000.0
#define DEADLINE_NS (100 * MS)
#define SPAN_NS (30000 * MS) /* of each trial */
#define NEVER UINT64_MAX

struct weather {
    uint64_t stall_every_ns, stall_ns; /* the worker stands still, on the mean; 0 = never */
    uint64_t front_every_ns;           /* the front has its turns so far apart */
};

struct customer {
    double rate; /* requests a second */
    uint64_t due_ns;
    unsigned sent, ok, refused, expired;
};

struct stage {
    struct conf conf;
    struct dispatch dispatch;
    struct requests *requests;
    struct fair *fair;
    struct quarantine quarantine;
    struct counters counters;
    struct far_worker worker;
    uint64_t now_ns, chance;
    struct weather weather;
    uint64_t tickets[BATCH_MAX_REQUESTS];
    unsigned in_work;
    bool has_answered; /* since the last turn */
    uint64_t ready_ns, stall_at_ns;
    struct customer customers[MAX_CLIENTS];
    unsigned customer_count;
    uint32_t *took_us; /* of those OK */
    size_t took_count, took_capacity;
};

static double
random_unit(struct stage *stage)
{
    stage->chance ^= stage->chance << 13;
    stage->chance ^= stage->chance >> 7;
    stage->chance ^= stage->chance << 17;
    return ((double)(stage->chance >> 11) + 1) / 9007199254740993.0;
}

static uint64_t
random_ns(struct stage *stage, double mean_ns)
{
    return (uint64_t)(-log(random_unit(stage)) * mean_ns);
}

static struct customer *
customer_of(struct stage *stage, const struct request *request)
{
    return &stage->customers[request->parts.payload.data[0]];
}

static void
done(void *context, struct request *request, struct slice reply)
{
    struct stage *stage = context;

    (void)reply;
    customer_of(stage, request)->ok++;
    assert_true(stage->took_count < stage->took_capacity);
    stage->took_us[stage->took_count++] = (uint32_t)((stage->now_ns - request->arrived_ns) / 1000);
}

static void
failed(void *context, struct request *request)
{
    (void)context;
    (void)request;
    fail();
}

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    const struct dispatch_events events = {done, failed, stage};

    conf_defaults(&stage->conf);
    assert_int_equal(requests_create(MAX_UNDER_WAY, &stage->requests), STATUS_OK);
    assert_int_equal(fair_create(MAX_UNDER_WAY, &stage->fair), STATUS_OK);
    quarantine_init(&stage->quarantine);
    dispatch_init(&stage->dispatch, stage->requests, stage->fair, &stage->quarantine, &stage->counters, &events,
                  epoll_create1(EPOLL_CLOEXEC));
    stage->dispatch.batch_ns = stage->conf.batch_us * UINT64_C(1000);
    stage->dispatch.generation = 1;
    far_worker_add(&stage->dispatch, 1, 1000, &stage->worker);
    atomic_store(&stage->worker.page->ready_ns, 1);
    stage->now_ns = START_NS;
    stage->chance = UINT64_C(0x9E3779B97F4A7C15);
    stage->ready_ns = NEVER;
    stage->took_capacity = 1 << 16;
    stage->took_us = calloc(stage->took_capacity, sizeof *stage->took_us);
    assert_non_null(stage->took_us);
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
    far_worker_fini(&stage->worker);
    close(stage->dispatch.epoll_fd);
    free(stage->took_us);
    free(stage);
    return 0;
}

/* --- the worker --- */

static void
begin_batch(struct stage *stage)
{
    struct item item;
    bool complete;
    uint64_t work = 0;

    if (stage->in_work > 0)
        return;
    assert_int_equal(channel_receive(&stage->worker.channel, &complete), STATUS_OK);
    while (complete && channel_take(&stage->worker.channel, &item)) {
        work += requests_find(stage->requests, item.ticket)->work;
        stage->tickets[stage->in_work++] = item.ticket;
    }
    if (stage->in_work == 0)
        return;
    stage->ready_ns = stage->now_ns + work * UNIT_NS;
    if (stage->weather.stall_ns > 0 && stage->ready_ns >= stage->stall_at_ns) {
        stage->ready_ns += random_ns(stage, (double)stage->weather.stall_ns);
        stage->stall_at_ns = stage->ready_ns + random_ns(stage, (double)stage->weather.stall_every_ns);
    }
}

static void
end_batch(struct stage *stage)
{
    for (unsigned i = 0; i < stage->in_work; i++)
        channel_put(&stage->worker.channel,
                    &(struct item){.ticket = stage->tickets[i],
                                   .meta = {(const uint8_t *)&stage->ready_ns, sizeof stage->ready_ns},
                                   .payload = SLICE_LITERAL("reply")});
    assert_int_equal(channel_flush(&stage->worker.channel), STATUS_OK);
    stage->in_work = 0;
    stage->ready_ns = NEVER;
    stage->has_answered = true;
    begin_batch(stage);
}

/* --- the front --- */

static void
take_in(struct stage *stage, unsigned number)
{
    static const uint8_t names[MAX_CLIENTS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct customer *customer = &stage->customers[number];
    struct request *request = requests_spare(stage->requests);
    struct fair_node *client = fair_client(stage->fair, number + 1, 1);

    customer->sent++;
    request->parts.payload = (struct slice){&names[number], 1};
    request->work = WORK / 2 + (uint32_t)(random_unit(stage) * WORK);
    if (dispatch_admit(&stage->dispatch, &stage->conf, client, request->work, DEADLINE_NS, stage->now_ns,
                       &(uint64_t){0}) != ADMIT) {
        customer->refused++;
        return;
    }
    assert_int_equal(requests_keep(stage->requests, 1 << 20, stage->now_ns, stage->now_ns + DEADLINE_NS), STATUS_OK);
    dispatch_queue(&stage->dispatch, client, 1, request);
}

static void
expire(struct stage *stage)
{
    struct request *request;

    while ((request = requests_expired(stage->requests, stage->now_ns))) {
        customer_of(stage, request)->expired++;
        (void)dispatch_expire(&stage->dispatch, request);
    }
}

static void
take_turn(struct stage *stage)
{
    dispatch_ready(&stage->dispatch, 0, stage->now_ns);
    expire(stage);
    for (unsigned i = 0; i < stage->customer_count; i++)
        for (; stage->customers[i].due_ns <= stage->now_ns;
             stage->customers[i].due_ns += random_ns(stage, 1e9 / stage->customers[i].rate))
            take_in(stage, i);
    dispatch_run(&stage->dispatch, stage->now_ns);
    begin_batch(stage);
}

/* When the front has its next turn: something is there for it, and its time has come. */
static uint64_t
next_turn_ns(const struct stage *stage, uint64_t not_before_ns)
{
    uint64_t next = stage->ready_ns;

    if (stage->has_answered)
        next = stage->now_ns;
    for (unsigned i = 0; i < stage->customer_count; i++)
        if (stage->customers[i].due_ns < next)
            next = stage->customers[i].due_ns;
    return next > not_before_ns ? next : not_before_ns;
}

static void
run(struct stage *stage, const struct weather *weather, uint64_t ns)
{
    const uint64_t end_ns = stage->now_ns + ns;
    uint64_t turn_ns = stage->now_ns;

    stage->weather = *weather;
    stage->took_count = 0;
    for (unsigned i = 0; i < stage->customer_count; i++)
        stage->customers[i] = (struct customer){.rate = stage->customers[i].rate, .due_ns = stage->now_ns};
    while (stage->now_ns < end_ns) {
        const uint64_t next = next_turn_ns(stage, turn_ns);
        if (stage->ready_ns <= next) { /* the worker goes on without the front */
            stage->now_ns = stage->ready_ns;
            end_batch(stage);
            continue;
        }
        stage->now_ns = next;
        stage->has_answered = false;
        take_turn(stage);
        turn_ns = stage->now_ns + weather->front_every_ns;
    }
}

static int
by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static uint32_t
p99_us(struct stage *stage)
{
    qsort(stage->took_us, stage->took_count, sizeof *stage->took_us, by_value);
    return stage->took_us[stage->took_count * 99 / 100];
}

/* One client that offers so many times what can be done; gives the part of it that is not refused. */
static double
offer(struct stage *stage, const struct weather *weather, double times)
{
    stage->customer_count = 1;
    stage->customers[0].rate = CAPACITY * times;
    run(stage, weather, SPAN_NS);
    assert_true(stage->customers[0].sent > 0);
    print_message("# offered %.1f, done %.2f of what can be done, p99 %u us\n", times,
                  stage->customers[0].ok / (CAPACITY * SPAN_NS / 1e9), p99_us(stage));
    return 1 - (double)(stage->customers[0].refused + stage->customers[0].expired) / stage->customers[0].sent;
}

/* --- the cases --- */

static const struct weather fair_weather = {0};
static const struct weather busy_front = {.front_every_ns = MS};
static const struct weather busy_machine = {.stall_every_ns = 50 * MS, .stall_ns = 10 * MS, .front_every_ns = MS};

static void
what_can_be_done_is_not_refused(void **state)
{
    struct stage *stage = *state;

    assert_true(offer(stage, &fair_weather, 0.5) == 1);
    assert_true(offer(stage, &fair_weather, 0.9) > 0.99);
    assert_true(offer(stage, &busy_front, 0.5) == 1);
    assert_true(offer(stage, &busy_front, 0.9) > 0.99);
    assert_true(offer(stage, &busy_machine, 0.5) > 0.98);
    assert_true(offer(stage, &busy_machine, 0.8) > 0.95);
}

/* The worst of both worlds is to be refused although there is time: who asks for all there is gets nearly all. */
static void
who_asks_for_all_gets_nearly_all(void **state)
{
    struct stage *stage = *state;

    assert_true(offer(stage, &fair_weather, 1) > 0.95);
    assert_true(offer(stage, &busy_front, 1) > 0.95);
    assert_true(offer(stage, &fair_weather, 1.2) * 1.2 > 0.85);
}

static void
in_overload_all_that_can_be_done_is_done_and_soon(void **state)
{
    struct stage *stage = *state;
    const struct weather *weathers[] = {&fair_weather, &busy_front};

    for (unsigned i = 0; i < 2; i++) {
        (void)offer(stage, weathers[i], 0.5);
        const uint32_t at_half_us = p99_us(stage);
        assert_true(offer(stage, weathers[i], 5) * 5 > 0.95);
        assert_true(p99_us(stage) <= 2 * at_half_us);
    }
    /* A sixth of the time it stands still. */
    assert_true(offer(stage, &busy_machine, 5) * 5 > 0.75);
    assert_true(p99_us(stage) < DEADLINE_NS / 2000);
}

static void
after_overload_nothing_is_refused(void **state)
{
    struct stage *stage = *state;

    assert_true(offer(stage, &fair_weather, 5) < 0.25);
    assert_true(offer(stage, &fair_weather, 0.5) > 0.99);
}

static void
who_stays_below_its_share_keeps_what_it_asks_for(void **state)
{
    struct stage *stage = *state;
    const struct weather *weathers[] = {&fair_weather, &busy_front};

    for (unsigned i = 0; i < 2; i++) {
        stage->customer_count = MAX_CLIENTS;
        for (unsigned j = 0; j < MAX_CLIENTS; j++)
            stage->customers[j].rate = CAPACITY * 0.08;
        stage->customers[MAX_CLIENTS - 1].rate = CAPACITY * 0.8;
        run(stage, weathers[i], SPAN_NS);
        for (unsigned j = 0; j < MAX_CLIENTS - 1; j++)
            assert_true((double)stage->customers[j].ok / stage->customers[j].sent > 0.995);
        assert_true(stage->customers[MAX_CLIENTS - 1].refused > 0);
    }
}

#define CASE(name, function)                    \
    {                                           \
        name, function, set_up, tear_down, NULL \
    }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("what can be done is not refused", what_can_be_done_is_not_refused),
        CASE("who asks for all gets nearly all", who_asks_for_all_gets_nearly_all),
        CASE("in overload all that can be done is done, and soon", in_overload_all_that_can_be_done_is_done_and_soon),
        CASE("after overload nothing is refused", after_overload_nothing_is_refused),
        CASE("who stays below its share keeps what it asks for", who_stays_below_its_share_keeps_what_it_asks_for),
    };
    return cmocka_run_group_tests_name("overload", tests, NULL, NULL);
}
