#include "serve/admission.h"

#define MAX_PUSHED_OUT 16 /* to make room for one request */
#define MIN_RETRY_MS 10
#define MAX_RETRY_MS 1000

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

static uint32_t
retry_after_ms(uint64_t wait_ns)
{
    const uint64_t ms = wait_ns / 1000000u;

    return ms < MIN_RETRY_MS ? MIN_RETRY_MS : ms > MAX_RETRY_MS ? MAX_RETRY_MS : (uint32_t)ms;
}

/* Sets what earlier deaths say about this payload. True: it may run. */
static bool
pass_quarantine(struct front *front, struct request *request)
{
    if (quarantine_is_empty(&front->quarantine))
        return true;
    const uint64_t hash = dispatch_fingerprint(&front->dispatch, request);
    const unsigned strikes = quarantine_strikes(&front->quarantine, hash, front->now_ns);

    request->is_suspect = strikes > 0;
    return strikes < QUARANTINE_STRIKES;
}

/* Whether these bytes are a request at all. The first fields are read in any case: the refusal names the request. */
static bool
read_envelope(struct front *front, struct request *request)
{
    const struct slice payload = request->parts.payload;

    request->envelope = (struct envelope){0};
    const bool is_request = envelope_scan(payload, &request->envelope) == STATUS_OK;
    if (payload.bytes > front->conf.max_request_bytes) {
        COUNT(front->counters, too_large);
        front_refuse(front, request, WIRE_TOO_LARGE, "the request is larger than max_request_bytes", 0);
    } else if (!is_request) {
        COUNT(front->counters, invalid);
        front_refuse(front, request, WIRE_INVALID_ARGUMENT, "this is no CheckRequest, or a field stands twice", 0);
    } else if (router_peer_id(&request->parts).bytes > 0 && router_peer_id(&request->parts).data[0] != 0) {
        /* Whoever takes a name first locks out whoever wants it later. */
        COUNT(front->counters, invalid);
        front_refuse(front, request, WIRE_INVALID_ARGUMENT, "the socket has a routing id of its own: leave it empty",
                     0);
    } else {
        return true;
    }
    return false;
}

static bool
pass_gate(struct front *front, struct request *request, struct visitor *visitor)
{
    const struct refusal refusal = gate_identify(&front->gate, request, visitor);

    if (refusal.status == WIRE_OK)
        return true;
    if (refusal.status == WIRE_PERMISSION_DENIED)
        COUNT(front->counters, denied);
    else
        COUNT(front->counters, unauthenticated);
    front_refuse(front, request, refusal.status, refusal.detail, 0);
    return false;
}

/* Whether anybody could answer it now. */
static bool
pass_state(struct front *front, struct request *request)
{
    if (front->drain_until_ns != 0) {
        front_refuse_unavailable(front, request, "stopping");
    } else if (front->broken && table_get(front->broken, request->envelope.policy_id) != TABLE_NONE) {
        front_refuse_unavailable(front, request, "this policy cannot be loaded");
    } else if (!front_has_workers(front)) {
        front_refuse_unavailable(front, request, "no worker");
    } else if (!pass_quarantine(front, request)) {
        COUNT(front->counters, quarantined);
        front_fail(front, request);
    } else {
        return true;
    }
    return false;
}

static void
refuse_exhausted(struct front *front, struct request *request, const char *detail, uint32_t retry_ms)
{
    front_refuse(front, request, WIRE_RESOURCE_EXHAUSTED, detail, retry_ms);
}

/* Whether it can be done in time, after what waits before it. */
static bool
pass_outlook(struct front *front, struct request *request, struct fair_node *client, uint64_t deadline_ns)
{
    uint64_t wait_ns;

    const enum admission admission = dispatch_admit(&front->dispatch, &front->conf, client, request->work,
                                                    deadline_ns - front->now_ns, front->now_ns, &wait_ns);
    if (admission == ADMIT_TOO_LATE) {
        COUNT(front->counters, too_late);
        front_refuse(front, request, WIRE_DEADLINE_EXCEEDED, "the time left is too short for this request", 0);
    } else if (admission == ADMIT_NOT_NOW) {
        COUNT(front->counters, overloaded);
        refuse_exhausted(front, request, "too much is waiting", retry_after_ms(wait_ns));
    }
    return admission == ADMIT;
}

static bool
pass_quota(struct front *front, struct request *request, const struct visitor *visitor)
{
    const struct refusal refusal = gate_take(visitor, &request->envelope, front->now_ns);

    if (refusal.status == WIRE_OK)
        return true;
    COUNT(front->counters, over_quota);
    refuse_exhausted(front, request, refusal.detail, refusal.retry_after_ms);
    return false;
}

/* Keeps the spare. When the queue is full, who fills it makes room for who does not. */
static bool
keep(struct front *front, struct request *request, struct fair_node *client, uint64_t deadline_ns)
{
    for (unsigned i = 0; i <= MAX_PUSHED_OUT; i++) {
        if (requests_keep(front->requests, front->conf.max_queue_bytes, front->now_ns, deadline_ns) == STATUS_OK)
            return true;
        struct request *other = fair_heaviest(front->fair, client, request->work);
        if (!other || i == MAX_PUSHED_OUT)
            break;
        COUNT(front->counters, pushed_out);
        refuse_exhausted(front, other, "the queue is full", MAX_RETRY_MS);
        (void)dispatch_expire(&front->dispatch, other);
    }
    COUNT(front->counters, exhausted);
    dispatch_press(&front->dispatch, &front->conf, client, deadline_ns - front->now_ns, front->now_ns);
    refuse_exhausted(front, request, "the queue is full",
                     retry_after_ms(limits_ns(&front->dispatch.limits, fair_work(front->fair))));
    return false;
}

void
admission_take_in(struct front *front)
{
    struct request *request = requests_spare(front->requests);
    struct visitor visitor;

    COUNT(front->counters, requests);
    COUNT_ADD(front->counters, request_bytes, request->parts.payload.bytes);
    request->is_suspect = false;
    if (!read_envelope(front, request) || !pass_gate(front, request, &visitor) || !pass_state(front, request))
        return;
    const bool is_suspect = request->is_suspect;
    const uint64_t deadline_ns = deadline_of(front, &request->envelope);
    struct fair_node *client = fair_client(front->fair, visitor.client_key, visitor.client->share);
    COUNT_ADD(front->counters, messages, request->envelope.message_count);
    request->work = limits_work(request->parts.payload.bytes, request->envelope.message_count);
    if (!pass_outlook(front, request, client, deadline_ns) || !pass_quota(front, request, &visitor) ||
        !keep(front, request, client, deadline_ns))
        return;
    request->outstanding = &visitor.client->account->outstanding;
    ++*request->outstanding;
    request->is_suspect = is_suspect;
    dispatch_queue(&front->dispatch, client, visitor.policy_key, request);
}
