/* archive/inputs.h - the files of an archive, in the order in which they are read.
 *
 * Directories are walked, names in byte order, dot files and links inside left out. Files have a place: the bytes of
 * all files before them, as they lie on the disk. Shards are cut by it.
 *
 * Threads: one owner. Errors: STATUS_IO (errno kept), STATUS_NO_MEMORY.
 */
#ifndef ARCHIVE_INPUTS_H
#define ARCHIVE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/status.h"

struct input {
    char *path; /* "-" = standard input */
    uint64_t place;
    uint64_t bytes; /* 0 where it is no regular file */
    int64_t changed_ns;
    bool is_regular;
    bool is_found; /* in a directory: only what looks like an archive is read */
};

struct inputs {
    struct input *list;
    size_t count;
    uint64_t bytes;
};

void inputs_init(struct inputs *inputs);
void inputs_fini(struct inputs *inputs);
/* A file, "-", or a directory with what is in it. */
STATUS_CHECKED enum status inputs_add(struct inputs *inputs, const char *path);
/* Whether all are regular files: only these can be read twice alike. */
bool inputs_are_files(const struct inputs *inputs);
/* Paths, sizes and times of change. */
void inputs_hash(const struct inputs *inputs, struct hasher *hasher);

#endif
