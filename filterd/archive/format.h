/* archive/format.h - how the records of a part are written.
 *
 * Threads: no state.
 */
#ifndef ARCHIVE_FORMAT_H
#define ARCHIVE_FORMAT_H

#include <stdbool.h>

#include "base/span.h"
#include "text/charset.h"

enum archive_format { ARCHIVE_BY_NAME, ARCHIVE_JSONL, ARCHIVE_TABLE, ARCHIVE_TEXT };

struct record_form {
    enum archive_format format;
    enum charset charset;
    uint8_t separator;   /* of a table */
    struct slice header; /* row with the names of a table's columns, with its break; empty = none */
};

/* By the end of a file's name; ARCHIVE_BY_NAME when it says nothing. `separator_out` of a table: 0 = look. */
enum archive_format format_of_name(const char *name, uint8_t *separator_out);

/* Bytes of the first record with its break; 0 = it does not end in `data`. `open_out`: because of a quotation mark. */
size_t record_length(const struct record_form *form, struct slice data, bool *open_out);
/* Takes the first record, with its break, from the front of `rest`; the last need not end. False: nothing is left. */
bool record_next(const struct record_form *form, struct slice *rest, struct slice *record_out);
bool record_is_blank(struct slice record);
/* Bytes of the whole records at the front, up to `most_bytes` (one longer record alone) and `most_records`; their
 * number. 0 = none ends in `data`. */
size_t records_whole(const struct record_form *form, struct slice data, size_t most_bytes, uint32_t most_records,
                     uint32_t *count_out);
/* Bytes of the records in `data` that begin before `place`, and their number. */
size_t records_until(const struct record_form *form, struct slice data, size_t place, uint32_t *count_out);

#endif
