/* engine/regex.h - one regular expression, exactly (PCRE2, UTF mode, JIT where the system allows it).
 *
 * Used on windows of at most 512 bytes around a hit: PCRE2's match limit does not bound CPU on long subjects.
 * Threads: a regex is shared; the scratch belongs to one thread.
 * Errors: STATUS_NOT_FOUND = no match; STATUS_BUDGET = a limit was reached (unsure, counts as a hit).
 */
#ifndef ENGINE_REGEX_H
#define ENGINE_REGEX_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

#define REGEX_WINDOW_BYTES 512
#define REGEX_MAX_GROUPS 8

struct regex;
struct regex_scratch;

/* Refuses what can not be bounded: (*VERB)s, callouts, recursion, back-references, conditions, \C, \K, more than
 * REGEX_MAX_GROUPS groups or 4,096 bytes; and what would hide those from a reader: comments, (?x), \Q. On
 * STATUS_INVALID `reason` holds the library's words and *column_out the 1-based character of the pattern. */
STATUS_CHECKED enum status regex_compile(const char *pattern, struct regex **regex_out, unsigned *column_out,
                                         char reason[256]);
void regex_destroy(struct regex **regex);

STATUS_CHECKED enum status regex_scratch_create(struct regex_scratch **scratch_out);
void regex_scratch_destroy(struct regex_scratch **scratch);

struct regex_match {
    struct span groups[REGEX_MAX_GROUPS + 1]; /* [0] = whole match; a group that did not take part is {0, 0} */
};

/* Leftmost match of valid UTF-8 `subject` that starts at or after byte `from`; text before `from` is seen by
 * look-behind. `anchored`: it must start exactly at `from`. */
STATUS_CHECKED enum status regex_find(const struct regex *regex, struct regex_scratch *scratch, struct slice subject,
                                      uint32_t from, bool anchored, struct regex_match *match_out);

/* The bytes a match can begin with (bit set), and a byte every match contains (-1 = none known): what a prefilter can
 * be derived from. */
void regex_requires(const struct regex *regex, uint8_t first_bytes[32], int *required_byte_out);

const char *regex_version(void);
bool regex_jit_is_on(void);

#endif
