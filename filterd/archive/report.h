/* archive/report.h - what filterd decided about an archive, as counts of records.
 *
 * report_work takes the place of an archive run's handler (archive/run.h): workers answer a block with its counts, so
 * memory grows with what there is to count and not with the archive. In mode observe what would be decided counts.
 *
 * A record counts once for everything that its texts show. A sample is the text as it may be kept, cut short, of
 * records that were wholly looked at and in which nothing personal was left standing or is hinted at.
 * Nothing here is fit to be shown yet: archive/report_cells.h hides what is about few.
 *
 * Threads: report_work runs in workers.
 */
#ifndef ARCHIVE_REPORT_H
#define ARCHIVE_REPORT_H

#include "archive/counts.h"

/* The kinds of a struct count. Samples have INFO_TYPE and CATEGORY alone. */
enum report_kind {
    REPORT_VERDICT,   /* key: "allow" */
    REPORT_FLAG,      /* "review", "escalate" */
    REPORT_INFO_TYPE, /* "PHONE" */
    REPORT_CATEGORY,  /* "DEFAMATION" */
    REPORT_CLAUSE,    /* "6-2": a ground of the verdict */
    REPORT_RULE,      /* "DEFAMATION term.common.1a2b3c4d": what it finds, then its id */
    REPORT_MONTH,     /* "2024-03 allow"; "- allow": nobody knows when */
    REPORT_KIND_COUNT
};

/* A worker_handler whose options are a struct handler_options. */
enum status report_work(struct worker *worker, const struct item *job, struct buffer *reply);

/* All of one kind stand together, the most first (months: by key). The last call: see counts_sort(). */
const struct count *report_sort(struct counts *counts, size_t *count_out);

#endif
