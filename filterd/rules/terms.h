/* rules/terms.h - the terms.csv of a city or of all cities.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_TERMS_H
#define RULES_TERMS_H

#include "rules/build.h"
#include "rules/literals.h"
#include "rules/ruleset.h"
#include "text/csv.h"

#define TERMS_COLUMNS 7        /* of a city's file */
#define TERMS_COMMON_COLUMNS 8 /* of the files that all cities share: those, and `aim` */
extern const struct csv_column terms_columns[TERMS_COMMON_COLUMNS];

/* Where a term stands. */
struct term_origin {
    const char *file;
    unsigned line; /* 1-based, where the row begins */
};

/* Collects the terms of one or several files. */
struct terms_builder {
    size_t column_count;    /* TERMS_COLUMNS, or TERMS_COMMON_COLUMNS of "common" */
    const char *owner;      /* "common" or the city's id: part of the rule ids */
    struct buffer terms;    /* struct term */
    struct buffer origins;  /* struct term_origin, one per term */
    struct buffer writings; /* struct term_writing */
    struct table *by_rule;
    /* NULL: the first row at fault ends the reading. Else it is told of each, the row is left out, reading goes on. */
    void (*on_fault)(void *context, const struct fault *fault);
    void *context;
};

STATUS_CHECKED enum status terms_begin(struct terms_builder *builder, const char *owner);
void terms_abandon(struct terms_builder *builder); /* also after terms_finish */

/* `raw`: the file's bytes, in any charset that Excel writes. `file` must outlive the builder. */
STATUS_CHECKED enum status terms_read(struct terms_builder *builder, struct build *build, struct slice raw,
                                      const char *file, struct literals_builder *literals);
STATUS_CHECKED enum status terms_finish(struct terms_builder *builder, struct build *build,
                                        const struct term **terms_out, size_t *count_out,
                                        const struct term_writing **writings_out, size_t *writing_count_out);

#endif
