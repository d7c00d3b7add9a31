/* rules/tables.h - the fact tables of dictionaries/common: tab-separated, `#` begins a comment line.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the line.
 */
#ifndef RULES_TABLES_H
#define RULES_TABLES_H

#include "rules/build.h"
#include "rules/literals.h"

/* One name a line, a reading behind a tab is passed over: most frequent first. `*table_out`: plain form -> rank;
 * `*max_bytes_out`: of the longest key. */
STATUS_CHECKED enum status tables_read_names(struct build *build, struct slice text, const char *file,
                                             struct table **table_out, size_t *max_bytes_out);

/* code, prefecture, name: fills `municipalities` and `municipality_ends`. */
STATUS_CHECKED enum status tables_read_municipalities(struct build *build, struct slice text, const char *file,
                                                      struct facts *facts);

#endif
