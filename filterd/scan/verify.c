#include "scan/verify.h"

#include <stdlib.h>

#include "scan/address.h"
#include "scan/around.h"
#include "scan/check_digits.h"
#include "scan/labels.h"
#include "scan/office.h"
#include "text/intake.h"
#include "text/utf8.h"

enum {
    WINDOW_AFTER_BYTES = 176,
    LOOK_BEHIND_BYTES = 16,  /* what a guard or look-behind may want to see before a value */
    LOOK_AHEAD_BYTES = 16,   /* the same behind it */
    FAMILY_REACH_BYTES = 75, /* 子ども（名前、 date */
    UNCONFIRMED_BYTES = 32,  /* so much is taken for a value that was not looked for */
    UNCONFIRMED_LIKELIHOOD = 60,
    FREE_CONFIRMATIONS = 64, /* of any message; then one more … */
    BYTES_PER_CONFIRMATION = 8
};

/* --- windows ------------------------------------------------------------------------------------------------------ */

static uint32_t
clip_to_character(struct slice text, uint64_t at)
{
    if (at >= text.bytes)
        return (uint32_t)text.bytes;
    while (at > 0 && utf8_is_inside(text.data[at]))
        at--;
    return (uint32_t)at;
}

/* Where a window begins in which a value may begin at `from`. */
static uint32_t
look_behind(struct slice text, uint32_t from)
{
    return from > LOOK_BEHIND_BYTES ? clip_to_character(text, from - LOOK_BEHIND_BYTES) : 0;
}

/* --- what a value is, and what it is called ----------------------------------------------------------------------- */

/* はるとくん（date）: a child's name, or a relative not far before. */
static bool
has_child_before(const struct state *state, uint32_t at)
{
    for (size_t i = state_first_cue(state, at); i > 0; i--) {
        const struct cue *cue = &state->cues[i - 1];
        if (at > cue->plain.start + FAMILY_REACH_BYTES)
            return false;
        if (cue->plain.end <= at && cue->role == USE_FAMILY)
            return true;
        if (cue->plain.end + 1 == at && cue->role == USE_HONORIFIC &&
            around_before(state, cue->plain.end, PHRASES_DATE_CHILD))
            return true;
    }
    return false;
}

/* A child or relative named before, the date right behind a comma or bracket, or behind another date of birth, and
 * nothing after it that makes it an appointment. Beside the right date even a wrong one is somebody's. */
static bool
is_family_date(const struct state *state, struct span value)
{
    bool carried = labels_carry_over(state, value, INFO_BIRTH_DATE);
    if (carried && around_before(state, value.start, PHRASES_LABEL_CONTRAST))
        return true;
    uint32_t before = state_char_before(state, value.start);
    if (!date_is_valid(slice_sub(state->plain.text, value)) || around_at(state, value.end, PHRASES_DATE_APPOINTMENT))
        return false;
    return carried || (utf8_is_among(before, "、,( ") && has_child_before(state, value.start));
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
    if (!utf8_is_among(state_char_before(state, value->start), "明大昭平令"))
        return false;
    struct span longer = {value->start - 3, value->end};
    if (!date_is_valid(slice_sub(state->plain.text, longer)))
        return false;
    *value = longer;
    return true;
}

/* 1988年5月1日生 is a birthday, 2024年3月5日生放送 is not. */
static bool
is_birthday(const struct state *state, struct span value)
{
    return date_is_valid(slice_sub(state->plain.text, value)) && !around_at(state, value.end, PHRASES_DATE_ALIVE);
}

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
    case CHECK_ADDRESS_KANA:
        return address_extend_kana(state, value);
    case CHECK_DATE:
        return is_birthday(state, *value);
    case CHECK_FAMILY_DATE:
        return is_family_date(state, *value);
    case CHECK_ERA_SIGN:
        return take_era_sign(state, value);
    default:
        return check_holds(pattern->check, slice_sub(state->plain.text, *value));
    }
}

/* Whether the pattern matches from the value's first byte to its last or beyond. */
static bool
covers(struct state *state, const struct pattern *pattern, struct span value)
{
    struct slice text = state->plain.text;
    uint32_t base = look_behind(text, value.start),
             seen = clip_to_character(text, (uint64_t)value.end + LOOK_AHEAD_BYTES);
    struct regex_match match;
    state->confirmations++;
    enum status status = regex_find(pattern->regex, state->regex_scratch, slice_sub(text, (struct span){base, seen}),
                                    value.start - base, true, &match);
    return status == STATUS_BUDGET || (status == STATUS_OK && base + match.groups[0].end >= value.end);
}

/* Whether the value may be of type `info`, as a label says that stands before it. All long numbers may be mistyped, but
 * a label of insurance cards says nothing of a date or of 090-1234-5678. */
static bool
may_be_of(struct state *state, enum info_type info, const struct pattern *read_as, struct span value)
{
    const uint8_t first = state->plain.text.data[value.start];
    if (read_as->info != INFO_PHONE && labels_are_of_numbers(read_as->info))
        return true;
    for (size_t i = 0; i < state->common->pattern_count; i++) {
        const struct pattern *pattern = &state->common->patterns[i];
        if (pattern->info == info && !pattern->after_label && pattern->first[first / 8] >> first % 8 & 1 &&
            covers(state, pattern, value))
            return true;
    }
    return false;
}

static unsigned
likelihood_of(struct state *state, const struct pattern *pattern, struct span *value_inout, uint16_t *evidence_out,
              enum subject *subject_out)
{
    bool checked = holds_check(state, pattern, value_inout);
    struct span value = *value_inout;
    const struct cue *near = labels_nearest(state, value);
    *evidence_out = checked ? EVIDENCE_CHECK_DIGIT : 0;
    if (office_owns(state, pattern->info, value, near)) {
        *subject_out = SUBJECT_OFFICIAL;
        *evidence_out |= EVIDENCE_NEGATIVE;
    }
    bool labelled = labels_name(state, near, value, pattern->info);
    if (near && near->role == USE_NEGATIVE && (near->info == INFO_NONE || near->info == pattern->info) && !labelled) {
        *evidence_out |= EVIDENCE_NEGATIVE;
        return checked || pattern->check == CHECK_NONE ? pattern->with_negative : 0;
    }
    if (labelled) {
        *evidence_out |= EVIDENCE_LABEL;
        return checked ? pattern->with_both : pattern->with_label;
    }
    if (near && near->role == USE_LABEL && labels_are_of_numbers(near->info) &&
        may_be_of(state, near->info, pattern, value))
        return pattern->plain; /* it is called something else */
    return checked ? pattern->with_check : pattern->plain;
}

/* --- candidates --------------------------------------------------------------------------------------------------- */

/* A number that is nobody's: the law's, a form's. */
static bool
is_exclusion(const struct pattern *pattern)
{
    return pattern->info == INFO_NONE && pattern->category == CATEGORY_NONE;
}

/* NULL when the arena is full. */
static struct candidate *
candidate_of(struct state *state, const struct pattern *pattern, struct span value, unsigned likelihood)
{
    struct candidate *candidate = state_candidate(state, value, pattern->rule, likelihood);
    if (!candidate)
        return NULL;
    candidate->finding.info_type = pattern->info;
    candidate->finding.category = pattern->category;
    candidate->finding.severity = pattern->category ? pattern->severity : SEVERITY_NONE;
    return candidate;
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
        value = labels_clip(state, value);
    value = trim_open_bracket(state, value);
    uint16_t evidence = 0;
    enum subject subject = SUBJECT_NONE;
    bool exclusion = is_exclusion(pattern);
    unsigned likelihood = exclusion ? 100 : likelihood_of(state, pattern, &value, &evidence, &subject);
    state_trace(state, TRACE_PATTERN, value, pattern->rule,
                exclusion    ? "consumes"
                : likelihood ? "confirmed"
                             : "no evidence",
                (int)likelihood);
    if (likelihood == 0)
        return STATUS_OK;
    struct candidate *candidate = candidate_of(state, pattern, value, likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->is_exclusion = exclusion;
    candidate->finding.evidence = evidence;
    candidate->finding.subject = subject;
    state->counts->confirmed++;
    return STATUS_OK;
}

/* A limit kept us from looking: what ends at `end`, but begins not before `floor`, counts as found. */
static enum status
add_unconfirmed(struct state *state, const struct pattern *pattern, uint32_t end, uint32_t floor)
{
    if (is_exclusion(pattern))
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
    struct candidate *candidate = candidate_of(state, pattern, (struct span){start, end}, UNCONFIRMED_LIKELIHOOD);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.evidence = EVIDENCE_BUDGET;
    return STATUS_OK;
}

/* --- searched patterns -------------------------------------------------------------------------------------------- */

static bool
budget_is_spent(const struct state *state)
{
    return state->confirmations > FREE_CONFIRMATIONS + state->plain.text.bytes / BYTES_PER_CONFIRMATION;
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
    uint32_t base = look_behind(text, from);
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

/* --- anchored patterns -------------------------------------------------------------------------------------------- */

static enum status
try_anchored(struct state *state, const struct pattern *pattern, uint32_t at)
{
    struct slice text = state->plain.text;
    uint32_t base = look_behind(text, at), unconfirmed_end = clip_to_character(text, (uint64_t)at + UNCONFIRMED_BYTES);
    struct slice window =
        slice_sub(text, (struct span){base, clip_to_character(text, (uint64_t)at + VERIFY_WINDOW_BYTES)});
    struct regex_match match;
    if (budget_is_spent(state))
        return add_unconfirmed(state, pattern, unconfirmed_end, at);
    state->confirmations++;
    enum status status = regex_find(pattern->regex, state->regex_scratch, window, at - base, true, &match);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_BUDGET)
        return add_unconfirmed(state, pattern, unconfirmed_end, at);
    return status == STATUS_OK ? add_value(state, pattern, &match, base) : status;
}

/* Values of type `info` from byte `at` on, of the patterns that are tried behind a label or from a start. */
static enum status
verify_at(struct state *state, uint32_t at, enum info_type info, bool is_start)
{
    const uint8_t first = state->plain.text.data[at];
    for (size_t i = state->common->searched_count; i < state->common->pattern_count; i++) {
        const struct pattern *pattern = &state->common->patterns[i];
        if (pattern->info != info || !(is_start ? pattern->at_start : pattern->after_label) ||
            !(pattern->first[first / 8] >> first % 8 & 1))
            continue;
        enum status status = try_anchored(state, pattern, at);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Values of the cue's type: from its first byte (start), behind it (label), or behind what takes up a label. */
static enum status
verify_cue(struct state *state, const struct cue *cue)
{
    const struct cue *label = cue->role == USE_RESUME ? labels_resumed(state, cue) : cue;
    bool is_start = cue->role == USE_START;
    uint32_t at = is_start ? cue->plain.start : labels_value_start(state, cue);
    if (!label || at >= state->plain.text.bytes || (!is_start && labels_begin_at(state, at)))
        return STATUS_OK;
    return verify_at(state, at, label->info, is_start);
}

enum status
verify_patterns(struct state *state)
{
    enum status status = state->pattern_hit_count ? verify_searched(state) : STATUS_OK;
    const uint32_t roles = 1u << USE_LABEL | 1u << USE_START | 1u << USE_RESUME;
    if (!state_saw(state, USE_LABEL) && !state_saw(state, USE_START))
        return status;
    for (size_t i = 0; i < state->cue_count && status == STATUS_OK; i++)
        if (roles & 1u << state->cues[i].role)
            status = verify_cue(state, &state->cues[i]);
    return status;
}
