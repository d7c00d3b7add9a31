#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/hash.h"

#define MIN_SLOTS 16

/* 16 bytes: four slots in a cache line, so that an absent key is told by hash bits alone. */
struct slot {
    uint32_t hash; /* upper half of hash_fast(); the lower half chooses the place */
    uint32_t key_at;
    uint32_t key_bytes;
    uint32_t value; /* TABLE_NONE = empty */
};

struct table {
    struct slot *slots;
    size_t slot_count; /* a power of two, at least twice `count` */
    size_t count;
    uint8_t *keys;
    size_t keys_bytes;
    size_t keys_capacity;
};

static struct slot *
make_slots(size_t count)
{
    struct slot *slots = aligned_alloc(64, count * sizeof(*slots));

    for (size_t i = 0; slots != NULL && i < count; i++)
        slots[i] = (struct slot){.value = TABLE_NONE};
    return slots;
}

enum status
table_create(size_t expected_keys, struct table **table_out)
{
    size_t slot_count = MIN_SLOTS;

    if (expected_keys > UINT32_MAX / 4)
        return STATUS_NO_MEMORY;
    while (slot_count < expected_keys * 2)
        slot_count *= 2;
    struct table *table = calloc(1, sizeof(*table));
    if (table == NULL)
        return STATUS_NO_MEMORY;
    table->slots = make_slots(slot_count);
    table->slot_count = slot_count;
    if (table->slots == NULL) {
        table_destroy(&table);
        return STATUS_NO_MEMORY;
    }
    *table_out = table;
    return STATUS_OK;
}

void
table_destroy(struct table **table)
{
    if (table == NULL || *table == NULL)
        return;
    free((*table)->slots);
    free((*table)->keys);
    free(*table);
    *table = NULL;
}

/* The slot that holds `key`, or the empty one where it belongs. */
static struct slot *
find(const struct table *table, struct slice key, uint64_t hash)
{
    size_t mask = table->slot_count - 1;
    size_t at = hash & mask;

    for (;; at = (at + 1) & mask) {
        struct slot *slot = &table->slots[at];
        if (slot->value == TABLE_NONE)
            return slot;
        if (slot->hash == (uint32_t)(hash >> 32) && slot->key_bytes == key.bytes &&
            (key.bytes == 0 || memcmp(table->keys + slot->key_at, key.data, key.bytes) == 0)) {
            return slot;
        }
    }
}

static enum status
grow_slots(struct table *table)
{
    struct table bigger = *table;

    bigger.slot_count *= 2;
    bigger.slots = make_slots(bigger.slot_count);
    if (bigger.slots == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < table->slot_count; i++) {
        const struct slot *old = &table->slots[i];
        if (old->value != TABLE_NONE) {
            struct slice key = {table->keys + old->key_at, old->key_bytes};
            *find(&bigger, key, hash_fast(key)) = *old;
        }
    }
    free(table->slots);
    *table = bigger;
    return STATUS_OK;
}

static enum status
reserve_key(struct table *table, size_t bytes)
{
    size_t needed;

    if (__builtin_add_overflow(table->keys_bytes, bytes, &needed) || needed > UINT32_MAX)
        return STATUS_NO_MEMORY;
    if (needed <= table->keys_capacity && table->keys != NULL)
        return STATUS_OK;
    size_t capacity = needed < 256 ? 512 : needed * 2;
    uint8_t *keys = realloc(table->keys, capacity);
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    table->keys = keys;
    table->keys_capacity = capacity;
    return STATUS_OK;
}

enum status
table_put(struct table *table, struct slice key, uint32_t value)
{
    uint64_t hash = hash_fast(key);

    ASSERT(value != TABLE_NONE);
    if (find(table, key, hash)->value != TABLE_NONE)
        return STATUS_INVALID;
    if (reserve_key(table, key.bytes) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if ((table->count + 1) * 2 > table->slot_count && grow_slots(table) != STATUS_OK)
        return STATUS_NO_MEMORY;
    *find(table, key, hash) = (struct slot){.hash = (uint32_t)(hash >> 32),
                                            .key_at = (uint32_t)table->keys_bytes,
                                            .key_bytes = (uint32_t)key.bytes,
                                            .value = value};
    if (key.bytes > 0)
        memcpy(table->keys + table->keys_bytes, key.data, key.bytes);
    table->keys_bytes += key.bytes;
    table->count++;
    return STATUS_OK;
}

uint32_t
table_get(const struct table *table, struct slice key)
{
    return find(table, key, hash_fast(key))->value;
}

size_t
table_count(const struct table *table)
{
    return table->count;
}
