/* scan/verify.h - pattern hits become candidates: exact span, check digit, labels around.
 *
 * A hit of the multi-pattern scan says only where a match may end; the regular expression finds the value in a window
 * before it. Patterns that have no ASCII to trigger on are tried behind labels of their type and from the first byte of
 * a literal that can begin a value. Limits: after 64 confirmations and one more per 8 bytes of text, what is left
 * counts as found (EVIDENCE_BUDGET), never as clean.
 */
#ifndef SCAN_VERIFY_H
#define SCAN_VERIFY_H

#include "scan/state.h"

/* Values are looked for in so much before the end of a hit; the longest value of a pattern is shorter. A hit that ends
 * with a text no longer than this is looked for in all of it. */
enum { VERIFY_WINDOW_BYTES = 320 };

STATUS_CHECKED enum status verify_patterns(struct state *state);

#endif
