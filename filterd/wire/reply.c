/* wire/reply.c */
#include "wire/reply.h"

#include "filter.pb-c.h"

#include "base/assert.h"
#include "text/intake.h"
#include "text/offsets.h"

#define MAX_ID_BYTES 64
#define MAX_FINDING_EVIDENCE EVIDENCE_COUNT

_Static_assert((int)WIRE_TOO_LARGE == (int)FILTERD__V1__STATUS__STATUS_TOO_LARGE, "numbers of the wire");
_Static_assert((int)ACTION_BLOCK == (int)FILTERD__V1__VERDICT__VERDICT_BLOCK, "numbers of the wire");
_Static_assert((int)ACTION_BLOCK == (int)FILTERD__V1__ACTION__ACTION_BLOCK, "numbers of the wire");
_Static_assert((int)INFO_COMPOSITE == (int)FILTERD__V1__INFO_TYPE__INFO_TYPE_COMPOSITE, "numbers of the wire");
_Static_assert((int)CATEGORY_DISRESPECT == (int)FILTERD__V1__CATEGORY__CATEGORY_DISRESPECT, "numbers of the wire");
_Static_assert((int)SEVERITY_HIGH == (int)FILTERD__V1__SEVERITY__SEVERITY_HIGH, "numbers of the wire");
_Static_assert((int)SUBJECT_UNKNOWN == (int)FILTERD__V1__SUBJECT__SUBJECT_UNKNOWN, "numbers of the wire");

struct reply {
    struct arena *arena;
    Filterd__V1__Result **results;
    size_t count;
    size_t max;
};

enum wire_status
wire_status_of(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return WIRE_OK;
    case STATUS_TOO_LARGE:
        return WIRE_TOO_LARGE;
    case STATUS_INVALID:
        return WIRE_INVALID_ARGUMENT;
    case STATUS_NOT_FOUND:
        return WIRE_NOT_FOUND;
    case STATUS_UNAVAILABLE:
        return WIRE_UNAVAILABLE;
    default:
        return WIRE_INTERNAL;
    }
}

const char *
wire_status_word(enum wire_status status)
{
    static const char *const words[] = {"UNSPECIFIED",        "OK",
                                        "INVALID_ARGUMENT",   "NOT_FOUND",
                                        "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED",
                                        "UNAUTHENTICATED",    "PERMISSION_DENIED",
                                        "UNAVAILABLE",        "INTERNAL",
                                        "TOO_LARGE"};
    return (unsigned)status < sizeof words / sizeof *words ? words[status] : "?";
}

/* --- pieces ----------------------------------------------------------------------------------------------------- */

static ProtobufCBinaryData
borrowed(struct slice slice)
{
    return (ProtobufCBinaryData){slice.bytes, (uint8_t *)slice.data};
}

/* What came from the client and is no id as documented is left out: a reply must be readable by every client. */
static ProtobufCBinaryData
borrowed_id(struct slice id)
{
    bool is_sound = id.bytes <= MAX_ID_BYTES && utf8_is_valid(id);
    return is_sound ? borrowed(id) : (ProtobufCBinaryData){0, NULL};
}

/* Copies into the arena. */
static bool
copy(struct reply *reply, ProtobufCBinaryData source, ProtobufCBinaryData *out)
{
    if (source.len == 0)
        return true;
    uint8_t *data = arena_alloc(reply->arena, source.len);
    if (!data)
        return false;
    memcpy(data, source.data, source.len);
    *out = (ProtobufCBinaryData){source.len, data};
    return true;
}

static bool
copy_text(struct reply *reply, const char *text, ProtobufCBinaryData *out)
{
    return copy(reply, borrowed(slice_of(text)), out);
}

/* Moves `cursor` to the start of `span`; spans in order of their start cost one pass over the text. */
static Filterd__V1__Span *
make_span(struct reply *reply, struct offsets *cursor, struct span span)
{
    Filterd__V1__Span *wire = arena_alloc(reply->arena, sizeof *wire);
    if (!wire)
        return NULL;
    filterd__v1__span__init(wire);
    offsets_seek(cursor, span.start);
    struct offsets end = *cursor; /* a copy: ends may go back from one span to the next */
    offsets_seek(&end, span.end);
    wire->start_byte = span.start;
    wire->start_code_point = cursor->code_point;
    wire->start_utf16 = cursor->utf16;
    wire->end_byte = span.end;
    wire->end_code_point = end.code_point;
    wire->end_utf16 = end.utf16;
    return wire;
}

/* --- findings --------------------------------------------------------------------------------------------------- */

static bool
fill_alternatives(struct reply *reply, const struct finding *finding, Filterd__V1__Finding *wire)
{
    wire->alternatives = arena_alloc_array(reply->arena, finding->alternative_count, sizeof *wire->alternatives);
    if (!wire->alternatives)
        return false;
    for (size_t i = 0; i < finding->alternative_count; i++) {
        const struct alternative *alternative = &finding->alternatives[i];
        Filterd__V1__Alternative *out = arena_alloc(reply->arena, sizeof *out);
        if (!out)
            return false;
        filterd__v1__alternative__init(out);
        out->info_type = (Filterd__V1__InfoType)alternative->info_type;
        out->category = (Filterd__V1__Category)alternative->category;
        out->likelihood = alternative->likelihood;
        if (!copy_text(reply, alternative->rule, &out->rule))
            return false;
        wire->alternatives[wire->n_alternatives++] = out;
    }
    return true;
}

static bool
fill_clauses(struct reply *reply, const struct finding *finding, Filterd__V1__Finding *wire)
{
    wire->clauses = arena_alloc_array(reply->arena, finding->clause_count, sizeof *wire->clauses);
    if (!wire->clauses)
        return false;
    for (size_t i = 0; i < finding->clause_count; i++) {
        wire->clauses[i] = (ProtobufCBinaryData){0, NULL};
        if (!copy_text(reply, finding->clauses[i]->id, &wire->clauses[i]))
            return false;
        wire->n_clauses++;
    }
    return true;
}

static bool
fill_evidence(struct reply *reply, const struct finding *finding, Filterd__V1__Finding *wire)
{
    wire->evidence = arena_alloc_array(reply->arena, MAX_FINDING_EVIDENCE, sizeof *wire->evidence);
    if (!wire->evidence)
        return false;
    for (unsigned bit = 0; bit < EVIDENCE_COUNT; bit++)
        if (finding->evidence & 1u << bit)
            wire->evidence[wire->n_evidence++] = borrowed(slice_of(evidence_word((enum evidence)(1u << bit))));
    return true;
}

static Filterd__V1__Finding *
make_finding(struct reply *reply, struct offsets *cursor, const struct finding *finding, bool with_evidence)
{
    Filterd__V1__Finding *wire = arena_alloc(reply->arena, sizeof *wire);
    if (!wire)
        return NULL;
    filterd__v1__finding__init(wire);
    wire->span = make_span(reply, cursor, finding->span);
    wire->info_type = (Filterd__V1__InfoType)finding->info_type;
    wire->category = (Filterd__V1__Category)finding->category;
    wire->likelihood = finding->likelihood;
    wire->severity = (Filterd__V1__Severity)finding->severity;
    wire->subject = (Filterd__V1__Subject)finding->subject;
    wire->action = (Filterd__V1__Action)finding->action;
    wire->group = finding->group;
    bool is_complete = wire->span && copy_text(reply, finding->rule, &wire->rule) &&
                       fill_clauses(reply, finding, wire) && fill_alternatives(reply, finding, wire) &&
                       (!with_evidence || fill_evidence(reply, finding, wire));
    return is_complete ? wire : NULL;
}

static bool
fill_findings(struct reply *reply, const struct verdict *verdict, bool with_evidence, Filterd__V1__Result *result)
{
    struct offsets cursor;

    if (verdict->finding_count == 0)
        return true;
    offsets_init(&cursor, verdict->text);
    result->findings = arena_alloc_array(reply->arena, verdict->finding_count, sizeof *result->findings);
    if (!result->findings)
        return false;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        Filterd__V1__Finding *finding = make_finding(reply, &cursor, &verdict->findings[i], with_evidence);
        if (!finding)
            return false;
        result->findings[result->n_findings++] = finding;
    }
    return true;
}

/* --- results ---------------------------------------------------------------------------------------------------- */

static bool
fill_replacements(struct reply *reply, const struct verdict *verdict, Filterd__V1__Result *result)
{
    struct offsets source, output;

    offsets_init(&source, verdict->text);
    offsets_init(&output, verdict->redacted);
    result->replacements = arena_alloc_array(reply->arena, verdict->replacement_count, sizeof *result->replacements);
    if (!result->replacements)
        return false;
    for (size_t i = 0; i < verdict->replacement_count; i++) {
        const struct replacement *replacement = &verdict->replacements[i];
        Filterd__V1__Replacement *wire = arena_alloc(reply->arena, sizeof *wire);
        if (!wire)
            return false;
        filterd__v1__replacement__init(wire);
        wire->source = make_span(reply, &source, replacement->source);
        wire->output = make_span(reply, &output, replacement->output);
        wire->info_type = (Filterd__V1__InfoType)replacement->info_type;
        if (!wire->source || !wire->output)
            return false;
        result->replacements[result->n_replacements++] = wire;
    }
    return true;
}

static bool
fill_redaction(struct reply *reply, const struct verdict *verdict, Filterd__V1__Result *result)
{
    if (verdict->action != ACTION_REDACT && verdict->action != ACTION_BLOCK)
        return true;
    return copy(reply, borrowed(verdict->redacted), &result->redacted_text) &&
           fill_replacements(reply, verdict, result);
}

static bool
fill_grounds(struct reply *reply, const struct verdict *verdict, Filterd__V1__Result *result)
{
    if (verdict->ground_count == 0)
        return true;
    result->grounds = arena_alloc_array(reply->arena, verdict->ground_count, sizeof *result->grounds);
    if (!result->grounds)
        return false;
    for (size_t i = 0; i < verdict->ground_count; i++) {
        const struct clause *clause = verdict->grounds[i];
        Filterd__V1__Ground *wire = arena_alloc(reply->arena, sizeof *wire);
        if (!wire)
            return false;
        filterd__v1__ground__init(wire);
        if (!copy_text(reply, clause->id, &wire->id) || !copy_text(reply, clause->cite, &wire->cite) ||
            !copy_text(reply, clause->heading, &wire->heading))
            return false;
        result->grounds[result->n_grounds++] = wire;
    }
    return true;
}

static bool
fill_verdict(struct reply *reply, const struct verdict *verdict, bool with_evidence, Filterd__V1__Result *result)
{
    result->verdict = (Filterd__V1__Verdict)verdict->action;
    result->observed_verdict = (Filterd__V1__Verdict)verdict->observed;
    result->review = verdict->review;
    result->escalate = verdict->escalate;
    result->text_repaired = verdict->text_repaired;
    result->findings_truncated = verdict->findings_truncated;
    return copy_text(reply, verdict->notice_id, &result->notice_id) &&
           fill_findings(reply, verdict, with_evidence, result) && fill_redaction(reply, verdict, result) &&
           fill_grounds(reply, verdict, result);
}

/* "Done" without a verdict is a fault of ours: it must not look like an answer. */
static enum wire_status
checked_status(enum wire_status status, const struct verdict *verdict)
{
    bool has_verdict = verdict && verdict->action > ACTION_NONE && verdict->action < ACTION_COUNT;
    return status == WIRE_OK && !has_verdict ? WIRE_INTERNAL : status;
}

enum status
reply_init(struct arena *arena, size_t max_messages, struct reply **reply_out)
{
    struct reply *reply = arena_alloc(arena, sizeof *reply);
    Filterd__V1__Result **results = arena_alloc_array(arena, max_messages, sizeof *results);
    if (!reply || !results)
        return STATUS_TOO_LARGE;
    *reply = (struct reply){.arena = arena, .results = results, .max = max_messages};
    *reply_out = reply;
    return STATUS_OK;
}

enum status
reply_add(struct reply *reply, struct slice message_id, enum wire_status status, const struct verdict *verdict,
          bool with_evidence)
{
    ASSERT(reply->count < reply->max);
    Filterd__V1__Result *result = arena_alloc(reply->arena, sizeof *result);
    if (!result)
        return STATUS_TOO_LARGE;
    filterd__v1__result__init(result);
    status = checked_status(status, verdict);
    result->status = (Filterd__V1__Status)status;
    if (!copy(reply, borrowed_id(message_id), &result->message_id))
        return STATUS_TOO_LARGE;
    if (status == WIRE_OK && !fill_verdict(reply, verdict, with_evidence, result))
        return STATUS_TOO_LARGE;
    reply->results[reply->count++] = result;
    return STATUS_OK;
}

static enum status
pack(const Filterd__V1__CheckReply *wire, struct buffer *out)
{
    size_t bytes = filterd__v1__check_reply__get_packed_size(wire);
    uint8_t *place = buffer_reserve(out, bytes);
    if (!place)
        return STATUS_NO_MEMORY;
    out->bytes += filterd__v1__check_reply__pack(wire, place);
    return STATUS_OK;
}

enum status
reply_finish(struct reply *reply, struct slice request_id, const char *ruleset_hex, struct buffer *out)
{
    Filterd__V1__CheckReply wire = FILTERD__V1__CHECK_REPLY__INIT;
    wire.request_id = borrowed_id(request_id);
    wire.status = FILTERD__V1__STATUS__STATUS_OK;
    wire.results = reply->results;
    wire.n_results = reply->count;
    wire.ruleset = borrowed(slice_of(ruleset_hex));
    return pack(&wire, out);
}

void
reply_error(struct slice request_id, enum wire_status status, const char *detail, uint32_t retry_after_ms,
            struct buffer *out)
{
    Filterd__V1__CheckReply wire = FILTERD__V1__CHECK_REPLY__INIT;
    ASSERT(status != WIRE_OK);
    wire.request_id = borrowed_id(request_id);
    wire.status = (Filterd__V1__Status)status;
    wire.detail = borrowed(slice_of(detail));
    wire.retry_after_ms = retry_after_ms;
    if (pack(&wire, out) != STATUS_OK)
        return; /* the buffer says so: out->failed */
}
