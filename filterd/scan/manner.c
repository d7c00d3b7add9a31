#include "scan/manner.h"

#include "scan/around.h"
#include "text/intake.h"

enum { MANNER_LIKELIHOOD = 75, REACH_BYTES = 90 /* between the halves */ };

/* Two halves make a scolding: so little, and not even that; the old, and what they cannot do. */
static const struct pair {
    enum phrase_list first, then;
} pairs[] = {{PHRASES_MANNER_SO_LITTLE, PHRASES_MANNER_UNABLE},
             {PHRASES_MANNER_ONE_THING, PHRASES_MANNER_HOW_COME},
             {PHRASES_MANNER_FACULTY, PHRASES_MANNER_LACKING},
             {PHRASES_MANNER_LOOKED_DOWN_ON, PHRASES_MANNER_BELITTLED},
             {PHRASES_MANNER_DISCONTENT, PHRASES_MANNER_SHOWN_OUT}};

/* Both halves in this order, near each other. */
static bool
has_pair(const struct state *state, struct span sentence, struct pair pair, struct span *found_out)
{
    struct span first, then;
    while (around_find(state, sentence, pair.first, &first)) {
        struct span near = {first.end, sentence.end};
        if (near.end - near.start > REACH_BYTES)
            near.end = near.start + REACH_BYTES;
        if (around_find(state, near, pair.then, &then)) {
            *found_out = (struct span){first.start, then.end};
            return true;
        }
        sentence.start = first.start + 1; /* within a character: from the next one on */
    }
    return false;
}

static enum status
judge_sentence(struct state *state, struct span sentence)
{
    struct span found;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!has_pair(state, sentence, pairs[i], &found))
            continue;
        if (around_in(state, sentence, PHRASES_MANNER_TOLD)) /* who quotes or apologises for it does not say it */
            return STATUS_OK;
        struct candidate *candidate = state_candidate(state, found, "disrespect.manner", MANNER_LIKELIHOOD);
        if (!candidate)
            return STATUS_TOO_LARGE;
        candidate->finding.category = CATEGORY_DISRESPECT;
        candidate->finding.severity = SEVERITY_MEDIUM;
        state_trace(state, TRACE_PATTERN, found, "disrespect.manner", "confirmed", MANNER_LIKELIHOOD);
        return STATUS_OK;
    }
    return STATUS_OK;
}

enum status
manner_find(struct state *state)
{
    struct slice text = state->plain.text;
    enum status status = STATUS_OK;
    for (uint32_t start = 0, at = 0; at < text.bytes && status == STATUS_OK; start = at) {
        uint32_t c = 0;
        while (at < text.bytes && !around_ends_sentence(c))
            c = utf8_next(text, &at);
        status = judge_sentence(state, (struct span){start, at});
    }
    return status;
}
