/* Requests, workers, deaths, deadlines and reloads in any order: each request ends once, and nothing is left at the
 * end.
 *
 * Every two bytes are a step. The fuzzer plays clients and workers, who may die, hang, answer twice, answer nonsense.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "serve/dispatch.h"

#define MAX_REQUESTS 128
#define MAX_WORKERS 16
#define MAX_STEPS 400
#define DEADLINE_NS UINT64_C(200000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step { ASK, RUN, ANSWER, DIE, HIRE, RELOAD, WAIT, REPEAT, BABBLE, STEPS };

struct worker {
    struct channel channel; /* our end; fd -1 = dead */
    struct status_page *page;
    uint64_t tickets[MAX_REQUESTS];
    unsigned held;
    int pid;
};

static struct stage {
    struct dispatch dispatch;
    struct requests *requests;
    struct fair *fair;
    struct quarantine quarantine;
    struct counters counters;
    struct worker workers[MAX_WORKERS];
    unsigned worker_count;
    uint64_t now_ns;
    uint8_t payloads[MAX_REQUESTS][8];
    unsigned asked;
    unsigned ends[MAX_REQUESTS]; /* how often each was answered, failed or told that it is too late */
} stage;

static unsigned
number_of(const struct request *request)
{
    return (unsigned)((request->parts.payload.data - stage.payloads[0]) / (ptrdiff_t)sizeof stage.payloads[0]);
}

static void
done(void *context, struct request *request, struct slice reply)
{
    (void)context;
    (void)reply;
    stage.ends[number_of(request)]++;
}

static void
failed(void *context, struct request *request)
{
    (void)context;
    stage.ends[number_of(request)]++;
}

static void
open_stage(void)
{
    const struct dispatch_events events = {done, failed, NULL};

    memset(&stage, 0, sizeof stage);
    stage.now_ns = UINT64_C(5000000000);
    ASSERT(requests_create(MAX_REQUESTS, &stage.requests) == STATUS_OK);
    ASSERT(fair_create(MAX_REQUESTS, &stage.fair) == STATUS_OK);
    quarantine_init(&stage.quarantine);
    dispatch_init(&stage.dispatch, stage.requests, stage.fair, &stage.quarantine, &stage.counters, &events,
                  epoll_create1(EPOLL_CLOEXEC));
    stage.dispatch.batch_ns = 500000;
    stage.dispatch.generation = 1;
}

static void
bury(struct worker *worker)
{
    if (worker->channel.fd < 0)
        return;
    channel_fini(&worker->channel);
    status_page_unmap(&worker->page);
    worker->channel.fd = -1;
}

static void
close_stage(void)
{
    for (unsigned i = 0; i < stage.worker_count; i++)
        bury(&stage.workers[i]);
    close(stage.dispatch.epoll_fd);
    dispatch_fini(&stage.dispatch);
    requests_destroy(&stage.requests);
    fair_destroy(&stage.fair);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static void
ask(uint8_t how)
{
    struct request *request;

    if (stage.asked == MAX_REQUESTS)
        return;
    const unsigned number = stage.asked++;
    stage.payloads[number][0] = how;
    request = requests_spare(stage.requests);
    request->parts.payload = (struct slice){stage.payloads[number], sizeof stage.payloads[number]};
    ASSERT(requests_keep(stage.requests, 1 << 20, stage.now_ns, stage.now_ns + DEADLINE_NS + how) == STATUS_OK);
    request->work = 1 + how * 37u;
    dispatch_queue(&stage.dispatch, fair_client(stage.fair, 1 + how % 3, 1), how % 5, request);
}

static void
hire(void)
{
    struct worker *worker = &stage.workers[stage.worker_count];
    int pair[2], page_fd;

    if (stage.worker_count == MAX_WORKERS)
        return;
    ASSERT(channel_pair(pair) == STATUS_OK);
    ASSERT(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0);
    channel_init(&worker->channel, pair[1]);
    ASSERT(status_page_create(&page_fd, &worker->page) == STATUS_OK);
    worker->pid = 1000 + (int)stage.worker_count++;
    dispatch_add_worker(&stage.dispatch, stage.dispatch.generation, worker->pid, pair[0], page_fd);
}

static void
poke(const struct worker *worker)
{
    for (unsigned i = 0; i < stage.dispatch.used; i++)
        if (stage.dispatch.lines[i].pid == worker->pid) {
            dispatch_ready(&stage.dispatch, i, stage.now_ns);
            return;
        }
}

static void
collect(struct worker *worker)
{
    struct item item;
    bool complete = false;

    while (worker->channel.fd >= 0 && channel_receive(&worker->channel, &complete) == STATUS_OK && complete)
        while (channel_take(&worker->channel, &item) && worker->held < MAX_REQUESTS)
            worker->tickets[worker->held++] = item.ticket;
}

static void
answer(struct worker *worker, uint64_t ticket, uint32_t status)
{
    const struct item item = {.ticket = ticket, .status = status, .payload = SLICE_LITERAL("reply")};

    if (!channel_is_idle(&worker->channel))
        return;
    channel_put(&worker->channel, &item);
    if (channel_flush(&worker->channel) == STATUS_OK)
        poke(worker);
}

static void
answer_oldest(struct worker *worker, uint8_t how)
{
    collect(worker);
    if (worker->channel.fd < 0 || worker->held == 0)
        return;
    const uint64_t ticket = worker->tickets[0];
    memmove(worker->tickets, worker->tickets + 1, --worker->held * sizeof ticket);
    answer(worker, ticket, how % 16 == 15 ? STATUS_INTERNAL : STATUS_OK);
}

static void
die(struct worker *worker, uint8_t how)
{
    collect(worker);
    if (worker->channel.fd < 0)
        return;
    if (worker->held > 0 && how % 4 != 0)
        atomic_store(&worker->page->ticket_in_work, worker->tickets[how % worker->held]);
    bury(worker);
    poke(worker);
}

static void
babble(struct worker *worker, const uint8_t *bytes, size_t count)
{
    if (worker->channel.fd >= 0 && send(worker->channel.fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
        poke(worker);
}

/* As the front does when deadlines pass. */
static void
expire(void)
{
    struct request *request;

    while ((request = requests_expired(stage.requests, stage.now_ns)) != NULL) {
        if (request->is_answered)
            continue;
        stage.ends[number_of(request)]++;
        dispatch_before_expiry(&stage.dispatch, request);
        (void)dispatch_expire(&stage.dispatch, request);
    }
}

static void
take_step(const uint8_t *data, size_t left)
{
    const uint8_t how = data[1];
    struct worker *worker = stage.worker_count > 0 ? &stage.workers[how % stage.worker_count] : NULL;

    switch ((enum step)(data[0] % STEPS)) {
    case ASK:
        ask(how);
        break;
    case RUN:
        dispatch_run(&stage.dispatch, stage.now_ns);
        break;
    case ANSWER:
        if (worker)
            answer_oldest(worker, how);
        break;
    case DIE:
        if (worker)
            die(worker, how);
        break;
    case HIRE:
        hire();
        break;
    case RELOAD:
        dispatch_swap(&stage.dispatch, stage.dispatch.generation + 1);
        hire();
        break;
    case WAIT:
        stage.now_ns += (uint64_t)how * 1000000;
        expire();
        break;
    case REPEAT:
        if (worker && worker->channel.fd >= 0)
            answer(worker, how, STATUS_OK);
        break;
    default:
        if (worker)
            babble(worker, data + 1, left < 40 ? left - 1 : 39);
    }
}

/* All workers die, all deadlines pass: then every request has ended. */
static void
finish(void)
{
    for (unsigned i = 0; i < stage.worker_count; i++)
        die(&stage.workers[i], 0);
    stage.now_ns += 2 * DEADLINE_NS;
    expire();
    ASSERT(requests_count(stage.requests) == 0 && requests_bytes(stage.requests) == 0);
    for (unsigned i = 0; i < stage.asked; i++)
        ASSERT(stage.ends[i] == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size / 2 > MAX_STEPS)
        return 0;
    open_stage();
    for (size_t at = 0; at + 1 < size; at += 2)
        take_step(data + at, size - at);
    finish();
    close_stage();
    return 0;
}
