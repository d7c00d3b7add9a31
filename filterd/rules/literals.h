/* rules/literals.h - collects literals with their uses, and makes one lexicon of them.
 *
 * Threads: one owner. Errors: STATUS_NO_MEMORY, or the engine's.
 */
#ifndef RULES_LITERALS_H
#define RULES_LITERALS_H

#include "base/buffer.h"
#include "rules/build.h"
#include "rules/ruleset.h"

struct literals_builder {
    struct table *by_skeleton;
    struct buffer skeletons; /* struct slice, in the lasting arena */
    struct buffer uses;      /* struct pending_use, as added */
    struct table *by_use;
};

STATUS_CHECKED enum status literals_begin(struct literals_builder *builder);
void literals_abandon(struct literals_builder *builder); /* also after literals_finish */

/* A use that is there already is not added again. `skeleton` is copied and not empty. */
STATUS_CHECKED enum status literals_add(struct literals_builder *builder, struct build *build, struct slice skeleton,
                                        struct use use);

STATUS_CHECKED enum status literals_finish(struct literals_builder *builder, struct build *build,
                                           struct literals *literals_out);

#endif
