/* scan/transform.h - what stands in place of personal data.
 *
 * label           【電話番号】
 * numbered_label  【電話番号1】 the same value has the same number within the scope: a message or a conversation
 * mask            ＊＊＊＊, always four: the length of a value is a hint; the policy may keep ends or separators
 * remove          nothing
 * token           【電話番号:k1:…】 keyed BLAKE2b, 128 bits in base32: equal values of one city are equal tokens; for
 *                 files that people read also short, 【電話番号:k7q2】: 20 bits, so two values may meet
 * encrypt         【電話番号:k1:…】 the value itself, sealed: `filterctl reveal` opens it
 * generalise      30代, the municipality, the year, two decimals, three digits; a label where that is not possible
 *
 * "Same value" is judged on the plain view without separators: ０９０-1234 and 0901234 are one.
 *
 * Text outside the spans stays byte-identical. Overlapping spans become one replacement that covers the union, under
 * the reading that is likeliest. What may be an individual number is never numbered, masked, named or sealed (番号法
 * 2条8項). Redacting the output again changes nothing, but for generalise, partial masks and keep; and but for a
 * doubtful name where what told against it is gone: in one text of a thousand, with mask and remove one of a hundred.
 */
#ifndef SCAN_TRANSFORM_H
#define SCAN_TRANSFORM_H

#include "base/arena.h"
#include "base/status.h"
#include "rules/keys.h"
#include "rules/ruleset.h"
#include "scan/scope.h"
#include "scan/verdict.h"
#include "text/view.h"

#define TRANSFORM_MASK_TEXT "＊＊＊＊"

struct transform_job {
    struct arena *arena;
    struct slice text;
    const struct view *plain;  /* of text; NULL = values are compared as they are written */
    const struct keys *keys;   /* for token and encrypt */
    const struct facts *facts; /* for generalise; NULL = addresses become labels */
    struct scope *scope;       /* for numbered_label */
    bool short_tokens;
};

struct transformed {
    struct slice text; /* in the arena, like the rest */
    struct replacement *replacements;
    size_t replacement_count;
};

/* Replaces every finding whose action is REDACT. `findings` by start. STATUS_INTERNAL for a transform whose key or
 * scope is missing: the caller has no answer then, never an unredacted one. */
STATUS_CHECKED enum status transform_text(const struct transform_job *job, const struct finding *findings, size_t count,
                                          struct transformed *transformed_out);

/* The type of `placeholder` (【…】 as it stands in a text) when it is what a transform writes, else INFO_NONE: a label
 * with or without number, a short token, a token or sealed value of these keys (NULL = none). A sealed one is opened to
 * be sure; a token's letters can hold no digit 0, 1, 8, 9, no separator and no Japanese. So nobody hides data by
 * writing brackets around it. */
enum info_type transform_written_type(const struct keys *keys, struct arena *arena, struct slice placeholder);

/* The value behind a sealed placeholder, in the arena. STATUS_NOT_FOUND: no key of these made it. */
STATUS_CHECKED enum status transform_reveal(const struct keys *keys, struct arena *arena, struct slice placeholder,
                                            const struct key **key_out, struct slice *value_out);

#endif
