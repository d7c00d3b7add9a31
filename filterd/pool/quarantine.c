#include "pool/quarantine.h"

#include "base/assert.h"

void
quarantine_init(struct quarantine *quarantine)
{
    hash_random_key(&quarantine->key);
    quarantine->count = 0;
}

void
quarantine_clear(struct quarantine *quarantine)
{
    quarantine->count = 0;
}

uint64_t
quarantine_hash(const struct quarantine *quarantine, struct slice payload, struct slice left_out)
{
    if (left_out.bytes == 0)
        return hash_keyed(&quarantine->key, payload);
    ASSERT(left_out.data >= payload.data && left_out.data + left_out.bytes <= payload.data + payload.bytes);
    const size_t before = (size_t)(left_out.data - payload.data);
    const uint64_t parts[3] = {
        hash_keyed(&quarantine->key, (struct slice){payload.data, before}),
        hash_keyed(&quarantine->key,
                   (struct slice){left_out.data + left_out.bytes, payload.bytes - before - left_out.bytes}),
        before,
    };
    return hash_keyed(&quarantine->key, (struct slice){(const uint8_t *)parts, sizeof parts});
}

static struct quarantine_entry *
find(struct quarantine *quarantine, uint64_t hash, uint64_t now_ns)
{
    for (unsigned i = 0; i < quarantine->count; i++) {
        struct quarantine_entry *entry = &quarantine->entries[i];
        if (entry->hash != hash)
            continue;
        if (now_ns < entry->until_ns)
            return entry;
        *entry = quarantine->entries[--quarantine->count];
        return NULL;
    }
    return NULL;
}

unsigned
quarantine_strikes(struct quarantine *quarantine, uint64_t hash, uint64_t now_ns)
{
    const struct quarantine_entry *entry = find(quarantine, hash, now_ns);

    return entry ? entry->strikes : 0;
}

static struct quarantine_entry *
oldest(struct quarantine *quarantine)
{
    struct quarantine_entry *best = &quarantine->entries[0];

    for (unsigned i = 1; i < quarantine->count; i++)
        if (quarantine->entries[i].until_ns < best->until_ns)
            best = &quarantine->entries[i];
    return best;
}

unsigned
quarantine_strike(struct quarantine *quarantine, uint64_t hash, uint64_t now_ns)
{
    struct quarantine_entry *entry = find(quarantine, hash, now_ns);

    if (!entry) {
        entry = quarantine->count < QUARANTINE_ENTRIES ? &quarantine->entries[quarantine->count++] : oldest(quarantine);
        *entry = (struct quarantine_entry){.hash = hash};
    }
    entry->until_ns = now_ns + QUARANTINE_NS;
    return ++entry->strikes;
}

void
quarantine_forgive(struct quarantine *quarantine, uint64_t hash)
{
    for (unsigned i = 0; i < quarantine->count; i++)
        if (quarantine->entries[i].hash == hash) {
            quarantine->entries[i] = quarantine->entries[--quarantine->count];
            return;
        }
}
