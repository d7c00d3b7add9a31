/* pool/quarantine.h - payloads in whose company workers died.
 *
 * One strike: the payload runs alone, and is forgiven when that goes well. Two: it does not run again. Both are
 * forgotten after ten minutes, when the table is full (the oldest first), and when new rulesets go live.
 *
 * Threads: one owner. Errors: none. Privacy: a payload is remembered by a hash under a key that never leaves the
 * process, so the table tells nobody what it said.
 */
#ifndef POOL_QUARANTINE_H
#define POOL_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/span.h"

#define QUARANTINE_ENTRIES 256
#define QUARANTINE_STRIKES 2
#define QUARANTINE_NS (600 * UINT64_C(1000000000))

struct quarantine {
    struct hash key;
    unsigned count;
    struct quarantine_entry {
        uint64_t hash;
        uint64_t until_ns;
        unsigned strikes;
    } entries[QUARANTINE_ENTRIES];
};

void quarantine_init(struct quarantine *quarantine);
void quarantine_clear(struct quarantine *quarantine);

/* Of a payload without the parts of it that differ when a client sends it again: its id, the time that is left. Where
 * they stand and how long they are does not count. Either may be empty. */
struct quarantine_left_out {
    struct slice id, time;
};
uint64_t quarantine_hash(const struct quarantine *quarantine, struct slice payload,
                         const struct quarantine_left_out *left_out);

/* Strikes so far, 0 for most. Cheap while the table is empty: ask quarantine_is_empty first and save the hash. */
unsigned quarantine_strikes(struct quarantine *quarantine, uint64_t hash, uint64_t now_ns);
/* Adds a strike and says how many there are. */
unsigned quarantine_strike(struct quarantine *quarantine, uint64_t hash, uint64_t now_ns);

/* It ran alone and did no harm: somebody else killed the worker. */
void quarantine_forgive(struct quarantine *quarantine, uint64_t hash);

static inline bool
quarantine_is_empty(const struct quarantine *quarantine)
{
    return quarantine->count == 0;
}

#endif
