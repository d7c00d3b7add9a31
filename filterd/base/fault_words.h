/* base/fault_words.h - the reasons and mends of faults in Japanese.
 *
 * Faults are made in English by the layer that finds them; this table, and nothing else, knows their Japanese. A row
 * may hold conversions (%s, %u …): each stands for any text, which is carried over. tests/fault_words.py proves that
 * every reason and mend in the sources has a row. Words of status.h and of errno are among them.
 * Threads: constant. Errors: none; what has no row stays as it is.
 */
#ifndef BASE_FAULT_WORDS_H
#define BASE_FAULT_WORDS_H

#include "base/fault.h"

/* `english` in Japanese into `out`, cut at a character; returns `out`. */
const char *fault_words_japanese(const char *english, char *out, size_t out_bytes);

/* fault_text() in Japanese: names of CSV columns, reason and mend. FAULT_TEXT_BYTES hold every fault. */
const char *fault_text_japanese(const struct fault *fault, char *out, size_t out_bytes);

#endif
