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
#include "base/buffer.h"

#define MAX_BYTES ((size_t)4096)
#define MAX_BLOCKS 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    size_t blocks;
    uint64_t records;
    struct cut_place ends[MAX_BLOCKS];
    size_t upto[MAX_BLOCKS]; /* of `content`, at the end of each block */
    struct buffer content;   /* of all blocks but heads; refused records as their numbers */
};

static void
note_block(struct seen *seen, const struct block *block)
{
    ASSERT(seen->blocks < MAX_BLOCKS);
    if (block->refused != STATUS_OK)
        buffer_appendf(&seen->content, "<%llu refused>", (unsigned long long)block->first_record);
    else if (!block->is_head)
        buffer_append(&seen->content, block->bytes.data, block->bytes.bytes);
    seen->ends[seen->blocks] = block->end;
    seen->upto[seen->blocks++] = seen->content.bytes;
}

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

    buffer_clear(&seen->content);
    seen->blocks = 0;
    seen->records = first_record;
    ASSERT(cutter_create(options, &cutter) == STATUS_OK);
    while ((status = cutter_next(cutter, true, &block)) == STATUS_OK) {
        check_block(seen, &block, options);
        note_block(seen, &block);
        seen->records += block.refused != STATUS_OK ? 1 : block.records;
        ASSERT(block.end.record == seen->records);
    }
    ASSERT(status == STATUS_NOT_FOUND);
    cutter_destroy(&cutter);
}

/* From the end of some blocks on. */
static void
check_resume(struct cutter_options *options, const struct seen *whole)
{
    static struct seen rest;

    for (size_t at = 0; at < whole->blocks; at += 1 + whole->blocks / 4) {
        const struct slice left = {whole->content.data + whole->upto[at], whole->content.bytes - whole->upto[at]};
        options->start = &whole->ends[at];
        read_all(options, whole->ends[at].record, &rest);
        ASSERT(slice_equal(buffer_slice(&rest.content), left) && rest.records == whole->records);
    }
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
    check_resume(&options, &whole);
    inputs_fini(&inputs);
    close(fd);
    return 0;
}
