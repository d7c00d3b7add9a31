/* archive/cutter.h - input, bigger than memory, cut into blocks of whole records.
 *
 * All the feeder does with hostile input: it looks for line breaks, and in tables for separators and quotation marks.
 * Records are numbered from 0 and bytes counted through all inputs, as if they were one; UTF-16 counts as UTF-8. What
 * stands before the first record of a part - byte order mark, header of a table - is its head: a block of its own,
 * without records. An empty line that ends a part is left out of JSON lines and tables.
 *
 * Threads: one owner. Errors: STATUS_IO (errno kept; cutter_file() says where), STATUS_NOT_FOUND = the end.
 * Privacy: the buffer is wiped when the cutter is destroyed.
 */
#ifndef ARCHIVE_CUTTER_H
#define ARCHIVE_CUTTER_H

#include <stdbool.h>

#include "archive/format.h"
#include "archive/inputs.h"
#include "base/span.h"
#include "base/status.h"

struct cutter;

/* Where a block ends: enough to go on from there in another process. */
struct cut_place {
    uint64_t input, member; /* the part (archive/source.h) */
    uint64_t part_byte;     /* bytes of it that are behind */
    uint64_t record, byte;
    uint64_t first_head; /* hash of the head of the first part */
    uint64_t charset;    /* of the part, + 1; 0 = not known yet */
    uint64_t has_part;   /* 0: nothing was read yet */
    uint64_t file_is_done;
    uint64_t is_skipping; /* what comes first is the rest of a record that was refused */
};

struct cutter_options {
    const struct inputs *inputs;
    enum archive_format format; /* ARCHIVE_BY_NAME: what the name of the file says, else JSON lines */
    uint8_t separator;          /* of tables; 0 = look at the name and the first row */
    bool no_header;             /* tables begin with their first record */
    bool one_head;              /* only the head of the first part is handed out; others must be the same */
    size_t block_bytes;         /* what a block should have; one longer record is a block of its own */
    size_t max_record_bytes;    /* a longer one is skipped to its end */
    uint32_t max_block_records;
    uint64_t from, to;             /* places (archive/inputs.h) where the records begin that are handed out */
    const struct cut_place *start; /* NULL = the beginning */
    /* Told of files that are not read, and why. NULL = nobody. */
    void (*note)(void *context, const char *file, const char *reason);
    void *context;
};

struct block {
    struct record_form form; /* lives until the next call */
    uint64_t first_record;
    uint64_t first_byte;
    uint32_t records;
    bool is_sample;      /* the first records of a part */
    bool is_head;        /* form.header and what stands before it, in `bytes`; no records */
    enum status refused; /* not STATUS_OK: one record that was skipped; no bytes */
    struct slice bytes;  /* records with their breaks (the last of a part may have none); valid until the next call */
    struct cut_place end;
};

STATUS_CHECKED enum status cutter_create(const struct cutter_options *options, struct cutter **cutter_out);
void cutter_destroy(struct cutter **cutter);

/* The next block. With `may_block` false, STATUS_UNAVAILABLE when input is not there yet (pipes, terminals); records
 * that are there come without waiting for a full block. STATUS_INVALID: one_head, and this part has another one. */
STATUS_CHECKED enum status cutter_next(struct cutter *cutter, bool may_block, struct block *block_out);

const char *cutter_file(const struct cutter *cutter); /* the one being read */
uint64_t cutter_bytes(const struct cutter *cutter);   /* handed out or skipped so far */
uint64_t cutter_place(const struct cutter *cutter);   /* how far it is, of inputs->bytes */

#endif
