/* rules/sheet.h - a CSV file of an operator: decoded, row by row, cells as words.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names line and field.
 */
#ifndef RULES_SHEET_H
#define RULES_SHEET_H

#include "base/table.h"
#include "rules/build.h"
#include "rules/vocabulary.h"
#include "text/csv.h"

struct sheet {
    struct build *build;
    const char *file;
    const struct csv_column *columns;
    struct buffer text; /* UTF-8 */
    struct csv *csv;
    struct csv_row row;
};

STATUS_CHECKED enum status sheet_open(struct sheet *sheet, struct build *build, struct slice raw, const char *file,
                                      const struct csv_column *columns, size_t column_count);
void sheet_close(struct sheet *sheet);

/* STATUS_NOT_FOUND at the end. */
STATUS_CHECKED enum status sheet_next(struct sheet *sheet);

/* The cell of this row without white space (also full-width) around it. */
struct slice sheet_cell(const struct sheet *sheet, size_t column);

/* Fills the fault with this row and cell; STATUS_INVALID. */
enum status sheet_fault(const struct sheet *sheet, size_t column, const char *reason, const char *mend);

/* The cell as a word, in any width. An empty cell gives `fallback`; with fallback 0 it is a fault. */
STATUS_CHECKED enum status sheet_word(struct sheet *sheet, size_t column, const struct vocabulary *vocabulary,
                                      unsigned fallback, unsigned *number_out);

/* Notes `kind` and `plain` of this row in `seen`; a fault at `column` when an earlier row had both. */
STATUS_CHECKED enum status sheet_check_new(struct sheet *sheet, struct table *seen, const uint8_t kind[2],
                                           struct slice plain, size_t column);

/* Cuts white space, also full-width, from both ends. */
struct slice sheet_trim(struct slice text);

#endif
