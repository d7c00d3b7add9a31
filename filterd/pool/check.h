/* pool/check.h - compiling in children that may die: what an operator wrote is tried there first.
 *
 * A child has CHECK_CPU_S of CPU and CHECK_MEMORY_BYTES of address space; its limits die with it. What it compiles
 * stays in the store, so that building the same again in the parent costs little.
 *
 * Threads: fork from a process with one thread. Errors: what the child says, or STATUS_BUDGET with a fault when it
 * died.
 */
#ifndef POOL_CHECK_H
#define POOL_CHECK_H

#include <stddef.h>

#include "base/fault.h"
#include "base/status.h"
#include "pool/load.h"

#define CHECK_CPU_S 10
#define CHECK_MEMORY_BYTES (1024ull << 20)

enum check_depth {
    CHECK_BUILD, /* its files compile */
    CHECK_CASES  /* and its cases come out as cases.csv says */
};

struct check_report {
    enum status status; /* STATUS_INVALID also when cases fail */
    unsigned passed, failed;
    struct fault fault; /* empty when status is STATUS_OK */
};

struct check_job {
    const struct city_files *files;
    struct check_report report; /* filled */
};

/* Compiles what all cities share, in a child. */
STATUS_CHECKED enum status check_common(const struct places *places, const char *store_dir, struct fault *fault);

/* Checks every job in a child of its own, `at_once` of them side by side. */
void check_cities(struct load *load, struct check_job *jobs, size_t count, enum check_depth depth,
                  size_t max_text_bytes, unsigned at_once);

#endif
