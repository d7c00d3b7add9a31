#include "serve/fair.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* Clients and flows come from one pool. A flow lives while something waits in it; a client until its place is wanted.
 */
struct fair {
    struct fair_node root;
    struct fair_node *free;
    struct fair_node *idle_first, *idle_last; /* clients outside the round, the longest idle first */
    uint64_t active_shares;                   /* of clients for which something waits */
    size_t buckets;                           /* a power of two */
    struct fair_node **by_key;
    struct fair_node nodes[];
};

enum status
fair_create(size_t max_requests, struct fair **fair_out)
{
    const size_t nodes = 2 * (max_requests + 1);
    struct fair *fair = calloc(1, sizeof *fair + nodes * sizeof fair->nodes[0]);

    if (!fair)
        return STATUS_NO_MEMORY;
    for (fair->buckets = 16; fair->buckets < nodes;)
        fair->buckets *= 2;
    fair->by_key = calloc(fair->buckets, sizeof *fair->by_key);
    if (!fair->by_key) {
        free(fair);
        return STATUS_NO_MEMORY;
    }
    for (size_t i = nodes; i-- > 0;) {
        fair->nodes[i].next = fair->free;
        fair->free = &fair->nodes[i];
    }
    *fair_out = fair;
    return STATUS_OK;
}

void
fair_destroy(struct fair **fair)
{
    if (!*fair)
        return;
    free((*fair)->by_key);
    free(*fair);
    *fair = NULL;
}

/* --- rounds ------------------------------------------------------------------------------------------------------- */

/* Behind all others: just before the one whose turn it is. */
static void
join_round(struct fair_node *node)
{
    struct fair_node *turn = node->parent->turn;

    node->is_in_round = true;
    if (!turn) {
        node->previous = node->next = node;
        node->parent->turn = node;
        return;
    }
    node->next = turn;
    node->previous = turn->previous;
    node->previous->next = node;
    turn->previous = node;
}

static void
leave_round(struct fair_node *node)
{
    struct fair_node *round = node->parent;

    node->is_in_round = false;
    if (node->next == node)
        round->turn = NULL;
    else if (round->turn == node)
        round->turn = node->next;
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->previous = node->next = NULL;
}

static void
become_idle(struct fair *fair, struct fair_node *client)
{
    client->credit = 0;
    client->next = NULL;
    client->previous = fair->idle_last;
    *(fair->idle_last ? &fair->idle_last->next : &fair->idle_first) = client;
    fair->idle_last = client;
}

static void
leave_idle(struct fair *fair, struct fair_node *client)
{
    *(client->previous ? &client->previous->next : &fair->idle_first) = client->next;
    *(client->next ? &client->next->previous : &fair->idle_last) = client->previous;
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

static struct fair_node **
bucket_of(struct fair *fair, const struct fair_node *parent, uint64_t key)
{
    const uint64_t mixed = (key ^ (uintptr_t)parent) * UINT64_C(0x9E3779B97F4A7C15);

    return &fair->by_key[(mixed >> 32) & (fair->buckets - 1)];
}

static void
forget(struct fair *fair, struct fair_node *node)
{
    struct fair_node **link = bucket_of(fair, node->parent, node->key);

    while (*link != node)
        link = &(*link)->same_hash;
    *link = node->same_hash;
    memset(node, 0, sizeof *node);
    node->next = fair->free;
    fair->free = node;
}

/* Fewer requests wait than there are pairs of nodes: when none is free, some client has nothing waiting. */
static void
make_room(struct fair *fair)
{
    struct fair_node *client = fair->idle_first;

    if (client) {
        leave_idle(fair, client);
    } else {
        for (client = fair->root.turn; client->work > 0;)
            client = client->next;
        leave_round(client);
    }
    forget(fair, client);
}

static struct fair_node *
find(struct fair *fair, struct fair_node *parent, uint64_t key)
{
    struct fair_node **head = bucket_of(fair, parent, key);

    for (struct fair_node *node = *head; node; node = node->same_hash)
        if (node->key == key && node->parent == parent)
            return node;
    return NULL;
}

static struct fair_node *
make(struct fair *fair, struct fair_node *parent, uint64_t key)
{
    if (!fair->free)
        make_room(fair);
    struct fair_node **head = bucket_of(fair, parent, key);
    struct fair_node *node = fair->free;
    fair->free = node->next;
    *node = (struct fair_node){.key = key, .parent = parent, .share = 1, .same_hash = *head};
    *head = node;
    return node;
}

struct fair_node *
fair_client(struct fair *fair, uint64_t key, unsigned share)
{
    struct fair_node *client = find(fair, &fair->root, key);

    ASSERT(share > 0 && share <= FAIR_MAX_SHARE);
    if (!client) {
        client = make(fair, &fair->root, key);
        become_idle(fair, client);
    }
    if (client->work > 0)
        fair->active_shares = fair->active_shares + share - client->share;
    client->share = share;
    return client;
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

/* With nothing waiting there is nobody to whom anything could be owed. */
static void
forgive_all(struct fair *fair)
{
    struct fair_node *client;

    while ((client = fair->root.turn)) {
        leave_round(client);
        become_idle(fair, client);
    }
}

void
fair_push(struct fair *fair, struct fair_node *client, uint64_t policy_key, struct request *request)
{
    ASSERT(request->work > 0);
    if (fair->root.work == 0)
        forgive_all(fair);
    if (!client->is_in_round) {
        leave_idle(fair, client);
        join_round(client);
    }
    struct fair_node *flow = find(fair, client, policy_key);
    if (!flow) {
        if (client->work == 0)
            fair->active_shares += client->share;
        client->work += request->work; /* before make(): its place must not be taken */
        flow = make(fair, client, policy_key);
        client->work -= request->work;
        join_round(flow);
    }
    request->flow = flow;
    request_list_push(&flow->waiting, request);
    for (struct fair_node *node = flow; node; node = node->parent)
        node->work += request->work;
}

void
fair_remove(struct fair *fair, struct request *request)
{
    struct fair_node *flow = request->flow;
    struct fair_node *client = flow->parent;

    request_list_remove(request);
    request->flow = NULL;
    for (struct fair_node *node = flow; node; node = node->parent)
        node->work -= request->work;
    if (flow->work == 0) {
        leave_round(flow);
        forget(fair, flow);
    }
    if (client->work == 0)
        fair->active_shares -= client->share;
}

static struct fair_node *
next_in_turn(struct fair *fair, struct fair_node *round)
{
    for (;;) {
        struct fair_node *child = round->turn;
        if (child->credit > 0 && child->work > 0)
            return child;
        if (child->work == 0 && child->credit >= 0) { /* a client that owes nothing */
            leave_round(child);
            become_idle(fair, child);
            continue;
        }
        child->credit += (int64_t)FAIR_QUANTUM * child->share;
        if (child->credit <= 0 || child->work == 0)
            round->turn = child->next;
    }
}

struct request *
fair_pop(struct fair *fair)
{
    if (fair->root.work == 0)
        return NULL;
    struct fair_node *client = next_in_turn(fair, &fair->root);
    struct fair_node *flow = next_in_turn(fair, client);
    struct request *request = flow->waiting.head;
    client->credit -= request->work;
    flow->credit -= request->work;
    if (client->credit <= 0)
        fair->root.turn = client->next;
    if (flow->credit <= 0)
        client->turn = flow->next;
    fair_remove(fair, request);
    return request;
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

struct request *
fair_heaviest(const struct fair *fair, const struct fair_node *client, uint32_t work)
{
    const struct fair_node *heaviest = NULL;
    const struct fair_node *at = fair->root.turn;

    do {
        if (at && (!heaviest || at->work * heaviest->share > heaviest->work * at->share))
            heaviest = at;
    } while (at && (at = at->next) != fair->root.turn);
    if (!heaviest || heaviest == client || heaviest->work * client->share <= (client->work + work) * heaviest->share)
        return NULL;
    const struct fair_node *flow = at = heaviest->turn;
    while ((at = at->next) != heaviest->turn)
        if (at->work > flow->work)
            flow = at;
    return flow->waiting.last;
}

uint64_t
fair_work_before(const struct fair *fair, const struct fair_node *client, uint32_t work)
{
    const uint64_t shares = fair->active_shares + (client->work == 0 ? client->share : 0);
    const uint64_t rounds = (client->work + work) * shares / client->share;
    const uint64_t all = fair->root.work + work;

    return rounds < all ? rounds : all;
}

uint64_t
fair_share(const struct fair *fair, const struct fair_node *client, uint64_t work)
{
    const uint64_t shares = fair->active_shares + (client->work == 0 ? client->share : 0);

    return work / shares * client->share;
}

uint64_t
fair_work(const struct fair *fair)
{
    return fair->root.work;
}
