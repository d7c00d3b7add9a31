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
quarantine_hash(const struct quarantine *quarantine, struct slice payload, const struct quarantine_left_out *left_out)
{
    const bool id_is_first = left_out->id.data <= left_out->time.data;
    const struct slice holes[2] = {id_is_first ? left_out->id : left_out->time,
                                   id_is_first ? left_out->time : left_out->id};
    const uint8_t *at = payload.data, *end = payload.data + payload.bytes;
    uint64_t parts[3];
    unsigned count = 0;

    for (unsigned i = 0; i < 2; i++) {
        if (holes[i].bytes == 0)
            continue;
        ASSERT(holes[i].data >= at && holes[i].bytes <= (size_t)(end - holes[i].data));
        parts[count++] = hash_keyed(&quarantine->key, (struct slice){at, (size_t)(holes[i].data - at)});
        at = holes[i].data + holes[i].bytes;
    }
    parts[count++] = hash_keyed(&quarantine->key, (struct slice){at, (size_t)(end - at)});
    return hash_keyed(&quarantine->key, (struct slice){(const uint8_t *)parts, count * sizeof *parts});
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
