/* archive/run.h - a whole archive through sandboxed workers: every record has its line, in input order.
 *
 * The calling process cuts the input into blocks and writes answers; only workers look into records. Memory is bounded
 * whatever the input's size. A block that costs two workers is given again record by record: then only the record at
 * fault is refused with INTERNAL.
 *
 * Threads: one owner; forks. Errors: STATUS_IO and STATUS_NOT_FOUND fill `fault` with the file at fault; so does
 * STATUS_INVALID = the files of one output do not fit together, or have no such column. STATUS_UNAVAILABLE = whoever
 * reads the output is gone, or no worker starts any more.
 */
#ifndef ARCHIVE_RUN_H
#define ARCHIVE_RUN_H

#include "archive/cutter.h"
#include "archive/handler.h"
#include "base/fault.h"
#include "pool/worker.h"

struct archive_result {
    struct tally tally;
    uint64_t input_bytes;
    uint64_t output_bytes;
    uint64_t place;       /* how far it is, of inputs->bytes */
    struct cut_place end; /* what is written covers the input up to here */
};

enum archive_note {
    NOTE_DAMAGED,      /* a compressed file cannot be read to its end */
    NOTE_SKIPPED,      /* a file in a directory or archive that does not look like one of ours */
    NOTE_NO_COLUMN,    /* a table has no such column: its records are refused */
    NOTE_OTHER_COLUMN, /* a column that was not named has texts or findings */
};

struct archive_options {
    const struct cities *cities;
    struct handler_options handler;
    worker_handler work; /* NULL = handler_run; tests give their own */
    const struct inputs *inputs;
    enum archive_format format; /* ARCHIVE_BY_NAME: by the names of the files */
    uint8_t separator;          /* of tables; 0 = look */
    bool no_header;
    uint64_t from, to;                  /* places of the records that are wanted; 0, 0 = all */
    bool is_empty;                      /* none at all */
    const struct archive_result *start; /* NULL = the beginning; else what an earlier run has written */
    int out_fd;
    /* Gets a block's output, whole lines, in place of out_fd; NULL = out_fd does. An error ends the run with it. */
    enum status (*take)(void *take_context, struct slice lines);
    void *take_context;
    unsigned workers;
    size_t max_text_bytes;
    /* All three may be NULL. `name` is a column, or a reason. */
    void (*note)(void *context, enum archive_note note, const char *file, const char *name);
    void (*progress)(void *context, const struct archive_result *so_far);
    /* Called each time `checkpoint_bytes` of input were written: makes it durable. An error ends the run. */
    enum status (*checkpoint)(void *context, const struct archive_result *so_far);
    uint64_t checkpoint_bytes;
    void *context;
};

/* `result_out` is filled also on failure, with what was written until then. */
STATUS_CHECKED enum status archive_run(struct archive_options *options, struct archive_result *result_out,
                                       struct fault *fault);

/* Bytes of the longest record that is read, for texts of at most `max_text_bytes`. */
size_t archive_max_record_bytes(size_t max_text_bytes);

#endif
