#include "scan/verdict.h"

#include "scan/trace.h"

const char *
evidence_word(enum evidence bit)
{
    static const struct {
        enum evidence bit;
        const char *word;
    } words[EVIDENCE_COUNT] = {
        {EVIDENCE_LABEL, "label"},
        {EVIDENCE_CHECK_DIGIT, "check_digit"},
        {EVIDENCE_NEGATIVE, "negative_context"},
        {EVIDENCE_HONORIFIC, "honorific"},
        {EVIDENCE_DICTIONARY, "dictionary"},
        {EVIDENCE_SPACED, "spaced"},
        {EVIDENCE_HIDDEN, "hidden"},
        {EVIDENCE_FOLDED, "folded"},
        {EVIDENCE_BUDGET, "unconfirmed"},
        {EVIDENCE_HINT, "client_hint"},
        {EVIDENCE_EXPOSURE, "exposure"},
        {EVIDENCE_MASKED, "masked"},
        {EVIDENCE_REPEATED, "repeated"},
        {EVIDENCE_LOOKALIKE, "lookalike"},
        {EVIDENCE_ROMAJI, "romaji"},
        {EVIDENCE_REVERSED, "reversed"},
        {EVIDENCE_SPLIT, "split_kanji"},
        {EVIDENCE_HOMOPHONE, "homophone"},
    };
    for (size_t i = 0; i < EVIDENCE_COUNT; i++)
        if (words[i].bit == bit)
            return words[i].word;
    return "?";
}

const char *
trace_stage_word(enum trace_stage stage)
{
    static const char *const words[TRACE_STAGE_COUNT] = {
        [TRACE_VIEW] = "view", [TRACE_LITERAL] = "literal", [TRACE_PATTERN] = "pattern", [TRACE_TOKEN] = "token",
        [TRACE_NAME] = "name", [TRACE_FINDING] = "finding", [TRACE_DROP] = "drop",       [TRACE_DECIDE] = "decide"};
    return (unsigned)stage < TRACE_STAGE_COUNT ? words[stage] : "?";
}
