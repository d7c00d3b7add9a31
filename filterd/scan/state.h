/* scan/state.h - one message on its way through the stages; private to scan/.
 *
 * Spans named `plain` are bytes of the plain view, all others of the text. Stages append candidates; resolve orders
 * them, decide acts. Everything lies in the arena. A stage that returns anything but STATUS_OK ends the run without a
 * verdict.
 */
#ifndef SCAN_STATE_H
#define SCAN_STATE_H

#include "base/arena.h"
#include "rules/ruleset.h"
#include "scan/scanner.h"
#include "scan/trace.h"
#include "scan/verdict.h"
#include "text/letters.h"
#include "text/tokens.h"
#include "text/view.h"

/* A literal of the first scan that is no term: evidence for others. Sorted by plain.start. */
struct cue {
    struct span plain;
    uint32_t index;
    uint8_t role; /* enum use_role */
    uint8_t info;
    bool city; /* of the city's own literals */
};

struct term_hit {
    struct span skeleton;
    struct span plain;
    const struct term *term;
};

/* What an earlier redaction wrote, or the heading of a form that looks so. */
struct placeholder {
    struct span span; /* of the text */
    enum info_type type;
};

struct candidate {
    struct finding finding; /* finding.span is filled by resolve */
    struct span plain;
    bool is_exclusion; /* a number that is nobody's: consumes its span */
    bool is_dropped;
};

struct state {
    /* the machine, borrowed from the scanner */
    struct arena *arena;
    struct multi_scratch *multi_scratch;
    struct regex_scratch *regex_scratch;
    struct tokenizer *tokenizer;
    struct scanner_counts *counts;
    const struct ruleset *ruleset;
    const struct common *common;
    const struct message *message;
    /* the message */
    struct slice text;
    struct view plain, skeleton;
    struct view_gap *gaps; /* the client's opaque ranges, and placeholders as borders */
    size_t gap_count;
    struct placeholder *placeholders; /* in order, headings too */
    size_t placeholder_count;
    bool names_redacted; /* 【氏名】 stands for a name somewhere: the text was read for names before */
    struct cue *cues;
    size_t cue_count;
    uint32_t roles_seen;  /* bit per enum use_role among cues */
    uint32_t reported;    /* bit per enum category: some word of it is only reported or spoken about */
    bool danger_told;     /* by the topic model, in some passage */
    bool danger_sure;     /* and there it was sure, or a sign of plight stood beside it */
    bool threat_told;     /* a passage threatens others rather than tells of danger */
    uint32_t outweighing; /* bit per category of which the model found more than of danger, in every passage */
    uint32_t doubted;     /* categories, by bit, of words that wanted a frame and had none: a second sign will do */
    struct term_hit *term_hits;
    size_t term_hit_count;
    struct multi_hit *pattern_hits;
    size_t pattern_hit_count;
    struct letters letters; /* for disguise_find() */
    struct tokens tokens;
    bool has_tokens;
    struct slice read;    /* the newest passage that judge_reading had MeCab read as it is written … */
    int64_t read_cost;    /* … and what it cost */
    uint32_t sure_border; /* the last place known to be one without tokens; 0 = the begin of the text */
    struct candidate *candidates;
    size_t candidate_count, candidate_capacity;
    unsigned confirmations; /* regular expressions run so far */
};

/* A new candidate, zeroed but for its span and likelihood; NULL when the arena is full. Valid until the next call. */
struct candidate *state_candidate(struct state *state, struct span plain, const char *rule, unsigned likelihood);

/* Range of the text that `plain` covers. */
struct span state_source(const struct state *state, struct span plain);

/* Index of the first cue that begins at or after byte `start` of the plain view; cues end within CUE_MAX_BYTES. */
size_t state_first_cue(const struct state *state, uint32_t start);
#define CUE_MAX_BYTES 512 /* a literal has at most 256 bytes, and invisible ones may stand between */

/* Whether a word begins or ends at byte `at` of the plain view. MeCab is asked only when that depends on what it
 * chooses, and once: its tokens are kept. */
STATUS_CHECKED enum status state_is_border(struct state *state, uint32_t at, bool *border_out);

static inline bool
state_is_traced(const struct state *state)
{
    return state->message->trace != NULL;
}

/* Whether a cue of this role stands somewhere in the message; of danger also when the topic model says so. */
static inline bool
state_saw(const struct state *state, enum use_role role)
{
    return state->roles_seen >> role & 1;
}

/* Tells the trace, if any. `plain` = {0, 0} for the whole message. */
void state_trace(const struct state *state, enum trace_stage stage, struct span plain, const char *rule,
                 const char *note, int likelihood);

/* The code point that begins at, or ends at, byte `at` of the plain view; 0 at its edges. */
uint32_t state_char_at(const struct state *state, uint32_t at);
uint32_t state_char_before(const struct state *state, uint32_t at);

#endif
