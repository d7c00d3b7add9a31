/* pool/check.h - compiling in children that may die: what an operator wrote is tried there first.
 *
 * A child has CHECK_CPU_S of CPU (CHECK_COMMON_CPU_S for what all cities share) and CHECK_MEMORY_BYTES beyond what it
 * was forked with; its limits die with it. What it compiles stays in the store, so that building the same again in the
 * parent costs little.
 *
 * Threads: fork from a process with one thread. Errors: what the child says, or STATUS_BUDGET with a fault when it
 * died: file, line and rule of what it was compiling then.
 */
#ifndef POOL_CHECK_H
#define POOL_CHECK_H

#include <stddef.h>

#include "base/fault.h"
#include "base/status.h"
#include "pool/load.h"

#define CHECK_CPU_S 10
#define CHECK_COMMON_CPU_S 40 /* it takes 4 s by itself, twice that beside a busy neighbour on the same core */
#define CHECK_MEMORY_BYTES (1024ull << 20)
#define CHECK_BATCH 32

enum check_depth {
    CHECK_BUILD, /* its files compile */
    CHECK_CASES  /* and its cases come out as cases.csv says */
};

struct check_report {
    enum status status; /* STATUS_INVALID also when cases fail */
    unsigned passed, failed;
    char common[HASH_HEX_BYTES]; /* see check_common */
    struct fault fault;          /* empty when status is STATUS_OK */
};

struct check_job {
    const struct city_files *files;
    struct check_report report; /* filled */
};

struct common_check {
    const struct places *places;
    const char *store_dir;   /* NULL = what is compiled is thrown away */
    const char *history_dir; /* where a copy of good files is kept (pool/history.h); NULL = nowhere */
    unsigned cpu_s;          /* 0 = CHECK_COMMON_CPU_S */
};

/* Compiles what all cities share, in a child. `kept_out` (may be NULL): hash of the common whose files are in the
 * history now, "" when they are not. */
STATUS_CHECKED enum status check_common(const struct common_check *check, char kept_out[HASH_HEX_BYTES],
                                        struct fault *fault);

/* Checks CHECK_BATCH cities in one child, `at_once` children side by side: forking costs more than most cities. The
 * rest of a batch whose child dies has a child for each, so that a city is stopped by its own cost and named, and costs
 * no other its answer. */
void check_cities(const struct load *load, struct check_job *jobs, size_t count, enum check_depth depth,
                  size_t max_text_bytes, unsigned at_once);

#endif
