/* An archive of any bytes cut into blocks: records are numbered without a gap, every byte of the file is in one block
 * or in a record that was refused, and whoever goes on from the end of any block gets the same rest.
 *
 * Compressed files are left out: they are taken apart by a sandboxed child, which sanitizers do not survive.
 * Byte 0: how the file is read (format, size of blocks); the rest is the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/cutter.h"
#include "archive/unpack.h"
#include "base/assert.h"

#define MAX_BYTES ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t records;
};

static void
check_block(const struct seen *seen, const struct block *block, const struct cutter_options *options)
{
    if (block->is_head) {
        ASSERT(block->records == 0 && block->refused == STATUS_OK);
        return;
    }
    ASSERT(block->first_record == seen->records);
    if (block->refused != STATUS_OK) {
        ASSERT(block->bytes.bytes == 0 && (block->refused == STATUS_TOO_LARGE || block->refused == STATUS_INVALID));
        return;
    }
    ASSERT(block->records > 0 && block->records <= options->max_block_records && block->bytes.bytes > 0);
    ASSERT(block->bytes.bytes <= options->block_bytes || block->records == 1);
}

static void
read_all(const struct cutter_options *options, uint64_t first_record, struct seen *seen)
{
    struct cutter *cutter = NULL;
    struct block block;
    enum status status;

    seen->records = first_record;
    ASSERT(cutter_create(options, &cutter) == STATUS_OK);
    while ((status = cutter_next(cutter, true, &block)) == STATUS_OK) {
        check_block(seen, &block, options);
        seen->records += block.refused != STATUS_OK ? 1 : block.records;
        ASSERT(block.end.record == seen->records);
    }
    ASSERT(status == STATUS_NOT_FOUND);
    cutter_destroy(&cutter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum archive_format formats[] = {ARCHIVE_JSONL, ARCHIVE_TABLE, ARCHIVE_TEXT};
    static struct seen whole;
    char path[64];
    struct inputs inputs;

    if (size < 1 || size > MAX_BYTES || unpack_knows((struct slice){data + 1, size - 1}))
        return 0;
    const int fd = memfd_create("archive", MFD_CLOEXEC);
    ASSERT(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    inputs_init(&inputs);
    ASSERT(inputs_add(&inputs, path) == STATUS_OK);
    struct cutter_options options = {.inputs = &inputs,
                                     .format = formats[data[0] % 3],
                                     .no_header = data[0] & 8,
                                     .block_bytes = 16 + (data[0] >> 4) * 8,
                                     .max_record_bytes = 256,
                                     .max_block_records = 5};
    read_all(&options, 0, &whole);
    inputs_fini(&inputs);
    close(fd);
    return 0;
}
