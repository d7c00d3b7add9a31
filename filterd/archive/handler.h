/* archive/handler.h - what a worker does with a block of records: each becomes one or more lines of the output.
 *
 * A job is a struct block_job, the header of a table, and whole records; an answer is a struct tally followed by what
 * is to be written. Both ends are one program, so the structs travel as they are. Threads: runs in the worker. Errors:
 * a record that cannot be read has its own refused line; an error here is the whole block's and leaves no line.
 * Privacy: the scanner is made to forget at the end of every block.
 */
#ifndef ARCHIVE_HANDLER_H
#define ARCHIVE_HANDLER_H

#include "archive/reader.h"
#include "pool/worker.h"
#include "wire/reply.h"

enum archive_output {
    OUTPUT_FINDINGS, /* JSON lines, one per text (wire/json.h); "field" says which where a record may have several */
    OUTPUT_SAME,     /* as the input, with texts that may be kept */
    OUTPUT_COLUMN    /* the same and the verdict: a last column 判定, a last member "filterd", or before a tab */
};

enum { JOB_HEAD = 1, JOB_SAMPLE = 2 };

struct block_job {
    uint64_t first_record;
    uint64_t first_byte;
    uint32_t records;
    uint32_t header_bytes;
    uint8_t format, charset, separator; /* struct record_form */
    uint8_t flags;                      /* JOB_... */
    uint32_t reserved;
};

struct tally {
    uint64_t records, allowed, redacted, blocked, refused;
    uint64_t textless;                       /* had none of the fields: nothing to look at */
    uint64_t risks[5];                       /* enum share_risk; of a copy to share alone */
    uint64_t suspects[ROWS_MAX_FIELDS / 64]; /* bit = column with texts or findings that nobody named */
};

struct share;

struct handler_options {
    struct reading reading;
    enum archive_output output;
    const struct share *share; /* of archive/share.h: records that nobody could look into are left out; else NULL */
};

/* A worker_handler; its options are a struct handler_options. */
enum status handler_run(struct worker *worker, const struct item *job, struct buffer *reply);

/* The output, with its break, for a record that nobody could look into. `reader` is the caller's. */
void handler_refuse(struct buffer *out, const struct handler_options *options, struct reader *reader,
                    const struct record_form *form, enum wire_status status, uint64_t record, uint64_t byte);

/* The two halves of a job. `form` borrows `payload`. False: it is none. */
bool handler_open_job(struct slice payload, struct block_job *job_out, struct record_form *form_out,
                      struct slice *records_out);
void handler_append_job(struct buffer *out, const struct block_job *job, const struct record_form *form,
                        struct slice records);

void tally_add(struct tally *sum, const struct tally *part);

#endif
