/* archive/rows.h - where a row of a CSV file ends, and its fields.
 *
 * RFC 4180 as Excel reads it: a field that begins with a quotation mark lasts to the mark that closes it, line breaks
 * and all; a mark inside any other field is a character. \r\n ends a row like \n. It works on the bytes of UTF-8 and of
 * CP932, whose second bytes are never a separator, a mark or a break. Nothing is copied: what stands outside a replaced
 * field is written out as it came. (text/csv reads the small files that operators write, and is strict.)
 *
 * Threads: no state.
 */
#ifndef ARCHIVE_ROWS_H
#define ARCHIVE_ROWS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"

#define ROWS_MAX_FIELDS 256 /* fields beyond are never looked into */

struct row_field {
    struct slice raw; /* with its marks */
    bool quoted;
    bool open; /* the closing mark is missing */
};

/* Bytes of the first row with its break; 0 = it does not end in `data`: `open_out` says whether inside marks. */
size_t row_length(struct slice data, uint8_t separator, bool *open_out);
/* The fields of a row without its break; returns how many (at most ROWS_MAX_FIELDS). */
size_t row_fields(struct slice row, uint8_t separator, struct row_field fields[ROWS_MAX_FIELDS]);
/* The row without its break. */
struct slice row_content(struct slice row);
/* Appends what the field says: without its marks, doubled ones single. */
void row_field_value(const struct row_field *field, struct buffer *out);
/* Appends a value as a field, in marks when it needs them or `quoted` asks for them. */
void row_append_field(struct buffer *out, struct slice value, uint8_t separator, bool quoted);

#endif
