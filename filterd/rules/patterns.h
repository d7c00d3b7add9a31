/* rules/patterns.h - patterns.yaml: regular expressions over the plain view.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault that names the pattern's line and the engine's reason.
 */
#ifndef RULES_PATTERNS_H
#define RULES_PATTERNS_H

#include "rules/build.h"
#include "rules/ruleset.h"

/* Fills patterns, pattern_multi and triggers of `common`; patterns_release frees what is compiled, also half-built. */
STATUS_CHECKED enum status patterns_read(struct build *build, struct slice text, const char *file,
                                         struct common *common);
void patterns_release(struct common *common);

/* Fills the triggers of `common` from its searched patterns, in `arena`. */
STATUS_CHECKED enum status patterns_make_triggers(struct arena *arena, struct common *common);

#endif
