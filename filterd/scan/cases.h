/* scan/cases.h - a city's cases.csv: texts with the verdict that must come out.
 *
 * Columns (Japanese or English): 文/text, 方向/direction, 場所/surface, 用途/purpose, 期待/expect, 条項/clause,
 * 伏せ字後/redacted, メモ/note. Empty cells mean: inbound, MESSAGE_TEXT, chat, no clause asked for, redacted text not
 * compared.
 */
#ifndef SCAN_CASES_H
#define SCAN_CASES_H

#include "base/fault.h"
#include "base/status.h"
#include "rules/ruleset.h"
#include "scan/scanner.h"
#include "text/csv.h"

#define CASES_COLUMNS 8
extern const struct csv_column cases_columns[CASES_COLUMNS];

struct case_failure {
    unsigned row;         /* line of the file where the row begins */
    const char *expected; /* "block 6-2" */
    const char *got;      /* valid during the call */
    struct slice text;    /* the row's own text: written by the operator, may be shown to them */
};

struct cases_result {
    unsigned passed;
    unsigned failed;
};

/* One row and what came out; valid during the call. */
struct case_outcome {
    unsigned row;
    const struct message *message;
    enum action expected;
    struct slice clause;           /* that the row asks for; empty = none */
    struct slice redacted;         /* the same */
    const struct verdict *verdict; /* NULL: the scan failed with `status` */
    enum status status;
    bool is_met;
};

struct case_visitor {
    void (*on_row)(void *context, const struct case_outcome *outcome);
    const struct trace *trace; /* of every row's scan, before its on_row; NULL = none */
    void *context;
};

/* Runs all rows, in order. STATUS_INVALID with a fault for a malformed file; rows that are not met are STATUS_OK.
 * STATUS_NO_MEMORY: not all could be run. */
STATUS_CHECKED enum status cases_visit(struct scanner *scanner, const struct ruleset *ruleset, struct slice csv,
                                       const char *file, const struct case_visitor *visitor, struct fault *fault);

/* The same, counting. `on_failure` may be NULL. */
STATUS_CHECKED enum status cases_run(struct scanner *scanner, const struct ruleset *ruleset, struct slice csv,
                                     const char *file,
                                     void (*on_failure)(void *context, const struct case_failure *failure),
                                     void *context, struct cases_result *result_out, struct fault *fault);

/* A row as it stands; its words are not checked. */
struct case_row {
    unsigned line;      /* where the row begins */
    struct slice text;  /* valid during the call, as `clause` */
    enum action expect; /* NONE: an unknown word */
    struct slice clause;
    struct slice setting; /* direction, surface and purpose as written, a tab between: what parts rows of one text */
};

/* Reads the rows without running them. */
STATUS_CHECKED enum status cases_each(struct slice csv, const char *file,
                                      void (*on_row)(void *context, const struct case_row *row), void *context,
                                      struct fault *fault);

#endif
