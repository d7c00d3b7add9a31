#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES (2u << 20)

void *
pages_alloc(size_t bytes)
{
    size_t unit = bytes >= PAGES_LARGE_BYTES ? LARGE_PAGE_BYTES : PAGES_LINE_BYTES;
    if (bytes > SIZE_MAX - unit)
        return NULL;
    bytes = (bytes + unit - 1) / unit * unit;
    void *memory = aligned_alloc(unit, bytes);
    if (memory != NULL && unit == LARGE_PAGE_BYTES)
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a wish: where it is refused, pages are small */
    return memory;
}
