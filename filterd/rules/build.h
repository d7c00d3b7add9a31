/* rules/build.h - what every part of a ruleset's building works with.
 *
 * Threads: one owner. Errors: a fault is reported once, with STATUS_INVALID.
 */
#ifndef RULES_BUILD_H
#define RULES_BUILD_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/hash.h"
#include "engine/multi.h"
#include "rules/store.h"
#include "text/tokens.h"
#include "text/view.h"

#define BUILD_MAX_LITERAL_BYTES 256

struct build {
    const struct view_tables *views;
    struct arena *arena;   /* what lives as long as the ruleset */
    struct arena *scratch; /* one folded literal at a time */
    struct store *store;   /* of pattern databases; NULL = compile them */
    struct fault *fault;   /* may be NULL */
    struct tokenizer *tokenizer;
    const struct writing_table *writing_table; /* rules/writings.h; NULL = terms have no further writings */
};

/* Where this process notes file, line and rule of what it is about to compile, in memory shared with a parent that may
 * find it dead; NULL = nowhere. With a place every pattern is first compiled alone: together, none could be named. */
void build_note_in(struct fault *place);
struct fault *build_notes(void);

/* Both forms of at most BUILD_MAX_LITERAL_BYTES, valid until the next fold. STATUS_TOO_LARGE when longer. */
STATUS_CHECKED enum status build_fold(struct build *build, struct slice literal, struct slice *plain_out,
                                      struct slice *skeleton_out);

/* A copy in the lasting arena, NUL-terminated. STATUS_NO_MEMORY. */
STATUS_CHECKED enum status build_keep(struct build *build, struct slice bytes, struct slice *kept_out);
/* A lasting copy of an array that grew in a buffer; NULL when `count` is 0. */
STATUS_CHECKED enum status build_keep_array(struct build *build, const struct buffer *array, const void **kept_out);

/* STATUS_INVALID, after filling the fault. `value` is cut to what a fault holds. */
enum status build_fault(struct build *build, const char *file, unsigned line, unsigned column, const char *item,
                        struct slice value, const char *reason, const char *mend);

/* The compiled form from the store. STATUS_NOT_FOUND: compile it, then hand it to build_remember. */
STATUS_CHECKED enum status build_recall(struct build *build, const struct hash *key, struct multi **multi_out);
/* A store that cannot write only makes the next start slower: not an error. */
STATUS_CHECKED enum status build_remember(struct build *build, const struct hash *key, const struct multi *multi);

#endif
