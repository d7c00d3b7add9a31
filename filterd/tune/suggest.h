/* tune/suggest.h - small changes of a city's lists that would mend what people found wrong, each with its measured
 * effect.
 *
 * Reviewed texts are a file in the form of cases.csv: what should have come out. For a text that was stopped wrongly
 * the exception around the word, the narrower match and the name are tried; for one that got through, its words. Every
 * candidate is put into a copy of the city, and all reviewed texts and cases are run with it: suggested is what mends
 * most, and breaks nothing.
 *
 * Threads: one owner. Errors: STATUS_INVALID with a fault: a file cannot be read, or the city does not build.
 */
#ifndef TUNE_SUGGEST_H
#define TUNE_SUGGEST_H

#include "rules/ruleset.h"
#include "tune/harmless.h"

struct scanner;

enum suggestion_kind {
    SUGGEST_EXCEPTION, /* add `value` to the exceptions of the row */
    SUGGEST_MATCH,     /* let the row match as `value`: a word of match */
    SUGGEST_NAME,      /* add `value` to names.csv */
    SUGGEST_TERM,      /* add `value` to terms.csv with `category` */
    SUGGESTION_KIND_COUNT
};

struct suggestion {
    enum suggestion_kind kind;
    unsigned line;     /* of terms.csv; 0 = a new row */
    struct slice term; /* of that row */
    struct slice value;
    enum category category;
    unsigned mends; /* reviewed texts that come out right with this, and do not with an earlier suggestion */
};

struct suggest {
    const struct common *common;
    struct scanner *scanner;
    const char *keys_path;               /* as in struct city_files */
    const struct harmless_set *harmless; /* no new term may stand in one of these */
    void (*tell)(void *context, const struct suggestion *suggestion);
    /* A reviewed text that no suggestion mends. */
    void (*tell_left)(void *context, unsigned line);
    void *context;
    unsigned wrong, mended; /* counted */
};

/* `path` names the reviewed texts in faults. */
STATUS_CHECKED enum status suggest_run(struct suggest *suggest, const struct city_files *files, struct slice reviewed,
                                       const char *path, struct fault *fault);

#endif
