#include "serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC "ipc://"
#define TCP "tcp://"
#define MEND "use ipc:///run/filterd/filterd.sock, tcp://127.0.0.1:PORT or tcp://[::1]:PORT"

static enum status
refuse(const char *endpoint, const char *reason, struct fault *fault)
{
    fault_set(fault, "", 0, 0, "listen", endpoint, reason, MEND);
    return STATUS_INVALID;
}

const char *
listener_path(const char *endpoint)
{
    return strncmp(endpoint, IPC, sizeof IPC - 1) == 0 ? endpoint + sizeof IPC - 1 : NULL;
}

static bool
port_is_valid(const char *text)
{
    char *end;
    const unsigned long port = strtoul(text, &end, 10);

    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && port > 0 && port < 65536;
}

static enum status
check_tcp(const char *endpoint, struct fault *fault)
{
    char host[64];
    struct in_addr address;
    const char *rest = endpoint + sizeof TCP - 1;
    const char *colon = strrchr(rest, ':');

    if (!colon || !port_is_valid(colon + 1) || (size_t)(colon - rest) >= sizeof host)
        return refuse(endpoint, "this is not tcp://ADDRESS:PORT", fault);
    memcpy(host, rest, (size_t)(colon - rest));
    host[colon - rest] = '\0';
    if (strcmp(host, "[::1]") == 0)
        return STATUS_OK;
    if (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127)
        return STATUS_OK;
    return refuse(endpoint, "a listener that other machines reach needs client keys (CURVE), not offered yet", fault);
}

enum status
listener_check(const char *endpoint, struct fault *fault)
{
    const char *path = listener_path(endpoint);

    if (strncmp(endpoint, TCP, sizeof TCP - 1) == 0)
        return check_tcp(endpoint, fault);
    if (!path)
        return refuse(endpoint, "only ipc:// and tcp:// are known", fault);
    if (path[0] == '@')
        return refuse(endpoint, "an abstract socket has no mode: everybody on this machine could connect", fault);
    if (path[0] != '/')
        return refuse(endpoint, "the path must begin with /", fault);
    if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return refuse(endpoint, "the path is too long for a UNIX socket", fault);
    return STATUS_OK;
}

enum status
listener_lock(const char *path, int *fd_out, struct fault *fault)
{
    char name[PATH_MAX];

    snprintf(name, sizeof name, "%s.lock", path);
    const int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        fault_set(fault, name, 0, 0, NULL, NULL, strerror(errno), "make the directory, owned by filterd's user");
        return STATUS_IO;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fault_set(fault, path, 0, 0, NULL, NULL, "another filterd listens here", "stop it, or use another path");
        return STATUS_UNAVAILABLE;
    }
    *fd_out = fd;
    return STATUS_OK;
}
