/* tune/diff_parts.h - the parts of diff_versions; private to tune.
 *
 * Threads and errors: as tune/diff.h.
 */
#ifndef TUNE_DIFF_PARTS_H
#define TUNE_DIFF_PARTS_H

#include "base/buffer.h"
#include "rules/vocabulary.h"
#include "tune/diff.h"

/* Tells when the two differ. */
void diff_tell(struct diff *diff, enum change_part part, struct slice item, struct phrase aspect, struct slice before,
               struct slice after);

void diff_policies(struct diff *diff, const struct policy *before, const struct policy *after);
STATUS_CHECKED enum status diff_terms(struct diff *diff, const struct ruleset *before, const struct ruleset *after);
STATUS_CHECKED enum status diff_names(struct diff *diff, const struct ruleset *before, const struct ruleset *after);
STATUS_CHECKED enum status diff_cases(struct diff *diff, const struct city_files *before,
                                      const struct city_files *after, struct fault *fault);

/* Appends the word in the diff's language; the English one where there is no Japanese. */
void diff_word(const struct diff *diff, struct buffer *out, const struct vocabulary *vocabulary, unsigned number);
/* Appends the words of all bits, "、" or ", " between. */
void diff_words(const struct diff *diff, struct buffer *out, const struct vocabulary *vocabulary, uint64_t bits);
void diff_phrase(const struct diff *diff, struct buffer *out, struct phrase phrase);

#endif
