/* tune/whatif.h - what another version of a city would decide about an archive, grouped by the row that changes it.
 *
 * Both versions look at every text in the sandboxed workers of an archive run (archive/run.h): whatif_work takes the
 * place of its handler. A worker answers a block with what changed in it, already grouped, so that memory grows with
 * the number of rows that changed something and not with the archive. In mode observe what would be decided counts.
 *
 * Privacy: a sample is the text as the stricter version would keep it, cut short. Where no version replaces what is
 * personal in it, there is no sample.
 * Threads: one owner; whatif_work runs in workers. Errors: STATUS_NO_MEMORY, STATUS_INVALID for an answer that is none.
 */
#ifndef TUNE_WHATIF_H
#define TUNE_WHATIF_H

#include "archive/handler.h"
#include "base/table.h"

enum whatif_kind {
    WHATIF_BLOCKED,  /* blocked now, not before */
    WHATIF_ALLOWED,  /* blocked before, no longer */
    WHATIF_REDACTED, /* redacted now, untouched before */
    WHATIF_KEPT,     /* redacted before, untouched now */
    WHATIF_REPLACED, /* redacted in both, not in the same places or way */
    WHATIF_KIND_COUNT
};

#define WHATIF_SAMPLES 3
#define WHATIF_SAMPLE_CHARACTERS 60

struct whatif_group {
    enum whatif_kind kind;
    char cause[128]; /* a rule's id, or "clause 6-2" where the clause itself decides otherwise */
    uint64_t count;
    struct slice samples[WHATIF_SAMPLES]; /* UTF-8; empty = none */
};

struct whatif {
    struct arena *arena;  /* samples */
    struct buffer groups; /* struct whatif_group */
    struct table *by_key;
    uint64_t texts, counts[WHATIF_KIND_COUNT];
};

/* A worker_handler whose options are a struct handler_options; its reading's ruleset is the old version. The cities of
 * the worker are two: the old version, then the new. */
enum status whatif_work(struct worker *worker, const struct item *job, struct buffer *reply);

STATUS_CHECKED enum status whatif_begin(struct whatif *whatif);
void whatif_fini(struct whatif *whatif);
/* Adds what workers wrote: whole lines. */
STATUS_CHECKED enum status whatif_add(struct whatif *whatif, struct slice lines);
/* By kind, then by count, the most first. The last call: nothing is added after it. */
const struct whatif_group *whatif_sort(struct whatif *whatif, size_t *count_out);

#endif
