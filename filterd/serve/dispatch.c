#include "serve/dispatch.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/assert.h"
#include "serve/handler.h"

#define SLACK_MAX_NS UINT64_C(4000000)
#define SLACK_FADING 64 /* batches that are handed in time take back one in so many */

void
dispatch_init(struct dispatch *dispatch, struct requests *requests, struct fair *fair, struct quarantine *quarantine,
              struct counters *counters, const struct dispatch_events *events, int epoll_fd)
{
    memset(dispatch, 0, sizeof *dispatch);
    dispatch->requests = requests;
    dispatch->fair = fair;
    dispatch->quarantine = quarantine;
    dispatch->counters = counters;
    dispatch->events = *events;
    dispatch->epoll_fd = epoll_fd;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void
line_close(struct line *line)
{
    if (line->pid == 0)
        return;
    channel_fini(&line->channel); /* also takes it out of the epoll set: no other copy is open */
    status_page_unmap(&line->page);
    line->pid = 0;
}

void
dispatch_fini(struct dispatch *dispatch)
{
    for (unsigned i = 0; i < dispatch->used; i++)
        line_close(&dispatch->lines[i]);
}

static struct line *
free_line(struct dispatch *dispatch)
{
    for (unsigned i = 0; i < dispatch->used; i++)
        if (dispatch->lines[i].pid == 0)
            return &dispatch->lines[i];
    return dispatch->used < DISPATCH_MAX_LINES ? &dispatch->lines[dispatch->used++] : NULL;
}

static unsigned
index_of(const struct dispatch *dispatch, const struct line *line)
{
    return (unsigned)(line - dispatch->lines);
}

void
dispatch_add_worker(struct dispatch *dispatch, uint32_t generation, int pid, int socket_fd, int page_fd)
{
    struct line *line = free_line(dispatch);
    struct status_page *page = NULL;

    if (!line || status_page_map(page_fd, &page) != STATUS_OK) {
        close(socket_fd); /* the worker sees the end of file and ends */
        close(page_fd);
        return;
    }
    close(page_fd);
    *line = (struct line){.pid = pid, .generation = generation, .page = page};
    channel_init(&line->channel, socket_fd);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = index_of(dispatch, line)};
    ASSERT(epoll_ctl(dispatch->epoll_fd, EPOLL_CTL_ADD, socket_fd, &event) == 0);
    dispatch->live += generation == dispatch->generation;
}

static bool
is_retiring(const struct line *line)
{
    return atomic_load_explicit(&line->page->is_retiring, memory_order_acquire) != 0;
}

static void
close_when_done(struct dispatch *dispatch, struct line *line)
{
    const bool is_current = line->generation == dispatch->generation;

    if ((is_current && !is_retiring(line)) || line->in_hand.count > 0)
        return;
    dispatch->live -= is_current;
    line_close(line);
}

/* An idle worker that retires has no answer to come after which it would be closed. */
static void
close_retired(struct dispatch *dispatch)
{
    for (unsigned i = 0; i < dispatch->used; i++)
        if (dispatch->lines[i].pid != 0 && is_retiring(&dispatch->lines[i]))
            close_when_done(dispatch, &dispatch->lines[i]);
}

void
dispatch_swap(struct dispatch *dispatch, uint32_t generation)
{
    dispatch->generation = generation;
    dispatch->live = 0;
    for (unsigned i = 0; i < dispatch->used; i++) {
        if (dispatch->lines[i].pid == 0)
            continue;
        dispatch->live += dispatch->lines[i].generation == generation;
        close_when_done(dispatch, &dispatch->lines[i]);
    }
}

bool
dispatch_has_workers(const struct dispatch *dispatch)
{
    return dispatch->live > 0;
}

/* --- handing out -------------------------------------------------------------------------------------------------- */

void
dispatch_queue(struct dispatch *dispatch, struct fair_node *client, uint64_t policy_key, struct request *request)
{
    if (request->is_suspect)
        request_list_push(&dispatch->suspects, request);
    else
        fair_push(dispatch->fair, client, policy_key, request);
}

static bool
may_take(const struct dispatch *dispatch, const struct line *line)
{
    return line->pid != 0 && line->generation == dispatch->generation && !line->is_alone &&
           line->batch_count < LINE_BATCHES && channel_is_idle(&line->channel) && !is_retiring(line);
}

static uint64_t
ready_since(const struct line *line)
{
    return atomic_load_explicit(&line->page->ready_ns, memory_order_acquire);
}

static bool
is_ready(const struct line *line)
{
    return ready_since(line) != 0;
}

/* Whether `line` should rather have work than `other`: it is ready (the other still starts), or it has less in hand. */
static bool
is_better(const struct line *line, const struct line *other)
{
    if (is_ready(line) != is_ready(other))
        return is_ready(line);
    return line->batch_count < other->batch_count;
}

/* The free line with the fewest batches; among equals the first, whose caches are the warmest. */
static struct line *
best_line(struct dispatch *dispatch, const struct line *but_not)
{
    struct line *best = NULL;

    for (unsigned i = 0; i < dispatch->used; i++) {
        struct line *line = &dispatch->lines[i];
        if (line != but_not && may_take(dispatch, line) && (!best || is_better(line, best)))
            best = line;
        if (best && best->batch_count == 0 && is_ready(best))
            break;
    }
    return best;
}

void
dispatch_outlook(const struct dispatch *dispatch, const struct fair_node *client, uint32_t work,
                 struct outlook *outlook_out)
{
    const uint64_t before = dispatch->work_in_hand + fair_work_before(dispatch->fair, client, work) - work;
    const unsigned live = dispatch->live > 0 ? dispatch->live : 1;

    outlook_out->wait_ns = limits_ns(&dispatch->limits, before) / live;
    outlook_out->own_ns = limits_ns(&dispatch->limits, work);
    outlook_out->is_free = before / live == 0;
}

void
dispatch_press(const struct dispatch *dispatch, const struct conf *conf, struct fair_node *client, uint64_t left_ns,
               uint64_t now_ns)
{
    const uint64_t work = limits_work_in(&dispatch->limits, limits_window_ns(conf) * dispatch->live);

    limits_press(conf, &client->pressure, fair_share(dispatch->fair, client, work), left_ns, now_ns);
}

enum admission
dispatch_admit(struct dispatch *dispatch, const struct conf *conf, struct fair_node *client, uint32_t work,
               uint64_t left_ns, uint64_t now_ns, uint64_t *wait_ns_out)
{
    struct outlook outlook = {.left_ns = left_ns,
                              .pressure = client->pressure,
                              .slack_ns = LINE_BATCHES * dispatch->slack_ns,
                              .has_waiting = client->work > 0,
                              .now_ns = now_ns};

    dispatch_outlook(dispatch, client, work, &outlook);
    limits_ask(conf, &client->pressure, work, now_ns);
    const enum admission admission = limits_judge(conf, &outlook);
    dispatch->has_refused |= admission == ADMIT_NOT_NOW;
    if (admission == ADMIT_NOT_NOW)
        dispatch_press(dispatch, conf, client, left_ns, now_ns);
    *wait_ns_out = outlook.wait_ns;
    return admission;
}

/* The line that must run empty because suspects wait: under load no other ever would. */
static const struct line *
line_for_suspects(const struct dispatch *dispatch)
{
    const struct line *best = NULL;

    if (!dispatch->suspects.head)
        return NULL;
    for (unsigned i = 0; i < dispatch->used; i++) {
        const struct line *line = &dispatch->lines[i];
        if (line->pid == 0 || line->generation != dispatch->generation)
            continue;
        if (line->is_alone)
            return NULL; /* one at a time is enough */
        if (!best || line->batch_count < best->batch_count)
            best = line;
    }
    return best;
}

static void
put(struct line *line, struct request *request)
{
    struct batch *batch = &line->batches[line->batch_count];
    struct note note;

    note_write(&note, &request->envelope, request->parts.payload);
    channel_put(&line->channel, &(struct item){.ticket = request->ticket,
                                               .meta = {(const uint8_t *)&note, sizeof note},
                                               .payload = request->parts.payload});
    request_list_push(&line->in_hand, request);
    request->is_in_hand = true;
    batch->requests++;
    batch->work += request->work;
}

/* Sends what the socket takes; the rest goes out on EPOLLOUT. A dead worker is noticed by its end of file. */
static void
flush(struct dispatch *dispatch, struct line *line)
{
    dispatch->lacks_memory |= channel_flush(&line->channel) == STATUS_NO_MEMORY;
    const bool must_wait = !channel_is_idle(&line->channel);
    if (must_wait == line->waits_for_writing)
        return;
    line->waits_for_writing = must_wait;
    struct epoll_event event = {.events = must_wait ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                .data.u64 = index_of(dispatch, line)};
    (void)epoll_ctl(dispatch->epoll_fd, EPOLL_CTL_MOD, line->channel.fd, &event);
}

static struct request *
next_waiting(struct dispatch *dispatch)
{
    struct request *request = request_list_pop(&dispatch->again);

    return request ? request : fair_pop(dispatch->fair);
}

static bool
is_full(const struct dispatch *dispatch, const struct line *line)
{
    const struct batch *batch = &line->batches[line->batch_count];

    return batch->requests > 0 &&
           (batch->requests >= BATCH_MAX_REQUESTS || channel_queued_bytes(&line->channel) >= BATCH_MAX_BYTES ||
            batch->work >= limits_work_in(&dispatch->limits, dispatch->batch_ns + dispatch->slack_ns));
}

/* Sends the batch that was put together. */
static void
send_batch(struct dispatch *dispatch, struct line *line, uint64_t now_ns)
{
    const struct batch *batch = &line->batches[line->batch_count];

    COUNT_ADD(line->page, handed, batch->requests);
    COUNT(dispatch->counters, batches);
    dispatch->work_in_hand += batch->work;
    if (line->batch_count++ == 0)
        line->busy_since_ns = now_ns;
    flush(dispatch, line);
}

static void
send_suspect(struct dispatch *dispatch, struct line *line, uint64_t now_ns)
{
    line->is_alone = true;
    line->batches[line->batch_count] = (struct batch){0};
    put(line, request_list_pop(&dispatch->suspects));
    send_batch(dispatch, line, now_ns);
}

void
dispatch_run(struct dispatch *dispatch, uint64_t now_ns)
{
    struct request *request;
    struct line *line;

    dispatch->had_refused = dispatch->has_refused;
    dispatch->has_refused = false;
    close_retired(dispatch);
    while (dispatch->suspects.head && (line = best_line(dispatch, NULL)) && line->batch_count == 0)
        send_suspect(dispatch, line, now_ns);
    const struct line *reserved = line_for_suspects(dispatch);
    while ((dispatch->again.head || fair_work(dispatch->fair) > 0) && (line = best_line(dispatch, reserved))) {
        line->batches[line->batch_count] = (struct batch){0};
        while (!is_full(dispatch, line) && (request = next_waiting(dispatch)))
            put(line, request);
        send_batch(dispatch, line, now_ns);
    }
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* A worker that has nothing in hand while something waits was handed it too late: we do not come often enough for
 * short batches. */
static void
learn_slack(struct dispatch *dispatch, bool is_dry)
{
    const bool had_more = fair_work(dispatch->fair) > 0 || dispatch->had_refused;

    if (!is_dry || !had_more)
        dispatch->slack_ns -= dispatch->slack_ns / SLACK_FADING;
    else if (dispatch->slack_ns < SLACK_MAX_NS)
        dispatch->slack_ns += dispatch->batch_ns / 2;
}

/* By the worker's clock, which is ours: what it waited for us is no part of what its work takes. */
static uint64_t
when_finished(const struct line *line, const struct item *answer, uint64_t now_ns)
{
    uint64_t finished_ns;

    if (answer->meta.bytes != sizeof finished_ns)
        return now_ns;
    memcpy(&finished_ns, answer->meta.data, sizeof finished_ns);
    return finished_ns > now_ns || finished_ns < line->busy_since_ns ? now_ns : finished_ns;
}

/* What was handed to a worker that still started says nothing about how fast it works. */
static uint64_t
begun_ns(const struct line *line, uint64_t finished_ns)
{
    const uint64_t ready_ns = ready_since(line);

    return ready_ns > line->busy_since_ns && ready_ns <= finished_ns ? ready_ns : line->busy_since_ns;
}

static void
take_from_hand(struct dispatch *dispatch, struct line *line, uint64_t finished_ns)
{
    struct batch *batch = &line->batches[0];

    (void)request_list_pop(&line->in_hand);
    if (--batch->requests > 0)
        return;
    limits_learn(&dispatch->limits, batch->work, finished_ns - begun_ns(line, finished_ns));
    line->busy_since_ns = finished_ns;
    dispatch->work_in_hand -= batch->work;
    memmove(batch, batch + 1, sizeof *batch * (LINE_BATCHES - 1));
    line->batch_count--;
    line->is_alone = false;
}

uint64_t
dispatch_fingerprint(const struct dispatch *dispatch, const struct request *request)
{
    const struct quarantine_left_out left_out = {request->envelope.id_field, request->envelope.deadline_field};

    return quarantine_hash(dispatch->quarantine, request->parts.payload, &left_out);
}

static uint64_t
hash_of(const struct dispatch *dispatch, const struct request *request)
{
    return request->is_answered ? request->hash : dispatch_fingerprint(dispatch, request);
}

/* Answers come in the order of the requests; anything else is nonsense. */
static bool
take_answers(struct dispatch *dispatch, struct line *line, uint64_t now_ns)
{
    struct item item;

    while (channel_take(&line->channel, &item)) {
        struct request *request = line->in_hand.head;
        if (!request || request->ticket != item.ticket)
            return false;
        take_from_hand(dispatch, line, when_finished(line, &item, now_ns));
        if (request->is_suspect)
            quarantine_forgive(dispatch->quarantine, hash_of(dispatch, request));
        if (request->is_answered)
            ;
        else if (item.status == STATUS_OK && item.payload.bytes > 0)
            dispatch->events.done(dispatch->events.context, request, item.payload);
        else
            dispatch->events.failed(dispatch->events.context, request);
        requests_end(dispatch->requests, request);
    }
    return true;
}

static enum status
receive(struct dispatch *dispatch, struct line *line, uint64_t now_ns)
{
    for (;;) {
        bool complete;
        const enum status status = channel_receive(&line->channel, &complete);
        if (status != STATUS_OK || !complete)
            return status;
        if (!take_answers(dispatch, line, now_ns))
            return STATUS_UNAVAILABLE;
    }
}

/* --- deaths ------------------------------------------------------------------------------------------------------- */

static void
strike(struct dispatch *dispatch, struct request *request, uint64_t now_ns)
{
    const uint64_t hash = hash_of(dispatch, request);
    const unsigned strikes = quarantine_strike(dispatch->quarantine, hash, now_ns);

    COUNT(dispatch->counters, strikes);
    request->is_suspect = true;
    if (strikes < QUARANTINE_STRIKES || request->is_answered)
        return;
    COUNT(dispatch->counters, quarantined);
    dispatch->events.failed(dispatch->events.context, request);
    request->is_answered = true;
}

static void
bury(struct dispatch *dispatch, struct line *line, uint64_t now_ns)
{
    struct request *request;

    const uint64_t culprit = atomic_load_explicit(&line->page->ticket_in_work, memory_order_acquire);
    if (line->in_hand.count > 0)
        COUNT(dispatch->counters, workers_lost);
    for (unsigned i = 0; i < line->batch_count; i++)
        dispatch->work_in_hand -= line->batches[i].work;
    while ((request = request_list_pop(&line->in_hand))) {
        request->is_in_hand = false;
        if (request->ticket == culprit)
            strike(dispatch, request, now_ns);
        if (request->is_answered) {
            requests_end(dispatch->requests, request);
            continue;
        }
        COUNT(dispatch->counters, reruns);
        request_list_push(request->is_suspect ? &dispatch->suspects : &dispatch->again, request);
    }
    dispatch->live -= line->generation == dispatch->generation;
    line_close(line);
}

void
dispatch_ready(struct dispatch *dispatch, unsigned index, uint64_t now_ns)
{
    struct line *line = &dispatch->lines[index];

    if (line->pid == 0)
        return;
    const unsigned batches = line->batch_count;
    const enum status status = receive(dispatch, line, now_ns);
    if (line->batch_count < batches)
        learn_slack(dispatch, line->batch_count == 0);
    if (status == STATUS_NO_MEMORY) {
        dispatch->lacks_memory = true;
        return;
    }
    if (status != STATUS_OK) {
        bury(dispatch, line, now_ns);
        return;
    }
    if (line->waits_for_writing)
        flush(dispatch, line);
    close_when_done(dispatch, line);
}

/* --- giving up ---------------------------------------------------------------------------------------------------- */

void
dispatch_before_expiry(const struct dispatch *dispatch, struct request *request)
{
    if (request->is_in_hand)
        request->hash = hash_of(dispatch, request);
}

bool
dispatch_expire(struct dispatch *dispatch, struct request *request)
{
    request->is_answered = true;
    if (request->is_in_hand)
        return false;
    if (request->flow)
        fair_remove(dispatch->fair, request);
    else
        request_list_remove(request);
    requests_end(dispatch->requests, request);
    return true;
}

struct request *
dispatch_give_up(struct dispatch *dispatch)
{
    struct request *request = request_list_pop(&dispatch->suspects);

    return request ? request : next_waiting(dispatch);
}
