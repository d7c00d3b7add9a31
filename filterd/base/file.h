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

/* Writes beside `path`, fsyncs, renames over it, fsyncs the directory: readers see the old or the new file. */
STATUS_CHECKED enum status file_write_atomic(const char *path, unsigned mode, struct slice content);

/* Names (not paths) of the entries of `dir` that end with `suffix` ("" = all), dot files left out, sorted by byte
 * value, each NUL-terminated, one after another. `count_out` says how many. */
STATUS_CHECKED enum status file_list(const char *dir, const char *suffix, struct buffer *names, size_t *count_out);

#endif
