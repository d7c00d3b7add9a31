#include "archive/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0666 /* less what the umask takes */

static enum status
open_direct(struct output *output)
{
    output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return output->fd < 0 ? STATUS_IO : STATUS_OK;
}

/* STATUS_NOT_FOUND: `path` is standard output. */
static enum status
set_paths(struct output *output, const char *path)
{
    int bytes;

    *output = (struct output){.fd = STDOUT_FILENO};
    if (path == NULL || strcmp(path, "-") == 0)
        return STATUS_NOT_FOUND;
    bytes = snprintf(output->part, sizeof output->part, "%s.part", path);
    if (bytes < 0 || (size_t)bytes >= sizeof output->part)
        return STATUS_TOO_LARGE;
    snprintf(output->path, sizeof output->path, "%s", path);
    return STATUS_OK;
}

/* False: between opening and locking, another run has made it its output. */
static bool
is_still(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/* Opens the part as it is, for this process alone. */
static enum status
open_part(struct output *output, int flags)
{
    enum status status = STATUS_OK;
    int fd = open(output->part, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, FILE_MODE);

    if (fd < 0)
        return STATUS_IO;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        status = errno == EWOULDBLOCK ? STATUS_BUDGET : STATUS_IO;
    else if (!is_still(fd, output->part))
        status = STATUS_BUDGET;
    if (status != STATUS_OK) {
        close(fd);
        return status;
    }
    output->fd = fd;
    output->renames = true;
    return STATUS_OK;
}

enum status
output_open(struct output *output, const char *path)
{
    struct stat about;
    enum status status = set_paths(output, path);

    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return open_direct(output);
    status = open_part(output, O_CREAT);
    return status == STATUS_OK && ftruncate(output->fd, 0) != 0 ? STATUS_IO : status;
}

enum status
output_reopen(struct output *output, const char *path, uint64_t bytes)
{
    struct stat about;
    enum status status = set_paths(output, path);

    if (status == STATUS_OK)
        status = open_part(output, 0);
    if (status != STATUS_OK)
        return status == STATUS_IO && errno == ENOENT ? STATUS_NOT_FOUND : status;
    output->keeps = true;
    if (fstat(output->fd, &about) != 0)
        return STATUS_IO;
    if ((uint64_t)about.st_size < bytes)
        return STATUS_NOT_FOUND;
    return ftruncate(output->fd, (off_t)bytes) == 0 && lseek(output->fd, 0, SEEK_END) >= 0 ? STATUS_OK : STATUS_IO;
}

enum status
output_sync(struct output *output)
{
    return output->renames && fdatasync(output->fd) != 0 ? STATUS_IO : STATUS_OK;
}

static enum status
sync_directory(const char *path)
{
    char dir[OUTPUT_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    int fd, failed;

    if (slash == NULL)
        snprintf(dir, sizeof dir, ".");
    else
        snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return STATUS_IO;
    failed = fsync(fd);
    close(fd);
    return failed ? STATUS_IO : STATUS_OK;
}

enum status
output_commit(struct output *output)
{
    int fd = output->fd;

    if (fd == STDOUT_FILENO)
        return STATUS_OK;
    if (output->renames && fsync(fd) != 0)
        return STATUS_IO;
    output->fd = STDOUT_FILENO;
    if (close(fd) != 0)
        return STATUS_IO;
    if (!output->renames)
        return STATUS_OK;
    if (rename(output->part, output->path) != 0)
        return STATUS_IO;
    output->renames = false;
    return sync_directory(output->path);
}

void
output_abandon(struct output *output)
{
    if (output->fd > STDOUT_FILENO)
        close(output->fd);
    if (output->renames && !output->keeps)
        (void)unlink(output->part); /* it may be gone already */
    *output = (struct output){.fd = STDOUT_FILENO};
}
