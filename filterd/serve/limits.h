/* serve/limits.h - what the workers can still do in time, learnt from what they did.
 *
 * Work is counted in units near a byte of request, with something for each message. How long a unit takes is learnt
 * from every batch that comes back. From it follows how long a request would have to wait, and so whether it is better
 * told at once to come again: an answer after its deadline is of use to nobody, and costs as much as one in time.
 *
 * Threads: one owner. Errors: none. Time is given in, never asked for.
 */
#ifndef SERVE_LIMITS_H
#define SERVE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/conf.h"

struct limits {
    double unit_ns;   /* of one worker, smoothed; 0 = nothing learnt yet */
    unsigned batches; /* learnt from, as far as it matters */
};

uint32_t limits_work(size_t request_bytes, unsigned messages);

/* A worker took `elapsed_ns` for `work`. The first batches pay for cold caches, and for what starts beside them: the
 * fastest of them tells. After them one odd batch moves the mean by little. */
void limits_learn(struct limits *limits, uint64_t work, uint64_t elapsed_ns);
uint64_t limits_ns(const struct limits *limits, uint64_t work);
/* How much work a worker does in `ns`; UINT64_MAX while nothing is learnt. */
uint64_t limits_work_in(const struct limits *limits, uint64_t ns);

/* A client's load. One that asks for more than its share and is refused gets short queues, for a long one would make
 * all of its answers late and none more. One that sends a burst may fill a long one; one that has less than its share
 * waits as long as its requests can, for what holds it up is not its own load. A refusal says nothing about requests
 * that have more time than the one refused. */
struct pressure {      /* zero = none */
    uint64_t left_ns;  /* that the refused request had */
    uint64_t until_ns; /* when it is calm again */
    uint64_t since_ns; /* when the present window began */
    uint64_t asked;    /* the work asked for in it, refused or not */
    uint64_t asked_before;
};

/* In which what a client asks for is compared with its share. */
uint64_t limits_window_ns(const struct conf *conf);

/* The client asks for `work` more. */
void limits_ask(const struct conf *conf, struct pressure *pressure, uint64_t work, uint64_t now_ns);
/* A request that had `left_ns` was refused. `share` is the work that the workers would do for the client in a window.
 */
void limits_press(const struct conf *conf, struct pressure *pressure, uint64_t share, uint64_t left_ns,
                  uint64_t now_ns);

enum admission {
    ADMIT,
    ADMIT_NOT_NOW, /* too much is waiting: RESOURCE_EXHAUSTED */
    ADMIT_TOO_LATE /* even at once it would not be done in time: DEADLINE_EXCEEDED */
};

struct outlook { /* of one request */
    uint64_t wait_ns, own_ns;
    uint64_t left_ns;         /* to its deadline */
    struct pressure pressure; /* of its client */
    uint64_t slack_ns;        /* by which even short queues must be longer, so that no worker runs dry */
    bool has_waiting;         /* other requests of its client; whoever has none is not who fills the queue */
    uint64_t now_ns;
    bool is_free; /* a worker would begin it at once: then it is tried in any case */
};

enum admission limits_judge(const struct conf *conf, const struct outlook *outlook);

struct allowance { /* messages that a client may still send */
    double messages;
    uint64_t filled_ns;
};

/* Takes `messages` at `rate` a second, with up to one second saved up (0 = without bound). 0: taken; else after how
 * many ms there will be enough. */
uint32_t allowance_take(struct allowance *allowance, unsigned rate, unsigned messages, uint64_t now_ns);

#endif
