/* archive/cutter.h - input, bigger than memory, cut into blocks of whole lines.
 *
 * All the feeder does with hostile input: it looks for line breaks. Records are numbered from 0 and bytes counted
 * through all inputs, as if they were one. A byte order mark at the beginning of a file is left out; so is, when asked,
 * an empty line that ends a file.
 *
 * Threads: one owner. Errors: STATUS_IO (errno kept; cutter_file() says where), STATUS_NOT_FOUND = the end.
 * Privacy: the buffer is wiped when the cutter is destroyed.
 */
#ifndef ARCHIVE_CUTTER_H
#define ARCHIVE_CUTTER_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

struct cutter;

struct cutter_options {
    const char *const *files; /* "-" = standard input; borrowed */
    size_t file_count;        /* 0 = standard input */
    size_t block_bytes;       /* what a block should have; one longer line is a block of its own */
    size_t max_line_bytes;    /* a longer line is skipped to its end */
    uint32_t max_block_lines;
    bool drop_last_blank;
};

struct block {
    uint64_t first_record;
    uint64_t first_byte;
    uint32_t records;
    bool overlong;      /* one record whose line was skipped; no bytes */
    struct slice bytes; /* lines with their breaks (the last of a file may have none); valid until the next call */
};

STATUS_CHECKED enum status cutter_create(const struct cutter_options *options, struct cutter **cutter_out);
void cutter_destroy(struct cutter **cutter);

/* The next block. With `may_block` false, STATUS_UNAVAILABLE when input is not there yet (pipes, terminals); lines that
 * are there come without waiting for a full block. */
STATUS_CHECKED enum status cutter_next(struct cutter *cutter, bool may_block, struct block *block_out);

const char *cutter_file(const struct cutter *cutter); /* the one being read */
uint64_t cutter_bytes(const struct cutter *cutter);   /* handed out or skipped so far */

#endif
