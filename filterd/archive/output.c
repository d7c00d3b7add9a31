#include "archive/output.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0666 /* less what the umask takes */

static enum status
open_direct(struct output *output)
{
    output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return output->fd < 0 ? STATUS_IO : STATUS_OK;
}

enum status
output_open(struct output *output, const char *path)
{
    struct stat about;
    int bytes;

    *output = (struct output){.fd = STDOUT_FILENO};
    if (path == NULL || strcmp(path, "-") == 0)
        return STATUS_OK;
    bytes = snprintf(output->part, sizeof output->part, "%s.part", path);
    if (bytes < 0 || (size_t)bytes >= sizeof output->part)
        return STATUS_TOO_LARGE;
    snprintf(output->path, sizeof output->path, "%s", path);
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return open_direct(output);
    output->fd = open(output->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    output->renames = output->fd >= 0;
    return output->fd < 0 ? STATUS_IO : STATUS_OK;
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
    if (output->renames)
        (void)unlink(output->part); /* it may be gone already */
    *output = (struct output){.fd = STDOUT_FILENO};
}
