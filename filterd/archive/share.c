#include "archive/share.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SLOTS (1u << 22) /* 64 MB of address space for each table; pages are taken as they are used */
#define MOST_USED (SLOTS / 4 * 3)
#define DIFFERS UINT64_MAX

struct slot {
    uint64_t hash; /* 0 = free */
    uint64_t value;
};

struct table_of {
    struct slot *slots;
    size_t used;
};

struct share_counts {
    struct table_of facts;   /* value: how many */
    struct table_of senders; /* value: the combination, or DIFFERS */
};

static bool
open_table(struct table_of *table)
{
    void *room = mmap(NULL, SLOTS * sizeof(struct slot), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    table->slots = room == MAP_FAILED ? NULL : room;
    return table->slots != NULL;
}

static void
close_table(struct table_of *table)
{
    if (table->slots != NULL)
        munmap(table->slots, SLOTS * sizeof(struct slot));
}

enum status
share_begin(struct share *share)
{
    hash_random_key(&share->key);
    secret_random_key(&share->link_key);
    share->counts = calloc(1, sizeof *share->counts);
    if (share->counts == NULL || !open_table(&share->counts->facts) || !open_table(&share->counts->senders))
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

void
share_fini(struct share *share)
{
    secret_wipe(&share->key, sizeof share->key);
    secret_wipe(&share->link_key, sizeof share->link_key);
    if (share->counts == NULL)
        return;
    close_table(&share->counts->facts);
    close_table(&share->counts->senders);
    free(share->counts);
    share->counts = NULL;
}

/* Its slot, or the free one where it would be. */
static struct slot *
slot_of(const struct table_of *table, uint64_t hash)
{
    size_t at = hash % SLOTS;

    while (table->slots[at].hash != 0 && table->slots[at].hash != hash)
        at = (at + 1) % SLOTS;
    return &table->slots[at];
}

/* NULL: the table is full. A new slot's value is 0. */
static struct slot *
take_slot(struct table_of *table, uint64_t hash)
{
    struct slot *slot = slot_of(table, hash);

    if (slot->hash == 0) {
        if (table->used == MOST_USED)
            return NULL;
        table->used++;
        slot->hash = hash;
    }
    return slot;
}

static void
count_fact(struct share *share, uint64_t hash)
{
    struct slot *slot = take_slot(&share->counts->facts, hash);

    if (slot != NULL)
        slot->value++;
}

/* Whether the sender is new to this combination. A sender whose records differ stands for none. */
static bool
note_sender(struct share *share, uint64_t sender, uint64_t combination)
{
    struct slot *slot = take_slot(&share->counts->senders, sender);

    if (slot == NULL || slot->value == combination)
        return false;
    if (slot->value != 0) {
        slot->value = DIFFERS;
        return false;
    }
    slot->value = combination;
    return true;
}

uint64_t
share_count(const struct share *share, uint64_t hash)
{
    return slot_of(&share->counts->facts, hash)->value;
}

bool
share_is_described(const struct share *share, uint64_t sender)
{
    const struct slot *slot = slot_of(&share->counts->senders, sender);

    return slot->hash == 0 || slot->value == DIFFERS;
}

/* --- what workers write ------------------------------------------------------------------------------------------- */

/* Sixteen hexadecimal digits and one of " \n". */
static bool
take_hash(struct slice *rest, uint64_t *hash_out)
{
    *hash_out = 0;
    if (rest->bytes < 17)
        return false;
    for (size_t i = 0; i < 16; i++) {
        uint8_t digit = rest->data[i];

        if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f')))
            return false;
        *hash_out = *hash_out << 4 | (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    *rest = (struct slice){rest->data + 17, rest->bytes - 17};
    return *hash_out != 0;
}

/* "combination sender fact fact …": sender 0…01 where nobody is linked. */
static enum status
add_line(struct share *share, struct slice line)
{
    uint64_t combination, sender, fact;

    if (line.bytes > 0 && line.data[0] == '{')
        return STATUS_OK; /* a record that nobody could look into */
    if (!take_hash(&line, &combination) || !take_hash(&line, &sender))
        return STATUS_INVALID;
    if (share->links && !note_sender(share, sender, combination))
        return STATUS_OK;
    count_fact(share, combination);
    while (line.bytes > 0) {
        if (!take_hash(&line, &fact))
            return STATUS_INVALID;
        count_fact(share, fact);
    }
    return STATUS_OK;
}

enum status
share_add(struct share *share, struct slice lines)
{
    enum status status = STATUS_OK;

    while (lines.bytes > 0 && status == STATUS_OK) {
        const uint8_t *end = memchr(lines.data, '\n', lines.bytes);
        size_t bytes = end == NULL ? lines.bytes : (size_t)(end - lines.data) + 1;

        status = add_line(share, (struct slice){lines.data, bytes});
        lines = (struct slice){lines.data + bytes, lines.bytes - bytes};
    }
    return status;
}

void
share_policy(const char *id, struct buffer *out)
{
    buffer_appendf(out,
                   "format: 1\nid: %s\nname: share\nmode: enforce\nnames: thorough\ncomposite: on\nclauses:\n"
                   "  - id: \"share\"\n    cite: \"share\"\n    heading: share\n    covers: [personal_data]\n"
                   "    action: redact\n",
                   id);
}
