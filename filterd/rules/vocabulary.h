/* rules/vocabulary.h - the tables behind words.h, for readers of files that name an unknown word's rivals.
 *
 * Threads: constant. Errors: none.
 */
#ifndef RULES_VOCABULARY_H
#define RULES_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct word {
    const char *english;  /* NULL: this number has no word (NONE) */
    const char *japanese; /* NULL: none */
};

struct vocabulary {
    const char *name; /* "category": for faults */
    const struct word *words;
    unsigned count; /* words[number], number < count */
};

extern const struct vocabulary vocabulary_info_type;
extern const struct vocabulary vocabulary_category;
extern const struct vocabulary vocabulary_severity;
extern const struct vocabulary vocabulary_subject;
extern const struct vocabulary vocabulary_direction;
extern const struct vocabulary vocabulary_surface;
extern const struct vocabulary vocabulary_action;
extern const struct vocabulary vocabulary_transform;
extern const struct vocabulary vocabulary_match_mode;

/* English in any ASCII case, or Japanese exactly. False, and *number_out untouched, for an unknown word. */
bool vocabulary_parse(const struct vocabulary *vocabulary, struct slice word, unsigned *number_out);

/* "write one of allow, redact, block" into `out`, in Japanese when `word` is; the nearest word alone when one is very
 * near. Returns `out`. */
const char *vocabulary_mend(const struct vocabulary *vocabulary, struct slice word, char *out, size_t out_bytes);

/* How many single-byte edits lead from `a` to `b` (ASCII case ignored); `limit` + 1 when more than `limit`. */
unsigned word_distance(struct slice a, struct slice b, unsigned limit);

#endif
