/* archive/writer.h - records as they came, with texts replaced; and the records that nobody could look into.
 *
 * What stands outside a replaced text is copied byte by byte. A field of a table that a spreadsheet would take for a
 * formula gets an apostrophe before it; only fields that were looked at do.
 *
 * Threads: one owner. Errors: a failed buffer, STATUS_INTERNAL.
 */
#ifndef ARCHIVE_WRITER_H
#define ARCHIVE_WRITER_H

#include "archive/reader.h"
#include "wire/reply.h"

/* What `text` becomes. `value` is UTF-8: the text that may be kept. `changed`: it is another one than stands there. */
STATUS_CHECKED enum status writer_text(struct buffer *out, struct reader *reader, const struct record_form *form,
                                       const struct text *text, struct slice value, bool changed);
/* Behind the last text: the rest of the record, a verdict (`word` NULL = none), the break. */
STATUS_CHECKED enum status writer_end(struct buffer *out, struct reader *reader, const struct record_form *form,
                                      struct slice rest, enum action action, bool with_verdict);
/* Before the first text. */
void writer_begin(struct buffer *out, const struct record_form *form, enum action action, bool with_verdict);
/* The head of the output. */
STATUS_CHECKED enum status writer_head(struct buffer *out, struct reader *reader, const struct record_form *form,
                                       struct slice head, bool with_verdict);
/* Instead of a record: status and position, no text. Ends with a break. */
STATUS_CHECKED enum status writer_refused(struct buffer *out, struct reader *reader, const struct record_form *form,
                                          enum wire_status status, uint64_t record, uint64_t byte, bool with_verdict);
/* Turns what was appended from `start` on into the charset of the form, where that is UTF-16. */
STATUS_CHECKED enum status writer_encode(struct buffer *out, size_t start, struct reader *reader,
                                         const struct record_form *form);

#endif
