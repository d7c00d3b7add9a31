/* base/arena.h - memory of one message: allocated in order, released and wiped at once.
 *
 * Reserves address space once; pages are touched as they are used. arena_reset() wipes what was
 * handed out since the last reset, so no message's bytes outlive it here.
 * Threads: one owner. Errors: NULL when the arena is exhausted; the message is then TOO_LARGE.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/status.h"

#define ARENA_ALIGN_BYTES 16

struct arena;

STATUS_CHECKED enum status arena_create(size_t capacity_bytes, struct arena **arena_out);
void arena_destroy(struct arena **arena); /* wipes, frees, sets NULL; NULL is a no-op */

/* Uninitialised memory aligned to ARENA_ALIGN_BYTES, valid until the next reset. 0 bytes gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* The same for `count` things of `bytes` each; NULL also when the product overflows. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes);

/* Gives back the unused tail of the newest allocation, which then holds `bytes`. The tail must not have been written:
 * reset does not wipe it. */
void arena_trim(struct arena *arena, void *newest, size_t bytes);

void arena_reset(struct arena *arena);
size_t arena_used_bytes(const struct arena *arena);

#endif
