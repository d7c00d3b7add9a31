/* text/csv.h - rows of a CSV file that operators write (in memory, UTF-8, libcsv in strict mode).
 *
 * Decode the file with charset_decode() first. A comma or a tab separates (the header decides: "Unicode text" of Excel
 * has tabs). Quotes inside a bare field, an unclosed quote, and more filled fields than the header has columns are
 * faults. Spaces and tabs around bare fields are trimmed. Rows whose fields are all empty are skipped.
 *
 *     enum { TERM, MATCH, NOTE, COLUMNS };
 *     static const struct csv_column columns[COLUMNS] = {
 *         [TERM] = {"term", "語句", CSV_REQUIRED}, [MATCH] = {"match", "一致", CSV_REQUIRED},
 *         [NOTE] = {"note", "メモ", CSV_OPTIONAL}};
 *     status = csv_create(path, text, columns, COLUMNS, &csv, fault);
 *     while (status == STATUS_OK && (status = csv_next(csv, &row, fault)) == STATUS_OK)
 *         ... row.fields[TERM] ...                       (empty when the file has no such column)
 *     csv_destroy(&csv);                                 (STATUS_NOT_FOUND = the end was reached)
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault (line, field number), STATUS_NO_MEMORY. `fault` may be NULL.
 */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include <stddef.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/status.h"

enum csv_presence { CSV_OPTIONAL, CSV_REQUIRED };

/* A column has either name in the header (English in any case). */
struct csv_column {
    const char *english;
    const char *japanese; /* may be NULL */
    enum csv_presence presence;
};

#define CSV_MAX_COLUMNS 32

struct csv_row {
    unsigned line;              /* 1-based physical line on which the row begins */
    const struct slice *fields; /* one per column given to csv_create, in that order; valid until the next call */
    const unsigned *positions;  /* the same: 1-based field number in the file, for faults; 0 = no such column */
};

struct csv;

/* Reads the header row. `file` names the file in faults; `file`, `text` and `columns` must outlive the reader.
 * STATUS_INVALID: no header, a required column is missing, a column stands twice or is unknown. */
STATUS_CHECKED enum status csv_create(const char *file, struct slice text, const struct csv_column *columns,
                                      size_t column_count, struct csv **csv_out, struct fault *fault);
void csv_destroy(struct csv **csv);

/* The next row; STATUS_NOT_FOUND at the end. After a fault the rest can still be read, so that all faults of a file
 * can be shown at once; an unclosed quote swallows the rest. */
STATUS_CHECKED enum status csv_next(struct csv *csv, struct csv_row *row_out, struct fault *fault);

#endif
