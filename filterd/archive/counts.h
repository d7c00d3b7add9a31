/* archive/counts.h - how often each thing was seen in an archive: by kind and key, each with a few samples.
 *
 * Two halves. A worker counts what a block shows (struct block_counts) and answers with lines: kind, number, key and
 * samples, a tab between. The owner of the run adds the lines up (struct counts); memory grows with what there is to
 * count and not with the archive.
 *
 * Threads: one owner each. Errors: STATUS_NO_MEMORY, STATUS_INVALID for lines that no worker of ours writes.
 * Privacy: a sample is text. Which one may be kept, the caller decides.
 */
#ifndef ARCHIVE_COUNTS_H
#define ARCHIVE_COUNTS_H

#include "archive/handler.h"
#include "base/table.h"

#define COUNT_KEY_BYTES 128
#define COUNT_SAMPLES 3
#define COUNT_SAMPLE_CHARACTERS 70 /* the rest is cut off */
#define BLOCK_MAX_COUNTS 1024

struct count {
    unsigned kind; /* the caller's enum */
    char key[COUNT_KEY_BYTES];
    uint64_t count;
    struct slice samples[COUNT_SAMPLES]; /* UTF-8; empty = none */
};

/* --- the owner's half --------------------------------------------------------------------------------------------- */

struct counts {
    unsigned kinds;       /* how many there are */
    struct arena *arena;  /* samples */
    struct buffer counts; /* struct count */
    struct table *by_key;
};

STATUS_CHECKED enum status counts_begin(struct counts *counts, unsigned kinds);
void counts_fini(struct counts *counts);
/* Adds what workers wrote: whole lines. */
STATUS_CHECKED enum status counts_add(struct counts *counts, struct slice lines);
/* Sorts by `compare`, of two struct count. The last call: nothing is added after it. */
const struct count *counts_sort(struct counts *counts, int (*compare)(const void *, const void *), size_t *count_out);

/* --- a worker's half ---------------------------------------------------------------------------------------------- */

struct block_count {
    unsigned kind;
    char key[COUNT_KEY_BYTES];
    uint64_t count;
    struct buffer samples; /* each behind a tab */
    unsigned sample_count;
};

struct block_counts {
    struct block_count list[BLOCK_MAX_COUNTS];
    size_t count;
};

/* Where a kind and key are counted; when there are too many in a block, where the rest of the kind is: under "-". */
struct block_count *block_counts_of(struct block_counts *counts, unsigned kind, const char *key);
/* Keeps a sample as long as there are few; an empty one is none. */
void block_count_sample(struct block_count *count, struct slice text);

/* Looks at a record, with its break, and adds it to `tally`. */
typedef void block_look(struct worker *worker, const struct record_form *form, struct slice record,
                        struct tally *tally);

/* A worker_handler but for `look`, called for every record of the job, and `counts`, into which it counts: the answer
 * is the tally, then the counts, which are empty again. */
STATUS_CHECKED enum status block_counts_answer(struct block_counts *counts, block_look *look, struct worker *worker,
                                               const struct item *job, struct buffer *reply);

#endif
