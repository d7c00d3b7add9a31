/* serve/requests.h - the requests under way: bounded in number and bytes, each with its deadline.
 *
 * A request has one slot from its arrival until its reply is sent and no worker holds it any more. Slots never move.
 * A slot stands in at most one list, which must not move either. Deadlines stand in a wheel of REQUESTS_TICK_NS, so
 * that adding and ending a request costs the same however many there are.
 *
 * Threads: one owner. Errors: STATUS_BUDGET when the bounds are reached.
 */
#ifndef SERVE_REQUESTS_H
#define SERVE_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "serve/router.h"
#include "wire/envelope.h"

#define REQUESTS_TICK_SHIFT 22 /* 4.2 ms */
#define REQUESTS_TICK_NS (UINT64_C(1) << REQUESTS_TICK_SHIFT)
#define REQUESTS_WHEEL_SLOTS 2048 /* 8.6 s: above the longest deadline */
#define REQUESTS_WHEEL_NS (REQUESTS_WHEEL_SLOTS * REQUESTS_TICK_NS)

struct fair_node;
struct request_list;

struct request {
    struct parts parts;
    struct envelope envelope; /* slices of parts.payload */
    uint64_t ticket;          /* names the slot and this use of it; above 0 */
    uint64_t arrived_ns;
    uint64_t deadline_ns;
    size_t bytes;
    uint64_t hash;          /* of the payload (pool/quarantine.h), once it is answered while a worker holds it */
    uint32_t work;          /* what it costs, as far as it can be told (serve/limits.h) */
    struct fair_node *flow; /* whose turn it waits for (serve/fair.h); NULL = none */
    unsigned *outstanding;  /* of its client: one less when it ends; NULL = nobody counts */
    struct request_list *list;
    struct request *previous, *next;          /* in it */
    struct request *wheel_next, **wheel_link; /* link NULL = not in the wheel */
    bool is_suspect;                          /* was in work when a worker died: runs alone */
    bool is_in_hand;                          /* a worker has it */
    bool is_answered;                         /* its reply is sent, but a worker still holds it */
};

struct request_list { /* zero = empty */
    struct request *head, *last;
    size_t count;
};

struct requests;

STATUS_CHECKED enum status requests_create(size_t capacity, struct requests **requests_out);
void requests_destroy(struct requests **requests); /* releases the parts of all */

/* The slot that the next request is received into. There is always one. */
struct request *requests_spare(struct requests *requests);
/* Keeps the spare, received and with its envelope read, as a request under way. STATUS_BUDGET when `max_bytes` or the
 * number of slots would be exceeded: the caller answers the spare then. */
STATUS_CHECKED enum status requests_keep(struct requests *requests, size_t max_bytes, uint64_t now_ns,
                                         uint64_t deadline_ns);
/* Its reply is sent and no worker holds it; it is in no list. */
void requests_end(struct requests *requests, struct request *request);
/* NULL when the ticket is none of those under way. */
struct request *requests_find(const struct requests *requests, uint64_t ticket);

/* Takes a request whose deadline has passed out of the wheel; NULL when there is none (any more). */
struct request *requests_expired(struct requests *requests, uint64_t now_ns);

size_t requests_count(const struct requests *requests);
size_t requests_bytes(const struct requests *requests);

void request_list_push(struct request_list *list, struct request *request);
struct request *request_list_pop(struct request_list *list); /* NULL when empty */
void request_list_remove(struct request *request);           /* from the list it stands in */

#endif
