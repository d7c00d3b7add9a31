/* cmd/filterctl_report.h - a report as a page, a JSON text and a workbook.
 *
 * All three show the same numbers. Threads: one. Errors: STATUS_NO_MEMORY, STATUS_IO.
 */
#ifndef CMD_FILTERCTL_REPORT_H
#define CMD_FILTERCTL_REPORT_H

#include "archive/report_page.h"
#include "cmd/filterctl.h"

struct report_paper {
    const struct call *call; /* the language */
    const struct report_page *page;
    const struct ruleset *ruleset;
    const char *const *inputs; /* as the user named them */
    size_t input_count;
    char made[32]; /* local date and time */
};

#define CELL_TEXT_BYTES 40
/* "12,345", "5未満", "非表示". */
const char *report_cell_text(const struct report_paper *paper, const struct cell *cell, char out[CELL_TEXT_BYTES]);
const char *report_number(uint64_t number, char out[CELL_TEXT_BYTES]);
/* "2024年3月", "2024年", "時期不明". */
const char *report_month_text(const struct report_paper *paper, const struct page_month *month,
                              char out[CELL_TEXT_BYTES]);
const char *report_action_text(const struct report_paper *paper, size_t column);
/* What an info type or category is called in the page's language. */
const char *report_label(const struct report_paper *paper, const char *id);
/* The name of a file without its folders. */
const char *report_input_name(const char *path);

/* A whole page, without anything from elsewhere. */
void report_write_html(const struct report_paper *paper, struct buffer *out);
/* Its charts (filterctl_report_charts.c). */
void report_put_verdict_chart(const struct report_paper *paper, struct buffer *out);
void report_put_month_chart(const struct report_paper *paper, struct buffer *out);

void report_write_json(const struct report_paper *paper, struct buffer *out);
/* libxlsxwriter writes the file itself. */
STATUS_CHECKED enum status report_write_xlsx(const struct report_paper *paper, const char *path);

#endif
