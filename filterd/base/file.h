/* base/file.h - whole files in, whole files out.
 *
 * Errors: STATUS_NOT_FOUND, STATUS_TOO_LARGE, STATUS_IO (errno kept), STATUS_NO_MEMORY; STATUS_INVALID for a
 * path that is no regular file (a FIFO or device would block).
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buffer.h"
#include "base/status.h"

/* Appends the file's bytes to `buffer`. */
STATUS_CHECKED enum status file_read(const char *path, size_t max_bytes, struct buffer *buffer);

/* A large table: the file's bytes in memory of base/pages.h, freed by file_unload. Empty: INVALID. */
STATUS_CHECKED enum status file_load(const char *path, size_t max_bytes, struct slice *content_out);
void file_unload(struct slice *content); /* sets it empty; an empty one is a no-op */

/* All of it, however many calls that takes; waits where the descriptor does. STATUS_IO: errno says why. */
STATUS_CHECKED enum status file_write_all(int fd, struct slice content);

/* Writes beside `path`, fsyncs, renames over it, fsyncs the directory: readers see the old or the new file. */
STATUS_CHECKED enum status file_write_atomic(const char *path, unsigned mode, struct slice content);

/* What a person named as output: into a device, pipe or socket it is written as it comes (renaming over /dev/null would
 * take it from the machine); anything else as file_write_atomic does. Waits where nobody reads a pipe. */
STATUS_CHECKED enum status file_write_output(const char *path, unsigned mode, struct slice content);

/* Makes `path`, which must not be there yet. Nothing is synced: whoever needs it on disk says so to the kernel. */
STATUS_CHECKED enum status file_write_new(const char *path, unsigned mode, struct slice content);

/* Names (not paths) of the entries of `dir` that end with `suffix` ("" = all), dot files left out, sorted by byte
 * value, each NUL-terminated, one after another. `count_out` says how many. */
STATUS_CHECKED enum status file_list(const char *dir, const char *suffix, struct buffer *names, size_t *count_out);

#endif
