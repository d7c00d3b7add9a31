/* archive/run.h - a whole archive through sandboxed workers: every record has its line, in input order.
 *
 * The calling process cuts the input into blocks and writes answers; only workers look into records. Memory is bounded
 * whatever the input's size. A block that costs two workers is given again line by line: then only the record at fault
 * is refused with INTERNAL.
 *
 * Threads: one owner; forks. Errors: STATUS_IO and STATUS_NOT_FOUND fill `fault` with the file at fault;
 * STATUS_UNAVAILABLE = whoever reads the output is gone, or no worker starts any more.
 */
#ifndef ARCHIVE_RUN_H
#define ARCHIVE_RUN_H

#include "archive/handler.h"
#include "base/fault.h"
#include "pool/worker.h"

struct archive_options {
    const struct cities *cities;
    struct handler_options handler; /* without scratch */
    worker_handler work;            /* NULL = handler_run; tests give their own */
    const char *const *files;       /* "-" = standard input */
    size_t file_count;              /* 0 = standard input */
    int out_fd;
    unsigned workers;
    size_t max_text_bytes;
};

struct archive_result {
    struct tally tally;
    uint64_t input_bytes;
};

/* `result_out` is filled also on failure, with what was written until then. */
STATUS_CHECKED enum status archive_run(struct archive_options *options, struct archive_result *result_out,
                                       struct fault *fault);

/* Bytes of the longest line that is read, for texts of at most `max_text_bytes`. */
size_t archive_max_line_bytes(size_t max_text_bytes);

#endif
