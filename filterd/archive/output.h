/* archive/output.h - where the lines go: standard output, or a file that appears only when it is complete.
 *
 * OUT is written as OUT.part and renamed over OUT at the end, so that nobody takes a part for the whole. Something that
 * is no regular file (a terminal, a FIFO, /dev/null) is written to directly.
 * Threads: one owner. Errors: STATUS_IO (errno kept), STATUS_TOO_LARGE for a path that is too long.
 */
#ifndef ARCHIVE_OUTPUT_H
#define ARCHIVE_OUTPUT_H

#include <stdbool.h>

#include "base/status.h"

#define OUTPUT_PATH_BYTES 4096

struct output {
    int fd;
    bool renames;
    char path[OUTPUT_PATH_BYTES];
    char part[OUTPUT_PATH_BYTES];
};

/* `path` NULL or "-" = standard output. */
STATUS_CHECKED enum status output_open(struct output *output, const char *path);
/* Makes it complete: on the disk, under its name. */
STATUS_CHECKED enum status output_commit(struct output *output);
/* Removes what was written, where it went to a file of its own. After a commit a no-op. */
void output_abandon(struct output *output);

#endif
