/* pool/channel.h - jobs and answers over one SOCK_SEQPACKET pair.
 *
 * A batch of items is cut into packets of at most CHANNEL_PACKET_BYTES (the kernel bounds a packet by the send buffer),
 * each with an 8-byte header: total bytes of the batch, offset of this packet. Native byte order: both ends are one
 * program. Threads: a channel belongs to one thread. Errors: STATUS_UNAVAILABLE = the peer is gone (end of file, EPIPE,
 * malformed packet). A feeder uses a non-blocking descriptor, a worker a blocking one: the calls then wait.
 */
#ifndef POOL_CHANNEL_H
#define POOL_CHANNEL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

#define CHANNEL_PACKET_BYTES 65536
#define CHANNEL_MAX_BATCH_BYTES (8u << 20)
#define CHANNEL_MAX_PAYLOAD_BYTES (4u << 20)

struct item {
    uint64_t ticket;   /* comes back with the answer */
    uint32_t status;   /* answers: enum status of the job; jobs: 0 */
    struct slice meta; /* what the sender knows beside the payload; may be empty */
    struct slice payload;
};

struct channel {
    int fd;            /* owned; its mode decides whether flush and receive wait */
    struct buffer out; /* batch being sent */
    size_t sent;
    struct buffer in; /* batch being received */
    size_t expected;
    size_t taken; /* bytes of `in` that channel_take has handed out */
    bool complete;
};

void channel_init(struct channel *channel, int fd);
void channel_fini(struct channel *channel); /* closes */

/* A pair of connected sockets, close-on-exec, both blocking. */
STATUS_CHECKED enum status channel_pair(int fds_out[2]);

/* Queues an item on the batch to send; only while nothing is being sent (channel_is_idle). */
void channel_put(struct channel *channel, const struct item *item);
bool channel_is_idle(const struct channel *channel);
size_t channel_queued_bytes(const struct channel *channel);
/* Sends what the socket takes. STATUS_OK also when something is left: then wait for POLLOUT and call again. */
STATUS_CHECKED enum status channel_flush(struct channel *channel);

/* Receives what is there. *complete_out: a whole batch is in and channel_take yields its items. */
STATUS_CHECKED enum status channel_receive(struct channel *channel, bool *complete_out);
/* Next item of the complete batch; its slices live until the next channel_receive. False at the end. */
bool channel_take(struct channel *channel, struct item *item_out);

#endif
