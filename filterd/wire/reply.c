/* wire/reply.c */
#include "wire/reply.h"

#include <string.h>

#include "filter.pb-c.h"

#include "base/assert.h"
#include "text/intake.h"
#include "text/offsets.h"
#include "wire/fields.h"

#define MAX_ID_BYTES 64

_Static_assert((int)WIRE_TOO_LARGE == (int)FILTERD__V1__STATUS__STATUS_TOO_LARGE, "numbers of the wire");
_Static_assert((int)ACTION_BLOCK == (int)FILTERD__V1__VERDICT__VERDICT_BLOCK, "numbers of the wire");
_Static_assert((int)ACTION_BLOCK == (int)FILTERD__V1__ACTION__ACTION_BLOCK, "numbers of the wire");
_Static_assert((int)INFO_COMPOSITE == (int)FILTERD__V1__INFO_TYPE__INFO_TYPE_COMPOSITE, "numbers of the wire");
_Static_assert((int)CATEGORY_DISRESPECT == (int)FILTERD__V1__CATEGORY__CATEGORY_DISRESPECT, "numbers of the wire");
_Static_assert((int)SEVERITY_HIGH == (int)FILTERD__V1__SEVERITY__SEVERITY_HIGH, "numbers of the wire");
_Static_assert((int)SUBJECT_UNKNOWN == (int)FILTERD__V1__SUBJECT__SUBJECT_UNKNOWN, "numbers of the wire");

/* Numbers of fields in filterd.v1. */
enum { REPLY_REQUEST_ID = 1, REPLY_STATUS, REPLY_DETAIL, REPLY_RESULTS, REPLY_RULESET, REPLY_RETRY_AFTER_MS };
enum {
    RESULT_MESSAGE_ID = 1,
    RESULT_STATUS,
    RESULT_VERDICT,
    RESULT_REDACTED_TEXT,
    RESULT_FINDINGS,
    RESULT_REPLACEMENTS,
    RESULT_GROUNDS,
    RESULT_REVIEW,
    RESULT_ESCALATE,
    RESULT_NOTICE_ID,
    RESULT_TEXT_REPAIRED,
    RESULT_FINDINGS_TRUNCATED,
    RESULT_OBSERVED_VERDICT
};
enum {
    FINDING_SPAN = 1,
    FINDING_INFO_TYPE,
    FINDING_CATEGORY,
    FINDING_RULE,
    FINDING_LIKELIHOOD,
    FINDING_SEVERITY,
    FINDING_SUBJECT,
    FINDING_CLAUSES,
    FINDING_ACTION,
    FINDING_GROUP,
    FINDING_ALTERNATIVES,
    FINDING_EVIDENCE
};
enum { ALTERNATIVE_INFO_TYPE = 1, ALTERNATIVE_CATEGORY, ALTERNATIVE_RULE, ALTERNATIVE_LIKELIHOOD };
enum { REPLACEMENT_SOURCE = 1, REPLACEMENT_OUTPUT, REPLACEMENT_INFO_TYPE };
enum { GROUND_ID = 1, GROUND_CITE, GROUND_HEADING };
enum {
    SPAN_START_BYTE = 1,
    SPAN_END_BYTE,
    SPAN_START_CODE_POINT,
    SPAN_END_CODE_POINT,
    SPAN_START_UTF16,
    SPAN_END_UTF16
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

static void
put_text(struct buffer *out, unsigned number, const char *text)
{
    fields_bytes(out, number, slice_of(text));
}

/* What came from the client and is no id as documented is left out: a reply must be readable by every client. */
static void
put_id(struct buffer *out, unsigned number, struct slice id)
{
    if (id.bytes > 0 && id.bytes <= MAX_ID_BYTES && utf8_is_valid(id))
        fields_item(out, number, id);
}

/* Moves `cursor` to the start of `span`; spans in order of their start cost one pass over the text. */
static void
put_span(struct buffer *out, unsigned number, struct offsets *cursor, struct span span)
{
    offsets_seek(cursor, span.start);
    struct offsets end = *cursor; /* a copy: ends may go back from one span to the next */
    offsets_seek(&end, span.end);

    const size_t opened = fields_open(out, number);
    fields_uint(out, SPAN_START_BYTE, span.start);
    fields_uint(out, SPAN_END_BYTE, span.end);
    fields_uint(out, SPAN_START_CODE_POINT, cursor->code_point);
    fields_uint(out, SPAN_END_CODE_POINT, end.code_point);
    fields_uint(out, SPAN_START_UTF16, cursor->utf16);
    fields_uint(out, SPAN_END_UTF16, end.utf16);
    fields_close(out, opened);
}

/* --- findings --------------------------------------------------------------------------------------------------- */

static void
put_alternative(struct buffer *out, const struct alternative *alternative)
{
    const size_t opened = fields_open(out, FINDING_ALTERNATIVES);

    fields_uint(out, ALTERNATIVE_INFO_TYPE, alternative->info_type);
    fields_uint(out, ALTERNATIVE_CATEGORY, alternative->category);
    put_text(out, ALTERNATIVE_RULE, alternative->rule);
    fields_uint(out, ALTERNATIVE_LIKELIHOOD, alternative->likelihood);
    fields_close(out, opened);
}

static void
put_evidence(struct buffer *out, const struct finding *finding)
{
    for (unsigned bit = 0; bit < EVIDENCE_COUNT; bit++)
        if (finding->evidence & 1u << bit)
            put_text(out, FINDING_EVIDENCE, evidence_word((enum evidence)(1u << bit)));
}

static void
put_finding(struct buffer *out, struct offsets *cursor, const struct finding *finding, bool with_evidence)
{
    const size_t opened = fields_open(out, RESULT_FINDINGS);

    put_span(out, FINDING_SPAN, cursor, finding->span);
    fields_uint(out, FINDING_INFO_TYPE, finding->info_type);
    fields_uint(out, FINDING_CATEGORY, finding->category);
    put_text(out, FINDING_RULE, finding->rule);
    fields_uint(out, FINDING_LIKELIHOOD, finding->likelihood);
    fields_uint(out, FINDING_SEVERITY, finding->severity);
    fields_uint(out, FINDING_SUBJECT, finding->subject);
    for (size_t i = 0; i < finding->clause_count; i++)
        fields_item(out, FINDING_CLAUSES, slice_of(finding->clauses[i]->id));
    fields_uint(out, FINDING_ACTION, finding->action);
    fields_uint(out, FINDING_GROUP, finding->group);
    for (size_t i = 0; i < finding->alternative_count; i++)
        put_alternative(out, &finding->alternatives[i]);
    if (with_evidence)
        put_evidence(out, finding);
    fields_close(out, opened);
}

static void
put_findings(struct buffer *out, const struct verdict *verdict, bool with_evidence)
{
    struct offsets cursor;

    offsets_init(&cursor, verdict->text);
    for (size_t i = 0; i < verdict->finding_count; i++)
        put_finding(out, &cursor, &verdict->findings[i], with_evidence);
}

/* --- results ---------------------------------------------------------------------------------------------------- */

static void
put_replacements(struct buffer *out, const struct verdict *verdict)
{
    struct offsets source, output;

    offsets_init(&source, verdict->text);
    offsets_init(&output, verdict->redacted);
    for (size_t i = 0; i < verdict->replacement_count; i++) {
        const struct replacement *replacement = &verdict->replacements[i];
        const size_t opened = fields_open(out, RESULT_REPLACEMENTS);
        put_span(out, REPLACEMENT_SOURCE, &source, replacement->source);
        put_span(out, REPLACEMENT_OUTPUT, &output, replacement->output);
        fields_uint(out, REPLACEMENT_INFO_TYPE, replacement->info_type);
        fields_close(out, opened);
    }
}

static void
put_grounds(struct buffer *out, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->ground_count; i++) {
        const struct clause *clause = verdict->grounds[i];
        const size_t opened = fields_open(out, RESULT_GROUNDS);
        put_text(out, GROUND_ID, clause->id);
        put_text(out, GROUND_CITE, clause->cite);
        put_text(out, GROUND_HEADING, clause->heading);
        fields_close(out, opened);
    }
}

static void
put_verdict(struct buffer *out, const struct verdict *verdict, bool with_evidence)
{
    const bool has_text = verdict->action == ACTION_REDACT || verdict->action == ACTION_BLOCK;

    fields_uint(out, RESULT_VERDICT, verdict->action);
    if (has_text)
        fields_bytes(out, RESULT_REDACTED_TEXT, verdict->redacted);
    put_findings(out, verdict, with_evidence);
    if (has_text)
        put_replacements(out, verdict);
    put_grounds(out, verdict);
    fields_uint(out, RESULT_REVIEW, verdict->review);
    fields_uint(out, RESULT_ESCALATE, verdict->escalate);
    put_text(out, RESULT_NOTICE_ID, verdict->notice_id);
    fields_uint(out, RESULT_TEXT_REPAIRED, verdict->text_repaired);
    fields_uint(out, RESULT_FINDINGS_TRUNCATED, verdict->findings_truncated);
    fields_uint(out, RESULT_OBSERVED_VERDICT, verdict->observed);
}

/* "Done" without a verdict is a fault of ours: it must not look like an answer. */
static enum wire_status
checked_status(enum wire_status status, const struct verdict *verdict)
{
    bool has_verdict = verdict && verdict->action > ACTION_NONE && verdict->action < ACTION_COUNT;
    return status == WIRE_OK && !has_verdict ? WIRE_INTERNAL : status;
}

/* --- replies ---------------------------------------------------------------------------------------------------- */

static bool
is_too_large(const struct reply *reply)
{
    return reply->out->bytes - reply->begin > reply->max_bytes;
}

void
reply_begin(struct reply *reply_out, struct slice request_id, size_t max_bytes, struct buffer *out)
{
    *reply_out = (struct reply){.out = out, .begin = out->bytes, .max_bytes = max_bytes};
    put_id(out, REPLY_REQUEST_ID, request_id);
    fields_uint(out, REPLY_STATUS, WIRE_OK);
}

void
reply_add(struct reply *reply, struct slice message_id, enum wire_status status, const struct verdict *verdict,
          bool with_evidence)
{
    struct buffer *out = reply->out;

    if (is_too_large(reply))
        return;
    const size_t opened = fields_open(out, REPLY_RESULTS);
    status = checked_status(status, verdict);
    put_id(out, RESULT_MESSAGE_ID, message_id);
    fields_uint(out, RESULT_STATUS, status);
    if (status == WIRE_OK)
        put_verdict(out, verdict, with_evidence);
    fields_close(out, opened);
}

enum status
reply_finish(struct reply *reply, const char *ruleset_hex)
{
    struct buffer *out = reply->out;

    put_text(out, REPLY_RULESET, ruleset_hex);
    if (!out->failed && !is_too_large(reply))
        return STATUS_OK;
    const enum status status = out->failed ? STATUS_NO_MEMORY : STATUS_TOO_LARGE;
    if (out->bytes > reply->begin)
        explicit_bzero(out->data + reply->begin, out->bytes - reply->begin);
    out->bytes = reply->begin;
    out->failed = false;
    return status;
}

void
reply_error(struct slice request_id, enum wire_status status, const char *detail, uint32_t retry_after_ms,
            struct buffer *out)
{
    ASSERT(status != WIRE_OK);
    put_id(out, REPLY_REQUEST_ID, request_id);
    fields_uint(out, REPLY_STATUS, status);
    put_text(out, REPLY_DETAIL, detail);
    fields_uint(out, REPLY_RETRY_AFTER_MS, retry_after_ms);
}
