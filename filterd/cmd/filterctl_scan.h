/* cmd/filterctl_scan.h - one run of filterctl scan: what its options say.
 *
 * Threads: one. Errors: told the user.
 */
#ifndef CMD_FILTERCTL_SCAN_H
#define CMD_FILTERCTL_SCAN_H

#include "archive/output.h"
#include "archive/run.h"
#include "cmd/filterctl.h"

#define SCAN_MAX_TOLD 64

struct shard {
    unsigned index, count; /* count 0 = not asked for */
};

struct scan {
    const struct call *call;
    struct inputs inputs;
    struct archive_options options;
    struct archive_result result;
    struct output output;
    enum action fail_on;
    struct shard shard;
    bool resume;
    double started, seconds, shown; /* CLOCK_MONOTONIC */
    uint64_t told[SCAN_MAX_TOLD];   /* hashes of what was noted: each once */
    size_t told_count;
};

/* --- filterctl_scan_options.c --- */

/* False: told the user. The inputs are there and readable. */
bool scan_read_options(const struct call *call, struct scan *scan);

#endif
