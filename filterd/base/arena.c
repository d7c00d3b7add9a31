#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define ARENA_RED_ZONE_BYTES 32 /* between allocations, so that an overflow is seen */
#define POISON(at, bytes) ASAN_POISON_MEMORY_REGION(at, bytes)
#define UNPOISON(at, bytes) ASAN_UNPOISON_MEMORY_REGION(at, bytes)
#else
#define ARENA_RED_ZONE_BYTES 0
#define POISON(at, bytes) ((void)(at), (void)(bytes))
#define UNPOISON(at, bytes) ((void)(at), (void)(bytes))
#endif

struct arena {
    uint8_t *base;
    size_t capacity_bytes; /* a multiple of the page size */
    size_t used_bytes;     /* always a multiple of ARENA_ALIGN_BYTES */
    size_t newest_at;      /* where the newest allocation begins */
};

static size_t
round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

enum status
arena_create(size_t capacity_bytes, struct arena **arena_out)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

    if (capacity_bytes == 0 || capacity_bytes > SIZE_MAX / 2)
        return STATUS_TOO_LARGE;
    struct arena *arena = malloc(sizeof(*arena));
    if (arena == NULL)
        return STATUS_NO_MEMORY;
    arena->capacity_bytes = round_up(capacity_bytes, page_bytes);
    arena->used_bytes = 0;
    arena->newest_at = 0;
    arena->base =
        mmap(NULL, arena->capacity_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (arena->base == MAP_FAILED) {
        free(arena);
        return STATUS_NO_MEMORY;
    }
    /* A core dump must not hold a citizen's text. Kernels without the flag dump it; nothing else we could do. */
    (void)madvise(arena->base, arena->capacity_bytes, MADV_DONTDUMP);
    POISON(arena->base, arena->capacity_bytes);
    *arena_out = arena;
    return STATUS_OK;
}

void
arena_destroy(struct arena **arena)
{
    if (arena == NULL || *arena == NULL)
        return;
    arena_reset(*arena);
    UNPOISON((*arena)->base, (*arena)->capacity_bytes);
    munmap((*arena)->base, (*arena)->capacity_bytes);
    free(*arena);
    *arena = NULL;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
    size_t free_bytes = arena->capacity_bytes - arena->used_bytes;

    if (bytes > free_bytes)
        return NULL;
    /* An empty allocation takes a unit too: its pointer must be valid and no one else's. */
    size_t taken = round_up((bytes > 0 ? bytes : 1) + ARENA_RED_ZONE_BYTES, ARENA_ALIGN_BYTES);
    if (taken > free_bytes)
        return NULL;
    arena->newest_at = arena->used_bytes;
    arena->used_bytes += taken;
    UNPOISON(arena->base + arena->newest_at, bytes);
    return arena->base + arena->newest_at;
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t bytes)
{
    size_t total;

    if (__builtin_mul_overflow(count, bytes, &total))
        return NULL;
    return arena_alloc(arena, total);
}

void
arena_trim(struct arena *arena, void *newest, size_t bytes)
{
    ASSERT(newest == arena->base + arena->newest_at);
    size_t taken = round_up((bytes > 0 ? bytes : 1) + ARENA_RED_ZONE_BYTES, ARENA_ALIGN_BYTES);
    ASSERT(taken <= arena->used_bytes - arena->newest_at);
    POISON(arena->base + arena->newest_at + bytes, arena->used_bytes - arena->newest_at - bytes);
    arena->used_bytes = arena->newest_at + taken;
}

void
arena_reset(struct arena *arena)
{
    UNPOISON(arena->base, arena->used_bytes);
    explicit_bzero(arena->base, arena->used_bytes);
    POISON(arena->base, arena->used_bytes);
    arena->used_bytes = 0;
    arena->newest_at = 0;
}

size_t
arena_used_bytes(const struct arena *arena)
{
    return arena->used_bytes;
}
