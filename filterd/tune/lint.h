/* tune/lint.h - reads a city's files as a careful colleague would, and says what is wrong or will go wrong.
 *
 * Every row of terms.csv at fault is told, not only the first. Whether a term stops harmless texts is not guessed: the
 * texts (everyday words, texts that cities expect to be allowed, and any that the caller has) are scanned with the
 * city's own ruleset.
 *
 * Threads: one owner. Errors: of the system alone; what is wrong with the city is told, and is STATUS_OK.
 * Privacy: values and details come from the operator's files and the harmless texts; nothing else is told.
 */
#ifndef TUNE_LINT_H
#define TUNE_LINT_H

#include "rules/ruleset.h"
#include "tune/harmless.h"
#include "tune/remark.h"

struct scanner;

struct lint {
    const struct common *common;
    struct scanner *scanner;
    const struct harmless *texts;
    size_t text_count;
    const char *keys_path; /* as in struct city_files */
    void (*tell)(void *context, const struct remark *remark);
    void *context;
    unsigned told[REMARK_LEVEL_COUNT]; /* counted by lint_city */
};

STATUS_CHECKED enum status lint_city(struct lint *lint, const struct city_files *files);

#endif
