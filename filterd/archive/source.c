#include "archive/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/unpack.h"
#include "text/intake.h"

#define ZIP_NAME_AT 30                    /* of the first member */
#define RAW_BYTES (SOURCE_READ_BYTES / 2) /* two bytes of UTF-16 become three at most */

struct source {
    const struct inputs *inputs;
    size_t next_input;
    int fd; /* -1: no file open */
    bool is_regular;
    uint8_t head[UNPACK_HEAD_BYTES]; /* read before it was known what the file is */
    size_t head_bytes, head_taken;
    bool fd_ended;
    struct unpack *unpack;
    bool has_part;
    struct part part;
    bool at_start;
    enum charset charset;
    uint8_t carry[4]; /* UTF-16: bytes of a unit or pair that is not complete */
    size_t carry_bytes;
    uint8_t *raw; /* UTF-16 as it was read */
    char name[SOURCE_NAME_BYTES], plain_name[SOURCE_NAME_BYTES];
    char reason[256];
};

enum status
source_create(const struct inputs *inputs, struct source **source_out)
{
    struct source *source = calloc(1, sizeof *source);

    if (source == NULL)
        return STATUS_NO_MEMORY;
    source->inputs = inputs;
    source->fd = -1;
    source->raw = malloc(RAW_BYTES + sizeof source->carry);
    if (source->raw == NULL) {
        free(source);
        return STATUS_NO_MEMORY;
    }
    *source_out = source;
    return STATUS_OK;
}

static void
close_file(struct source *source)
{
    unpack_destroy(&source->unpack);
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    source->fd = -1;
    source->has_part = false;
    explicit_bzero(source->head, sizeof source->head);
}

void
source_destroy(struct source **source)
{
    if (*source == NULL)
        return;
    close_file(*source);
    explicit_bzero((*source)->raw, RAW_BYTES);
    free((*source)->raw);
    free(*source);
    *source = NULL;
}

void
source_seek(struct source *source, size_t input)
{
    source->next_input = input;
}

const char *
source_name(const struct source *source)
{
    return source->name;
}

const char *
source_reason(const struct source *source)
{
    return source->reason;
}

enum charset
source_charset(const struct source *source)
{
    return source->charset;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static enum status
open_file(struct source *source)
{
    const struct input *input;
    struct stat about;

    if (source->next_input == source->inputs->count)
        return STATUS_NOT_FOUND;
    input = &source->inputs->list[source->next_input++];
    snprintf(source->name, sizeof source->name, "%s", input->path);
    source->fd = strcmp(input->path, "-") == 0 ? STDIN_FILENO : open(input->path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &about) != 0)
        return STATUS_IO;
    source->is_regular = S_ISREG(about.st_mode);
    source->head_bytes = source->head_taken = 0;
    source->fd_ended = false;
    source->part = (struct part){.input = source->next_input - 1, .place = input->place, .is_found = input->is_found};
    if (source->is_regular)
        (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint only */
    return STATUS_OK;
}

static enum status
read_fd(struct source *source, uint8_t *into, size_t room, size_t *bytes_out)
{
    ssize_t bytes;

    do
        bytes = read(source->fd, into, room);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0)
        return STATUS_IO;
    source->fd_ended = bytes == 0;
    *bytes_out = (size_t)bytes;
    return STATUS_OK;
}

static bool
has_input(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};

    return poll(&ready, 1, 0) != 0;
}

bool
source_is_ready(const struct source *source)
{
    if (source->fd < 0 || source->head_taken < source->head_bytes)
        return true;
    if (source->unpack != NULL)
        return has_input(unpack_fd(source->unpack));
    return source->is_regular || has_input(source->fd);
}

/* Enough of the file to tell what it is; a line break tells that it is no archive. */
static enum status
read_head(struct source *source, bool may_block)
{
    while (!source->fd_ended && source->head_bytes < sizeof source->head &&
           memchr(source->head, '\n', source->head_bytes) == NULL) {
        size_t bytes;
        enum status status;

        if (!may_block && !source->is_regular && !has_input(source->fd))
            return STATUS_UNAVAILABLE;
        status = read_fd(source, source->head + source->head_bytes, sizeof source->head - source->head_bytes, &bytes);
        if (status != STATUS_OK)
            return status;
        source->head_bytes += bytes;
    }
    return STATUS_OK;
}

/* The zip files of office programs begin with a member that tells; before 2007 they had a format of their own. */
static bool
is_workbook(struct slice head)
{
    static const struct slice old = SLICE_LITERAL("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
                              zip = SLICE_LITERAL("PK\x03\x04");
    static const struct slice members[] = {SLICE_LITERAL("[Content_Types].xml"), SLICE_LITERAL("_rels/.rels"),
                                           SLICE_LITERAL("docProps/"), SLICE_LITERAL("xl/"),
                                           SLICE_LITERAL("mimetypeapplication/vnd.oasis.opendocument")};

    if (slice_begins(head, old))
        return true;
    if (!slice_begins(head, zip) || head.bytes < ZIP_NAME_AT)
        return false;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (slice_begins((struct slice){head.data + ZIP_NAME_AT, head.bytes - ZIP_NAME_AT}, members[i]))
            return true;
    return false;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

static void
strip_suffix(char *name)
{
    static const char *const suffixes[] = {".gz", ".zst", ".xz", ".bz2"};
    size_t bytes = strlen(name);

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t suffix = strlen(suffixes[i]);

        if (bytes > suffix && strcmp(name + bytes - suffix, suffixes[i]) == 0) {
            name[bytes - suffix] = '\0';
            return;
        }
    }
}

static void
begin_part(struct source *source, const char *member)
{
    const char *path = source->inputs->list[source->part.input].path;

    if (member != NULL && member[0] != '\0') {
        snprintf(source->name, sizeof source->name, "%s:%s", path, member);
        snprintf(source->plain_name, sizeof source->plain_name, "%s", member);
    } else {
        snprintf(source->plain_name, sizeof source->plain_name, "%s", path);
        if (member != NULL)
            strip_suffix(source->plain_name);
    }
    source->part.is_plain = member == NULL;
    source->part.is_found = source->part.is_found || (member != NULL && member[0] != '\0');
    source->part.name = source->plain_name;
    source->has_part = true;
    source->at_start = true;
    source->charset = CHARSET_UTF8;
    source->carry_bytes = 0;
}

static enum status
damaged(struct source *source)
{
    snprintf(source->reason, sizeof source->reason, "%s", unpack_reason(source->unpack));
    close_file(source);
    return STATUS_INVALID;
}

static enum status
next_member(struct source *source)
{
    const char *member;
    enum status status = unpack_next(source->unpack, &member);

    if (status == STATUS_INVALID)
        return damaged(source);
    if (status == STATUS_NOT_FOUND) {
        close_file(source);
        return STATUS_BUDGET; /* look at the next file */
    }
    if (status == STATUS_OK)
        begin_part(source, member);
    return status;
}

static enum status
step(struct source *source, bool may_block)
{
    struct slice head = {source->head, 0};
    enum status status;

    if (source->unpack != NULL) {
        source->part.member++;
        return next_member(source);
    }
    if (source->fd >= 0 && source->has_part)
        close_file(source);
    if (source->fd < 0) {
        status = open_file(source);
        if (status != STATUS_OK)
            return status;
    }
    status = read_head(source, may_block);
    if (status != STATUS_OK)
        return status;
    head.bytes = source->head_bytes;
    if (is_workbook(head)) {
        snprintf(source->reason, sizeof source->reason,
                 "this is a workbook; save its sheet as CSV UTF-8 and name that");
        close_file(source);
        return STATUS_INVALID;
    }
    if (!unpack_knows(head)) {
        begin_part(source, NULL);
        return STATUS_OK;
    }
    source->head_taken = source->head_bytes;
    status = unpack_create(source->fd, head, &source->unpack);
    return status == STATUS_OK ? next_member(source) : status;
}

enum status
source_next(struct source *source, bool may_block, struct part *part_out)
{
    enum status status;

    do
        status = step(source, may_block);
    while (status == STATUS_BUDGET);
    if (status == STATUS_OK || status == STATUS_INVALID)
        *part_out = source->part;
    return status;
}

/* --- bytes -------------------------------------------------------------------------------------------------------- */

static enum status
read_raw(struct source *source, uint8_t *into, size_t room, size_t *bytes_out)
{
    enum status status;

    if (source->unpack != NULL) {
        status = unpack_read(source->unpack, into, room, bytes_out);
        return status == STATUS_INVALID ? damaged(source) : status;
    }
    if (source->head_taken < source->head_bytes) {
        size_t left = source->head_bytes - source->head_taken;

        *bytes_out = left < room ? left : room;
        memcpy(into, source->head + source->head_taken, *bytes_out);
        source->head_taken += *bytes_out;
        return STATUS_OK;
    }
    *bytes_out = 0;
    return source->fd_ended ? STATUS_OK : read_fd(source, into, room, bytes_out);
}

static uint32_t
unit_at(const struct source *source, const uint8_t *at)
{
    return source->charset == CHARSET_UTF16LE ? at[0] | (uint32_t)at[1] << 8 : at[1] | (uint32_t)at[0] << 8;
}

/* Turns `bytes` of raw UTF-16 into UTF-8; what is not complete is carried over, at the `ended` part given as it is. */
static size_t
decode(struct source *source, size_t bytes, bool ended, uint8_t *into)
{
    const uint8_t *at = source->raw, *end = source->raw + bytes;
    uint8_t *out = into;

    while (end - at >= 2) {
        uint32_t character = unit_at(source, at);

        if (character >= 0xD800 && character <= 0xDBFF) {
            uint32_t low = end - at >= 4 ? unit_at(source, at + 2) : 0;

            if (end - at < 4 && !ended)
                break;
            if (low >= 0xDC00 && low <= 0xDFFF) {
                character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        at += 2;
        out += utf8_put(character, out);
    }
    if (ended && at < end) {
        out += utf8_put(0xFFFD, out);
        at = end;
    }
    source->carry_bytes = (size_t)(end - at);
    memcpy(source->carry, at, source->carry_bytes);
    return (size_t)(out - into);
}

static enum status
read_utf16(struct source *source, uint8_t *into, size_t *bytes_out)
{
    size_t carried, bytes;
    enum status status;

    do {
        carried = source->carry_bytes;
        memcpy(source->raw, source->carry, carried);
        status = read_raw(source, source->raw + carried, RAW_BYTES, &bytes);
        if (status != STATUS_OK)
            return status;
        *bytes_out = decode(source, carried + bytes, bytes == 0, into);
    } while (*bytes_out == 0 && bytes > 0);
    return STATUS_OK;
}

/* The first bytes of a part, at least two of them. */
static enum status
read_first(struct source *source, uint8_t *into, size_t *bytes_out)
{
    size_t bytes = 0, more;

    do {
        enum status status = read_raw(source, into + bytes, RAW_BYTES - bytes, &more);

        if (status != STATUS_OK)
            return status;
        bytes += more;
    } while (bytes < 2 && more > 0);
    source->at_start = false;
    *bytes_out = bytes;
    if (bytes < 2 || into[0] + into[1] != 0xFF + 0xFE || (into[0] != 0xFF && into[0] != 0xFE))
        return STATUS_OK;
    source->charset = into[0] == 0xFF ? CHARSET_UTF16LE : CHARSET_UTF16BE;
    memcpy(source->raw, into + 2, bytes - 2);
    *bytes_out = decode(source, bytes - 2, false, into);
    return *bytes_out > 0 ? STATUS_OK : read_utf16(source, into, bytes_out);
}

enum status
source_read(struct source *source, uint8_t *into, size_t *bytes_out)
{
    if (source->at_start)
        return read_first(source, into, bytes_out);
    if (source->charset != CHARSET_UTF8)
        return read_utf16(source, into, bytes_out);
    return read_raw(source, into, SOURCE_READ_BYTES, bytes_out);
}
