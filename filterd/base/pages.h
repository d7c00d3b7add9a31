/* base/pages.h - memory for large tables that are read here and there, as every message does.
 *
 * From PAGES_LARGE_BYTES on they lie on pages as large as the machine gives: a processor keeps few addresses of pages,
 * and on small ones each look-up of such a table waits for another. Threads: none shared. Errors: NULL.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

#define PAGES_LARGE_BYTES (1u << 20)
#define PAGES_LINE_BYTES 64u /* what a processor reads at once */
#define PAGES_LINES(bytes) (((bytes) + PAGES_LINE_BYTES - 1) / PAGES_LINE_BYTES * PAGES_LINE_BYTES) /* rounded up */

/* Not zeroed, and begins a cache line; freed by free(). A large table takes up to 2 MiB more than asked for. */
void *pages_alloc(size_t bytes);

#endif
