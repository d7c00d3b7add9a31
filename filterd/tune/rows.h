/* tune/rows.h - the rows behind the rules: in which line of terms.csv a rule stands.
 *
 * Threads: one owner, then read by any. Errors: STATUS_INVALID with a fault: the file as a whole cannot be read.
 */
#ifndef TUNE_ROWS_H
#define TUNE_ROWS_H

#include "rules/ruleset.h"

struct row {
    const struct term *term;
    unsigned line; /* 1-based, where the row begins */
};

struct rows {
    const struct row *items; /* as in the file */
    size_t count;
    struct table *by_rule;
    struct arena *arena;
};

/* Reads the city's terms.csv. Rows at fault are told to `on_fault` and left out; NULL: the first one ends the reading.
 * `rows_out` is to be released with rows_fini, also after an error. */
STATUS_CHECKED enum status rows_read(const struct common *common, const struct city_files *files,
                                     void (*on_fault)(void *context, const struct fault *fault), void *context,
                                     struct rows *rows_out, struct fault *fault);
void rows_fini(struct rows *rows);

/* NULL: no row of this city has made the rule. */
const struct row *rows_find(const struct rows *rows, const char *rule);

#endif
