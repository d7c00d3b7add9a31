#include "serve/control.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pool/budget.h"

#define READ_BYTES 65536

/* Waits for room in the queue of who listens: `timeout_ms` at most. */
static enum status
connect_to(const char *path, int timeout_ms, int *fd_out)
{
    const struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return STATUS_INVALID;
    memcpy(address.sun_path, path, strlen(path) + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return STATUS_IO;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        *fd_out = fd;
        return STATUS_OK;
    }
    const int error = errno;
    close(fd);
    errno = error;
    if (error == EAGAIN)
        return STATUS_UNAVAILABLE;
    return error == ENOENT || error == ECONNREFUSED ? STATUS_NOT_FOUND : STATUS_IO;
}

static bool
wait_readable(int fd, uint64_t until_ns)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    const uint64_t now_ns = budget_now_ns();
    int ready;

    if (now_ns >= until_ns)
        return false;
    do
        ready = poll(&readable, 1, (int)((until_ns - now_ns) / 1000000u) + 1);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static enum status
read_line(int fd, uint64_t until_ns, struct buffer *answer)
{
    while (wait_readable(fd, until_ns)) {
        uint8_t *room = buffer_reserve(answer, READ_BYTES);
        if (!room)
            return STATUS_NO_MEMORY;
        const ssize_t got = recv(fd, room, READ_BYTES, 0);
        if (got <= 0)
            return STATUS_UNAVAILABLE;
        answer->bytes += (size_t)got;
        if (answer->data[answer->bytes - 1] == '\n') {
            answer->bytes--;
            return STATUS_OK;
        }
    }
    return STATUS_UNAVAILABLE;
}

enum status
control_call(const char *path, const char *command, int timeout_ms, struct buffer *answer)
{
    const uint64_t until_ns = budget_now_ns() + (uint64_t)timeout_ms * 1000000u;
    char line[128];
    int fd;

    enum status status = connect_to(path, timeout_ms, &fd);
    if (status != STATUS_OK)
        return status;
    const int bytes = snprintf(line, sizeof line, "{\"command\":\"%s\"}\n", command);
    if (bytes <= 0 || bytes >= (int)sizeof line || send(fd, line, (size_t)bytes, MSG_NOSIGNAL) != bytes)
        status = STATUS_UNAVAILABLE;
    else
        status = read_line(fd, until_ns, answer);
    close(fd);
    return status;
}
