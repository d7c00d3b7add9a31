#include "scan/verify.h"

#include <stdlib.h>

#include "scan/address.h"
#include "scan/around.h"
#include "scan/check_digits.h"
#include "scan/office.h"
#include "text/intake.h"
#include "text/utf8.h"

enum {
    WINDOW_AFTER_BYTES = 176,
    LOOK_AHEAD_BYTES = 16,   /* what a guard or look-ahead may want to see behind a value */
    LABEL_REACH_BYTES = 36,  /* about 12 kana between a label and its value */
    FAMILY_REACH_BYTES = 75, /* 子ども（名前、 date */
    LABEL_AFTER_BYTES = 12,  /* 090-…（携帯） */
    UNCONFIRMED_BYTES = 32,
};

/* --- labels --- */

static bool
ends_sentence(uint32_t c)
{
    return c == 0x3002 || c == '!' || c == '?';
}

/* 個人番号（12桁）: how long the value is, said between label and value. 0: no such words at `at`. */
static uint32_t
length_words(struct slice text, uint32_t at)
{
    static const char unit[] = "桁";
    uint32_t end = at;
    while (end < text.bytes && end < at + 2 && text.data[end] >= '0' && text.data[end] <= '9')
        end++;
    bool named = end > at && text.bytes - end >= sizeof unit - 1 && memcmp(text.data + end, unit, sizeof unit - 1) == 0;
    return named ? end - at + (uint32_t)sizeof unit - 1 : 0;
}

/* Whether only little stands in [from, to): no end of a sentence, no border, at most one line break, no other digits.
 */
static bool
gap_is_short(const struct state *state, uint32_t from, uint32_t to)
{
    if (to - from > LABEL_REACH_BYTES)
        return false;
    unsigned breaks = 0;
    for (uint32_t at = from; at < to;) {
        uint32_t words = length_words(state->plain.text, at);
        at += words;
        if (words > 0)
            continue;
        uint32_t c = utf8_next(state->plain.text, &at);
        breaks += c == '\n';
        if (ends_sentence(c) || c == VIEW_BORDER || breaks > 1 || (c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

/* Whether `label`, or another meaning of the same words (被保険者番号 is written on several cards), names `info`. */
static bool
label_names(const struct state *state, const struct cue *label, enum info_type info)
{
    for (size_t i = state_first_cue(state, label->plain.start);
         i < state->cue_count && state->cues[i].plain.start == label->plain.start; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == label->role && cue->plain.end == label->plain.end && cue->info == info)
            return true;
    }
    return false;
}

/* Whether values of `info` are long numbers: what stands behind such a label is no other kind's number. */
static bool
is_numbered(enum info_type info)
{
    switch (info) {
    case INFO_PHONE:
    case INFO_MY_NUMBER:
    case INFO_CORPORATE_NUMBER:
    case INFO_CREDIT_CARD:
    case INFO_DRIVERS_LICENSE:
    case INFO_PASSPORT:
    case INFO_RESIDENCE_CARD:
    case INFO_RESIDENT_RECORD_CODE:
    case INFO_PENSION_NUMBER:
    case INFO_EMPLOYMENT_INSURANCE:
    case INFO_HEALTH_INSURANCE:
    case INFO_CARE_INSURANCE:
    case INFO_BANK_ACCOUNT:
        return true;
    default:
        return false;
    }
}

const struct cue *
verify_nearest_label(const struct state *state, struct span plain)
{
    const struct cue *nearest = NULL;
    size_t first = state_first_cue(state, plain.start > CUE_MAX_BYTES ? plain.start - CUE_MAX_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < plain.start; i++) {
        const struct cue *cue = &state->cues[i];
        if ((cue->role != USE_LABEL && cue->role != USE_NEGATIVE) || cue->plain.end > plain.start)
            continue;
        if (nearest && cue->plain.end <= nearest->plain.end)
            continue; /* equal ends: the longer one came first */
        if (gap_is_short(state, cue->plain.end, plain.start))
            nearest = cue;
    }
    return nearest;
}

/* A label right behind the value, in brackets: 090-1234-5678（携帯）. */
static bool
label_follows(const struct state *state, struct span plain, enum info_type info)
{
    uint32_t open = state_char_at(state, plain.end);
    if (open != '(' && open != '[')
        return false;
    size_t first = state_first_cue(state, plain.end + 1);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start <= plain.end + LABEL_AFTER_BYTES; i++)
        if (state->cues[i].role == USE_LABEL && state->cues[i].info == info)
            return true;
    return false;
}

/* A relative named before, the date right behind a comma or bracket, and nothing after it that makes it an appointment.
 */
static bool
is_family_date(const struct state *state, struct span value)
{
    uint32_t before = state_char_before(state, value.start);
    if (!date_is_valid(slice_sub(state->plain.text, value)) ||
        (before != 0x3001 && before != ',' && before != '(' && before != ' ') ||
        around_at(state, value.end, PHRASES_DATE_APPOINTMENT))
        return false;
    for (size_t i = state_first_cue(state, value.start); i > 0; i--) {
        const struct cue *cue = &state->cues[i - 1];
        if (value.start > cue->plain.start + FAMILY_REACH_BYTES)
            return false;
        if (cue->role == USE_FAMILY && cue->plain.end <= value.start)
            return true;
    }
    return false;
}

/* 〒 ☎ ✉: signs are labels, but the skeleton drops them. */
static enum info_type
info_of_sign(uint32_t c)
{
    switch (c) {
    case 0x3012:
    case 0x3036:
        return INFO_POSTAL_CODE;
    case 0x260E:
    case 0x260F:
    case 0x2706:
    case 0x1F4DE:
    case 0x1F4F1:
        return INFO_PHONE;
    case 0x2709:
    case 0x1F4E7:
        return INFO_EMAIL;
    default:
        return INFO_NONE;
    }
}

static bool
has_sign(const struct state *state, struct span value, enum info_type info)
{
    uint32_t at = value.start;
    while (at > 0 && state->plain.text.data[at - 1] == ' ')
        at--;
    return info != INFO_NONE && info_of_sign(state_char_before(state, at)) == info;
}

bool
verify_has_label(const struct state *state)
{
    if (state->roles_seen & 1u << USE_LABEL)
        return true;
    for (uint32_t at = 0; at < state->plain.text.bytes;)
        if (info_of_sign(utf8_next(state->plain.text, &at)) != INFO_NONE)
            return true;
    return false;
}

/* （04-7167-…）: an opening bracket that closes behind the value is no part of it. */
static struct span
trim_open_bracket(const struct state *state, struct span value)
{
    struct slice text = slice_sub(state->plain.text, value);
    if (text.bytes && text.data[0] == '(' && !memchr(text.data, ')', text.bytes))
        value.start++;
    return value;
}

/* 令5.10.20: the sign of an era before a date is part of it, and makes it one. */
static bool
take_era_sign(const struct state *state, struct span *value)
{
    static const uint32_t signs[] = {0x660E, 0x5927, 0x662D, 0x5E73, 0x4EE4};
    uint32_t before = state_char_before(state, value->start);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct span longer = {value->start - 3, value->end};
        if (before == signs[i] && date_is_valid(slice_sub(state->plain.text, longer))) {
            *value = longer;
            return true;
        }
    }
    return false;
}

/* --- one confirmed value --- */

/* The pattern's check on a value; an address takes in the places before it. */
static bool
holds_check(const struct state *state, const struct pattern *pattern, struct span *value)
{
    switch (pattern->check) {
    case CHECK_NONE:
        return false;
    case CHECK_ADDRESS:
        return address_extend(state, value);
    case CHECK_ADDRESS_SINGLE:
        return address_extend_single(state, value);
    case CHECK_FAMILY_DATE:
        return is_family_date(state, *value);
    case CHECK_ERA_SIGN:
        return take_era_sign(state, value);
    default:
        return check_holds(pattern->check, slice_sub(state->plain.text, *value));
    }
}

static unsigned
likelihood_of(const struct state *state, const struct pattern *pattern, struct span *value_inout,
              uint16_t *evidence_out, enum subject *subject_out)
{
    bool checked = holds_check(state, pattern, value_inout);
    struct span value = *value_inout;
    const struct cue *near = verify_nearest_label(state, value);
    *evidence_out = checked ? EVIDENCE_CHECK_DIGIT : 0;
    if (office_owns(state, pattern->info, value, near)) {
        *subject_out = SUBJECT_OFFICIAL;
        *evidence_out |= EVIDENCE_NEGATIVE;
    }
    bool labelled = has_sign(state, value, pattern->info) || label_follows(state, value, pattern->info) ||
                    (near && near->role == USE_LABEL && label_names(state, near, pattern->info));
    if (near && near->role == USE_NEGATIVE && (near->info == INFO_NONE || near->info == pattern->info) && !labelled) {
        *evidence_out |= EVIDENCE_NEGATIVE;
        return checked || pattern->check == CHECK_NONE ? pattern->with_negative : 0;
    }
    if (labelled) {
        *evidence_out |= EVIDENCE_LABEL;
        return checked ? pattern->with_both : pattern->with_label;
    }
    if (near && near->role == USE_LABEL && is_numbered(near->info)) /* it is called something else */
        return pattern->plain;
    return checked ? pattern->with_check : pattern->plain;
}

/* 氏名：山田太郎 電話 090-…: the next label is no part of the value. */
static struct span
clip_to_next_label(const struct state *state, struct span value)
{
    for (size_t i = state_first_cue(state, value.start + 1);
         i < state->cue_count && state->cues[i].plain.start < value.end; i++) {
        uint32_t before = state_char_before(state, state->cues[i].plain.start);
        if (state->cues[i].role == USE_LABEL && (before == ' ' || before == '\n'))
            value.end = state->cues[i].plain.start;
    }
    while (value.end > value.start &&
           (state->plain.text.data[value.end - 1] == ' ' || state->plain.text.data[value.end - 1] == '\n'))
        value.end--;
    return value;
}

static enum status
add_value(struct state *state, const struct pattern *pattern, const struct regex_match *match, uint32_t offset)
{
    struct span value = match->groups[pattern->group];
    if (value.start == value.end)
        value = match->groups[0];
    value.start += offset;
    value.end += offset;
    if (pattern->after_label || pattern->check == CHECK_ADDRESS)
        value = clip_to_next_label(state, value);
    value = trim_open_bracket(state, value);
    uint16_t evidence = 0;
    enum subject subject = SUBJECT_NONE;
    bool exclusion = pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE;
    unsigned likelihood = exclusion ? 100 : likelihood_of(state, pattern, &value, &evidence, &subject);
    state_trace(state, TRACE_PATTERN, value, pattern->rule,
                exclusion    ? "consumes"
                : likelihood ? "confirmed"
                             : "no evidence",
                (int)likelihood);
    if (likelihood == 0)
        return STATUS_OK;
    struct candidate *candidate = state_candidate(state, value, pattern->rule, likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->is_exclusion = exclusion;
    candidate->finding.info_type = pattern->info;
    candidate->finding.category = pattern->category;
    candidate->finding.severity = pattern->category ? pattern->severity : SEVERITY_NONE;
    candidate->finding.evidence = evidence;
    candidate->finding.subject = subject;
    state->counts->confirmed++;
    return STATUS_OK;
}

static enum status
add_unconfirmed(struct state *state, const struct pattern *pattern, uint32_t end, uint32_t floor)
{
    if (pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE)
        return STATUS_OK; /* what is nobody's must be proved, else it would hide somebody's */
    uint32_t start = end > floor + UNCONFIRMED_BYTES ? end - UNCONFIRMED_BYTES : floor;
    while (start < end && utf8_is_inside(state->plain.text.data[start]))
        start++;
    struct candidate *last = state->candidate_count ? &state->candidates[state->candidate_count - 1] : NULL;
    if (last && last->finding.evidence & EVIDENCE_BUDGET && last->finding.rule == pattern->rule &&
        last->plain.end >= start) {
        last->plain.end = end;
        return STATUS_OK;
    }
    struct candidate *candidate = state_candidate(state, (struct span){start, end}, pattern->rule, 60);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.info_type = pattern->info;
    candidate->finding.category = pattern->category;
    candidate->finding.severity = pattern->category ? pattern->severity : SEVERITY_NONE;
    candidate->finding.evidence = EVIDENCE_BUDGET;
    return STATUS_OK;
}

/* --- windows --- */

static uint32_t
clip_to_character(struct slice text, uint64_t at)
{
    if (at >= text.bytes)
        return (uint32_t)text.bytes;
    while (at > 0 && utf8_is_inside(text.data[at]))
        at--;
    return (uint32_t)at;
}

static bool
budget_is_spent(const struct state *state)
{
    return state->confirmations > 64 + state->plain.text.bytes / 8;
}

static int
hit_order(const void *a, const void *b)
{
    const struct multi_hit *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* How far one pattern has come: values end before `done`, hits that end before `settled` need no further look. */
struct progress {
    uint32_t done;
    uint32_t settled;
};

/* All values of `pattern` that end in the window around a hit at `end`. What the window does not show is not there. */
static enum status
confirm_window(struct state *state, const struct pattern *pattern, uint32_t end, struct progress *progress)
{
    struct slice text = state->plain.text;
    uint32_t from = progress->done;
    if (end > from + VERIFY_WINDOW_BYTES)
        from = clip_to_character(text, end - VERIFY_WINDOW_BYTES);
    uint32_t base = from > 16 ? clip_to_character(text, from - 16) : 0; /* what look-behind may see */
    uint32_t stop = clip_to_character(text, (uint64_t)end + WINDOW_AFTER_BYTES);
    uint32_t seen = stop == text.bytes ? stop : stop - LOOK_AHEAD_BYTES;
    struct slice window = slice_sub(text, (struct span){base, stop});
    while (from < end) {
        struct regex_match match;
        state->confirmations++;
        enum status status = regex_find(pattern->regex, state->regex_scratch, window, from - base, false, &match);
        if (status == STATUS_NOT_FOUND || (status == STATUS_OK && base + match.groups[0].end > seen)) {
            /* a match that touches the window's end is found again from the next hit */
            uint32_t unsure = status == STATUS_OK ? base + match.groups[0].start : seen;
            progress->settled = unsure > end ? unsure : end;
            return STATUS_OK;
        }
        if (status == STATUS_BUDGET) {
            status = add_unconfirmed(state, pattern, end, progress->done);
            progress->done = end;
            return status;
        }
        if (status == STATUS_OK)
            status = add_value(state, pattern, &match, base);
        if (status != STATUS_OK)
            return status;
        from = progress->done = base + match.groups[0].end;
    }
    return STATUS_OK;
}

/* Hits by pattern, ends ascending. Hyperscan promises no order, but mostly keeps it: count by id, then look. */
static enum status
order_hits(struct state *state)
{
    size_t patterns = state->common->searched_count;
    size_t *next = arena_alloc_array(state->arena, patterns + 1, sizeof *next);
    struct multi_hit *ordered = arena_alloc_array(state->arena, state->pattern_hit_count, sizeof *ordered);
    if (!next || !ordered)
        return STATUS_TOO_LARGE;
    memset(next, 0, (patterns + 1) * sizeof *next);
    for (size_t i = 0; i < state->pattern_hit_count; i++)
        next[state->pattern_hits[i].id + 1]++;
    for (size_t id = 0; id < patterns; id++)
        next[id + 1] += next[id];
    for (size_t i = 0; i < state->pattern_hit_count; i++)
        ordered[next[state->pattern_hits[i].id]++] = state->pattern_hits[i];
    for (size_t i = 1; i < state->pattern_hit_count; i++)
        if (hit_order(&ordered[i - 1], &ordered[i]) > 0) {
            qsort(ordered, state->pattern_hit_count, sizeof *ordered, hit_order);
            break;
        }
    state->pattern_hits = ordered;
    return STATUS_OK;
}

static enum status
verify_searched(struct state *state)
{
    enum status status = order_hits(state);
    struct progress progress = {0};
    for (size_t i = 0; i < state->pattern_hit_count && status == STATUS_OK; i++) {
        const struct multi_hit *hit = &state->pattern_hits[i];
        const struct pattern *pattern = &state->common->patterns[hit->id];
        if (i == 0 || hit[-1].id != hit->id)
            progress = (struct progress){0};
        if (hit->end <= progress.done || hit->end <= progress.settled)
            continue;
        if (!budget_is_spent(state)) {
            status = confirm_window(state, pattern, hit->end, &progress);
            continue;
        }
        status = add_unconfirmed(state, pattern, hit->end, progress.done);
        progress.done = hit->end;
    }
    return status;
}

/* --- anchored patterns --- */

/* Behind a label: spaces, ：, は, が, 」, →, の番号は … a few characters of no weight. */
static uint32_t
skip_label_tail(const struct state *state, uint32_t at)
{
    static const uint32_t weightless[] = {' ',    '\n',   ':',    '=',    '(',    ')',    '[',    ']',
                                          '-',    '.',    ',',    '"',    0x300C, 0x300D, 0x300E, 0x3011,
                                          0x3001, 0x306F, 0x304C, 0x2192, 0x30FB, 0x3092, 0x201C};
    for (unsigned steps = 0; steps < 6 && at < state->plain.text.bytes; steps++) {
        uint32_t next = at, c = utf8_next(state->plain.text, &next);
        bool skip = false;
        for (size_t i = 0; i < sizeof weightless / sizeof *weightless; i++)
            skip |= weightless[i] == c;
        if (!skip)
            break;
        at = next;
    }
    return at;
}

static enum status
try_anchored(struct state *state, const struct pattern *pattern, uint32_t at)
{
    struct slice text = state->plain.text;
    uint32_t base = at > 16 ? clip_to_character(text, at - 16) : 0;
    struct slice window =
        slice_sub(text, (struct span){base, clip_to_character(text, (uint64_t)at + VERIFY_WINDOW_BYTES)});
    struct regex_match match;
    state->confirmations++;
    enum status status = regex_find(pattern->regex, state->regex_scratch, window, at - base, true, &match);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_BUDGET)
        return add_unconfirmed(state, pattern, clip_to_character(text, (uint64_t)at + UNCONFIRMED_BYTES), at);
    return status == STATUS_OK ? add_value(state, pattern, &match, base) : status;
}

/* Whether another label stands right there: 氏名 電話番号 … is an empty form, no name. */
static bool
label_begins_at(const struct state *state, uint32_t at)
{
    for (size_t i = state_first_cue(state, at); i < state->cue_count && state->cues[i].plain.start == at; i++)
        if (state->cues[i].role == USE_LABEL)
            return true;
    return false;
}

/* Values of the cue's type behind it (label) or from its first byte (start). */
static enum status
verify_cue(struct state *state, const struct cue *cue)
{
    uint32_t at = cue->role == USE_START ? cue->plain.start : skip_label_tail(state, cue->plain.end);
    if (at >= state->plain.text.bytes)
        return STATUS_OK;
    if (cue->role == USE_LABEL && label_begins_at(state, at))
        return STATUS_OK;
    for (size_t i = state->common->searched_count; i < state->common->pattern_count; i++) {
        const struct pattern *pattern = &state->common->patterns[i];
        if (pattern->info != cue->info || !(cue->role == USE_START ? pattern->at_start : pattern->after_label))
            continue;
        enum status status =
            budget_is_spent(state)
                ? add_unconfirmed(state, pattern,
                                  clip_to_character(state->plain.text, (uint64_t)at + UNCONFIRMED_BYTES), at)
                : try_anchored(state, pattern, at);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status
verify_patterns(struct state *state)
{
    enum status status = state->pattern_hit_count ? verify_searched(state) : STATUS_OK;
    if (!(state->roles_seen & (1u << USE_LABEL | 1u << USE_START)))
        return status;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++)
        if (state->cues[i].role == USE_LABEL || state->cues[i].role == USE_START)
            status = verify_cue(state, &state->cues[i]);
    return status;
}
