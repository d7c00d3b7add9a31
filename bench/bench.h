/* bench/bench.h - what the bench programs share: texts, dictionaries, clocks.
 *
 * Threads: single-threaded programs. Errors: none is returned; a program that cannot go on says why and exits 2.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"
#include "pool/load.h"

struct texts {
    struct slice *items; /* lines without the line break; at least 64 readable bytes follow each */
    size_t count;
    size_t bytes; /* of all items */
    struct buffer file;
};

/* One text per line of the file. */
void texts_read(const char *path, struct texts *texts_out);
void texts_fini(struct texts *texts);

/* A dictionary directory, compiled; `city` becomes a ruleset of it. */
struct load *bench_load(const char *dir);
const struct ruleset *bench_city(struct load *load, const char *city);

uint64_t wall_ns(void);
uint64_t cpu_ns(void); /* of this process */

__attribute__((noreturn, format(printf, 1, 2))) void bench_fail(const char *format, ...);

#endif
