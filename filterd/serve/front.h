/* serve/front.h - the process that speaks ZeroMQ: takes requests in, keeps each until its one reply.
 *
 * It reads nothing of a request but its first fields (wire/envelope.h), decides nothing about messages, and may be
 * killed and started again at any time: clients resend on silence.
 *
 * Threads: one, and libzmq's. Errors: told to the supervisor in parcels.
 */
#ifndef SERVE_FRONT_H
#define SERVE_FRONT_H

#include <stdint.h>

#include "serve/conf.h"
#include "serve/counters.h"
#include "serve/curve.h"

struct front_orders { /* PARCEL_SWAP */
    uint32_t generation;
    struct conf conf;
    struct curve_key key; /* of listen_curve */
};

struct bind_failure {  /* PARCEL_BIND_FAILED */
    uint32_t index;    /* of the endpoint */
    uint32_t has_keys; /* 1 = in listen_curve */
    int32_t error;     /* errno */
};

#define FRONT_BEAT_MS 250

#define FRONT_EXIT_DONE 0
#define FRONT_EXIT_START 3
#define FRONT_EXIT_MEMORY 4 /* front_memory_mib is used up */

/* Runs in a fresh child until it is told to drain or `fd` ends; gives the exit code. */
int front_main(int parent_pid, int fd, const struct conf *conf, struct counters *counters);

#endif
