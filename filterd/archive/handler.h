/* archive/handler.h - what a worker does with a block of records: each becomes one JSON line.
 *
 * A job is a struct block_job followed by whole lines; an answer is a struct tally followed by as many lines as the job
 * has records. Both ends are one program, so the structs travel as they are.
 * Threads: runs in the worker. Errors: a record that cannot be read has its own refused line; an error here is the
 * whole block's and leaves no line. Privacy: the scanner is made to forget at the end of every block.
 */
#ifndef ARCHIVE_HANDLER_H
#define ARCHIVE_HANDLER_H

#include "archive/json_line.h"
#include "pool/worker.h"
#include "wire/reply.h"

enum archive_format { ARCHIVE_JSONL, ARCHIVE_TEXT };

struct block_job {
    uint64_t first_record;
    uint64_t first_byte;
    uint32_t records;
    uint32_t reserved;
};

struct tally {
    uint64_t records, allowed, redacted, blocked, refused;
};

struct handler_options {
    enum archive_format format;
    struct json_path field, id_field; /* JSONL only */
    const struct ruleset *ruleset;
    enum surface surface;
    enum direction direction;
    const struct purpose *purpose; /* NULL = chat */
    bool short_tokens;
    struct buffer *scratch; /* the worker's own after the fork: text of records with escapes */
};

/* A worker_handler; its options are a struct handler_options. */
enum status handler_run(struct worker *worker, const struct item *job, struct buffer *reply);

/* A refused line, with its break, for a record that nobody could look into. */
void handler_refuse(struct buffer *out, enum wire_status status, uint64_t record, uint64_t byte);

void tally_add(struct tally *sum, const struct tally *part);

#endif
