#include "serve/front.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/table.h"
#include "pool/budget.h"
#include "pool/fleet.h"
#include "pool/parcel.h"
#include "pool/sandbox.h"
#include "serve/dispatch.h"
#include "wire/reply.h"

#define TURN_MAX_REQUESTS 256
#define MAX_EVENTS 64
#define TICK_MS 4
#define ROUTER_EVENT UINT64_MAX
#define ORDERS_EVENT (UINT64_MAX - 1)
#define MIN_RETRY_MS 10
#define MAX_RETRY_MS 1000
#define MAX_OPEN_FILES 65536
#define QUIET_NS UINT64_C(20000000)
#define MAX_QUIET_WAIT_NS UINT64_C(300000000)

struct front {
    int fd; /* to the supervisor */
    int epoll_fd;
    struct conf conf;
    struct counters *counters;
    struct router router;
    struct requests *requests;
    struct quarantine quarantine;
    struct dispatch dispatch;
    struct table *broken, *next_broken; /* cities that cannot answer; NULL = none */
    struct buffer reply;                /* of our own refusals */
    uint64_t now_ns;
    uint64_t worker_seen_ns; /* last time that a worker lived */
    uint64_t received_ns;    /* last request */
    uint64_t drain_until_ns; /* 0 = not draining */
    uint64_t drained_ns;     /* since when nothing is under way then; 0 = something is */
    bool is_open, must_end;
};

/* --- replies ------------------------------------------------------------------------------------------------------ */

static void
send_reply(struct front *front, struct request *request, struct slice reply)
{
    if (router_reply(&front->router, &request->parts, reply) == STATUS_OK)
        COUNT(front->counters, replies);
    else
        COUNT(front->counters, replies_dropped);
}

static void
refuse(struct front *front, struct request *request, enum wire_status status, const char *detail, uint32_t retry_ms)
{
    buffer_clear(&front->reply);
    reply_error(request->envelope.request_id, status, detail, retry_ms, &front->reply);
    if (front->reply.failed)
        COUNT(front->counters, replies_dropped);
    else
        send_reply(front, request, buffer_slice(&front->reply));
}

static void
worker_replied(void *context, struct request *request, struct slice reply)
{
    struct front *front = context;

    COUNT(front->counters, answered);
    COUNT_ADD(front->counters, reply_bytes, reply.bytes);
    send_reply(front, request, reply);
}

static void
worker_failed(void *context, struct request *request)
{
    struct front *front = context;

    COUNT(front->counters, internal);
    refuse(front, request, WIRE_INTERNAL, "no worker could judge this request", 0);
}

static void
refuse_unavailable(struct front *front, struct request *request, const char *detail)
{
    COUNT(front->counters, unavailable);
    refuse(front, request, WIRE_UNAVAILABLE, detail, 0);
}

/* --- admission ---------------------------------------------------------------------------------------------------- */

static uint64_t
deadline_of(const struct front *front, const struct envelope *envelope)
{
    const struct conf *conf = &front->conf;
    uint64_t ms = envelope->deadline_ms;

    if (ms == 0)
        ms = conf->deadline_base_ms + (uint64_t)envelope->message_count * conf->deadline_message_ms;
    if (ms > conf->max_deadline_ms)
        ms = conf->max_deadline_ms;
    return front->now_ns + ms * 1000000u;
}

/* As long as the oldest waiting request has waited: by then the present queue is worked off. */
static uint32_t
retry_after_ms(const struct front *front)
{
    const struct request *oldest = front->dispatch.queue.head;
    const uint64_t waited_ms = oldest ? (front->now_ns - oldest->arrived_ns) / 1000000u : 0;

    return waited_ms < MIN_RETRY_MS ? MIN_RETRY_MS : waited_ms > MAX_RETRY_MS ? MAX_RETRY_MS : (uint32_t)waited_ms;
}

static bool
has_workers(struct front *front)
{
    if (dispatch_has_workers(&front->dispatch)) {
        front->worker_seen_ns = front->now_ns;
        return true;
    }
    return front->now_ns - front->worker_seen_ns < front->conf.worker_grace_ms * UINT64_C(1000000);
}

/* Sets what earlier deaths say about this payload. True: it may run. */
static bool
pass_quarantine(struct front *front, struct request *request)
{
    if (quarantine_is_empty(&front->quarantine))
        return true;
    const uint64_t hash = quarantine_hash(&front->quarantine, request->parts.payload, request->envelope.request_id);
    const unsigned strikes = quarantine_strikes(&front->quarantine, hash, front->now_ns);

    request->is_suspect = strikes > 0;
    return strikes < QUARANTINE_STRIKES;
}

/* Answers the spare request itself if it must not be kept. */
static bool
admit(struct front *front, struct request *request)
{
    const struct slice payload = request->parts.payload;

    request->envelope = (struct envelope){0};
    request->is_suspect = false;
    if (payload.bytes > front->conf.max_request_bytes) {
        COUNT(front->counters, too_large);
        refuse(front, request, WIRE_TOO_LARGE, "the request is larger than max_request_bytes", 0);
    } else if (envelope_scan(payload, &request->envelope) != STATUS_OK) {
        COUNT(front->counters, invalid);
        request->envelope = (struct envelope){0};
        refuse(front, request, WIRE_INVALID_ARGUMENT, "this is no CheckRequest, or a field stands twice", 0);
    } else if (front->drain_until_ns != 0) {
        refuse_unavailable(front, request, "stopping");
    } else if (front->broken && table_get(front->broken, request->envelope.policy_id) != TABLE_NONE) {
        refuse_unavailable(front, request, "this policy cannot be loaded");
    } else if (!has_workers(front)) {
        refuse_unavailable(front, request, "no worker");
    } else if (!pass_quarantine(front, request)) {
        COUNT(front->counters, quarantined);
        worker_failed(front, request);
    } else {
        return true;
    }
    return false;
}

static void
take_in(struct front *front)
{
    struct request *request = requests_spare(front->requests);

    COUNT(front->counters, requests);
    COUNT_ADD(front->counters, request_bytes, request->parts.payload.bytes);
    if (!admit(front, request))
        return;
    COUNT_ADD(front->counters, messages, request->envelope.message_count);
    const bool is_suspect = request->is_suspect;
    if (requests_keep(front->requests, front->conf.max_queue_bytes, front->now_ns,
                      deadline_of(front, &request->envelope)) != STATUS_OK) {
        COUNT(front->counters, exhausted);
        refuse(front, request, WIRE_RESOURCE_EXHAUSTED, "the queue is full", retry_after_ms(front));
        return;
    }
    request->is_suspect = is_suspect;
    dispatch_queue(&front->dispatch, request);
}

static void
take_requests(struct front *front)
{
    for (unsigned i = 0; i < TURN_MAX_REQUESTS; i++) {
        const enum status status = router_receive(&front->router, &requests_spare(front->requests)->parts);
        if (status == STATUS_NOT_FOUND)
            return;
        front->received_ns = front->now_ns;
        if (status == STATUS_OK)
            take_in(front);
        else
            COUNT(front->counters, envelopes_dropped);
    }
    front->router.may_have_more = true;
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static void
expire(struct front *front)
{
    struct request *request;

    while ((request = requests_expired(front->requests, front->now_ns))) {
        if (request->is_answered)
            continue;
        COUNT(front->counters, expired);
        dispatch_before_expiry(&front->dispatch, request);
        refuse(front, request, WIRE_DEADLINE_EXCEEDED, "the deadline passed", 0);
        (void)dispatch_expire(&front->dispatch, request);
    }
}

/* Answers what no worker holds. */
static void
give_up(struct front *front, const char *detail)
{
    struct request *request;

    while ((request = dispatch_give_up(&front->dispatch))) {
        refuse_unavailable(front, request, detail);
        requests_end(front->requests, request);
    }
}

/* --- orders of the supervisor ------------------------------------------------------------------------------------- */

static bool
open_router(struct front *front)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ROUTER_EVENT};
    struct bind_failure failure = {0};

    if (front->is_open)
        return true;
    if (router_open(&front->conf, &front->router) != STATUS_OK ||
        epoll_ctl(front->epoll_fd, EPOLL_CTL_ADD, front->router.fd, &event) != 0)
        return false;
    front->is_open = true;
    if (router_bind(&front->router, &front->conf, &failure.index) == STATUS_OK)
        return parcel_send(front->fd, PARCEL_BOUND, NULL, 0, NULL, 0) == STATUS_OK;
    failure.error = errno;
    (void)!parcel_send(front->fd, PARCEL_BIND_FAILED, &failure, sizeof failure, NULL, 0);
    return false;
}

static bool
swap(struct front *front, const struct parcel *parcel)
{
    const struct front_orders *orders = (const void *)parcel->data;

    ASSERT(parcel->bytes == sizeof *orders);
    front->conf = orders->conf;
    table_destroy(&front->broken);
    front->broken = front->next_broken;
    front->next_broken = NULL;
    quarantine_clear(&front->quarantine);
    front->worker_seen_ns = front->now_ns;
    dispatch_swap(&front->dispatch, orders->generation);
    return open_router(front) &&
           parcel_send(front->fd, PARCEL_SWAPPED, &orders->generation, sizeof orders->generation, NULL, 0) == STATUS_OK;
}

static bool
note_broken(struct front *front, const struct parcel *parcel)
{
    const char *at = (const char *)parcel->data;
    const char *end = at + parcel->bytes;

    if (!front->next_broken && table_create(64, &front->next_broken) != STATUS_OK)
        return false;
    for (; at < end; at += strlen(at) + 1)
        (void)!table_put(front->next_broken, slice_of(at), 1);
    return true;
}

/* The listeners stay: zmq_unbind would cut the clients whose requests are under way. New requests are told to come
 * again. */
static void
drain(struct front *front)
{
    if (front->drain_until_ns != 0)
        return;
    front->received_ns = front->now_ns;
    front->drain_until_ns = front->now_ns + front->conf.drain_timeout_ms * UINT64_C(1000000) + 1;
}

static void
obey(struct front *front)
{
    struct parcel parcel;
    bool goes_on = parcel_receive(front->fd, &parcel) == STATUS_OK;

    if (goes_on && parcel.kind == PARCEL_WORKER_UP && parcel.fds[0] >= 0 && parcel.fds[1] >= 0) {
        const struct worker_report *worker = (const void *)parcel.data;
        dispatch_add_worker(&front->dispatch, worker->generation, worker->pid, parcel.fds[0], parcel.fds[1]);
        return;
    }
    if (goes_on && parcel.kind == PARCEL_BROKEN)
        goes_on = note_broken(front, &parcel);
    else if (goes_on && parcel.kind == PARCEL_SWAP)
        goes_on = swap(front, &parcel);
    else if (goes_on && parcel.kind == PARCEL_DRAIN)
        drain(front);
    parcel_close_fds(&parcel);
    front->must_end |= !goes_on;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static int
sleep_ms(const struct front *front)
{
    if (front->is_open && front->router.may_have_more)
        return 0;
    if (front->drain_until_ns != 0 || requests_count(front->requests) > 0)
        return TICK_MS;
    return -1;
}

static void
wait_and_read(struct front *front)
{
    struct epoll_event events[MAX_EVENTS];
    const int count = epoll_wait(front->epoll_fd, events, MAX_EVENTS, sleep_ms(front));

    front->now_ns = budget_now_ns();
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == ORDERS_EVENT)
            obey(front);
        else if (events[i].data.u64 == ROUTER_EVENT)
            front->router.may_have_more = true;
        else
            dispatch_ready(&front->dispatch, (unsigned)events[i].data.u64, front->now_ns);
    }
}

/* Nothing is under way, and nothing came for a while: clients that keep on sending do not keep us for ever. */
static bool
is_drained(struct front *front, uint64_t now_ns)
{
    if (requests_count(front->requests) > 0) {
        front->drained_ns = 0;
        return false;
    }
    if (front->drained_ns == 0)
        front->drained_ns = now_ns;
    const bool is_quiet = now_ns - front->received_ns > QUIET_NS;
    return is_quiet || now_ns - front->drained_ns > MAX_QUIET_WAIT_NS;
}

static void
check_drained(struct front *front)
{
    if (front->drain_until_ns == 0)
        return;
    const bool is_late = front->now_ns >= front->drain_until_ns;
    if (is_late)
        give_up(front, "stopping");
    front->must_end |= is_late || is_drained(front, front->now_ns);
}

/* Sending may swallow the signal that requests came, so receiving is the last thing before sleeping. */
static void
run(struct front *front)
{
    while (!front->must_end) {
        wait_and_read(front);
        if (!front->is_open || front->must_end)
            continue;
        expire(front);
        if (!has_workers(front))
            give_up(front, "no worker");
        if (front->router.may_have_more)
            take_requests(front);
        dispatch_run(&front->dispatch);
        COUNT_SET(front->counters, under_way, requests_count(front->requests));
        COUNT_SET(front->counters, under_way_bytes, requests_bytes(front->requests));
        check_drained(front);
    }
}

static bool
bound_itself(const struct conf *conf)
{
    const struct rlimit files = {MAX_OPEN_FILES, MAX_OPEN_FILES};
    const struct rlimit data = {(rlim_t)conf->front_memory_mib << 20, (rlim_t)conf->front_memory_mib << 20};
    struct rlimit present;

    if (getrlimit(RLIMIT_NOFILE, &present) == 0 && present.rlim_max > present.rlim_cur &&
        setrlimit(RLIMIT_NOFILE,
                  present.rlim_max < MAX_OPEN_FILES ? &(struct rlimit){present.rlim_max, present.rlim_max} : &files) !=
            0)
        return false;
    return !SANDBOX_BOUNDS_MEMORY || setrlimit(RLIMIT_DATA, &data) == 0;
}

static bool
start(struct front *front)
{
    const struct dispatch_events events = {worker_replied, worker_failed, front};
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ORDERS_EVENT};

    front->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    front->now_ns = budget_now_ns();
    front->worker_seen_ns = front->now_ns;
    buffer_init(&front->reply);
    quarantine_init(&front->quarantine);
    if (front->epoll_fd < 0 || epoll_ctl(front->epoll_fd, EPOLL_CTL_ADD, front->fd, &event) != 0 ||
        requests_create(front->conf.max_queue_requests, &front->requests) != STATUS_OK)
        return false;
    dispatch_init(&front->dispatch, front->requests, &front->quarantine, front->counters, &events, front->epoll_fd);
    return true;
}

static void
stop(struct front *front)
{
    dispatch_fini(&front->dispatch);
    requests_destroy(&front->requests);
    if (front->is_open)
        router_close(&front->router);
    table_destroy(&front->broken);
    table_destroy(&front->next_broken);
    buffer_fini(&front->reply);
    close(front->epoll_fd);
}

int
front_main(int parent_pid, int fd, const struct conf *conf, struct counters *counters)
{
    struct front front = {.conf = *conf, .counters = counters};

    if (sandbox_begin(parent_pid) != STATUS_OK || sandbox_keep_descriptors(&fd, 1) != STATUS_OK ||
        !bound_itself(conf) || sandbox_limit(SANDBOX_FRONT) != STATUS_OK)
        return FRONT_EXIT_START;
    front.fd = fd;
    if (!start(&front))
        return FRONT_EXIT_START;
    run(&front);
    const bool is_drained = front.drain_until_ns != 0;
    stop(&front);
    return is_drained ? FRONT_EXIT_DONE : FRONT_EXIT_START;
}
