/* tune/harmless.h - texts that nobody would stop: what lint tries a city's terms on.
 *
 * Threads: one owner. Errors: as each function says; what was gathered before stays.
 */
#ifndef TUNE_HARMLESS_H
#define TUNE_HARMLESS_H

#include "base/fault.h"
#include "rules/ruleset.h"
#include "tune/wordlist.h"

/* A text that nobody would stop. */
struct harmless {
    struct slice text;
    const char *origin; /* "kashiwa/cases.csv:12", shown with the hit; NULL: an everyday word, shown itself */
};

struct harmless_set {
    struct buffer items; /* struct harmless */
    struct wordlist wordlist;
    struct arena *arena; /* texts and origins */
};

STATUS_CHECKED enum status harmless_begin(struct harmless_set *set);
void harmless_fini(struct harmless_set *set);

/* STATUS_NOT_FOUND: no wordlist in `dir`. */
STATUS_CHECKED enum status harmless_add_words(struct harmless_set *set, const char *dir);
/* The texts that the city expects to be allowed. */
STATUS_CHECKED enum status harmless_add_cases(struct harmless_set *set, const struct city_files *files,
                                              struct fault *fault);
/* One text on each line of `content`, named by `file` and line. */
STATUS_CHECKED enum status harmless_add_lines(struct harmless_set *set, struct slice content, const char *file);

static inline const struct harmless *
harmless_items(const struct harmless_set *set)
{
    return (const struct harmless *)(const void *)set->items.data;
}

static inline size_t
harmless_count(const struct harmless_set *set)
{
    return set->items.bytes / sizeof(struct harmless);
}

#endif
