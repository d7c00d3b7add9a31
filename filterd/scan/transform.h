/* scan/transform.h - what stands in place of personal data.
 *
 * label  【電話番号】   mask  ＊＊＊＊ (always four: the length of a value is a hint)   remove  nothing
 * Text outside the spans stays byte-identical. Overlapping spans become one replacement that covers the union, under
 * the reading that is likeliest. Redacting the output again changes nothing.
 */
#ifndef SCAN_TRANSFORM_H
#define SCAN_TRANSFORM_H

#include "base/arena.h"
#include "base/status.h"
#include "scan/verdict.h"

#define TRANSFORM_MASK_TEXT "＊＊＊＊"

/* Replaces every finding whose action is REDACT. `findings` by start. Results in the arena. */
STATUS_CHECKED enum status transform_text(struct arena *arena, struct slice text, const struct finding *findings,
                                          size_t count, struct slice *redacted_out,
                                          struct replacement **replacements_out, size_t *replacement_count_out);

#endif
