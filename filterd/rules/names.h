/* rules/names.h - a city's names.csv: facilities, roads, staff, bodies. A span that is one of them is no private
 * person.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_NAMES_H
#define RULES_NAMES_H

#include "rules/build.h"
#include "rules/literals.h"
#include "rules/ruleset.h"
#include "text/csv.h"

#define NAMES_COLUMNS 4
extern const struct csv_column names_columns[NAMES_COLUMNS];

STATUS_CHECKED enum status names_read(struct build *build, struct slice raw, const char *file,
                                      struct literals_builder *literals, const struct public_name **names_out,
                                      size_t *count_out);

#endif
