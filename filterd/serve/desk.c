#include "serve/desk.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/listener.h"

#define BACKLOG 128     /* who does not wait for room is turned away: at once after that many, between two turns */
#define MODE_UMASK 0117 /* the socket is 0660 */
#define SEND_TIMEOUT_S 1

static const struct {
    const char *word;
    enum desk_command command;
} words[] = {{"status", DESK_STATUS}, {"stats", DESK_STATS}, {"reload", DESK_RELOAD}};

/* --- the language: {"command":"WORD"}, with spaces where JSON allows them ----------------------------------------- */

static void
skip_spaces(struct slice *rest)
{
    while (rest->bytes > 0 && strchr(" \t\r", rest->data[0]) && rest->data[0] != '\0') {
        rest->data++;
        rest->bytes--;
    }
}

static bool
skip(struct slice *rest, const char *token)
{
    const size_t bytes = strlen(token);

    skip_spaces(rest);
    if (rest->bytes < bytes || memcmp(rest->data, token, bytes) != 0)
        return false;
    rest->data += bytes;
    rest->bytes -= bytes;
    return true;
}

enum desk_command
desk_parse(struct slice line)
{
    enum desk_command command = DESK_UNKNOWN;

    if (!skip(&line, "{") || !skip(&line, "\"command\"") || !skip(&line, ":") || !skip(&line, "\""))
        return DESK_UNKNOWN;
    for (unsigned i = 0; i < sizeof words / sizeof *words && command == DESK_UNKNOWN; i++) {
        struct slice rest = line;
        if (skip(&rest, words[i].word) && rest.bytes > 0 && rest.data[0] == '"') {
            line = rest;
            command = words[i].command;
        }
    }
    if (command == DESK_UNKNOWN || !skip(&line, "\"") || !skip(&line, "}"))
        return DESK_UNKNOWN;
    skip_spaces(&line);
    return line.bytes == 0 ? command : DESK_UNKNOWN;
}

/* --- the socket --------------------------------------------------------------------------------------------------- */

static bool
bind_socket(struct desk *desk, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memcpy(address.sun_path, path, strlen(path) + 1);
    memcpy(desk->path, path, strlen(path) + 1);
    desk->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path); /* ours by the lock: what stands there is left over */
    const mode_t before = umask(MODE_UMASK);
    const bool is_bound = desk->fd >= 0 && bind(desk->fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
                          listen(desk->fd, BACKLOG) == 0;
    umask(before);
    return is_bound;
}

enum status
desk_open(struct desk *desk, const char *path, struct fault *fault)
{
    *desk = (struct desk){.fd = -1, .lock_fd = -1};
    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++)
        desk->visitors[i].fd = -1;
    if (strlen(path) >= sizeof desk->path) {
        fault_set(fault, "", 0, 0, "control", path, "the path is too long for a UNIX socket", "use a shorter one");
        return STATUS_INVALID;
    }
    const enum status status = listener_lock(path, &desk->lock_fd, fault);
    if (status != STATUS_OK)
        return status;
    if (bind_socket(desk, path))
        return STATUS_OK;
    fault_set(fault, "", 0, 0, "control", path, strerror(errno), "the directory must be writable for filterd");
    desk_close(desk);
    return STATUS_IO;
}

static void
see_out(struct visitor *visitor)
{
    if (visitor->fd >= 0)
        close(visitor->fd);
    visitor->fd = -1;
    visitor->bytes = 0;
    visitor->reload_number = 0;
}

void
desk_close(struct desk *desk)
{
    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++)
        see_out(&desk->visitors[i]);
    if (desk->fd >= 0) {
        close(desk->fd);
        unlink(desk->path);
    }
    if (desk->lock_fd >= 0)
        close(desk->lock_fd);
    desk->fd = desk->lock_fd = -1;
}

void
desk_polls(const struct desk *desk, struct pollfd *polls)
{
    polls[0] = (struct pollfd){.fd = desk->fd, .events = POLLIN};
    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++)
        polls[i + 1] = (struct pollfd){.fd = desk->visitors[i].fd, .events = POLLIN};
}

/* NULL: all wait for a reload. */
static struct visitor *
place_for_one(struct desk *desk)
{
    struct visitor *first = NULL;

    for (unsigned i = 0; i < DESK_MAX_VISITORS; i++) {
        struct visitor *visitor = &desk->visitors[i];
        if (visitor->fd < 0)
            return visitor;
        if (visitor->reload_number == 0 && (!first || visitor->number < first->number))
            first = visitor;
    }
    if (first)
        see_out(first);
    return first;
}

void
desk_accept(struct desk *desk)
{
    const struct timeval limit = {SEND_TIMEOUT_S, 0};
    struct ucred peer = {0};
    socklen_t bytes = sizeof peer;
    const int fd = accept4(desk->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct visitor *visitor = place_for_one(desk);
    if (!visitor || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) {
        close(fd);
        return;
    }
    *visitor = (struct visitor){.fd = fd, .pid = peer.pid, .uid = (int)peer.uid, .number = ++desk->arrived};
}

bool
desk_read(struct desk *desk, unsigned index, enum desk_command *command_out)
{
    struct visitor *visitor = &desk->visitors[index];
    const ssize_t got =
        recv(visitor->fd, visitor->line + visitor->bytes, sizeof visitor->line - visitor->bytes, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    /* Whoever hangs up, sends too much, or sends more while we are still busy with the first line, is seen out. */
    if (got <= 0 || visitor->reload_number != 0 || visitor->bytes + (size_t)got == sizeof visitor->line) {
        see_out(visitor);
        return false;
    }
    visitor->bytes += (size_t)got;
    const char *end = memchr(visitor->line, '\n', visitor->bytes);
    if (!end)
        return false;
    *command_out = desk_parse((struct slice){(const uint8_t *)visitor->line, (size_t)(end - visitor->line)});
    return true;
}

static bool
send_all(int fd, struct slice data)
{
    size_t sent = 0;

    while (sent < data.bytes) {
        const ssize_t part = send(fd, data.data + sent, data.bytes - sent, MSG_NOSIGNAL);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        sent += (size_t)part;
    }
    return true;
}

void
desk_answer(struct desk *desk, unsigned index, struct slice answer)
{
    struct visitor *visitor = &desk->visitors[index];

    (void)(send_all(visitor->fd, answer) && send_all(visitor->fd, SLICE_LITERAL("\n")));
    see_out(visitor);
}
