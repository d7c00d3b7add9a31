/* archive/output.h - where the lines go: standard output, or a file that appears only when it is complete.
 *
 * OUT is written as OUT.part and renamed over OUT at the end, so that nobody takes a part for the whole. Something that
 * is no regular file (a terminal, a FIFO, /dev/null) is written to directly.
 * A run that was stopped leaves OUT.part, which another run can go on with (archive/checkpoint.h). Two runs never write
 * to one OUT.part: the second one is refused.
 * Threads: one owner. Errors: STATUS_BUDGET = another run is writing it; STATUS_IO (errno kept), STATUS_TOO_LARGE for a
 * path that is too long.
 */
#ifndef ARCHIVE_OUTPUT_H
#define ARCHIVE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define OUTPUT_PATH_BYTES 4096

struct output {
    int fd;
    bool renames;
    bool keeps; /* the part is left where it is when the run fails */
    char path[OUTPUT_PATH_BYTES];
    char part[OUTPUT_PATH_BYTES];
};

/* `path` NULL or "-" = standard output. */
STATUS_CHECKED enum status output_open(struct output *output, const char *path);
/* Goes on with OUT.part behind its first `bytes`; what follows is cut off. STATUS_NOT_FOUND: it has fewer. */
STATUS_CHECKED enum status output_reopen(struct output *output, const char *path, uint64_t bytes);
/* What was written is on the disk. */
STATUS_CHECKED enum status output_sync(struct output *output);
/* Makes it complete: on the disk, under its name. */
STATUS_CHECKED enum status output_commit(struct output *output);
/* Removes what was written, where it went to a file of its own. After a commit a no-op. */
void output_abandon(struct output *output);

#endif
