/* rules/cues.h - cues.csv: words that decide nothing alone but support, weaken or place other findings.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the row.
 */
#ifndef RULES_CUES_H
#define RULES_CUES_H

#include "rules/build.h"
#include "rules/literals.h"

STATUS_CHECKED enum status cues_read(struct build *build, struct slice raw, const char *file,
                                     struct literals_builder *literals);

#endif
