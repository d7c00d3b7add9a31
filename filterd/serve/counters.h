/* serve/counters.h - what the front counts: one row each in serve/counters.def.
 *
 * One shared page that outlives the front: written by the front alone, read by the supervisor.
 */
#ifndef SERVE_COUNTERS_H
#define SERVE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

struct counters {
#define COUNTER(name, sentence) _Atomic uint64_t name;
#include "serve/counters.def"
#undef COUNTER
    _Atomic uint64_t beats; /* turns of the front, which has one every FRONT_BEAT_MS at least */
};

/* One writer: a plain load and store is enough, and cheaper than an atomic addition. */
#define COUNT_ADD(counters, name, amount)                                                                              \
    atomic_store_explicit(&(counters)->name, atomic_load_explicit(&(counters)->name, memory_order_relaxed) + (amount), \
                          memory_order_relaxed)
#define COUNT(counters, name) COUNT_ADD(counters, name, 1)
#define COUNT_SET(counters, name, amount) atomic_store_explicit(&(counters)->name, (amount), memory_order_relaxed)

#endif
