/* bounds.h - what one input may cost, in processor time of its own and in memory on the heap. For one .c file.
 *
 * Processor time, so that a busy machine condemns nobody; an input without an end meets libFuzzer's -timeout. Arenas
 * are not on the heap: they have bounds of their own.
 */
#ifndef TESTS_FUZZ_BOUNDS_H
#define TESTS_FUZZ_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <sanitizer/allocator_interface.h>

#include "base/assert.h"

static struct bounds {
    bool is_counting;
    uint64_t began_ns;
    int64_t heap_bytes, peak_bytes; /* since it began; what was there before may be freed */
} bounds;

static void
bounds_of_malloc(const volatile void *at, size_t bytes)
{
    (void)at;
    if (!bounds.is_counting)
        return;
    bounds.heap_bytes += (int64_t)bytes;
    if (bounds.peak_bytes < bounds.heap_bytes)
        bounds.peak_bytes = bounds.heap_bytes;
}

static void
bounds_of_free(const volatile void *at)
{
    if (bounds.is_counting && at)
        bounds.heap_bytes -= (int64_t)__sanitizer_get_allocated_size(at);
}

static uint64_t
bounds_now_ns(void)
{
    struct timespec now;

    ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void
bounds_begin(void)
{
    static bool is_hooked;

    if (!is_hooked)
        ASSERT(__sanitizer_install_malloc_and_free_hooks(bounds_of_malloc, bounds_of_free) > 0);
    is_hooked = true;
    bounds = (struct bounds){.is_counting = true, .began_ns = bounds_now_ns()};
}

static inline void
bounds_end(uint64_t max_us, size_t max_heap_bytes)
{
    const uint64_t spent_ns = bounds_now_ns() - bounds.began_ns;

    bounds.is_counting = false;
    ASSERT(bounds.peak_bytes <= (int64_t)max_heap_bytes);
    ASSERT(spent_ns <= max_us * 1000);
}

#endif
