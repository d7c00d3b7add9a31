/* wire/json.c */
#include "wire/json.h"

#include "text/offsets.h"

#define APPEND(out, literal) buffer_append((out), (literal), sizeof(literal) - 1)

/* --- strings ---------------------------------------------------------------------------------------------------- */

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

static bool
is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/* Whether one of eight bytes must be escaped. A borrow may report a byte too many, never one too few. */
static bool
eight_need_escape(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t quote = word ^ ('"' * ONES);
    uint64_t slash = word ^ ('\\' * ONES);
    uint64_t found = ((word - 0x20 * ONES) & ~word) | ((quote - ONES) & ~quote) | ((slash - ONES) & ~slash);
    return (found & HIGHS) != 0;
}

/* How many bytes from `at` on stand as they are. */
static size_t
plain_run(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *start = at;
    while (end - at >= 8 && !eight_need_escape(at))
        at += 8;
    while (at < end && is_plain(*at))
        at++;
    return (size_t)(at - start);
}

static void
append_escape(struct buffer *out, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    char control[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    char quoted[] = {'\\', (char)byte};
    if (byte < 0x20)
        buffer_append(out, control, sizeof control);
    else
        buffer_append(out, quoted, sizeof quoted);
}

/* Most texts need no escape: they go out in one piece. */
static void
append_plain(struct buffer *out, struct slice text)
{
    uint8_t *at = buffer_reserve(out, text.bytes + 2);

    if (!at)
        return;
    at[0] = '"';
    if (text.bytes > 0)
        memcpy(at + 1, text.data, text.bytes);
    at[text.bytes + 1] = '"';
    out->bytes += text.bytes + 2;
}

void
json_string(struct buffer *out, struct slice text)
{
    const uint8_t *at = text.data, *end = text.data + text.bytes;

    if (plain_run(at, end) == text.bytes) {
        append_plain(out, text);
        return;
    }
    buffer_append_byte(out, '"');
    while (at < end) {
        size_t run = plain_run(at, end);
        if (run > 0)
            buffer_append(out, at, run);
        at += run;
        for (; at < end && !is_plain(*at); at++)
            append_escape(out, *at);
    }
    buffer_append_byte(out, '"');
}

/* --- verdicts --------------------------------------------------------------------------------------------------- */

/* A word of a closed vocabulary: ours, needs no escape. */
static void
append_word(struct buffer *out, const char *word)
{
    buffer_append_byte(out, '"');
    buffer_append_text(out, word);
    buffer_append_byte(out, '"');
}

static void
append_word_or_null(struct buffer *out, bool has_word, const char *word)
{
    if (has_word)
        append_word(out, word);
    else
        APPEND(out, "null");
}

static void
append_bool(struct buffer *out, bool value)
{
    if (value)
        APPEND(out, "true");
    else
        APPEND(out, "false");
}

static void
append_clause_ids(struct buffer *out, const struct clause *const *clauses, size_t count)
{
    buffer_append_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        json_string(out, slice_of(clauses[i]->id));
    }
    buffer_append_byte(out, ']');
}

/* Moves `cursor` to the start of the finding; the end is sought from a copy, because ends may go back. */
static void
append_place(struct buffer *out, struct offsets *cursor, struct span span)
{
    offsets_seek(cursor, span.start);
    struct offsets end = *cursor;
    offsets_seek(&end, span.end);
    APPEND(out, "{\"start\":");
    buffer_append_uint(out, cursor->code_point);
    APPEND(out, ",\"end\":");
    buffer_append_uint(out, end.code_point);
}

static void
append_finding(struct buffer *out, struct offsets *cursor, const struct finding *finding)
{
    append_place(out, cursor, finding->span);
    APPEND(out, ",\"info_type\":");
    append_word_or_null(out, finding->info_type != INFO_NONE, info_type_word(finding->info_type));
    APPEND(out, ",\"category\":");
    append_word_or_null(out, finding->category != CATEGORY_NONE, category_word(finding->category));
    APPEND(out, ",\"subject\":");
    append_word_or_null(out, finding->subject != SUBJECT_NONE, subject_word(finding->subject));
    APPEND(out, ",\"likelihood\":");
    buffer_append_uint(out, finding->likelihood);
    APPEND(out, ",\"severity\":");
    append_word_or_null(out, finding->severity != SEVERITY_NONE, severity_word(finding->severity));
    APPEND(out, ",\"rule\":");
    json_string(out, slice_of(finding->rule));
    APPEND(out, ",\"clauses\":");
    append_clause_ids(out, finding->clauses, finding->clause_count);
    APPEND(out, ",\"action\":");
    append_word_or_null(out, finding->action != ACTION_NONE, action_word(finding->action));
    buffer_append_byte(out, '}');
}

static void
append_findings(struct buffer *out, const struct verdict *verdict)
{
    struct offsets cursor;

    offsets_init(&cursor, verdict->text);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (i > 0)
            buffer_append_byte(out, ',');
        append_finding(out, &cursor, &verdict->findings[i]);
    }
}

static void
append_head(struct buffer *out, struct slice id_json, const char *status)
{
    APPEND(out, "{\"id\":");
    buffer_append(out, id_json.data, id_json.bytes);
    APPEND(out, ",\"status\":");
    append_word(out, status);
}

/* Nearly every record of an archive has nothing found and nothing flagged: its members go out in few pieces. */
static void
append_results(struct buffer *out, const struct verdict *verdict)
{
    if (verdict->finding_count + verdict->ground_count == 0) {
        APPEND(out, ",\"findings\":[],\"grounds\":[]");
        return;
    }
    APPEND(out, ",\"findings\":[");
    if (verdict->finding_count > 0)
        append_findings(out, verdict);
    APPEND(out, "],\"grounds\":");
    append_clause_ids(out, verdict->grounds, verdict->ground_count);
}

static void
append_flags(struct buffer *out, const struct verdict *verdict)
{
    bool has_notice = verdict->notice_id && *verdict->notice_id;

    if (!verdict->review && !verdict->escalate && !has_notice) {
        APPEND(out, ",\"review\":false,\"escalate\":false,\"notice_id\":null");
        return;
    }
    APPEND(out, ",\"review\":");
    append_bool(out, verdict->review);
    APPEND(out, ",\"escalate\":");
    append_bool(out, verdict->escalate);
    APPEND(out, ",\"notice_id\":");
    if (has_notice)
        json_string(out, slice_of(verdict->notice_id));
    else
        APPEND(out, "null");
}

void
json_verdict(struct buffer *out, struct slice id_json, const struct verdict *verdict, const struct ruleset *ruleset)
{
    APPEND(out, "{\"id\":");
    buffer_append(out, id_json.data, id_json.bytes);
    /* A verdict that no complete run made must not look like an answer. */
    if (verdict->action <= ACTION_NONE || verdict->action >= ACTION_COUNT) {
        APPEND(out, ",\"status\":\"INTERNAL\",\"verdict\":null,\"text\":null,\"findings\":[]}");
        return;
    }
    APPEND(out, ",\"status\":\"OK\",\"verdict\":\"");
    buffer_append_text(out, action_word(verdict->action));
    APPEND(out, "\",\"text\":");
    json_string(out, verdict->action == ACTION_ALLOW ? verdict->text : verdict->redacted);
    append_results(out, verdict);
    append_flags(out, verdict);
    APPEND(out, ",\"policy\":");
    json_string(out, slice_of(ruleset->policy->id));
    APPEND(out, ",\"ruleset\":\"");
    buffer_append_text(out, ruleset->hash_hex);
    APPEND(out, "\"}");
}

void
json_refused(struct buffer *out, struct slice id_json, enum wire_status status, uint64_t record, uint64_t byte)
{
    append_head(out, id_json, wire_status_word(status));
    APPEND(out, ",\"verdict\":null,\"text\":null,\"findings\":[],\"position\":{\"record\":");
    buffer_append_uint(out, record);
    APPEND(out, ",\"byte\":");
    buffer_append_uint(out, byte);
    APPEND(out, "}}");
}
