/* tune/lint_parts.h - the parts of lint_city, one per file of the city; private to tune.
 *
 * Threads and errors: as tune/lint.h.
 */
#ifndef TUNE_LINT_PARTS_H
#define TUNE_LINT_PARTS_H

#include "tune/lint.h"
#include "tune/rows.h"

void lint_tell(struct lint *lint, struct remark remark);
void lint_tell_fault(struct lint *lint, const char *file, const struct fault *fault);

/* What can be seen from the rows alone. */
STATUS_CHECKED enum status lint_terms(struct lint *lint, const struct city_files *files, struct rows *rows_out);
/* What the rows hit; the scanner is prepared for `ruleset`. */
STATUS_CHECKED enum status lint_hits(struct lint *lint, const struct ruleset *ruleset, const struct rows *rows);
void lint_names(struct lint *lint, const struct ruleset *ruleset, const struct rows *rows);
/* STATUS_INVALID: the file is at fault, and told. */
STATUS_CHECKED enum status lint_cases(struct lint *lint, const struct ruleset *ruleset, const struct city_files *files);

#endif
