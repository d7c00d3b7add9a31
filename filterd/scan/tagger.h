/* scan/tagger.h - which characters are a person's name: a linear chain over characters, in integers.
 *
 * Labels are O, B I E (begin, inside, end) and S (a name of one character); the best path is exact. The same text and
 * model give the same spans on every machine. Threads: none shared. Errors: STATUS_TOO_LARGE when the arena is full.
 */
#ifndef SCAN_TAGGER_H
#define SCAN_TAGGER_H

#include "base/arena.h"
#include "scan/names_features.h"

struct name_span {
    uint32_t start, end; /* characters */
    int32_t margin;      /* how much worse the best path is that does not have this name */
};

/* Spans in order, disjoint, in the arena. */
STATUS_CHECKED enum status tagger_run(const struct name_model *model, const struct names_text *text,
                                      struct arena *arena, struct name_span **spans_out, size_t *count_out);

/* What margins were worth on development texts: 0-100. */
unsigned tagger_likelihood(const struct name_model *model, int32_t margin);

/* Makes it hopeless that a name begins or ends with what is no letter, or between two letters of a Latin word: added to
 * `emissions` [count][NAME_LABEL_COUNT]. `types` can be read one before and one behind. */
void tagger_forbid_cuts(const uint8_t *types, uint32_t count, int32_t *emissions);

/* The labels of the best path over `emissions` [count][NAME_LABEL_COUNT]. `scores` and `back` hold as many values. */
void tagger_best_path(const int16_t transition[NAME_LABEL_COUNT][NAME_LABEL_COUNT], const int32_t *emissions,
                      uint32_t count, int32_t *scores, uint8_t *back, uint8_t *labels_out);

#endif
