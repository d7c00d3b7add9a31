#include "serve/front.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/secret.h"
#include "pool/budget.h"
#include "pool/fleet.h"
#include "pool/parcel.h"
#include "pool/sandbox.h"
#include "serve/admission.h"

#define TURN_MAX_REQUESTS 64
#define MAX_EVENTS 64
#define TICK_MS 4
#define ORDERS_EVENT (DOORS_LAST_EVENT - 1)
#define KEPT_HEAP_BYTES (16 << 20) /* given back only beyond that: under load it would come and go all the time */
#define MAX_OPEN_FILES 65536
#define QUIET_NS UINT64_C(20000000)
#define MAX_QUIET_WAIT_NS UINT64_C(300000000)

/* --- replies ------------------------------------------------------------------------------------------------------ */

static void
send_reply(struct front *front, struct request *request, struct slice reply)
{
    const enum status status = router_reply(&request->parts, reply);

    if (status == STATUS_OK)
        COUNT(front->counters, replies);
    else
        COUNT(front->counters, replies_dropped);
    front->lacks_memory |= status == STATUS_NO_MEMORY;
}

void
front_refuse(struct front *front, struct request *request, enum wire_status status, const char *detail,
             uint32_t retry_ms)
{
    buffer_clear(&front->reply);
    reply_error(request->envelope.request_id, status, detail, retry_ms, &front->reply);
    if (front->reply.failed) {
        COUNT(front->counters, replies_dropped);
        front->lacks_memory = true;
    } else {
        send_reply(front, request, buffer_slice(&front->reply));
    }
}

static void
worker_replied(void *context, struct request *request, struct slice reply)
{
    struct front *front = context;

    COUNT(front->counters, answered);
    COUNT_ADD(front->counters, reply_bytes, reply.bytes);
    send_reply(front, request, reply);
}

void
front_fail(struct front *front, struct request *request)
{
    COUNT(front->counters, internal);
    front_refuse(front, request, WIRE_INTERNAL, "no worker could judge this request", 0);
}

static void
worker_failed(void *context, struct request *request)
{
    front_fail(context, request);
}

void
front_refuse_unavailable(struct front *front, struct request *request, const char *detail)
{
    COUNT(front->counters, unavailable);
    front_refuse(front, request, WIRE_UNAVAILABLE, detail, 0);
}

/* --- taking in ---------------------------------------------------------------------------------------------------- */

bool
front_has_workers(const struct front *front)
{
    return dispatch_has_workers(&front->dispatch) ||
           front->now_ns - front->worker_seen_ns < front->conf.worker_grace_ms * UINT64_C(1000000);
}

static void
take_requests(struct front *front, struct router *router)
{
    for (unsigned i = 0; i < TURN_MAX_REQUESTS; i++) {
        const enum status status = router_receive(router, &requests_spare(front->requests)->parts);
        if (status == STATUS_NOT_FOUND)
            return;
        front->received_ns = front->now_ns;
        if (status == STATUS_OK)
            admission_take_in(front);
        else
            COUNT(front->counters, envelopes_dropped);
        front->lacks_memory |= status == STATUS_NO_MEMORY;
    }
    router->may_have_more = true;
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
        front_refuse(front, request, WIRE_DEADLINE_EXCEEDED, "the deadline passed", 0);
        (void)dispatch_expire(&front->dispatch, request);
    }
}

/* Answers all, also what workers hold: nobody will be there to take their answers. */
static void
give_up_all(struct front *front)
{
    struct request *request;

    while ((request = requests_expired(front->requests, front->now_ns + REQUESTS_WHEEL_NS))) {
        if (request->is_answered)
            continue;
        front_refuse_unavailable(front, request, "stopping");
        (void)dispatch_expire(&front->dispatch, request);
    }
}

/* Answers what no worker holds. */
static void
give_up(struct front *front)
{
    struct request *request;

    while ((request = dispatch_give_up(&front->dispatch))) {
        front_refuse_unavailable(front, request, "no worker");
        requests_end(front->requests, request);
    }
}

/* --- orders of the supervisor ------------------------------------------------------------------------------------- */

static bool
open_doors(struct front *front, const struct curve_key *key)
{
    enum door failed = 0;
    const enum status status = doors_open(&front->doors, &front->conf, key, front->epoll_fd, &failed);

    if (status == STATUS_OK) {
        front->is_open = true;
        return parcel_send(front->fd, PARCEL_BOUND, NULL, 0, NULL, 0) == STATUS_OK;
    }
    const struct bind_failure failure = {
        .index = front->doors.routers[failed].bound, .has_keys = failed == DOOR_CURVE, .error = errno};
    if (status == STATUS_UNAVAILABLE)
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
    front->dispatch.batch_ns = front->conf.batch_us * UINT64_C(1000);
    dispatch_swap(&front->dispatch, orders->generation);
    return gate_renew(&front->gate) == STATUS_OK && doors_change_key(&front->doors, &orders->key) == STATUS_OK &&
           (front->is_open || open_doors(front, &orders->key)) &&
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
    else if (goes_on && parcel.kind == PARCEL_CLIENTS)
        gate_hear(&front->gate, (struct slice){parcel.data, parcel.bytes});
    else if (goes_on && parcel.kind == PARCEL_SWAP)
        goes_on = swap(front, &parcel);
    else if (goes_on && parcel.kind == PARCEL_DRAIN)
        drain(front);
    parcel_close_fds(&parcel);
    secret_wipe(parcel.data, sizeof parcel.data);
    front->must_end |= !goes_on;
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static int
sleep_ms(const struct front *front)
{
    if (doors_may_have_more(&front->doors))
        return 0;
    if (front->drain_until_ns != 0 || front->doors.must_bind || requests_count(front->requests) > 0)
        return TICK_MS;
    return FRONT_BEAT_MS;
}

static void
answer_handshakes(struct front *front)
{
    uint64_t refused = 0;

    front->lacks_memory |= zap_answer(&front->doors.zap, gate_knows, &front->gate, &refused) != STATUS_OK;
    COUNT_ADD(front->counters, strangers, refused);
}

static void
wait_and_read(struct front *front)
{
    struct epoll_event events[MAX_EVENTS];
    const int count = epoll_wait(front->epoll_fd, events, MAX_EVENTS, sleep_ms(front));

    COUNT(front->counters, beats);
    front->now_ns = budget_now_ns();
    if (dispatch_has_workers(&front->dispatch)) /* before we hear that the last one died: its grace begins now */
        front->worker_seen_ns = front->now_ns;
    for (int i = 0; i < count; i++)
        if (events[i].data.u64 == ORDERS_EVENT)
            obey(front);
        else if (events[i].data.u64 == DOORS_ZAP_EVENT)
            answer_handshakes(front);
        else if (events[i].data.u64 > ORDERS_EVENT)
            front->doors.routers[UINT64_MAX - events[i].data.u64].may_have_more = true;
        else
            dispatch_ready(&front->dispatch, (unsigned)events[i].data.u64, front->now_ns);
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
        give_up_all(front);
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
        if (!front_has_workers(front))
            give_up(front);
        for (enum door door = 0; door < DOOR_COUNT; door++)
            if (front->doors.routers[door].may_have_more)
                take_requests(front, &front->doors.routers[door]);
        dispatch_run(&front->dispatch, budget_now_ns());
        doors_bind_again(&front->doors);
        COUNT_SET(front->counters, under_way, requests_count(front->requests));
        COUNT_SET(front->counters, under_way_bytes, requests_bytes(front->requests));
        check_drained(front);
        front->lacks_memory |= front->dispatch.lacks_memory;
        front->must_end |= front->lacks_memory;
    }
}

/* One arena for all threads: what libzmq's gives back, after a peer has filled it, must be there for us too. */
static bool
bound_itself(const struct conf *conf)
{
    const struct rlimit files = {MAX_OPEN_FILES, MAX_OPEN_FILES};
    const struct rlimit data = {(rlim_t)conf->front_memory_mib << 20, (rlim_t)conf->front_memory_mib << 20};
    struct rlimit present;

    (void)mallopt(M_ARENA_MAX, 1);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_HEAP_BYTES);
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
    gate_init(&front->gate);
    if (front->epoll_fd < 0 || epoll_ctl(front->epoll_fd, EPOLL_CTL_ADD, front->fd, &event) != 0 ||
        requests_create(front->conf.max_queue_requests, &front->requests) != STATUS_OK ||
        fair_create(front->conf.max_queue_requests, &front->fair) != STATUS_OK)
        return false;
    dispatch_init(&front->dispatch, front->requests, front->fair, &front->quarantine, front->counters, &events,
                  front->epoll_fd);
    return true;
}

static void
stop(struct front *front)
{
    dispatch_fini(&front->dispatch);
    requests_destroy(&front->requests);
    fair_destroy(&front->fair);
    gate_fini(&front->gate);
    doors_close(&front->doors);
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
    if (front.lacks_memory)
        return FRONT_EXIT_MEMORY; /* at once: whoever made it full is cut, and tidying up would need more */
    const bool is_drained = front.drain_until_ns != 0;
    stop(&front);
    return is_drained ? FRONT_EXIT_DONE : FRONT_EXIT_START;
}
