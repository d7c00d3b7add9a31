/* fuzz_request.c - any bytes decode to a request within the limits, or are refused with a reason.
 *
 * What is taken must be what protobuf-c reads, what that writes again is read as the same, and what it refuses is
 * refused. With as much memory as a worker has for it and with little, and nothing from the heap; a refusal must make a
 * reply that clients can read.
 */
#include <stdint.h>
#include <string.h>

#include "filter.pb-c.h"

#include "base/assert.h"
#include "fuzz/bounds.h"
#include "text/intake.h"
#include "wire/answer.h"
#include "wire/envelope.h"
#include "wire/reply.h"
#include "wire/request.h"

#define SMALL_ARENA_BYTES 4096u
#define MAX_US 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void
check_id(struct slice id)
{
    ASSERT(id.bytes <= REQUEST_MAX_ID_BYTES && utf8_is_valid(id));
}

static void
check_message(const struct request_message *item)
{
    const struct message *message = &item->message;
    unsigned sum = 0;

    check_id(item->message_id);
    for (size_t i = 0; i < message->text.bytes; i++)
        sum += message->text.data[i]; /* every byte can be read */
    ASSERT(sum <= 255 * message->text.bytes);
    ASSERT(item->status == STATUS_OK || item->status == STATUS_INVALID);
    ASSERT((unsigned)message->surface < SURFACE_COUNT && (unsigned)message->direction < DIRECTION_COUNT);
    ASSERT(message->hint_count <= REQUEST_MAX_HINTS);
    for (size_t i = 0; i < message->hint_count; i++) {
        const struct hint *hint = &message->hints[i];
        ASSERT(hint->kind == HINT_OPAQUE || hint->kind == HINT_PERSON);
        ASSERT(hint->start_utf16 + hint->length_utf16 >= hint->start_utf16);
        ASSERT(i == 0 || hint[-1].start_utf16 <= hint->start_utf16);
    }
}

static void
check_request(const struct request *request)
{
    check_id(request->request_id);
    check_id(request->policy_id);
    check_id(request->purpose);
    ASSERT(request->message_count >= 1 && request->message_count <= REQUEST_MAX_MESSAGES);
    for (size_t i = 0; i < request->message_count; i++)
        check_message(&request->messages[i]);
    ASSERT(request->rules.allow_value_count <= REQUEST_MAX_RULES && request->rules.term_count <= REQUEST_MAX_RULES);
    for (size_t i = 0; i < request->rules.allow_value_count; i++)
        ASSERT(utf8_is_valid(request->rules.allow_values[i]) &&
               request->rules.allow_values[i].bytes <= REQUEST_MAX_RULE_BYTES);
    for (size_t i = 0; i < request->rules.term_count; i++) {
        ASSERT(utf8_is_valid(request->rules.terms[i].term) &&
               request->rules.terms[i].term.bytes <= REQUEST_MAX_RULE_BYTES);
        ASSERT(request->rules.terms[i].category > CATEGORY_NONE && request->rules.terms[i].category < CATEGORY_COUNT);
        ASSERT(request->rules.terms[i].severity > SEVERITY_NONE && request->rules.terms[i].severity < SEVERITY_COUNT);
    }
}

static void
check_bytes(struct slice ours, ProtobufCBinaryData theirs)
{
    ASSERT(slice_equal(ours, (struct slice){theirs.data, theirs.len}));
}

/* Ours are sorted, in their order where they begin at one place. */
static void
compare_hints(const struct message *ours, const Filterd__V1__Message *theirs)
{
    size_t at = 0;

    ASSERT(ours->hint_count == theirs->n_hints);
    for (size_t i = 0; i < ours->hint_count; i++) {
        const struct hint *hint = &ours->hints[i];
        at = i > 0 && hint[-1].start_utf16 == hint->start_utf16 ? at + 1 : 0;
        while (at < theirs->n_hints && theirs->hints[at]->start_utf16 != hint->start_utf16)
            at++;
        ASSERT(at < theirs->n_hints && (int)theirs->hints[at]->kind == (int)hint->kind &&
               theirs->hints[at]->length_utf16 == hint->length_utf16);
    }
}

static void
compare_message(const struct request_message *ours, const Filterd__V1__Message *theirs)
{
    check_bytes(ours->message_id, theirs->message_id);
    check_bytes(ours->conversation_id, theirs->conversation_id);
    check_bytes(ours->message.text, theirs->text);
    if (ours->status != STATUS_OK)
        return;
    ASSERT((int)ours->message.surface == (int)theirs->surface);
    ASSERT((int)ours->message.direction == (int)theirs->direction);
    compare_hints(&ours->message, theirs);
}

static void
compare(const struct request *ours, const Filterd__V1__CheckRequest *theirs)
{
    ASSERT(theirs);
    check_bytes(ours->request_id, theirs->request_id);
    check_bytes(ours->policy_id, theirs->policy_id);
    check_bytes(ours->purpose, theirs->purpose);
    ASSERT(ours->deadline_ms == theirs->deadline_ms && ours->include_evidence == (theirs->include_evidence != 0));
    ASSERT(ours->message_count == theirs->n_messages);
    for (size_t i = 0; i < ours->message_count; i++)
        compare_message(&ours->messages[i], theirs->messages[i]);
    ASSERT(ours->rules.allow_value_count == theirs->n_allow_values && ours->rules.term_count == theirs->n_terms);
    for (size_t i = 0; i < ours->rules.allow_value_count; i++)
        check_bytes(ours->rules.allow_values[i], theirs->allow_values[i]);
    for (size_t i = 0; i < ours->rules.term_count; i++) {
        check_bytes(ours->rules.terms[i].term, theirs->terms[i]->term);
        ASSERT((int)ours->rules.terms[i].category == (int)theirs->terms[i]->category);
    }
}

static void
check_refusal(struct slice payload, enum status status, const char *detail)
{
    struct envelope envelope = {0};
    struct buffer reply;

    ASSERT(status == STATUS_INVALID || status == STATUS_TOO_LARGE);
    ASSERT(detail && *detail);
    if (envelope_scan(payload, &envelope) != STATUS_OK)
        envelope = (struct envelope){0};
    buffer_init(&reply);
    reply_error(envelope.request_id, wire_status_of(status), detail, 0, &reply);
    Filterd__V1__CheckReply *wire = filterd__v1__check_reply__unpack(NULL, reply.bytes, reply.data);
    ASSERT(wire && wire->status != FILTERD__V1__STATUS__STATUS_OK && wire->n_results == 0);
    check_id((struct slice){wire->request_id.data, wire->request_id.len});
    filterd__v1__check_reply__free_unpacked(wire, NULL);
    buffer_fini(&reply);
}

/* Written as protobuf-c does, which keeps the fields it does not know. */
static void
check_written_again(struct arena *arena, const Filterd__V1__CheckRequest *wire)
{
    struct request request;
    struct buffer written;
    const char *detail = NULL;

    buffer_init(&written);
    uint8_t *room = buffer_reserve(&written, filterd__v1__check_request__get_packed_size(wire));
    ASSERT(room);
    written.bytes = filterd__v1__check_request__pack(wire, room);
    ASSERT(request_decode(arena, buffer_slice(&written), &request, &detail) == STATUS_OK);
    compare(&request, wire);
    buffer_fini(&written);
}

static void
decode(struct arena *arena, struct slice payload)
{
    struct request request;
    const char *detail = NULL;

    bounds_begin();
    enum status status = request_decode(arena, payload, &request, &detail);
    bounds_end(MAX_US, 0);
    if (status == STATUS_OK) {
        Filterd__V1__CheckRequest *wire = filterd__v1__check_request__unpack(NULL, payload.bytes, payload.data);
        check_request(&request);
        compare(&request, wire);
        arena_reset(arena);
        check_written_again(arena, wire);
        filterd__v1__check_request__free_unpacked(wire, NULL);
    } else {
        check_refusal(payload, status, detail);
    }
    arena_reset(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct arena *large, *small;

    if (!large)
        ASSERT(arena_create(ANSWER_ARENA_BYTES, &large) == STATUS_OK &&
               arena_create(SMALL_ARENA_BYTES, &small) == STATUS_OK);
    decode(large, (struct slice){data, bytes});
    decode(small, (struct slice){data, bytes});
    return 0;
}
