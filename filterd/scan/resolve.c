#include "scan/resolve.h"

#include <stdlib.h>

#include "scan/names_rules.h"
#include "text/intake.h"

enum { REPORT_FLOOR = 40, CLEARLY_SURER = 25, PROVED_LIKELIHOOD = 95 /* no number that is nobody's consumes it */ };

static void
drop(struct state *state, struct candidate *candidate, const char *why)
{
    candidate->is_dropped = true;
    state_trace(state, TRACE_DROP, candidate->plain, candidate->finding.rule, why, candidate->finding.likelihood);
}

/* --- what is nobody's --- */

static size_t
digits_of(struct slice text, char *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < text.bytes && count < max; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            out[count++] = (char)text.data[i];
    return count;
}

/* Phones are compared by their digits, so that every way of writing an official number is official. */
static bool
is_official_phone(const struct state *state, const struct candidate *candidate)
{
    char found[24], known[24];
    size_t found_count = digits_of(slice_sub(state->plain.text, candidate->plain), found, sizeof found);
    for (size_t i = 0; i < state->ruleset->policy->contact_count; i++) {
        const struct contact *contact = &state->ruleset->policy->contacts[i];
        if (contact->type == INFO_PHONE && digits_of(slice_of(contact->value), known, sizeof known) == found_count &&
            memcmp(found, known, found_count) == 0)
            return true;
    }
    return false;
}

static bool
is_official(const struct state *state, const struct candidate *candidate)
{
    if (candidate->finding.info_type == INFO_PHONE && is_official_phone(state, candidate))
        return true;
    uint32_t start = candidate->plain.start;
    size_t first = state_first_cue(state, start > CUE_MAX_BYTES ? start - CUE_MAX_BYTES : 0);
    for (size_t i = first; i < state->cue_count && state->cues[i].plain.start < candidate->plain.end; i++) {
        const struct cue *cue = &state->cues[i];
        if (cue->role == USE_CONTACT && span_contains(cue->plain, candidate->plain))
            return true;
        if (cue->role == USE_PUBLIC && candidate->finding.info_type == INFO_PERSON &&
            candidate->finding.rule != names_public_rule && span_contains(cue->plain, candidate->plain))
            return true;
        /* an official address may be followed by more of it: a room, a line's path; the city's name is no address */
        if (cue->role == USE_CONTACT && cue->plain.start == candidate->plain.start &&
            cue->info == candidate->finding.info_type && (cue->info == INFO_URL || cue->info == INFO_ADDRESS))
            return true;
    }
    return false;
}

static bool
consumes(const struct candidate *exclusion, const struct candidate *candidate)
{
    bool same = exclusion->plain.start == candidate->plain.start && exclusion->plain.end == candidate->plain.end;
    return exclusion->is_exclusion && span_overlaps(exclusion->plain, candidate->plain) &&
           (same || !span_contains(candidate->plain, exclusion->plain));
}

/* Candidates are sorted by start, and no exclusion is longer than a window. */
static bool
is_consumed(const struct state *state, size_t index)
{
    const struct candidate *candidate = &state->candidates[index];
    if (candidate->finding.evidence & EVIDENCE_LABEL || candidate->finding.likelihood >= PROVED_LIKELIHOOD)
        return false;
    for (size_t i = index; i > 0 && state->candidates[i - 1].plain.start + REGEX_WINDOW_BYTES > candidate->plain.start;
         i--)
        if (consumes(&state->candidates[i - 1], candidate))
            return true;
    for (size_t i = index + 1; i < state->candidate_count && state->candidates[i].plain.start < candidate->plain.end;
         i++)
        if (consumes(&state->candidates[i], candidate))
            return true;
    return false;
}

static void
drop_nobodys(struct state *state)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];
        if (candidate->is_exclusion || candidate->is_dropped || candidate->finding.info_type == INFO_NONE)
            continue;
        if (candidate->finding.likelihood < REPORT_FLOOR)
            drop(state, candidate, "too unsure");
        else if (is_official(state, candidate))
            drop(state, candidate, "official or public");
        else if (is_consumed(state, i))
            drop(state, candidate, "another kind of number");
    }
    for (size_t i = 0; i < state->candidate_count; i++)
        if (state->candidates[i].is_exclusion)
            state->candidates[i].is_dropped = true;
}

/* --- overlaps --- */

static int
candidate_order(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->plain.start != y->plain.start)
        return x->plain.start < y->plain.start ? -1 : 1;
    if (x->plain.end != y->plain.end)
        return x->plain.end > y->plain.end ? -1 : 1;
    if (x->finding.likelihood != y->finding.likelihood)
        return x->finding.likelihood > y->finding.likelihood ? -1 : 1;
    int rule = strcmp(x->finding.rule, y->finding.rule);
    return rule ? rule : (int)x->finding.category - (int)y->finding.category;
}

static void
add_alternative(struct finding *winner, const struct finding *loser)
{
    if (winner->alternative_count == FINDING_MAX_ALTERNATIVES ||
        (winner->info_type == loser->info_type && winner->category == loser->category))
        return;
    winner->alternatives[winner->alternative_count++] = (struct alternative){.info_type = loser->info_type,
                                                                             .category = loser->category,
                                                                             .rule = loser->rule,
                                                                             .likelihood = loser->likelihood};
}

static void
yield_to(struct state *state, struct candidate *winner, struct candidate *loser)
{
    add_alternative(&winner->finding, &loser->finding);
    winner->finding.evidence |= loser->finding.evidence & (EVIDENCE_HINT | EVIDENCE_BUDGET);
    drop(state, loser, "inside a better reading");
}

/* `outer` begins first or is longer. */
static void
settle(struct state *state, struct candidate *outer, struct candidate *inner)
{
    bool same_kind =
        outer->finding.info_type == inner->finding.info_type && outer->finding.category == inner->finding.category;
    if (same_kind) {
        if (inner->plain.end > outer->plain.end)
            outer->plain.end = inner->plain.end;
        if (inner->finding.likelihood > outer->finding.likelihood) {
            outer->finding.likelihood = inner->finding.likelihood;
            outer->finding.rule = inner->finding.rule;
            outer->finding.evidence |= inner->finding.evidence;
        }
        if (outer->finding.category != CATEGORY_NONE) {
            outer->finding.evidence |= inner->finding.evidence; /* the trick, whatever it was part of */
            if (inner->finding.severity > outer->finding.severity)
                outer->finding.severity = inner->finding.severity;
        }
        drop(state, inner, "united");
        return;
    }
    enum info_type within = inner->finding.info_type;
    if (outer->finding.info_type == INFO_URL && (within == INFO_GEO || within == INFO_EMAIL || within == INFO_PHONE))
        return; /* a map link, mailto:, tel: … the link is one thing, the data in it another */
    if (!span_contains(outer->plain, inner->plain))
        return; /* both stay: together they cover the union */
    bool same_span = span_contains(inner->plain, outer->plain);
    bool inner_is_surer = inner->finding.likelihood > outer->finding.likelihood + (same_span ? 0 : CLEARLY_SURER);
    if (inner_is_surer && !same_span) {
        outer->finding.likelihood = inner->finding.likelihood; /* the union stays covered, under the surer reading */
        outer->finding.info_type = inner->finding.info_type;
    }
    if (inner_is_surer && same_span)
        yield_to(state, inner, outer);
    else
        yield_to(state, outer, inner);
}

static void
settle_overlaps(struct state *state)
{
    for (size_t i = 0; i < state->candidate_count; i++) {
        struct candidate *outer = &state->candidates[i];
        for (size_t j = i + 1; j < state->candidate_count && !outer->is_dropped; j++) {
            struct candidate *inner = &state->candidates[j];
            if (inner->plain.start >= outer->plain.end)
                break;
            /* personal data against personal data, a category against itself */
            bool comparable =
                (outer->finding.info_type != INFO_NONE && inner->finding.info_type != INFO_NONE) ||
                (outer->finding.category != CATEGORY_NONE && outer->finding.category == inner->finding.category);
            if (!inner->is_dropped && comparable)
                settle(state, outer, inner);
        }
    }
}

/* --- spans of the text --- */

static bool
clings(uint32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) || c == 0x20E3 || c == 0x200D ||
           (c >= 0x300 && c <= 0x36F) || c == 0x3099 || c == 0x309A || c == 0xFF9E || c == 0xFF9F;
}

static struct span
span_with_marks(struct slice text, struct span span)
{
    while (span.end < text.bytes) {
        uint32_t next = span.end;
        if (!clings(utf8_next(text, &next)))
            break;
        span.end = next;
    }
    return span;
}

static int
finding_order(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    if (x->span.end != y->span.end)
        return x->span.end > y->span.end ? -1 : 1;
    int rule = strcmp(x->rule, y->rule);
    return rule ? rule : (int)x->category - (int)y->category;
}

enum status
resolve_candidates(struct state *state, struct finding **all_out, size_t *count_out)
{
    qsort(state->candidates, state->candidate_count, sizeof *state->candidates, candidate_order);
    drop_nobodys(state);
    settle_overlaps(state);
    struct finding *findings = arena_alloc_array(state->arena, state->candidate_count + 1, sizeof *findings);
    if (!findings)
        return STATUS_TOO_LARGE;
    size_t count = 0;
    for (size_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];
        if (candidate->is_dropped)
            continue;
        findings[count] = candidate->finding;
        findings[count++].span = span_with_marks(state->text, state_source(state, candidate->plain));
        state_trace(state, TRACE_FINDING, candidate->plain, candidate->finding.rule, NULL,
                    candidate->finding.likelihood);
    }
    qsort(findings, count, sizeof *findings, finding_order);
    *all_out = findings;
    *count_out = count;
    return STATUS_OK;
}
