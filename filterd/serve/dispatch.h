/* serve/dispatch.h - which worker gets which request, and what a worker's death means.
 *
 * Requests wait in fair turns (serve/fair.h). A worker has at most two batches in hand: one in work, one waiting in its
 * socket, so that it never waits for us; none is longer than `batch_ns`, for what is in hand has its turn behind it.
 * When it dies, its status page names the request in work: that one gets a strike and one more try, alone; the second
 * strike gives it up. The others run again at once.
 *
 * Threads: one owner. Errors: a worker that talks nonsense is treated as dead; without memory of our own nothing can be
 * handed out or taken back, which is no worker's fault (`lacks_memory`). Every request given in comes out once through
 * `done` or `failed`, or is taken back by dispatch_expire or dispatch_give_up.
 */
#ifndef SERVE_DISPATCH_H
#define SERVE_DISPATCH_H

#include "pool/channel.h"
#include "pool/quarantine.h"
#include "pool/status_page.h"
#include "serve/counters.h"
#include "serve/fair.h"
#include "serve/limits.h"
#include "serve/requests.h"

#define DISPATCH_MAX_LINES 512 /* workers of two generations */
#define LINE_BATCHES 2
#define BATCH_MAX_REQUESTS 64
#define BATCH_MAX_BYTES (128u << 10)

struct line { /* to one worker */
    int pid;  /* 0 = none */
    uint32_t generation;
    struct channel channel;
    struct status_page *page;
    struct request_list in_hand; /* in the order sent */
    struct batch {
        unsigned requests;   /* in hand */
        uint64_t work;       /* of all it had */
    } batches[LINE_BATCHES]; /* oldest first */
    unsigned batch_count;
    uint64_t busy_since_ns; /* with the oldest batch */
    bool is_alone;          /* a suspect runs here */
    bool waits_for_writing; /* epoll is asked for EPOLLOUT */
};

struct dispatch_events {
    /* A worker's reply; the request is then ended by the dispatch. Not called for one that was answered before. */
    void (*done)(void *context, struct request *request, struct slice reply);
    /* Given up: its second strike, or no reply could be made. */
    void (*failed)(void *context, struct request *request);
    void *context;
};

struct dispatch {
    struct requests *requests;
    struct quarantine *quarantine;
    struct counters *counters;
    struct dispatch_events events;
    int epoll_fd;        /* lines are added with their index as data */
    uint32_t generation; /* whose workers get requests */
    struct fair *fair;   /* what waits, but for those that waited before */
    struct request_list again, suspects;
    struct limits limits;
    uint64_t batch_ns;
    uint64_t slack_ns; /* by which batches are longer, because workers ran dry */
    /* A request for its client's load: since the last dispatch_run, and between the last two. */
    bool has_refused, had_refused;
    uint64_t work_in_hand;
    unsigned live;     /* lines of `generation` */
    unsigned used;     /* lines above were never used */
    bool lacks_memory; /* for good: the process must end */
    struct line lines[DISPATCH_MAX_LINES];
};

/* `fair` is borrowed. The caller sets batch_ns. */
void dispatch_init(struct dispatch *dispatch, struct requests *requests, struct fair *fair,
                   struct quarantine *quarantine, struct counters *counters, const struct dispatch_events *events,
                   int epoll_fd);
void dispatch_fini(struct dispatch *dispatch);

/* Takes over both descriptors. */
void dispatch_add_worker(struct dispatch *dispatch, uint32_t generation, int pid, int socket_fd, int page_fd);
/* From now on requests go to this generation; the lines of others close when nothing is in their hands. */
void dispatch_swap(struct dispatch *dispatch, uint32_t generation);
bool dispatch_has_workers(const struct dispatch *dispatch);

/* How long a request of `client` with `work` would wait until it is begun, and how long it would take then. */
void dispatch_outlook(const struct dispatch *dispatch, const struct fair_node *client, uint32_t work,
                      struct outlook *outlook_out);
/* Whether a request of `client` can be done in the `left_ns` it has; *wait_ns_out: how long it would wait. A client
 * that is refused for its load is pressed (serve/limits.h). */
enum admission dispatch_admit(struct dispatch *dispatch, const struct conf *conf, struct fair_node *client,
                              uint32_t work, uint64_t left_ns, uint64_t now_ns, uint64_t *wait_ns_out);
/* The same for one that was admitted, and refused because the queue is full. */
void dispatch_press(const struct dispatch *dispatch, const struct conf *conf, struct fair_node *client,
                    uint64_t left_ns, uint64_t now_ns);
void dispatch_queue(struct dispatch *dispatch, struct fair_node *client, uint64_t policy_key, struct request *request);
/* Hands out what waits, as far as workers are free. */
void dispatch_run(struct dispatch *dispatch, uint64_t now_ns);
/* Line `index` has something to read, or can be written to. */
void dispatch_ready(struct dispatch *dispatch, unsigned index, uint64_t now_ns);

/* What the quarantine knows this request by, however often it is sent. */
uint64_t dispatch_fingerprint(const struct dispatch *dispatch, const struct request *request);

/* Its reply is about to take the payload away: remembers what is needed of it. */
void dispatch_before_expiry(const struct dispatch *dispatch, struct request *request);
/* The caller has answered it. True: it is ended; false: a worker still holds it, and the dispatch ends it later. */
bool dispatch_expire(struct dispatch *dispatch, struct request *request);
/* The next request that no worker holds, out of its list; NULL when there is none. */
struct request *dispatch_give_up(struct dispatch *dispatch);

#endif
