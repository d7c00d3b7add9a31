#include "pool/parcel.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/assert.h"

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(PARCEL_MAX_FDS * sizeof(int))];
};

enum status
parcel_prepare(int fd)
{
    const struct timeval limit = {PARCEL_SEND_MS / 1000, PARCEL_SEND_MS % 1000 * 1000};

    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 ? STATUS_OK : STATUS_IO;
}

enum status
parcel_send(int fd, enum parcel_kind kind, const void *data, size_t bytes, const int *fds, unsigned fd_count)
{
    ASSERT(bytes <= PARCEL_MAX_BYTES && fd_count <= PARCEL_MAX_FDS);
    uint32_t header[2] = {kind, (uint32_t)bytes};
    struct iovec parts[2] = {{header, sizeof header}, {(void *)(uintptr_t)data, bytes}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = bytes > 0 ? 2 : 1};
    union control control = {0};

    if (fd_count > 0) {
        packet.msg_control = &control;
        packet.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), fds, fd_count * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(fd, &packet, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? STATUS_UNAVAILABLE : STATUS_OK;
}

static void
take_fds(const struct msghdr *packet, struct parcel *parcel)
{
    const struct cmsghdr *control = CMSG_FIRSTHDR(packet);

    if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
        return;
    const size_t bytes = control->cmsg_len - CMSG_LEN(0);
    ASSERT(bytes <= sizeof parcel->fds);
    memcpy(parcel->fds, CMSG_DATA(control), bytes);
}

enum status
parcel_receive(int fd, struct parcel *parcel_out)
{
    uint32_t header[2];
    struct iovec parts[2] = {{header, sizeof header}, {parcel_out->data, sizeof parcel_out->data}};
    union control control;
    struct msghdr packet = {
        .msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;

    parcel_out->fds[0] = parcel_out->fds[1] = -1;
    do
        got = recvmsg(fd, &packet, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < (ssize_t)sizeof header)
        return STATUS_UNAVAILABLE;
    take_fds(&packet, parcel_out);
    parcel_out->kind = header[0];
    parcel_out->bytes = header[1];
    if (packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (size_t)got - sizeof header != header[1]) {
        parcel_close_fds(parcel_out);
        return STATUS_UNAVAILABLE;
    }
    return STATUS_OK;
}

void
parcel_close_fds(struct parcel *parcel)
{
    for (unsigned i = 0; i < PARCEL_MAX_FDS; i++) {
        if (parcel->fds[i] >= 0)
            close(parcel->fds[i]);
        parcel->fds[i] = -1;
    }
}
