/* tune/exchange.h - a city's CSV files to Excel and back.
 *
 * To Excel: UTF-8 with BOM, CR LF, Japanese column names, and an apostrophe before a cell that Excel would compute
 * (= + - @ and tab at its start: the rule of OWASP's "CSV injection"). From Excel: what Excel saves (CP932, UTF-8,
 * UTF-16, comma or tab) as UTF-8 without BOM, LF; the apostrophe goes again. Columns stand in the format's order;
 * those that the file did not have are empty. Rows keep their order; a line break in a cell stays one.
 * Threads: any. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef TUNE_EXCHANGE_H
#define TUNE_EXCHANGE_H

#include "base/buffer.h"
#include "base/fault.h"
#include "base/status.h"
#include "text/csv.h"

enum exchange_file { EXCHANGE_TERMS, EXCHANGE_NAMES, EXCHANGE_CASES, EXCHANGE_FILE_COUNT };
extern const char *const exchange_names[EXCHANGE_FILE_COUNT]; /* "terms.csv" */

/* "terms" or "terms.csv". False: none of them. */
bool exchange_parse(const char *word, enum exchange_file *out);

/* A row as it stands in a city's folder. */
void exchange_put_row(struct buffer *out, const struct slice *cells, size_t count);

STATUS_CHECKED enum status exchange_export(enum exchange_file file, struct slice raw, struct buffer *out,
                                           struct fault *fault);
/* `path` names the source in faults. */
STATUS_CHECKED enum status exchange_import(enum exchange_file file, struct slice raw, const char *path,
                                           struct buffer *out, unsigned *rows_out, struct fault *fault);

#endif
