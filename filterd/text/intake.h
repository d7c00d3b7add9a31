/* text/intake.h - the only door for text: strict UTF-8, bounded, padded.
 *
 * Bytes that are not UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF) are repaired: each
 * maximal bad sequence (Unicode 15, section 3.9, "maximal subpart") becomes U+FFFD. All later offsets refer to the
 * repaired text. NUL is text like any other. Everything after this door may assume valid UTF-8.
 */
#ifndef TEXT_INTAKE_H
#define TEXT_INTAKE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

#define INTAKE_PADDING_BYTES \
    64 /* zero bytes after the text: Hyperscan reads up to 3 past the end (intel/hyperscan#457) */

struct intake {
    struct slice text; /* in the arena, followed by INTAKE_PADDING_BYTES zeros */
    bool repaired;
};

/* STATUS_TOO_LARGE over `max_bytes` (of `raw`; never truncated) or when the arena is full. Repair grows text up to 3
 * times. */
STATUS_CHECKED enum status intake_run(struct arena *arena, struct slice raw, size_t max_bytes,
                                      struct intake *intake_out);

/* Whether `text` is valid UTF-8 as above. */
bool utf8_is_valid(struct slice text);

/* Decodes the code point at `at` and moves `at` behind it. `text` is valid and `*at` < text.bytes, on a boundary. */
uint32_t utf8_next(struct slice text, uint32_t *at);
/* The code point that ends at `*at` (> 0, on a boundary); moves `at` before it. */
uint32_t utf8_previous(struct slice text, uint32_t *at);
/* Whether `code_point` is one of `characters`. */
bool utf8_is_among(uint32_t code_point, const char *characters);
/* How many characters it has. */
size_t utf8_count(struct slice text);
/* Writes 1–4 bytes; returns how many. */
unsigned utf8_put(uint32_t code_point, uint8_t out[4]);

#endif
