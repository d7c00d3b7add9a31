#include "scan/names.h"

#include <stdlib.h>

#include "scan/around.h"
#include "scan/labels.h"
#include "scan/names_explain.h"
#include "scan/names_gate.h"
#include "scan/names_rules.h"
#include "scan/names_windows.h"
#include "scan/tagger.h"
#include "text/letter.h"
#include "text/offsets.h"

enum {
    MENTION_LIKELIHOOD = 99,
    REPORT_FLOOR = 45,    /* a name less likely than this is no finding: more would be false than true */
    MISSED_FLOOR = 75,    /* the same in a text whose names are redacted: it was read when it still told more */
    CONFIRMED_FLOOR = 60, /* another finding this sure keeps names out of its span */
    ACCOMPANIED = 64 /* a doubtful name in a message that holds surer data: of 30 in labelled texts 26 were names */
};

static const char rule_tagged[] = "pii.person.tagged";

/* Smallest range of the plain view that covers `source`. */
static struct span
plain_of_source(const struct state *state, struct span source)
{
    struct span plain = {0, (uint32_t)state->plain.text.bytes};
    if (!state->plain.from)
        return (struct span){source.start, source.end};
    while (plain.start < plain.end && state->plain.to[plain.start] <= source.start)
        plain.start++;
    while (plain.end > plain.start && state->plain.from[plain.end - 1] >= source.end)
        plain.end--;
    return plain;
}

static enum status
name_of_hint(struct state *state, const struct hint *hint)
{
    struct span source;
    if (offsets_byte_of_utf16(state->text, hint->start_utf16, &source.start) != STATUS_OK ||
        offsets_byte_of_utf16(state->text, hint->start_utf16 + hint->length_utf16, &source.end) != STATUS_OK)
        return STATUS_INVALID;
    struct span plain = plain_of_source(state, source);
    if (plain.start < plain.end && state->plain.text.data[plain.start] == '@')
        plain.start++; /* a mention's sign is no part of the name */
    return plain.start < plain.end
               ? names_add(state, plain, "pii.person.mention", MENTION_LIKELIHOOD, EVIDENCE_HINT, SUBJECT_NONE)
               : STATUS_OK;
}

/* --- the tagger beside other findings ------------------------------------------------------------------------------
 */

static bool
is_name_role(const struct cue *cue)
{
    return cue->role == USE_HONORIFIC || cue->role == USE_TITLE || (cue->role == USE_LABEL && cue->info == INFO_PERSON);
}

static bool
is_of_child(const struct state *state, const struct cue *cue)
{
    return slice_equal(slice_sub(state->plain.text, cue->plain), SLICE_LITERAL("ちゃん"));
}

/* A name can stand before an honorific or title only where a letter of one does: not in たくさん, though in ひなちゃん,
 * and not where a word that is no name is known (皆さん, お客様). */
static bool
may_follow_name(const struct state *state, const struct cue *cue)
{
    uint32_t end = cue->plain.start;
    while (end > 0 && state->plain.text.data[end - 1] == ' ')
        end--;
    uint32_t c = state_char_before(state, end);
    bool letter = letter_is_of_noun(c) || c == u'々' || (c >= 'a' && c <= 'z') ||
                  (letter_is_hiragana(c) && is_of_child(state, cue));
    return letter && !names_is_public(state, (struct span){end - 1, cue->plain.end});
}

static bool
has_cue(const struct state *state)
{
    if (!state_saw(state, USE_HONORIFIC) && !state_saw(state, USE_TITLE) && !state_saw(state, USE_LABEL))
        return false;
    for (size_t i = 0; i < state->cue_count; i++)
        if (is_name_role(&state->cues[i]) &&
            (state->cues[i].role == USE_LABEL || may_follow_name(state, &state->cues[i])))
            return true;
    return false;
}

/* Whether the tagger should read this message. */
static bool
passes_gate(const struct state *state, const struct name_model *model, const struct names_text *text)
{
    bool fast = state->ruleset->policy->names == NAMES_FAST;
    int32_t score = names_gate_run(model, text);
    return score >= (fast ? model->numbers.gate_fast : model->numbers.gate_thorough) || has_cue(state);
}

/* What rules and patterns found before the tagger, by start: a name is held only against what may touch it. */
struct earlier {
    uint64_t *order; /* start << 32 | index among the candidates */
    size_t count, from;
    uint32_t longest;
};

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool
earlier_init(const struct state *state, struct earlier *earlier)
{
    *earlier = (struct earlier){.count = state->candidate_count};
    earlier->order = arena_alloc_array(state->arena, earlier->count + 1, sizeof *earlier->order);
    if (!earlier->order)
        return false;
    for (size_t i = 0; i < earlier->count; i++) {
        struct span plain = state->candidates[i].plain;
        earlier->order[i] = (uint64_t)plain.start << 32 | i;
        if (plain.end - plain.start > earlier->longest)
            earlier->longest = plain.end - plain.start;
    }
    qsort(earlier->order, earlier->count, sizeof *earlier->order, by_value);
    return true;
}

/* The first that may touch `name`; names come in order. */
static size_t
earlier_first(struct earlier *earlier, struct span name)
{
    while (earlier->from < earlier->count &&
           (uint32_t)(earlier->order[earlier->from] >> 32) + earlier->longest < name.start)
        earlier->from++;
    return earlier->from;
}

/* The candidate at place `i` of the order; NULL = it and all behind it begin after `name`. */
static struct candidate *
earlier_at(const struct state *state, const struct earlier *earlier, size_t i, struct span name)
{
    if (i >= earlier->count || (uint32_t)(earlier->order[i] >> 32) >= name.end)
        return NULL;
    return &state->candidates[(uint32_t)earlier->order[i]];
}

/* An address, account or plate that holds letters of names: not where the name stands beside it by chance only. */
static bool
is_inside_other(const struct state *state, struct earlier *earlier, struct span name)
{
    const struct candidate *other;
    for (size_t i = earlier_first(earlier, name); (other = earlier_at(state, earlier, i, name)) != NULL; i++) {
        enum info_type type = other->finding.info_type;
        if (type == INFO_NONE || type == INFO_PERSON || type == INFO_JOB_TITLE || type == INFO_SPECIAL_CARE ||
            other->is_dropped || other->finding.likelihood < CONFIRMED_FLOOR)
            continue;
        if (span_overlaps(other->plain, name))
            return true;
    }
    return false;
}

/* The cue that touches `name` on its right (さん, 市長), a space between allowed; NULL = none. */
static const struct cue *
cue_behind(const struct state *state, struct span name)
{
    for (size_t i = state_first_cue(state, name.end); i < state->cue_count; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->plain.start > name.end + 1)
            return NULL;
        bool touches = cue->plain.start == name.end || state->plain.text.data[name.end] == ' ';
        if (touches && (cue->role == USE_HONORIFIC || cue->role == USE_TITLE))
            return cue;
    }
    return NULL;
}

/* What rules and patterns said about the same place: the tagger's borders stand, their evidence is kept. */
static void
take_over(struct state *state, struct earlier *earlier, struct candidate *tagged)
{
    struct candidate *other;
    struct span name = tagged->plain;
    for (size_t i = earlier_first(earlier, name); (other = earlier_at(state, earlier, i, name)) != NULL; i++) {
        if (other->finding.info_type != INFO_PERSON || other->is_dropped ||
            !span_overlaps(other->plain, tagged->plain) || other->finding.evidence & EVIDENCE_HINT)
            continue;
        tagged->finding.evidence |= other->finding.evidence;
        if (other->finding.likelihood > tagged->finding.likelihood)
            tagged->finding.likelihood = other->finding.likelihood;
        if (tagged->finding.subject == SUBJECT_NONE && other->finding.subject != SUBJECT_PUBLIC)
            tagged->finding.subject = other->finding.subject;
        other->is_dropped = true;
    }
}

/* A. Tanaka */
static bool
is_initial(const struct names_text *text, uint32_t stop)
{
    bool latin = text->types[(int32_t)stop - 1] == TYPE_LATIN || text->types[(int32_t)stop - 1] == TYPE_CAPITAL;
    return text->characters[stop] == '.' && latin;
}

/* A name holds no bracket, stop or line break, and no ＊＊＊＊ or ＝＝＝＝: what does is the edge of a placeholder, of
 * a list or of a line that was drawn. */
static bool
is_broken(const struct names_text *text, struct name_span span)
{
    for (uint32_t i = span.start; i < span.end; i++) {
        bool ends = names_type_ends(text->types[i]) && !is_initial(text, i);
        uint32_t c = text->characters[i];
        if (ends || ((c == '*' || c == '=') && text->characters[i + 1] == c))
            return true;
    }
    return false;
}

/* 号, 娘, 雨: what stands for itself as a name does. 夏さん and 氏名：花 are names. */
static bool
is_word(const struct state *state, struct span name, const struct cue *honorific)
{
    if (honorific || around_at(state, name.start, PHRASES_NAME_WORD) != name.end - name.start)
        return false;
    const struct cue *label = labels_nearest(state, name);
    return !label || label->role != USE_LABEL || label->info != INFO_PERSON;
}

static enum status
add_tagged(struct state *state, struct earlier *earlier, struct span name, unsigned likelihood)
{
    const struct cue *cue = cue_behind(state, name);
    bool unsure = likelihood < (state->names_redacted ? MISSED_FLOOR : REPORT_FLOOR) || is_word(state, name, cue);
    if (unsure || is_inside_other(state, earlier, name) || names_is_public(state, name)) {
        state_trace(state, TRACE_NAME, name, rule_tagged,
                    unsure ? "too unsure, or a word" : "public, or inside another finding", (int)likelihood);
        return STATUS_OK;
    }
    bool title = cue && cue->role == USE_TITLE;
    uint16_t evidence = EVIDENCE_DICTIONARY | (cue && !title ? EVIDENCE_HONORIFIC : 0);
    state_trace(state, TRACE_NAME, name, rule_tagged, "tagged", (int)likelihood);
    enum status status =
        names_add(state, name, rule_tagged, likelihood, evidence, title ? SUBJECT_OFFICIAL : SUBJECT_NONE);
    if (status == STATUS_OK)
        take_over(state, earlier, &state->candidates[state->candidate_count - 1]);
    return status;
}

/* What only stands behind a label is a name when the tagger thinks so too (名義は以上です). */
static void
drop_unconfirmed(struct state *state, const struct earlier *earlier)
{
    for (size_t i = 0; i < earlier->count; i++) {
        struct candidate *other = &state->candidates[i];
        bool labelled = other->finding.info_type == INFO_PERSON && other->finding.evidence == EVIDENCE_LABEL;
        if (!labelled || other->is_dropped)
            continue;
        state_trace(state, TRACE_NAME, other->plain, other->finding.rule, "the tagger sees no name",
                    other->finding.likelihood);
        other->is_dropped = true;
    }
}

static struct span
place_of(const struct state *state, const struct names_text *text, struct name_span name)
{
    struct span place = {text->offsets[name.start], text->offsets[name.end]};
    while (state->plain.text.data[place.end - 1] == ' ') /* where letters are spaced out, it belongs to none */
        place.end--;
    return place;
}

/* Whether a message with this in it is about somebody: not what many messages hold of nobody. */
static bool
tells_of_somebody(const struct candidate *candidate)
{
    switch (candidate->finding.info_type) {
    case INFO_NONE:
    case INFO_URL:
    case INFO_POSTAL_CODE:
    case INFO_CORPORATE_NUMBER:
    case INFO_AGE:
    case INFO_JOB_TITLE:
        return false;
    default:
        return !candidate->is_dropped && candidate->finding.likelihood >= CONFIRMED_FLOOR &&
               candidate->finding.subject != SUBJECT_OFFICIAL && candidate->finding.subject != SUBJECT_PUBLIC;
    }
}

/* Who gives a number or names somebody, names more. */
static void
believe_accompanied(struct state *state, size_t first)
{
    bool doubtful = false, accompanied = false;
    for (size_t i = first; i < state->candidate_count; i++)
        doubtful |= state->candidates[i].finding.likelihood < ACCOMPANIED;
    for (size_t i = 0; doubtful && !accompanied && i < state->candidate_count; i++)
        accompanied = tells_of_somebody(&state->candidates[i]);
    for (size_t i = first; accompanied && i < state->candidate_count; i++)
        if (state->candidates[i].finding.likelihood < ACCOMPANIED)
            state->candidates[i].finding.likelihood = ACCOMPANIED;
}

/* Two names with nothing between them are one that changes its script: 中村ハナ. */
static size_t
join_touching(struct name_span *spans, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || spans[kept - 1].end != spans[i].start) {
            spans[kept++] = spans[i];
            continue;
        }
        spans[kept - 1].end = spans[i].end;
        if (spans[i].margin > spans[kept - 1].margin)
            spans[kept - 1].margin = spans[i].margin;
    }
    return kept;
}

/* One window of the text; what it holds is held against what was found before. */
static enum status
tag_window(struct state *state, const struct name_model *model, const struct names_text *text, struct earlier *earlier,
           const struct names_text *window, uint32_t start)
{
    struct name_span *spans = NULL;
    size_t count = 0;
    enum status status = tagger_run(model, window, state->arena, &spans, &count);
    count = join_touching(spans, count);
    if (count == 0)
        state_trace(state, TRACE_NAME, (struct span){window->offsets[0], window->offsets[window->count]}, rule_tagged,
                    "read: no name", -1);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct name_span name = {spans[i].start + start, spans[i].end + start, spans[i].margin};
        names_explain(state, model, text, name);
        if (!is_broken(text, name))
            status = add_tagged(state, earlier, place_of(state, text, name), tagger_likelihood(model, name.margin));
    }
    return status;
}

static enum status
names_by_tagger(struct state *state, const struct name_model *model)
{
    struct names_text text, window;
    struct earlier earlier;
    void *memory = arena_alloc(state->arena, names_text_bytes(state->plain.text.bytes));
    if (!memory)
        return STATUS_TOO_LARGE;
    names_text_fill(state->text, &state->plain, memory, &text);
    if (!passes_gate(state, model, &text)) {
        state_trace(state, TRACE_NAME, (struct span){0, 0}, rule_tagged, "not read: nothing hints at a name", -1);
        return STATUS_OK;
    }
    state->counts->names++;
    const uint8_t *marks = names_windows_mark(state, model, &text);
    if (!marks || !earlier_init(state, &earlier))
        return STATUS_TOO_LARGE;
    enum status status = STATUS_OK;
    for (uint32_t at = 0, start; status == STATUS_OK && names_windows_next(&text, marks, &at, &window, &start);)
        status = tag_window(state, model, &text, &earlier, &window, start);
    if (status == STATUS_OK) {
        drop_unconfirmed(state, &earlier);
        believe_accompanied(state, earlier.count);
    }
    return status;
}

enum status
names_find(struct state *state)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < state->message->hint_count && status == STATUS_OK; i++)
        if (state->message->hints[i].kind == HINT_PERSON)
            status = name_of_hint(state, &state->message->hints[i]);
    if (status == STATUS_OK)
        status = names_by_rules(state);
    if (status == STATUS_OK && state->common->names) /* only a bench goes without */
        status = names_by_tagger(state, state->common->names);
    return status;
}
