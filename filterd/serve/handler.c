#include "serve/handler.h"

#include <stdlib.h>

#include "wire/answer.h"

static void
write_part(uint32_t part_out[2], struct slice part, struct slice payload)
{
    part_out[0] = part.bytes > 0 ? (uint32_t)(part.data - payload.data) : 0;
    part_out[1] = (uint32_t)part.bytes;
}

static bool
read_part(const uint32_t part[2], struct slice payload, struct slice *part_out)
{
    if (part[0] > payload.bytes || part[1] > payload.bytes - part[0])
        return false;
    *part_out = (struct slice){payload.data + part[0], part[1]};
    return true;
}

void
note_write(struct note *note_out, const struct envelope *envelope, struct slice payload)
{
    write_part(note_out->request_id, envelope->request_id, payload);
    write_part(note_out->policy_id, envelope->policy_id, payload);
    write_part(note_out->purpose, envelope->purpose, payload);
    note_out->deadline_ms = envelope->deadline_ms;
    note_out->message_count = envelope->message_count;
}

bool
note_read(struct slice meta, struct slice payload, struct envelope *envelope_out)
{
    struct note note;

    if (meta.bytes != sizeof note)
        return false;
    memcpy(&note, meta.data, sizeof note);
    envelope_out->deadline_ms = note.deadline_ms;
    envelope_out->message_count = note.message_count;
    return read_part(note.request_id, payload, &envelope_out->request_id) &&
           read_part(note.policy_id, payload, &envelope_out->policy_id) &&
           read_part(note.purpose, payload, &envelope_out->purpose);
}

static const struct ruleset *
find(const void *context, struct slice policy_id)
{
    return cities_find(context, policy_id);
}

/* Made with the first job and kept until the process ends. */
static struct answerer *
answerer_of(struct worker *worker)
{
    const struct handler_settings *settings = worker->handler_options;

    if (worker->handler_state)
        return worker->handler_state;
    struct answerer *answerer = calloc(1, sizeof *answerer);
    if (!answerer || arena_create(ANSWER_ARENA_BYTES, &answerer->arena) != STATUS_OK) {
        free(answerer);
        return NULL;
    }
    answerer->scanner = worker->scanner;
    answerer->find = find;
    answerer->find_context = worker->cities;
    answerer->max_request_bytes = settings->max_request_bytes;
    answerer->max_reply_bytes = CHANNEL_MAX_PAYLOAD_BYTES;
    worker->handler_state = answerer;
    return answerer;
}

static void
add(_Atomic uint64_t *sum, unsigned amount)
{
    if (amount > 0)
        atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + amount, memory_order_relaxed);
}

static void
count(struct status_page *page, const struct answer_counts *counts)
{
    add(&page->messages, counts->messages);
    add(&page->allowed, counts->allowed);
    add(&page->redacted, counts->redacted);
    add(&page->blocked, counts->blocked);
    add(&page->failed, counts->failed);
    add(&page->escalated, counts->escalated);
}

enum status
handler_answer(struct worker *worker, const struct item *job, struct buffer *reply)
{
    struct answerer *answerer = answerer_of(worker);
    struct answer_counts counts = {0};
    struct envelope front;

    if (!answerer)
        return STATUS_NO_MEMORY;
    if (!note_read(job->meta, job->payload, &front))
        return STATUS_INVALID;
    const enum status status = answer_request(answerer, job->payload, &front, reply, &counts);
    count(worker->page, &counts);
    return status;
}
