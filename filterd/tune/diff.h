/* tune/diff.h - what two versions of a city decide differently, in words for people who read no YAML.
 *
 * Compared is what decides: clauses, purposes, contacts, notices, settings, terms, names, and the cases. The order of
 * rows, comments and notes are no difference. Before and after may be two cities.
 * Threads: one owner. Errors: STATUS_NO_MEMORY; STATUS_INVALID with a fault: a cases.csv that cannot be read.
 */
#ifndef TUNE_DIFF_H
#define TUNE_DIFF_H

#include "rules/ruleset.h"
#include "tune/remark.h"

enum change_part {
    CHANGE_POLICY,
    CHANGE_CLAUSE,
    CHANGE_PURPOSE,
    CHANGE_CONTACT,
    CHANGE_NOTICE,
    CHANGE_TERM,
    CHANGE_NAME,
    CHANGE_CASE,
    CHANGE_PART_COUNT
};
extern const struct phrase change_part_words[CHANGE_PART_COUNT];
extern const char *const change_part_ids[CHANGE_PART_COUNT]; /* "clause": for programs */

/* `before` empty: added. `after` empty: removed. Valid during the call. */
struct change {
    enum change_part part;
    struct slice item;    /* "6(2) 誹謗中傷", "バイト" */
    struct phrase aspect; /* which setting of the item; both "" where the item as a whole came or went */
    struct slice before, after;
};

struct version {
    const struct ruleset *ruleset;
    const struct city_files *files;
};

struct diff {
    bool is_japanese; /* of before and after */
    void (*tell)(void *context, const struct change *change);
    void *context;
    unsigned told[CHANGE_PART_COUNT]; /* counted by diff_versions */
};

STATUS_CHECKED enum status diff_versions(struct diff *diff, const struct version *before, const struct version *after,
                                         struct fault *fault);

#endif
