#include "archive/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "pool/sandbox.h"

#define READ_BYTES (64u << 10)
#define MEMORY_BYTES (1ull << 30)

enum frame_kind { FRAME_MEMBER = 1, FRAME_DATA, FRAME_END, FRAME_TROUBLE };

struct frame {
    uint32_t kind;
    uint32_t bytes;
};

struct unpack {
    int pid;
    int fd;
    struct frame frame; /* begun; `bytes` are still to come */
    bool pending;       /* a member has begun and was not handed out */
    bool ended;
    char name[UNPACK_NAME_BYTES];
    char reason[256];
};

bool
unpack_knows(struct slice head)
{
    static const struct slice magics[] = {SLICE_LITERAL("\x1f\x8b"), SLICE_LITERAL("\x28\xb5\x2f\xfd"),
                                          SLICE_LITERAL("\xfd"
                                                        "7zXZ\0"),
                                          SLICE_LITERAL("PK\x03\x04"), SLICE_LITERAL("PK\x05\x06")};

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (slice_begins(head, magics[i]))
            return true;
    if (slice_begins(head, SLICE_LITERAL("BZh"))) /* as a text may; the number of pi, or that of its root, ends it */
        return head.bytes >= 10 &&
               (memcmp(head.data + 4, "1AY&SY", 6) == 0 || memcmp(head.data + 4, "\x17rE8P\x90", 6) == 0);
    return head.bytes >= 262 && memcmp(head.data + 257, "ustar", 5) == 0;
}

/* --- the child ---------------------------------------------------------------------------------------------------- */

struct child {
    int in, out;
    struct slice head;
    uint64_t given, taken;
    struct slice last; /* what the library was given at last, of `taken` bytes in all */
    uint8_t data[READ_BYTES];
};

static void
send_frame(struct child *child, enum frame_kind kind, const void *data, size_t bytes)
{
    struct frame frame = {kind, (uint32_t)bytes};
    struct iovec parts[] = {{&frame, sizeof frame}, {(void *)data, bytes}};

    for (unsigned i = 0; i < 2;) {
        ssize_t sent = writev(child->out, parts + i, (int)(2 - i));

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            _exit(1); /* nobody reads any more */
        for (; i < 2 && (size_t)sent >= parts[i].iov_len; i++)
            sent -= (ssize_t)parts[i].iov_len;
        if (i < 2) {
            parts[i].iov_base = (char *)parts[i].iov_base + sent;
            parts[i].iov_len -= (size_t)sent;
        }
    }
}

static void
give_up(struct child *child, const char *reason)
{
    send_frame(child, FRAME_TROUBLE, reason ? reason : "damaged", strlen(reason ? reason : "damaged"));
    _exit(1);
}

static la_ssize_t
on_read(struct archive *archive, void *context, const void **data_out)
{
    struct child *child = context;
    ssize_t bytes;

    (void)archive;
    if (child->head.bytes > 0) {
        struct slice head = child->head;

        child->head.bytes = 0;
        child->taken += head.bytes;
        child->last = head;
        *data_out = head.data;
        return (la_ssize_t)head.bytes;
    }
    do
        bytes = read(child->in, child->data, sizeof child->data);
    while (bytes < 0 && errno == EINTR);
    *data_out = child->data;
    child->taken += bytes > 0 ? (uint64_t)bytes : 0;
    child->last = (struct slice){child->data, bytes > 0 ? (uint32_t)bytes : 0};
    return bytes;
}

/* The library ends where a compressed stream is followed by what it does not know, and is content: a damaged member
 * behind others would be lost. Zeros fill up blocks of tapes. */
static bool
is_read_to_its_end(struct child *child, struct archive *archive)
{
    uint64_t left = child->taken - (uint64_t)archive_filter_bytes(archive, -1);
    const void *data = child->last.data;

    if (left > child->last.bytes)
        return false;
    struct slice rest = {child->last.data + (child->last.bytes - left), (uint32_t)left};
    for (la_ssize_t bytes = (la_ssize_t)left; bytes >= 0;) {
        for (uint32_t i = 0; i < rest.bytes; i++)
            if (rest.data[i] != 0)
                return false;
        bytes = on_read(archive, child, &data);
        if (bytes <= 0)
            return bytes == 0;
        rest = (struct slice){data, (uint32_t)bytes};
    }
    return false;
}

static void
send_data(struct child *child, struct archive *archive)
{
    static const uint8_t zeros[READ_BYTES];
    const void *data;
    size_t bytes;
    la_int64_t offset, at = 0;
    int result;

    while ((result = archive_read_data_block(archive, &data, &bytes, &offset)) == ARCHIVE_OK) {
        child->given += bytes + (uint64_t)(offset - at);
        if (child->given > UNPACK_FREE_BYTES + UNPACK_MAX_RATIO * (uint64_t)archive_filter_bytes(archive, -1))
            give_up(child, "it grows to more than 1000 times its size");
        for (; at < offset; at += READ_BYTES) /* a hole of a sparse file */
            send_frame(child, FRAME_DATA, zeros, offset - at < READ_BYTES ? (size_t)(offset - at) : READ_BYTES);
        for (size_t sent = 0; sent < bytes; sent += READ_BYTES)
            send_frame(child, FRAME_DATA, (const uint8_t *)data + sent,
                       bytes - sent < READ_BYTES ? bytes - sent : READ_BYTES);
        at = offset + (la_int64_t)bytes;
    }
    if (result != ARCHIVE_EOF)
        give_up(child, archive_error_string(archive));
}

static void
send_all(struct child *child, struct archive *archive)
{
    struct archive_entry *entry;
    int result;

    while ((result = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN) {
        const char *name = archive_entry_pathname(entry);
        bool is_raw = archive_format(archive) == ARCHIVE_FORMAT_RAW;
        size_t bytes = is_raw || name == NULL ? 0 : strnlen(name, UNPACK_NAME_BYTES - 1);

        if (!is_raw && archive_entry_filetype(entry) != AE_IFREG)
            continue;
        send_frame(child, FRAME_MEMBER, name, bytes);
        send_data(child, archive);
    }
    if (result != ARCHIVE_EOF)
        give_up(child, archive_error_string(archive));
    if (archive_format(archive) == ARCHIVE_FORMAT_RAW && !is_read_to_its_end(child, archive))
        give_up(child, "what follows is not compressed, or damaged");
    send_frame(child, FRAME_END, NULL, 0);
}

static void
child_main(int in, int out, struct slice head, int parent)
{
    static struct child child;
    const struct rlimit memory = {MEMORY_BYTES, MEMORY_BYTES};
    struct archive *archive;
    int fds[] = {in, out};

    if (sandbox_begin(parent) != STATUS_OK || sandbox_keep_descriptors(fds, 2) != STATUS_OK)
        _exit(1);
    /* Times of zip members are local. With a zone in the environment no file is asked for it. */
    if (setenv("TZ", "UTC0", 1) != 0)
        _exit(1);
    tzset();
    archive = archive_read_new();
    child.in = fds[0];
    child.out = fds[1];
    child.head = head;
    if (archive == NULL || archive_read_support_filter_gzip(archive) != ARCHIVE_OK ||
        archive_read_support_filter_bzip2(archive) != ARCHIVE_OK ||
        archive_read_support_filter_xz(archive) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
        archive_read_support_format_tar(archive) != ARCHIVE_OK ||
        archive_read_support_format_zip_streamable(archive) != ARCHIVE_OK ||
        archive_read_support_format_raw(archive) != ARCHIVE_OK)
        _exit(1);
    if ((SANDBOX_BOUNDS_MEMORY && setrlimit(RLIMIT_AS, &memory) != 0) || sandbox_enter() != STATUS_OK)
        _exit(1);
    if (archive_read_open(archive, &child, NULL, on_read, NULL) != ARCHIVE_OK)
        give_up(&child, archive_error_string(archive));
    send_all(&child, archive);
    _exit(0);
}

/* --- the parent --------------------------------------------------------------------------------------------------- */

enum status
unpack_create(int fd, struct slice head, struct unpack **unpack_out)
{
    struct unpack *unpack = calloc(1, sizeof *unpack);
    int parent = getpid();
    int fds[2];

    if (unpack == NULL)
        return STATUS_NO_MEMORY;
    if (pipe2(fds, O_CLOEXEC) != 0) {
        free(unpack);
        return STATUS_IO;
    }
    unpack->pid = fork();
    if (unpack->pid == 0)
        child_main(fd, fds[1], head, parent);
    close(fds[1]);
    unpack->fd = fds[0];
    if (unpack->pid < 0) {
        unpack_destroy(&unpack);
        return STATUS_IO;
    }
    *unpack_out = unpack;
    return STATUS_OK;
}

void
unpack_destroy(struct unpack **unpack)
{
    if (*unpack == NULL)
        return;
    close((*unpack)->fd);
    if ((*unpack)->pid > 0) {
        kill((*unpack)->pid, SIGKILL);
        while (waitpid((*unpack)->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    free(*unpack);
    *unpack = NULL;
}

int
unpack_fd(const struct unpack *unpack)
{
    return unpack->fd;
}

const char *
unpack_reason(const struct unpack *unpack)
{
    return unpack->reason;
}

static enum status
fail(struct unpack *unpack, const char *reason)
{
    snprintf(unpack->reason, sizeof unpack->reason, "%.250s", reason);
    unpack->ended = true;
    return STATUS_INVALID;
}

/* Exactly `bytes`; the child ends only behind a last frame. */
static enum status
read_exactly(struct unpack *unpack, void *into, size_t bytes)
{
    uint8_t *at = into;

    while (bytes > 0) {
        ssize_t got = read(unpack->fd, at, bytes);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return STATUS_IO;
        if (got == 0)
            return fail(unpack, "the process that took it apart ended");
        at += got;
        bytes -= (size_t)got;
    }
    return STATUS_OK;
}

/* The next frame, unless one is begun. The text of a short one goes to `text`. */
static enum status
begin_frame(struct unpack *unpack)
{
    char *text = unpack->name;
    size_t bytes;
    enum status status;

    if (unpack->ended || unpack->pending || unpack->frame.bytes > 0)
        return STATUS_OK;
    status = read_exactly(unpack, &unpack->frame, sizeof unpack->frame);
    if (status != STATUS_OK || unpack->frame.kind == FRAME_DATA)
        return status;
    bytes = unpack->frame.bytes < sizeof unpack->name ? unpack->frame.bytes : sizeof unpack->name - 1;
    unpack->frame.bytes = 0;
    status = read_exactly(unpack, text, bytes);
    text[status == STATUS_OK ? bytes : 0] = '\0';
    if (status == STATUS_OK && unpack->frame.kind == FRAME_TROUBLE)
        return fail(unpack, text);
    unpack->ended = unpack->frame.kind == FRAME_END;
    unpack->pending = unpack->frame.kind == FRAME_MEMBER;
    return status;
}

enum status
unpack_next(struct unpack *unpack, const char **name_out)
{
    uint8_t ignored[4096];
    size_t bytes;
    enum status status;

    do /* the rest of the member before */
        status = unpack_read(unpack, ignored, sizeof ignored, &bytes);
    while (status == STATUS_OK && bytes > 0);
    if (status != STATUS_OK)
        return status;
    if (unpack->ended)
        return STATUS_NOT_FOUND;
    unpack->pending = false;
    *name_out = unpack->name;
    return STATUS_OK;
}

enum status
unpack_read(struct unpack *unpack, uint8_t *into, size_t room, size_t *bytes_out)
{
    enum status status = STATUS_OK;

    *bytes_out = 0;
    if (unpack->ended)
        return STATUS_OK;
    status = begin_frame(unpack);
    if (status != STATUS_OK || unpack->ended || unpack->pending)
        return status;
    *bytes_out = unpack->frame.bytes < room ? unpack->frame.bytes : room;
    status = read_exactly(unpack, into, *bytes_out);
    unpack->frame.bytes -= (uint32_t)*bytes_out;
    return status;
}
