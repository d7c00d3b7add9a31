/* archive/json_line.h - one JSON text (RFC 8259), checked whole, and the values of it that are asked for.
 *
 * Strict: no comments, no trailing commas, no NaN, no raw control characters in strings, at most JSON_MAX_DEPTH levels.
 * Bytes that are no UTF-8 pass: mending them is intake's work. Nothing is copied or converted: numbers keep their
 * digits, a key with U+0000 in it is not taken for its beginning. A field that is wanted and stands twice in one object
 * is refused, because readers differ about which one counts.
 *
 * Threads: no state. Errors: STATUS_INVALID. Privacy: results borrow the line; the text buffer is the caller's to wipe.
 */
#ifndef ARCHIVE_JSON_LINE_H
#define ARCHIVE_JSON_LINE_H

#include <stdbool.h>

#include "archive/json_path.h"
#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

#define JSON_MAX_DEPTH 64
#define JSON_MAX_PATHS 18 /* FIELDS_MAX, an id and a time */

enum json_kind { JSON_ABSENT, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
    enum json_kind kind;
    struct slice raw; /* as it stands, strings with their quotes */
    bool escaped;     /* a string with a backslash in it */
};

/* One value per path, JSON_ABSENT where there is none. At most JSON_MAX_PATHS. STATUS_INVALID: `line` is no JSON text,
 * or a wanted field is repeated; the values are then all absent. */
STATUS_CHECKED enum status json_line_find(struct slice line, const struct json_path *const *paths, size_t count,
                                          struct json_value *values_out);

/* The characters of a string value. Without escapes that is the value itself; else they are written to `scratch`, which
 * is cleared first. Half of a surrogate pair becomes U+FFFD; \u0000 is kept. STATUS_NO_MEMORY. */
STATUS_CHECKED enum status json_value_text(const struct json_value *value, struct buffer *scratch,
                                           struct slice *text_out);

/* Goes through a container that json_line_find() gave, in order. `key` is absent in an array. */
struct json_items {
    struct slice rest;
    bool is_object;
};
void json_items_init(struct json_items *items, const struct json_value *container);
bool json_items_next(struct json_items *items, struct json_value *key_out, struct json_value *value_out);

#endif
