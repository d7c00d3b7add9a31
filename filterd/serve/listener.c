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
#define LOCAL_MEND "use ipc:///run/filterd/filterd.sock, tcp://127.0.0.1:PORT or tcp://[::1]:PORT"
#define CURVE_MEND "use tcp://ADDRESS:PORT with a numeric address, or tcp://*:PORT"
#define HOST_BYTES 64

static enum status
refuse(const char *endpoint, const char *reason, struct fault *fault)
{
    fault_set(fault, "", 0, 0, "listen", endpoint, reason, LOCAL_MEND);
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

static bool
split_tcp(const char *endpoint, char host_out[HOST_BYTES])
{
    const char *rest = endpoint + sizeof TCP - 1;
    const char *colon = strrchr(rest, ':');

    if (!colon || !port_is_valid(colon + 1) || (size_t)(colon - rest) >= HOST_BYTES)
        return false;
    memcpy(host_out, rest, (size_t)(colon - rest));
    host_out[colon - rest] = '\0';
    return true;
}

static enum status
check_tcp(const char *endpoint, struct fault *fault)
{
    char host[HOST_BYTES];
    struct in_addr address;

    if (!split_tcp(endpoint, host))
        return refuse(endpoint, "this is not tcp://ADDRESS:PORT", fault);
    if (strcmp(host, "[::1]") == 0)
        return STATUS_OK;
    if (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127)
        return STATUS_OK;
    fault_set(fault, "", 0, 0, "listen", endpoint, "a listener that other machines reach needs client keys (CURVE)",
              "put it under listen_curve, with curve_key and clients; under listen " LOCAL_MEND);
    return STATUS_INVALID;
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
listener_check_curve(const char *endpoint, struct fault *fault)
{
    char host[HOST_BYTES];
    struct in6_addr address;

    if (strncmp(endpoint, TCP, sizeof TCP - 1) == 0 && split_tcp(endpoint, host)) {
        const size_t bytes = strlen(host);
        if (strcmp(host, "*") == 0 || inet_pton(AF_INET, host, &address) == 1)
            return STATUS_OK;
        if (bytes > 2 && host[0] == '[' && host[bytes - 1] == ']') {
            host[bytes - 1] = '\0';
            if (inet_pton(AF_INET6, host + 1, &address) == 1)
                return STATUS_OK;
        }
    }
    fault_set(fault, "", 0, 0, "listen_curve", endpoint, "this is not tcp://ADDRESS:PORT", CURVE_MEND);
    return STATUS_INVALID;
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
