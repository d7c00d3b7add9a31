#include "pool/channel.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/assert.h"

struct packet_header {
    uint32_t total_bytes;
    uint32_t offset;
};

struct item_header {
    uint64_t ticket;
    uint32_t status;
    uint32_t meta_bytes;
    uint32_t payload_bytes;
    uint32_t reserved;
};

#define PACKET_DATA_BYTES (CHANNEL_PACKET_BYTES - sizeof(struct packet_header))

void
channel_init(struct channel *channel, int fd)
{
    *channel = (struct channel){.fd = fd};
    buffer_init(&channel->out);
    buffer_init(&channel->in);
}

void
channel_fini(struct channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    channel->fd = -1;
    buffer_fini(&channel->out);
    buffer_fini(&channel->in);
}

enum status
channel_pair(int fds_out[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds_out) == 0 ? STATUS_OK : STATUS_IO;
}

void
channel_put(struct channel *channel, const struct item *item)
{
    ASSERT(channel->sent == 0);
    const struct item_header header = {
        .ticket = item->ticket,
        .status = item->status,
        .meta_bytes = (uint32_t)item->meta.bytes,
        .payload_bytes = (uint32_t)item->payload.bytes,
    };
    buffer_append(&channel->out, &header, sizeof header);
    buffer_append(&channel->out, item->meta.data, item->meta.bytes);
    buffer_append(&channel->out, item->payload.data, item->payload.bytes);
}

bool
channel_is_idle(const struct channel *channel)
{
    return channel->out.bytes == 0;
}

size_t
channel_queued_bytes(const struct channel *channel)
{
    return channel->out.bytes - channel->sent;
}

enum status
channel_flush(struct channel *channel)
{
    if (channel->out.failed || channel->out.bytes > CHANNEL_MAX_BATCH_BYTES)
        return STATUS_NO_MEMORY;
    while (channel->sent < channel->out.bytes) {
        size_t part = channel->out.bytes - channel->sent;
        if (part > PACKET_DATA_BYTES)
            part = PACKET_DATA_BYTES;
        struct packet_header header = {(uint32_t)channel->out.bytes, (uint32_t)channel->sent};
        struct iovec parts[2] = {{&header, sizeof header}, {channel->out.data + channel->sent, part}};
        const struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
        if (sendmsg(channel->fd, &packet, MSG_NOSIGNAL) < 0) {
            if (errno == EINTR)
                continue;
            return errno == EAGAIN || errno == ENOBUFS ? STATUS_OK : STATUS_UNAVAILABLE;
        }
        channel->sent += part;
    }
    buffer_clear(&channel->out);
    channel->sent = 0;
    return STATUS_OK;
}

/* Walks the items of the batch once, so that channel_take can trust every length. */
static bool
batch_is_sound(struct slice batch)
{
    size_t at = 0;
    while (at < batch.bytes) {
        struct item_header header;
        if (batch.bytes - at < sizeof header)
            return false;
        memcpy(&header, batch.data + at, sizeof header);
        at += sizeof header;
        if (header.ticket == 0 || batch.bytes - at < (size_t)header.meta_bytes + header.payload_bytes)
            return false;
        at += (size_t)header.meta_bytes + header.payload_bytes;
    }
    return true;
}

/* Takes over a received packet whose data already lie behind `in`. */
static enum status
accept_packet(struct channel *channel, const struct packet_header *header, size_t bytes)
{
    if (channel->in.bytes == 0)
        channel->expected = header->total_bytes;
    if (header->total_bytes != channel->expected || header->offset != channel->in.bytes || bytes == 0 ||
        header->total_bytes > CHANNEL_MAX_BATCH_BYTES || bytes > channel->expected - channel->in.bytes)
        return STATUS_UNAVAILABLE;
    channel->in.bytes += bytes;
    channel->complete = channel->in.bytes == channel->expected;
    if (channel->complete && !batch_is_sound(buffer_slice(&channel->in)))
        return STATUS_UNAVAILABLE;
    return STATUS_OK;
}

enum status
channel_receive(struct channel *channel, bool *complete_out)
{
    if (channel->complete) {
        buffer_clear(&channel->in);
        channel->complete = false;
        channel->taken = 0;
    }
    *complete_out = false;
    while (!channel->complete) {
        struct packet_header header;
        uint8_t *room = buffer_reserve(&channel->in, PACKET_DATA_BYTES);
        if (!room)
            return STATUS_NO_MEMORY;
        struct iovec parts[2] = {{&header, sizeof header}, {room, PACKET_DATA_BYTES}};
        struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
        const ssize_t got = recvmsg(channel->fd, &packet, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return STATUS_OK;
        if (got <= (ssize_t)sizeof header || (packet.msg_flags & MSG_TRUNC))
            return STATUS_UNAVAILABLE;
        const enum status status = accept_packet(channel, &header, (size_t)got - sizeof header);
        if (status != STATUS_OK)
            return status;
    }
    *complete_out = true;
    return STATUS_OK;
}

bool
channel_take(struct channel *channel, struct item *item_out)
{
    if (!channel->complete || channel->taken == channel->in.bytes)
        return false;
    struct item_header header;
    const uint8_t *at = channel->in.data + channel->taken;
    memcpy(&header, at, sizeof header);
    at += sizeof header;
    item_out->ticket = header.ticket;
    item_out->status = header.status;
    item_out->meta = (struct slice){at, header.meta_bytes};
    item_out->payload = (struct slice){at + header.meta_bytes, header.payload_bytes};
    channel->taken += sizeof header + header.meta_bytes + header.payload_bytes;
    return true;
}
