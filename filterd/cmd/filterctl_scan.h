/* cmd/filterctl_scan.h - one run of filterctl scan: what its options say.
 *
 * Threads: one. Errors: told the user.
 */
#ifndef CMD_FILTERCTL_SCAN_H
#define CMD_FILTERCTL_SCAN_H

#include "archive/checkpoint.h"
#include "archive/output.h"
#include "archive/run.h"
#include "cmd/filterctl.h"

#define SCAN_MAX_TOLD 64

struct scan {
    const struct call *call;
    struct inputs inputs;
    struct archive_options options;
    struct archive_result result;
    struct output output;
    enum action fail_on;
    struct checkpoint checkpoint; /* of the output, when it is one that can be gone on with */
    bool has_checkpoint, resume;
    double started, seconds, shown; /* CLOCK_MONOTONIC */
    uint64_t started_place, started_records;
    uint64_t told[SCAN_MAX_TOLD]; /* hashes of what was noted: each once */
    size_t told_count;
};

/* --- filterctl_scan_options.c --- */

/* False: told the user. The inputs are there and readable. */
bool scan_read_options(const struct call *call, struct scan *scan);
/* Reads --time-field, for verbs that ask when. False: told the user. */
bool scan_read_time(const struct call *call, struct archive_options *options);

/* --- filterctl_scan.c --- */

/* Runs the archive once and shows how far it is. False: told the user. */
bool scan_run(struct scan *scan);

/* --- filterctl_scan_output.c --- */

/* Opens the output, where asked to behind what an earlier run has written. False: told the user. */
bool scan_open_output(struct scan *scan);
/* A pool's archive_options.checkpoint. */
enum status scan_checkpoint(void *context, const struct archive_result *so_far);
/* Makes the output complete. False: told the user. */
bool scan_commit_output(struct scan *scan);
const char *scan_output_name(const struct call *call);
int scan_complain_output(const struct call *call, enum status status);

#endif
