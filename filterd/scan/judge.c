#include "scan/judge.h"

#include "scan/judge_aim.h"
#include "scan/judge_frame.h"
#include "scan/judge_play.h"
#include "scan/judge_report.h"
#include "scan/judge_sound.h"
#include "scan/terms.h"
#include "text/intake.h"
#include "text/letter.h"

#define TRICKS                                                                                                        \
    (EVIDENCE_SPACED | EVIDENCE_HIDDEN | EVIDENCE_MASKED | EVIDENCE_REPEATED | EVIDENCE_LOOKALIKE | EVIDENCE_ROMAJI | \
     EVIDENCE_REVERSED | EVIDENCE_SPLIT | EVIDENCE_HOMOPHONE)

static enum severity
raised(enum severity severity, uint32_t evidence)
{
    return severity < SEVERITY_HIGH && evidence & TRICKS ? severity + 1 : severity;
}

/* A voiced mark of half the width at a whole letter (ケﾞ): no keyboard writes so by itself. */
static bool
is_apart(uint32_t letter, uint32_t mark)
{
    return (mark == 0xFF9E || mark == 0xFF9F) && letter < 0xFF00;
}

/* Joiners, which belong to the letter before them for the view. */
static bool
is_unseen(uint32_t c)
{
    return c == 0x200C || c == 0x200D || c == 0x034F;
}

/* What a letter of the text was made of; what is unseen behind the last letter of a word stands outside. */
static uint32_t
tricks_of_letter(struct slice source, bool is_last)
{
    uint32_t tricks = 0, at = 0;
    uint32_t letter = source.bytes ? utf8_next(source, &at) : 0;
    while (at < source.bytes) {
        uint32_t c = utf8_next(source, &at);
        tricks |= is_unseen(c) && !is_last ? EVIDENCE_HIDDEN : 0;
        tricks |= is_apart(letter, c) ? EVIDENCE_SPACED : 0;
    }
    return tricks;
}

/* Invisible characters make the source longer than letters can be: compared letter by letter. */
static uint32_t
tricks_of_source(const struct state *state, struct span plain)
{
    uint32_t tricks = 0, end = 0;
    struct span source = state_source(state, plain);
    for (size_t i = 0; i < state->gap_count; i++)
        if (span_overlaps(source, (struct span){state->gaps[i].start, state->gaps[i].end}))
            tricks |= EVIDENCE_HIDDEN;
    for (uint32_t at = plain.start; at < plain.end;) {
        uint32_t start = at;
        utf8_next(state->plain.text, &at);
        struct span letter = state_source(state, (struct span){start, at});
        tricks |= start > plain.start && letter.start > end ? EVIDENCE_HIDDEN : 0;
        tricks |= tricks_of_letter(slice_sub(state->text, letter), at >= plain.end);
        end = letter.end;
    }
    return tricks;
}

enum { MIN_SPREAD_LETTERS = 3 };

/* め*く*ら, オ・カ・マ, a word of a letter a line: between every two letters stands a sign, and not in the rest of the
 * text, which may be spaced throughout, or list things. */
static bool
is_spread_by_signs(const struct state *state, struct span plain)
{
    unsigned letters = 0;
    bool after_letter = false;
    for (uint32_t at = plain.start; at < plain.end;) {
        bool is_letter = letter_is_one(utf8_next(state->plain.text, &at));
        if (is_letter && after_letter)
            return false;
        letters += is_letter;
        after_letter = is_letter;
    }
    return letters >= MIN_SPREAD_LETTERS && !terms_are_spaced_throughout(state, plain);
}

/* Nobody writes a word so who does not mean it. */
static bool
is_hidden(const struct state *state, struct span plain, uint32_t evidence)
{
    return evidence & (EVIDENCE_HIDDEN | EVIDENCE_LOOKALIKE | EVIDENCE_SPLIT) ||
           (evidence & EVIDENCE_SPACED && is_spread_by_signs(state, plain));
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

enum status
judge_hit(struct state *state, struct span plain, const struct term *term, uint32_t tricks)
{
    if (judge_is_reported(state, plain, term->category)) {
        state->reported |= 1u << term->category;
        state_trace(state, TRACE_DROP, plain, term->rule, "reported", -1);
        return STATUS_OK;
    }
    uint32_t evidence = EVIDENCE_DICTIONARY | tricks | tricks_of_source(state, plain);
    bool is_framed = term->match == MATCH_FRAMED;
    bool is_doer = term->needs_aim && judge_aim_is_doer(state, plain);
    if (is_framed && !is_hidden(state, plain, evidence) &&
        !judge_frame_fits(state, plain, term->category, evidence & TRICKS) &&
        !judge_aim_is_outcry(state, term, plain) && !is_doer) {
        state->doubted |= 1u << term->category;
        state_trace(state, TRACE_DROP, plain, term->rule, "no frame", -1);
        return STATUS_OK;
    }
    const char *why = is_doer ? NULL : unmeant(state, plain, term, evidence);
    unsigned likelihood = why ? JUDGE_UNMEANT_LIKELIHOOD : term->likelihood;
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
