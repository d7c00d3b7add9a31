#include "serve/requests.h"

#include <stdlib.h>

#include "base/assert.h"

#define INDEX_BITS 20

struct requests {
    size_t capacity; /* without the spare */
    size_t count;
    size_t bytes;
    uint64_t tick; /* the wheel is empty before it */
    struct request *spare;
    struct request *free;
    struct request *wheel[REQUESTS_WHEEL_SLOTS];
    struct request slots[];
};

/* --- lists -------------------------------------------------------------------------------------------------------- */

void
request_list_push(struct request_list *list, struct request *request)
{
    request->list = list;
    request->previous = list->last;
    request->next = NULL;
    *(list->last ? &list->last->next : &list->head) = request;
    list->last = request;
    list->count++;
}

void
request_list_remove(struct request *request)
{
    struct request_list *list = request->list;

    ASSERT(list);
    *(request->previous ? &request->previous->next : &list->head) = request->next;
    *(request->next ? &request->next->previous : &list->last) = request->previous;
    request->list = NULL;
    list->count--;
}

struct request *
request_list_pop(struct request_list *list)
{
    struct request *request = list->head;

    if (request)
        request_list_remove(request);
    return request;
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

static uint64_t
first_ticket(size_t index)
{
    return (UINT64_C(1) << INDEX_BITS) | index;
}

enum status
requests_create(size_t capacity, struct requests **requests_out)
{
    ASSERT(capacity > 0 && capacity < (1u << INDEX_BITS));
    struct requests *requests = calloc(1, sizeof *requests + (capacity + 1) * sizeof requests->slots[0]);

    if (!requests)
        return STATUS_NO_MEMORY;
    requests->capacity = capacity;
    requests->spare = &requests->slots[capacity];
    for (size_t i = 0; i <= capacity; i++)
        requests->slots[i].ticket = first_ticket(i);
    for (size_t i = capacity; i-- > 0;) {
        requests->slots[i].next = requests->free;
        requests->free = &requests->slots[i];
    }
    *requests_out = requests;
    return STATUS_OK;
}

void
requests_destroy(struct requests **requests)
{
    if (!*requests)
        return;
    for (size_t i = 0; i <= (*requests)->capacity; i++)
        if ((*requests)->slots[i].parts.count > 0)
            router_release(&(*requests)->slots[i].parts);
    free(*requests);
    *requests = NULL;
}

struct request *
requests_spare(struct requests *requests)
{
    return requests->spare;
}

static void
put_in_wheel(struct requests *requests, struct request *request)
{
    uint64_t tick = request->deadline_ns >> REQUESTS_TICK_SHIFT;

    if (tick < requests->tick)
        tick = requests->tick;
    ASSERT(tick - requests->tick < REQUESTS_WHEEL_SLOTS);
    struct request **head = &requests->wheel[tick % REQUESTS_WHEEL_SLOTS];
    request->wheel_next = *head;
    request->wheel_link = head;
    if (*head)
        (*head)->wheel_link = &request->wheel_next;
    *head = request;
}

/* Its deadline counts no longer. */
static void
untime(struct request *request)
{
    if (!request->wheel_link)
        return;
    *request->wheel_link = request->wheel_next;
    if (request->wheel_next)
        request->wheel_next->wheel_link = request->wheel_link;
    request->wheel_link = NULL;
}

enum status
requests_keep(struct requests *requests, size_t max_bytes, uint64_t now_ns, uint64_t deadline_ns)
{
    struct request *request = requests->spare;
    const size_t bytes = request->parts.payload.bytes;

    if (!requests->free || bytes > max_bytes || requests->bytes > max_bytes - bytes)
        return STATUS_BUDGET;
    /* With nothing under way the wheel stood still. */
    if (requests->count == 0)
        requests->tick = now_ns >> REQUESTS_TICK_SHIFT;
    requests->spare = requests->free;
    requests->free = requests->free->next;
    requests->count++;
    requests->bytes += bytes;
    request->bytes = bytes;
    request->arrived_ns = now_ns;
    request->deadline_ns = deadline_ns;
    request->is_suspect = request->is_in_hand = request->is_answered = false;
    request->flow = NULL;
    request->list = NULL;
    request->outstanding = NULL;
    put_in_wheel(requests, request);
    return STATUS_OK;
}

void
requests_end(struct requests *requests, struct request *request)
{
    untime(request);
    if (request->parts.count > 0)
        router_release(&request->parts);
    if (request->outstanding)
        --*request->outstanding;
    requests->count--;
    requests->bytes -= request->bytes;
    request->ticket += UINT64_C(1) << INDEX_BITS;
    request->next = requests->free;
    requests->free = request;
}

struct request *
requests_find(const struct requests *requests, uint64_t ticket)
{
    const size_t index = ticket & ((1u << INDEX_BITS) - 1);

    if (index > requests->capacity || requests->slots[index].ticket != ticket)
        return NULL;
    return (struct request *)(uintptr_t)&requests->slots[index];
}

struct request *
requests_expired(struct requests *requests, uint64_t now_ns)
{
    const uint64_t now_tick = now_ns >> REQUESTS_TICK_SHIFT;

    if (requests->count == 0)
        return NULL;
    for (; requests->tick < now_tick; requests->tick++) {
        struct request *request = requests->wheel[requests->tick % REQUESTS_WHEEL_SLOTS];
        if (!request)
            continue;
        untime(request);
        return request;
    }
    return NULL;
}

size_t
requests_count(const struct requests *requests)
{
    return requests->count;
}

size_t
requests_bytes(const struct requests *requests)
{
    return requests->bytes;
}
