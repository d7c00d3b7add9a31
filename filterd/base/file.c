#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pages.h"

#define READ_STEP_BYTES 65536

static enum status
status_of_errno(int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return STATUS_NOT_FOUND;
    return error == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO;
}

/* Closes without losing the errno that explains the failure before it. */
static void
close_quietly(int fd)
{
    int kept = errno;

    (void)close(fd);
    errno = kept;
}

static enum status
read_all(int fd, size_t max_bytes, size_t expected_bytes, struct buffer *buffer)
{
    size_t total = 0;

    for (;;) {
        size_t step = expected_bytes > total ? expected_bytes - total + 1 : READ_STEP_BYTES;
        uint8_t *at = buffer_reserve(buffer, step);
        if (at == NULL)
            return STATUS_NO_MEMORY;
        ssize_t got = read(fd, at, step);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return STATUS_IO;
        if (got == 0)
            return STATUS_OK;
        buffer->bytes += (size_t)got;
        total += (size_t)got;
        if (total > max_bytes)
            return STATUS_TOO_LARGE;
    }
}

/* A regular file of at most `max_bytes`, open for reading. */
static enum status
open_regular(const char *path, size_t max_bytes, int *fd_out, size_t *bytes_out)
{
    struct stat facts;
    enum status status = STATUS_OK;
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. It has no effect on regular files. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return errno == ENXIO ? STATUS_INVALID : status_of_errno(errno);
    if (fstat(fd, &facts) != 0)
        status = STATUS_IO;
    else if (!S_ISREG(facts.st_mode))
        status = STATUS_INVALID;
    else if ((uintmax_t)facts.st_size > max_bytes)
        status = STATUS_TOO_LARGE;
    if (status != STATUS_OK) {
        close_quietly(fd);
        return status;
    }
    *fd_out = fd;
    *bytes_out = (size_t)facts.st_size;
    return STATUS_OK;
}

enum status
file_read(const char *path, size_t max_bytes, struct buffer *buffer)
{
    size_t bytes;
    int fd;
    enum status status = open_regular(path, max_bytes, &fd, &bytes);

    if (status != STATUS_OK)
        return status;
    status = read_all(fd, max_bytes, bytes, buffer);
    close_quietly(fd);
    return status;
}

/* Reads `bytes` of it; a file that has become shorter meanwhile is INVALID. */
static enum status
read_exactly(int fd, uint8_t *to, size_t bytes)
{
    for (size_t total = 0; total < bytes;) {
        ssize_t got = read(fd, to + total, bytes - total);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? STATUS_IO : STATUS_INVALID;
        total += (size_t)got;
    }
    return STATUS_OK;
}

enum status
file_load(const char *path, size_t max_bytes, struct slice *content_out)
{
    size_t bytes;
    int fd;
    enum status status = open_regular(path, max_bytes, &fd, &bytes);

    if (status != STATUS_OK)
        return status;
    uint8_t *content = bytes > 0 ? pages_alloc(bytes) : NULL;
    if (content != NULL)
        status = read_exactly(fd, content, bytes);
    else
        status = bytes > 0 ? STATUS_NO_MEMORY : STATUS_INVALID;
    close_quietly(fd);
    if (status != STATUS_OK) {
        free(content);
        return status;
    }
    *content_out = (struct slice){content, bytes};
    return STATUS_OK;
}

void
file_unload(struct slice *content)
{
    free((void *)(uintptr_t)content->data);
    *content = (struct slice){NULL, 0};
}

/* A descriptor that somebody else made non-blocking (a terminal that programs share) is waited for. */
static bool
can_go_on(int fd)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};

    return errno == EINTR || ((errno == EAGAIN || errno == EWOULDBLOCK) && (poll(&room, 1, -1) == 1 || errno == EINTR));
}

enum status
file_write_all(int fd, struct slice content)
{
    while (content.bytes > 0) {
        ssize_t put = write(fd, content.data, content.bytes);

        if (put < 0 && !can_go_on(fd))
            return STATUS_IO;
        if (put > 0) {
            content.data += put;
            content.bytes -= (size_t)put;
        }
    }
    return STATUS_OK;
}

/* Splits at the last slash. `dir` gets "." when there is none. */
static enum status
split_path(const char *path, char dir[PATH_MAX], const char **name_out)
{
    const char *slash = strrchr(path, '/');
    size_t dir_bytes = slash != NULL ? (size_t)(slash - path) + (slash == path) : 1;

    if (dir_bytes >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return STATUS_IO;
    }
    memcpy(dir, slash != NULL ? path : ".", dir_bytes);
    dir[dir_bytes] = '\0';
    *name_out = slash != NULL ? slash + 1 : path;
    return STATUS_OK;
}

/* A rename is only on disk when its directory is. */
static enum status
sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return STATUS_IO;
    enum status status = fsync(fd) == 0 ? STATUS_OK : STATUS_IO;
    close_quietly(fd);
    return status;
}

static enum status
write_temporary(int fd, unsigned mode, struct slice content)
{
    if (fchmod(fd, (mode_t)mode) != 0)
        return STATUS_IO;
    if (file_write_all(fd, content) != STATUS_OK || fsync(fd) != 0)
        return STATUS_IO;
    return STATUS_OK;
}

enum status
file_write_atomic(const char *path, unsigned mode, struct slice content)
{
    char dir[PATH_MAX];
    char temporary[PATH_MAX];
    const char *name;
    enum status status = split_path(path, dir, &name);

    if (status != STATUS_OK)
        return status;
    /* Begins with a dot, so that file_list() does not see what a crash leaves behind. */
    if (snprintf(temporary, sizeof(temporary), "%s/.%s.XXXXXX", dir, name) >= (int)sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return STATUS_IO;
    }
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return status_of_errno(errno);
    status = write_temporary(fd, mode, content);
    close_quietly(fd);
    if (status == STATUS_OK && rename(temporary, path) != 0)
        status = STATUS_IO;
    if (status != STATUS_OK) {
        int kept = errno;
        (void)unlink(temporary);
        errno = kept;
        return status;
    }
    return sync_directory(dir);
}

static enum status
write_and_close(int fd, struct slice content)
{
    const enum status status = file_write_all(fd, content);

    if (status != STATUS_OK) {
        close_quietly(fd);
        return status;
    }
    return close(fd) == 0 ? STATUS_OK : STATUS_IO;
}

enum status
file_write_output(const char *path, unsigned mode, struct slice content)
{
    struct stat about;

    if (stat(path, &about) != 0 || S_ISREG(about.st_mode))
        return file_write_atomic(path, mode, content);
    const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    return fd < 0 ? STATUS_IO : write_and_close(fd, content);
}

enum status
file_write_new(const char *path, unsigned mode, struct slice content)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);

    if (fd < 0)
        return STATUS_IO;
    return write_and_close(fd, content);
}

static bool
ends_with(const char *name, const char *suffix)
{
    size_t name_bytes = strlen(name);
    size_t suffix_bytes = strlen(suffix);

    return name_bytes >= suffix_bytes && strcmp(name + name_bytes - suffix_bytes, suffix) == 0;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Appends the names in `found` in byte order. */
static enum status
append_sorted(const struct buffer *found, size_t count, struct buffer *names)
{
    const char **sorted = calloc(count > 0 ? count : 1, sizeof(*sorted));
    const char *at = (const char *)found->data;

    if (sorted == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = at;
        at += strlen(at) + 1;
    }
    qsort(sorted, count, sizeof(*sorted), compare_names);
    for (size_t i = 0; i < count; i++)
        buffer_append(names, sorted[i], strlen(sorted[i]) + 1);
    free(sorted);
    return names->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status
collect(DIR *stream, const char *suffix, struct buffer *found, size_t *count)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (entry == NULL)
            break;
        if (entry->d_name[0] != '.' && ends_with(entry->d_name, suffix)) {
            buffer_append(found, entry->d_name, strlen(entry->d_name) + 1);
            (*count)++;
        }
    }
    if (errno != 0)
        return STATUS_IO;
    return found->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status
file_list(const char *dir, const char *suffix, struct buffer *names, size_t *count_out)
{
    struct buffer found;
    size_t count = 0;
    DIR *stream = opendir(dir);

    if (stream == NULL)
        return status_of_errno(errno);
    buffer_init(&found);
    enum status status = collect(stream, suffix, &found, &count);
    int kept = errno;
    (void)closedir(stream);
    errno = kept;
    if (status == STATUS_OK)
        status = append_sorted(&found, count, names);
    buffer_fini(&found);
    if (status == STATUS_OK)
        *count_out = count;
    return status;
}
