/* tune/whatif.h - what another version of a city would decide about an archive, grouped by the row that changes it.
 *
 * Both versions look at every text in the sandboxed workers of an archive run (archive/run.h): whatif_work takes the
 * place of its handler. A worker answers a block with what changed in it, already grouped, so that memory grows with
 * the number of rows that changed something and not with the archive. In mode observe what would be decided counts.
 *
 * Privacy: a sample is the text as the stricter version would keep it, cut short. Where no version replaces what is
 * personal in it, there is no sample.
 * Threads: whatif_work runs in workers.
 */
#ifndef TUNE_WHATIF_H
#define TUNE_WHATIF_H

#include "archive/counts.h"

/* The kinds of a struct count. Its key is the cause: a rule's id, or "clause 6-2" where the clause decides otherwise.
 */
enum whatif_kind {
    WHATIF_BLOCKED,  /* blocked now, not before */
    WHATIF_ALLOWED,  /* blocked before, no longer */
    WHATIF_REDACTED, /* redacted now, untouched before */
    WHATIF_KEPT,     /* redacted before, untouched now */
    WHATIF_REPLACED, /* redacted in both, not in the same places or way */
    WHATIF_KIND_COUNT,
    WHATIF_TEXTS = WHATIF_KIND_COUNT, /* key "-": how many were looked at */
    WHATIF_COUNT_KINDS
};

struct whatif {
    const struct count *groups; /* by kind, then by count, the most first; WHATIF_TEXTS is not among them */
    size_t group_count;
    uint64_t texts, changed[WHATIF_KIND_COUNT];
};

/* A worker_handler whose options are a struct handler_options; its reading's ruleset is the old version. The cities of
 * the worker are two: the old version, then the new. */
enum status whatif_work(struct worker *worker, const struct item *job, struct buffer *reply);

/* What came out; `counts` were begun with WHATIF_COUNT_KINDS, keep what `whatif_out` shows, and take nothing more. */
void whatif_sum(struct counts *counts, struct whatif *whatif_out);

#endif
