/* pool/parcel.h - what supervisor, generation and front tell each other: one typed packet, with descriptors.
 *
 * Over a SOCK_SEQPACKET pair (channel_pair). All are one program: structs travel as they are in memory.
 * Threads: one owner per end. Errors: STATUS_UNAVAILABLE = the other side is gone, or took nothing for PARCEL_SEND_MS.
 */
#ifndef POOL_PARCEL_H
#define POOL_PARCEL_H

#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

#define PARCEL_MAX_BYTES 8192
#define PARCEL_MAX_FDS 2
#define PARCEL_SEND_MS 1000

enum parcel_kind {
    /* generation -> supervisor */
    PARCEL_CITY = 1,    /* struct city_report, one per city */
    PARCEL_COMMON,      /* struct common_report, before the cities */
    PARCEL_FAILED,      /* struct fault: nothing of this generation will live */
    PARCEL_WORKER_UP,   /* struct worker_report; descriptors: socket, status page. Supervisor -> front: the same */
    PARCEL_WORKER_DOWN, /* struct worker_report */
    PARCEL_READY,       /* the first workers are up */
    PARCEL_BORN,        /* int32_t: the process id of a successor, the first that it says */
    /* supervisor -> generation */
    PARCEL_RENEW,  /* struct generation_orders; descriptor: the successor's end of its pair */
    PARCEL_RETIRE, /* start no more workers, end with the last one */
    /* supervisor -> front */
    PARCEL_BROKEN,  /* ids of cities that cannot answer, each NUL-terminated; before PARCEL_SWAP */
    PARCEL_CLIENTS, /* the next part of their rows (serve/clients.h); before PARCEL_SWAP */
    PARCEL_SWAP,    /* struct front_orders: from now on this generation answers */
    PARCEL_DRAIN,   /* take nothing new, answer what is there, end */
    /* front -> supervisor */
    PARCEL_BOUND,      /* listening */
    PARCEL_SWAPPED,    /* uint32_t: the generation that answers now */
    PARCEL_BIND_FAILED /* struct bind_failure */
};

struct parcel {
    uint32_t kind;
    uint32_t bytes;
    int fds[PARCEL_MAX_FDS]; /* the receiver owns them; -1 = none */
    _Alignas(16) uint8_t data[PARCEL_MAX_BYTES];
};

/* Bounds how long parcel_send may block on `fd`. */
STATUS_CHECKED enum status parcel_prepare(int fd);
/* `fds` may be NULL with `fd_count` 0; they stay the sender's. */
STATUS_CHECKED enum status parcel_send(int fd, enum parcel_kind kind, const void *data, size_t bytes, const int *fds,
                                       unsigned fd_count);
/* Blocks until a parcel comes. */
STATUS_CHECKED enum status parcel_receive(int fd, struct parcel *parcel_out);
void parcel_close_fds(struct parcel *parcel);

#endif
