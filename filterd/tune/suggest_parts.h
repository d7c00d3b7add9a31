/* tune/suggest_parts.h - candidates for suggestions; private to tune.
 *
 * Threads and errors: as tune/suggest.h.
 */
#ifndef TUNE_SUGGEST_PARTS_H
#define TUNE_SUGGEST_PARTS_H

#include "base/arena.h"
#include "scan/cases.h"
#include "text/tokens.h"
#include "tune/rows.h"
#include "tune/suggest.h"

#define SUGGEST_MAX_CANDIDATES 400

struct candidate {
    struct suggestion suggestion;
    size_t seen;    /* reviewed texts that it came from */
    uint8_t *mends; /* per reviewed text: 1 = comes out right; NULL until tried */
    bool breaks;
};

struct candidates {
    const struct suggest *suggest;
    const struct rows *rows;
    struct tokenizer *tokenizer;
    struct arena *arena;   /* values */
    struct arena *scratch; /* tokens of one text */
    struct candidate items[SUGGEST_MAX_CANDIDATES];
    size_t count;
};

STATUS_CHECKED enum status candidates_begin(struct candidates *candidates, const struct suggest *suggest,
                                            const struct rows *rows);
void candidates_fini(struct candidates *candidates);

/* Adds what could mend a reviewed text that came out wrong. */
STATUS_CHECKED enum status candidates_add(struct candidates *candidates, const struct ruleset *ruleset,
                                          const struct case_outcome *outcome);
/* Drops new terms that stand in a harmless text. */
void candidates_drop_harmful(struct candidates *candidates);

/* The city's files with the suggestion in them; `files_out` borrows what is unchanged and owns `changed`. */
STATUS_CHECKED enum status candidate_apply(const struct city_files *files, const struct suggestion *suggestion,
                                           struct city_files *files_out, struct buffer *changed, struct fault *fault);

#endif
