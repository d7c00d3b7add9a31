/* archive/report_page.h - a report as it may be shown: every count treated (archive/report_cells.h), names resolved.
 *
 * Threads: one owner. Errors: STATUS_NO_MEMORY. Strings are borrowed from the report and the policy.
 */
#ifndef ARCHIVE_REPORT_PAGE_H
#define ARCHIVE_REPORT_PAGE_H

#include "archive/month.h"
#include "archive/report.h"
#include "archive/report_cells.h"
#include "rules/policy.h"

#define PAGE_MAX_RULES 12
#define PAGE_MAX_MONTHS 36 /* more are put together into years */
#define PAGE_MAX_LINES 512 /* of clauses; a policy has fewer */

struct page_line {
    const char *id;              /* "PHONE", "6-2", "term.common.1a2b3c4d" */
    const char *of;              /* a rule: what it finds */
    const struct clause *clause; /* of a clause */
    struct cell cell;
    const struct slice *samples; /* COUNT_SAMPLES, empty ones last; NULL = none may be shown */
};

struct page_lines {
    struct page_line list[PAGE_MAX_LINES];
    size_t count;
};

struct page_month {
    char name[MONTH_TEXT_BYTES]; /* "2024-03", "2024", or "-": nobody knows when */
    struct cell_row row;         /* cells: allow, redact, block */
};

struct report_page {
    unsigned k;
    struct cell total; /* of records that were decided about */
    struct cell verdicts[CELLS_COLUMNS];
    struct cell review, escalate;
    uint64_t refused, textless; /* about files, not about people */
    struct page_lines info_types, categories, clauses, rules;
    struct page_month months[CELLS_MAX_ROWS];
    size_t month_count;
    bool has_months; /* some are known, and they may be shown */
    bool by_year;
};

extern const enum action page_actions[CELLS_COLUMNS];

/* report_sort() was called: `counts`. */
STATUS_CHECKED enum status report_page_create(const struct count *counts, size_t count, const struct tally *tally,
                                              const struct policy *policy, unsigned k, struct report_page **page_out);
void report_page_destroy(struct report_page **page);

/* An info type's or category's word for people: 電話番号, 誹謗中傷. `id` itself when it is neither. */
const char *page_label(const char *id);

#endif
