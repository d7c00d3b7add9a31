/* wire/answer.c */
#include "wire/answer.h"

#include "scan/scope.h"
#include "wire/reply.h"
#include "wire/request.h"

/* A request as a whole that gets no results. */
struct refusal {
    enum wire_status status; /* OK = none */
    const char *detail;
};

static struct refusal
refuse(enum wire_status status, const char *detail)
{
    return (struct refusal){status, detail};
}

static bool
differs(const struct request *request, const struct envelope *front)
{
    return !slice_equal(request->request_id, front->request_id) || !slice_equal(request->policy_id, front->policy_id) ||
           !slice_equal(request->purpose, front->purpose) || request->deadline_ms != front->deadline_ms ||
           request->message_count != front->message_count;
}

static struct refusal
decode(const struct answerer *answerer, struct slice payload, const struct envelope *front, struct request *request)
{
    const char *detail = NULL;

    if (payload.bytes > answerer->max_request_bytes)
        return refuse(WIRE_TOO_LARGE, "the request is larger than max_request_bytes");
    enum status status = request_decode(answerer->arena, payload, request, &detail);
    if (status != STATUS_OK)
        return refuse(wire_status_of(status), detail);
    if (front && differs(request, front))
        return refuse(WIRE_INTERNAL, "two readings of the request differ");
    return refuse(WIRE_OK, NULL);
}

static bool
has_rules(const struct request *request)
{
    return request->rules.allow_value_count > 0 || request->rules.term_count > 0;
}

/* Rules of a request that nobody applies must not look applied. */
static struct refusal
check_rules(const struct request *request, const struct ruleset *ruleset)
{
    return has_rules(request) && !ruleset->policy->request_rules
               ? refuse(WIRE_INVALID_ARGUMENT, "terms, allow_values: the policy takes none")
               : refuse(WIRE_OK, NULL);
}

/* What the answer rests on: the ruleset, and the request's own rules where it brought any. */
static void
name_rules(const struct ruleset *ruleset, const struct request *request, char hex_out[HASH_HEX_BYTES])
{
    struct hasher hasher;
    struct hash hash;
    memcpy(hex_out, ruleset->hash_hex, HASH_HEX_BYTES);
    if (!has_rules(request))
        return;
    hasher_init(&hasher);
    hasher_add_text(&hasher, ruleset->hash_hex);
    for (size_t i = 0; i < request->rules.allow_value_count; i++)
        hasher_add(&hasher, request->rules.allow_values[i]);
    for (size_t i = 0; i < request->rules.term_count; i++) {
        const struct request_term *term = &request->rules.terms[i];
        hasher_add(&hasher, term->term);
        hasher_add_text(&hasher, category_word(term->category));
        hasher_add_text(&hasher, severity_word(term->severity));
    }
    hasher_finish(&hasher, &hash);
    hash_hex(&hash, hex_out);
}

static struct refusal
check_policy(const struct answerer *answerer, const struct request *request, const struct ruleset **ruleset_out,
             const struct purpose **purpose_out)
{
    const struct ruleset *ruleset = answerer->find(answerer->find_context, request->policy_id);
    if (!ruleset)
        return refuse(WIRE_NOT_FOUND, "policy_id: no such policy");
    if (!policy_purpose(ruleset->policy, request->purpose, purpose_out))
        return refuse(WIRE_INVALID_ARGUMENT, "purpose: the policy names none such");
    *ruleset_out = ruleset;
    return check_rules(request, ruleset);
}

static void
count(struct answer_counts *counts, const struct verdict *verdict)
{
    counts->allowed += verdict && verdict->action == ACTION_ALLOW;
    counts->redacted += verdict && verdict->action == ACTION_REDACT;
    counts->blocked += verdict && verdict->action == ACTION_BLOCK;
    counts->failed += !verdict || verdict->action == ACTION_NONE;
    counts->escalated += verdict && verdict->escalate;
}

/* A message can only be too large or malformed; anything else is a fault of ours. */
static enum wire_status
message_status(enum status status)
{
    bool is_clients = status == STATUS_OK || status == STATUS_TOO_LARGE || status == STATUS_INVALID;
    return is_clients ? wire_status_of(status) : WIRE_INTERNAL;
}

/* Numbers of labels are shared within a conversation of this request, and forgotten with it. */
struct conversations {
    struct scope *owned[REQUEST_MAX_MESSAGES]; /* by the first message of each */
};

static enum status
join_conversation(struct conversations *conversations, const struct scanner *scanner, const struct ruleset *ruleset,
                  const struct request *request, size_t index, struct scope **scope_out)
{
    struct slice id = request->messages[index].conversation_id;
    *scope_out = NULL;
    if (id.bytes == 0 || !policy_uses(ruleset->policy, TRANSFORM_NUMBERED_LABEL))
        return STATUS_OK;
    size_t first = 0;
    while (!slice_equal(request->messages[first].conversation_id, id))
        first++;
    enum status status = conversations->owned[first] ? STATUS_OK : scanner_scope(scanner, &conversations->owned[first]);
    *scope_out = conversations->owned[first];
    return status;
}

static void
end_conversations(struct conversations *conversations, size_t message_count)
{
    for (size_t i = 0; i < message_count; i++)
        scope_destroy(&conversations->owned[i]);
}

static void
answer_message(struct scanner *scanner, const struct ruleset *ruleset, const struct purpose *purpose,
               struct conversations *conversations, const struct request *request, size_t index, struct reply *reply,
               struct answer_counts *counts)
{
    const struct request_message *item = &request->messages[index];
    struct message message = item->message;
    const struct verdict *verdict = NULL;
    enum status status = item->status;

    message.purpose = purpose;
    message.rules = has_rules(request) ? &request->rules : NULL;
    if (status == STATUS_OK)
        status = join_conversation(conversations, scanner, ruleset, request, index, &message.scope);
    if (status == STATUS_OK)
        status = scanner_run(scanner, ruleset, &message, &verdict);
    if (status != STATUS_OK)
        verdict = NULL;
    count(counts, verdict);
    reply_add(reply, item->message_id, message_status(status), verdict, request->include_evidence);
    scanner_forget(scanner);
}

static enum status
finish_reply(struct reply *reply, const struct request *request, const struct ruleset *ruleset)
{
    char hex[HASH_HEX_BYTES];
    name_rules(ruleset, request, hex);
    return reply_finish(reply, hex);
}

static struct refusal
answer_messages(const struct answerer *answerer, const struct request *request, struct buffer *out,
                struct answer_counts *counts)
{
    const struct ruleset *ruleset = NULL;
    const struct purpose *purpose = NULL;
    struct conversations conversations = {0};
    struct reply reply;

    struct refusal refusal = check_policy(answerer, request, &ruleset, &purpose);
    if (refusal.status != WIRE_OK)
        return refusal;
    reply_begin(&reply, request->request_id, answerer->max_reply_bytes, out);
    for (size_t i = 0; i < request->message_count; i++)
        answer_message(answerer->scanner, ruleset, purpose, &conversations, request, i, &reply, counts);
    end_conversations(&conversations, request->message_count);
    return finish_reply(&reply, request, ruleset) == STATUS_OK
               ? refuse(WIRE_OK, NULL)
               : refuse(WIRE_INTERNAL, "the reply needs too much memory");
}

/* The id to answer with when the request itself could not be read: the front's, or what the bounded scan finds. */
static struct slice
request_id_of(struct slice payload, const struct envelope *front)
{
    struct envelope envelope = {0};
    if (front)
        return front->request_id;
    return envelope_scan(payload, &envelope) == STATUS_OK ? envelope.request_id : (struct slice){NULL, 0};
}

enum status
answer_request(const struct answerer *answerer, struct slice payload, const struct envelope *front,
               struct buffer *reply, struct answer_counts *counts_out)
{
    struct answer_counts counts = {0};
    struct request request = {0};

    struct refusal refusal = decode(answerer, payload, front, &request);
    counts.messages = (unsigned)request.message_count;
    if (refusal.status == WIRE_OK)
        refusal = answer_messages(answerer, &request, reply, &counts);
    if (refusal.status != WIRE_OK) {
        unsigned failed = counts.messages > 0 ? counts.messages : 1;
        counts = (struct answer_counts){.messages = counts.messages, .failed = failed};
        reply_error(request_id_of(payload, front), refusal.status, refusal.detail, 0, reply);
    }
    arena_reset(answerer->arena);
    *counts_out = counts;
    return reply->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
