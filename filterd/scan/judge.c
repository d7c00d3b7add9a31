#include "scan/judge.h"

#include "scan/judge_aim.h"
#include "scan/judge_frame.h"
#include "scan/judge_play.h"
#include "scan/judge_report.h"
#include "scan/judge_sound.h"
#include "text/intake.h"
#include "text/letters.h"

#define TRICKS                                                                                                        \
    (EVIDENCE_SPACED | EVIDENCE_HIDDEN | EVIDENCE_MASKED | EVIDENCE_REPEATED | EVIDENCE_LOOKALIKE | EVIDENCE_ROMAJI | \
     EVIDENCE_REVERSED | EVIDENCE_SPLIT | EVIDENCE_HOMOPHONE)

static enum severity
raised(enum severity severity, uint32_t evidence)
{
    return severity < SEVERITY_HIGH && evidence & TRICKS ? severity + 1 : severity;
}

static bool
hides_something(const struct state *state, struct span plain)
{
    struct span source = state_source(state, plain);
    for (size_t i = 0; i < state->gap_count; i++)
        if (span_overlaps(source, (struct span){state->gaps[i].start, state->gaps[i].end}))
            return true;
    /* invisible characters make the source longer than letters can be: compare lengths letter by letter */
    for (uint32_t at = plain.start; at + 1 < plain.end; at++) {
        if ((state->plain.text.data[at + 1] & 0xC0) == 0x80)
            continue;
        struct span here = state_source(state, (struct span){at, at + 1}),
                    next = state_source(state, (struct span){at + 1, at + 2});
        if (next.start > here.end)
            return true;
    }
    return false;
}

enum { MIN_SPREAD_LETTERS = 3 };

/* め*く*ら: between every two letters stands a sign, and one that does not part words. */
static bool
is_spread_by_signs(const struct state *state, struct span plain)
{
    unsigned letters = 0;
    bool after_letter = false, has_sign = false;
    for (uint32_t at = plain.start; at < plain.end;) {
        uint32_t c = utf8_next(state->plain.text, &at);
        bool is_letter = letter_is_one(c);
        if (is_letter && after_letter)
            return false;
        letters += is_letter;
        after_letter = is_letter;
        has_sign |= !is_letter && c != ' ' && c != '\n' && c != 0x30FB && c != 0x3001; /* ・ 、 */
    }
    return has_sign && letters >= MIN_SPREAD_LETTERS;
}

/* Nobody writes a word so who does not mean it. */
static bool
is_hidden(const struct state *state, struct span plain, uint32_t evidence)
{
    return evidence & EVIDENCE_HIDDEN || (evidence & EVIDENCE_SPACED && is_spread_by_signs(state, plain));
}

/* Why it stands there without being meant, as `explain` says it; NULL if it may be meant. Who disguises a word means
 * it. */
static const char *
unmeant(const struct state *state, struct span plain, const struct term *term, uint32_t evidence)
{
    if (evidence & TRICKS)
        return NULL;
    if (term->match != MATCH_FRAMED && term->needs_aim && judge_aim_is_missing(state, term, plain))
        return "aims at nobody";
    if (term->match != MATCH_FRAMED && !term->needs_aim && judge_play_is_meant(state, plain, term->category))
        return "in play";
    return judge_sound_is_harmless(state, term, plain) ? "in a harmless sentence" : NULL;
}

enum { UNMEANT_LIKELIHOOD = 30 /* reported, below what clauses act on */ };

enum status
judge_hit(struct state *state, struct span plain, const struct term *term, uint32_t tricks)
{
    if (judge_is_reported(state, plain, term->category)) {
        state->reported |= 1u << term->category;
        state_trace(state, TRACE_DROP, plain, term->rule, "reported", -1);
        return STATUS_OK;
    }
    uint32_t evidence = EVIDENCE_DICTIONARY | tricks;
    evidence |= hides_something(state, plain) ? EVIDENCE_HIDDEN : 0;
    bool is_framed = term->match == MATCH_FRAMED;
    if (is_framed && !is_hidden(state, plain, evidence) &&
        !judge_frame_fits(state, plain, term->category, evidence & TRICKS) &&
        !judge_aim_is_outcry(state, term, plain)) {
        state->doubted |= 1u << term->category;
        state_trace(state, TRACE_DROP, plain, term->rule, "no frame", -1);
        return STATUS_OK;
    }
    const char *why = unmeant(state, plain, term, evidence);
    unsigned likelihood = why ? UNMEANT_LIKELIHOOD : term->likelihood;
    if (why)
        state_trace(state, TRACE_DROP, plain, term->rule, why, (int)likelihood);
    struct candidate *candidate = state_candidate(state, plain, term->rule, likelihood);
    if (!candidate)
        return STATUS_TOO_LARGE;
    candidate->finding.category = term->category;
    candidate->finding.severity = raised(term->severity, evidence);
    candidate->finding.evidence = evidence;
    return STATUS_OK;
}
