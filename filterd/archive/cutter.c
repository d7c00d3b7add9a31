#include "archive/cutter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

#define READ_BYTES (256u << 10)
#define MARK "\xef\xbb\xbf"
#define MARK_BYTES 3

struct cutter {
    struct cutter_options options;
    size_t next_file;
    int fd; /* -1: none open */
    bool is_regular;
    bool at_start; /* nothing of this file was handed out: a byte order mark may stand here */
    bool ended;    /* the file in hand has no more bytes */
    bool skipping; /* inside a line that is too long */
    uint8_t *data;
    size_t capacity;
    size_t start, end; /* unused bytes in data */
    uint64_t record, byte;
};

enum status
cutter_create(const struct cutter_options *options, struct cutter **cutter_out)
{
    struct cutter *cutter = calloc(1, sizeof *cutter);

    ASSERT(options->block_bytes > 0 && options->max_line_bytes >= options->block_bytes && options->max_block_lines > 0);
    if (cutter == NULL)
        return STATUS_NO_MEMORY;
    cutter->options = *options;
    cutter->fd = -1;
    cutter->capacity = options->max_line_bytes + 2 + READ_BYTES;
    cutter->data = malloc(cutter->capacity);
    if (cutter->data == NULL) {
        cutter_destroy(&cutter);
        return STATUS_NO_MEMORY;
    }
    *cutter_out = cutter;
    return STATUS_OK;
}

void
cutter_destroy(struct cutter **cutter)
{
    if (*cutter == NULL)
        return;
    if ((*cutter)->fd > STDIN_FILENO)
        close((*cutter)->fd);
    if ((*cutter)->data != NULL)
        explicit_bzero((*cutter)->data, (*cutter)->capacity);
    free((*cutter)->data);
    free(*cutter);
    *cutter = NULL;
}

const char *
cutter_file(const struct cutter *cutter)
{
    return cutter->next_file == 0 || cutter->options.file_count == 0 ? "-"
                                                                     : cutter->options.files[cutter->next_file - 1];
}

uint64_t
cutter_bytes(const struct cutter *cutter)
{
    return cutter->byte;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static enum status
open_next(struct cutter *cutter)
{
    size_t count = cutter->options.file_count == 0 ? 1 : cutter->options.file_count;
    struct stat about;

    if (cutter->next_file == count)
        return STATUS_NOT_FOUND;
    cutter->next_file++;
    if (strcmp(cutter_file(cutter), "-") == 0)
        cutter->fd = STDIN_FILENO;
    else
        cutter->fd = open(cutter_file(cutter), O_RDONLY | O_CLOEXEC);
    if (cutter->fd < 0 || fstat(cutter->fd, &about) != 0)
        return STATUS_IO;
    cutter->is_regular = S_ISREG(about.st_mode);
    cutter->at_start = true;
    cutter->ended = false;
    if (cutter->is_regular)
        (void)posix_fadvise(cutter->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint only */
    return STATUS_OK;
}

static void
close_file(struct cutter *cutter)
{
    if (cutter->fd > STDIN_FILENO)
        close(cutter->fd);
    cutter->fd = -1;
}

/* Whether a read would return at once. */
static bool
is_readable(const struct cutter *cutter)
{
    struct pollfd ready = {.fd = cutter->fd, .events = POLLIN};

    return cutter->is_regular || poll(&ready, 1, 0) != 0;
}

/* Moves the unused bytes to the front when there is no room behind them, and reads once. */
static enum status
read_more(struct cutter *cutter)
{
    ssize_t bytes;

    if (cutter->capacity - cutter->end < READ_BYTES) {
        memmove(cutter->data, cutter->data + cutter->start, cutter->end - cutter->start);
        cutter->end -= cutter->start;
        cutter->start = 0;
    }
    do
        bytes = read(cutter->fd, cutter->data + cutter->end, READ_BYTES);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0)
        return STATUS_IO;
    cutter->ended = bytes == 0;
    cutter->end += (size_t)bytes;
    return STATUS_OK;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

__attribute__((target_clones("avx2", "default"), optimize("O3"))) static size_t
count_breaks(const uint8_t *data, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += data[i] == '\n';
    return count;
}

static size_t
available(const struct cutter *cutter)
{
    return cutter->end - cutter->start;
}

/* Bytes up to and with the last line break of a block's worth; of the first line when that is longer; 0 = no break. */
static size_t
whole_lines(const struct cutter *cutter)
{
    const uint8_t *data = cutter->data + cutter->start;
    size_t bytes = available(cutter), part = bytes;
    const uint8_t *found;

    if (part > cutter->options.block_bytes)
        part = cutter->options.block_bytes;
    found = memrchr(data, '\n', part);
    if (found == NULL && bytes > part)
        found = memchr(data + part, '\n', bytes - part);
    return found == NULL ? 0 : (size_t)(found - data) + 1;
}

static bool
is_blank_line(const uint8_t *data, size_t bytes)
{
    return (bytes == 1 && data[0] == '\n') || (bytes == 2 && data[0] == '\r' && data[1] == '\n') ||
           (bytes == 1 && data[0] == '\r');
}

/* Bytes of an empty last line of the `bytes` whole lines at the front; it may have to be left out. */
static size_t
last_blank(const struct cutter *cutter, size_t bytes)
{
    const uint8_t *data = cutter->data + cutter->start;
    const uint8_t *before = bytes < 2 ? NULL : memrchr(data, '\n', bytes - 1);
    size_t from = before == NULL ? 0 : (size_t)(before - data) + 1;

    return cutter->options.drop_last_blank && is_blank_line(data + from, bytes - from) ? bytes - from : 0;
}

/* Shortens to max_block_lines; `*lines` is the count, changed with it. */
static size_t
limit_lines(const struct cutter *cutter, size_t bytes, uint32_t *lines)
{
    const uint8_t *data = cutter->data + cutter->start, *at = data;

    if (*lines <= cutter->options.max_block_lines)
        return bytes;
    for (uint32_t i = 0; i < cutter->options.max_block_lines; i++)
        at = (const uint8_t *)memchr(at, '\n', bytes - (size_t)(at - data)) + 1;
    *lines = cutter->options.max_block_lines;
    return (size_t)(at - data);
}

static void
consume(struct cutter *cutter, size_t bytes)
{
    cutter->start += bytes;
    cutter->byte += bytes;
    cutter->at_start = false;
    if (cutter->start == cutter->end)
        cutter->start = cutter->end = 0;
}

static void
give(struct cutter *cutter, size_t bytes, struct block *block)
{
    const uint8_t *data = cutter->data + cutter->start;
    uint32_t lines = (uint32_t)count_breaks(data, bytes);

    if (bytes > 0 && data[bytes - 1] != '\n')
        lines++;
    bytes = limit_lines(cutter, bytes, &lines);
    *block = (struct block){cutter->record, cutter->byte, lines, false, {data, bytes}};
    cutter->record += lines;
    consume(cutter, bytes);
}

/* The line at the front has more than max_line_bytes: leaves out what is there of it. True when its end was reached. */
static bool
skip_line(struct cutter *cutter)
{
    const uint8_t *data = cutter->data + cutter->start;
    const uint8_t *found = memchr(data, '\n', available(cutter));

    cutter->skipping = found == NULL;
    consume(cutter, found == NULL ? available(cutter) : (size_t)(found - data) + 1);
    return found != NULL;
}

static bool
first_line_is_overlong(const struct cutter *cutter, size_t line_bytes)
{
    return (line_bytes == 0 ? available(cutter) : line_bytes) > cutter->options.max_line_bytes + 2;
}

static void
give_overlong(struct cutter *cutter, struct block *block)
{
    *block =
        (struct block){.first_record = cutter->record++, .first_byte = cutter->byte, .records = 1, .overlong = true};
    cutter->skipping = true;
}

/* --- the next block ----------------------------------------------------------------------------------------------- */

/* The whole lines at the front as a block; false when more has to be read first. */
static bool
cut_lines(struct cutter *cutter, struct block *block)
{
    size_t bytes = whole_lines(cutter);

    if (first_line_is_overlong(cutter, bytes)) {
        give_overlong(cutter, block);
        return true;
    }
    if (bytes == available(cutter) && !cutter->ended)
        bytes -= last_blank(cutter, bytes); /* it may end the file */
    if (bytes == 0)
        return false;
    give(cutter, bytes, block);
    return true;
}

/* The same at the end of the file, where the last line needs no break. */
static bool
cut_rest(struct cutter *cutter, struct block *block)
{
    size_t all = available(cutter), bytes = whole_lines(cutter);

    if (first_line_is_overlong(cutter, bytes)) {
        give_overlong(cutter, block);
        return true;
    }
    if (bytes == 0 || all <= cutter->options.block_bytes)
        bytes = all;
    if (bytes == all) {
        size_t blank = last_blank(cutter, bytes);

        if (blank == all) {
            consume(cutter, blank);
            return false;
        }
        bytes -= blank;
    }
    if (bytes == 0)
        return false;
    give(cutter, bytes, block);
    return true;
}

static void
skip_mark(struct cutter *cutter)
{
    if (cutter->at_start && available(cutter) >= MARK_BYTES &&
        memcmp(cutter->data + cutter->start, MARK, MARK_BYTES) == 0)
        consume(cutter, MARK_BYTES);
}

/* STATUS_OK: a block. STATUS_BUDGET: something was read or closed, look again. */
static enum status
step(struct cutter *cutter, bool may_block, struct block *block)
{
    enum status status;
    bool full;

    if (cutter->fd < 0) {
        status = open_next(cutter);
        return status == STATUS_OK ? STATUS_BUDGET : status;
    }
    if (cutter->skipping && available(cutter) > 0 && !skip_line(cutter) && !cutter->ended)
        return STATUS_BUDGET;
    skip_mark(cutter);
    full = available(cutter) >= cutter->options.block_bytes;
    if (!cutter->ended && full && cut_lines(cutter, block))
        return STATUS_OK;
    if (cutter->ended) {
        if (cut_rest(cutter, block))
            return STATUS_OK;
        if (available(cutter) == 0) {
            cutter->skipping = false;
            close_file(cutter);
        }
        return STATUS_BUDGET;
    }
    if (!is_readable(cutter)) {
        if (cut_lines(cutter, block))
            return STATUS_OK;
        if (!may_block)
            return STATUS_UNAVAILABLE;
    }
    status = read_more(cutter);
    return status == STATUS_OK ? STATUS_BUDGET : status;
}

enum status
cutter_next(struct cutter *cutter, bool may_block, struct block *block_out)
{
    enum status status;

    do
        status = step(cutter, may_block, block_out);
    while (status == STATUS_BUDGET);
    return status;
}
