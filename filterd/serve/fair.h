/* serve/fair.h - whose request is next: turns in two rounds, of clients, and of the policies of each client.
 *
 * Deficit round robin. What counts is work, not requests: a client whose turn it is may spend a quantum for each of its
 * shares; who overspends sits out until it is paid. So nobody waits longer because another one sends more, in whatever
 * sizes and under however many policies. A client is known by a key; what it still owes, and how it was pressed, is
 * remembered for a while.
 *
 * Threads: one owner. Errors: memory is taken once, at the start; a request given in comes out by fair_pop or
 * fair_remove. Bounds: as many clients and flows as requests may wait.
 */
#ifndef SERVE_FAIR_H
#define SERVE_FAIR_H

#include "serve/limits.h"
#include "serve/requests.h"

#define FAIR_QUANTUM 8192 /* units of work for each share and round */
#define FAIR_MAX_SHARE 100

struct fair_node { /* a client, one of its policies, or the round of all clients */
    uint64_t key;
    struct fair_node *parent;
    struct fair_node *previous, *next; /* in the parent's round; of idle clients: in the list of these */
    struct fair_node *turn;            /* of a round: the child whose turn it is; NULL = none */
    struct fair_node *same_hash;
    uint64_t work; /* that waits here */
    int64_t credit;
    unsigned share;
    struct request_list waiting; /* of a policy */
    struct pressure pressure;    /* of a client */
    bool is_in_round;
};

struct fair;

STATUS_CHECKED enum status fair_create(size_t max_requests, struct fair **fair_out);
void fair_destroy(struct fair **fair); /* nothing may wait in it */

/* The client with this key, made when it is new. It is to be used before the next call with another key. */
struct fair_node *fair_client(struct fair *fair, uint64_t key, unsigned share);
/* request->work is above 0. */
void fair_push(struct fair *fair, struct fair_node *client, uint64_t policy_key, struct request *request);
struct request *fair_pop(struct fair *fair); /* NULL when nothing waits */
void fair_remove(struct fair *fair, struct request *request);

/* The newest request of the client that has the most waiting for its share, if `client` with `work` more would still
 * have less: who fills the queue makes room for who does not. NULL = nobody does. It stays where it is. */
struct request *fair_heaviest(const struct fair *fair, const struct fair_node *client, uint32_t work);

/* All work that will be done before `client` has had what it has waiting and `work` more, at the most. */
uint64_t fair_work_before(const struct fair *fair, const struct fair_node *client, uint32_t work);
uint64_t fair_work(const struct fair *fair); /* of all */
/* What of `work` that is done is the part of `client`, if it has something waiting all the time. */
uint64_t fair_share(const struct fair *fair, const struct fair_node *client, uint64_t work);

#endif
