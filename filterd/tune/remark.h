/* tune/remark.h - what lint has to say of a city's files: one row per check, in Japanese and English.
 *
 * Threads: constant tables. Errors: none.
 */
#ifndef TUNE_REMARK_H
#define TUNE_REMARK_H

#include "base/fault.h"
#include "base/span.h"

enum remark_level {
    REMARK_ERROR,   /* the service would refuse the city, or protect less than the city thinks */
    REMARK_WARNING, /* harmless texts may be stopped, or a row does nothing */
    REMARK_HINT,    /* good to know */
    REMARK_LEVEL_COUNT
};

enum remark_check {
    REMARK_FAULT,
    REMARK_CASE_FAILED,
    REMARK_SURNAME,
    REMARK_TERM_IS_NAME,
    REMARK_CONTRADICTS,
    REMARK_HIDDEN_IN_WORDS,
    REMARK_HITS_HARMLESS,
    REMARK_SHORT,
    REMARK_IN_COMMON,
    REMARK_SHADOWED,
    REMARK_SLOW_TO_BUILD,
    REMARK_FORMULA,
    REMARK_CHARSET,
    REMARK_NO_CASES,
    REMARK_COUNT
};

struct phrase {
    const char *ja, *en;
};

struct remark_row {
    const char *id; /* "hidden-in-words": stable, for programs */
    enum remark_level level;
    struct phrase reason, mend;
};
extern const struct remark_row remark_rows[REMARK_COUNT];
extern const struct phrase remark_level_words[REMARK_LEVEL_COUNT];

struct remark {
    enum remark_check check;
    const char *file;          /* "terms.csv" */
    unsigned line;             /* 1-based; 0 = the whole file */
    struct slice value;        /* the cell that it is about; may be empty */
    const char *detail;        /* the words, rows or verdicts that show it; "" = none. In no language */
    const struct fault *fault; /* REMARK_FAULT: reason and mend stand there; else NULL */
};

#endif
