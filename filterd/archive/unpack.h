/* archive/unpack.h - compressed files, taken apart by a process of their own.
 *
 * .gz .bz2 .xz .zst and .tar .zip, through libarchive. Its parsers see bytes that anybody may have made, so they run in
 * a sandboxed child with a memory limit; what comes out arrives through a pipe as members and bytes. An archive inside
 * an archive is not opened. Bounded: nothing may grow to more than UNPACK_MAX_RATIO times its size.
 *
 * Threads: one owner; forks. Errors: STATUS_INVALID = damaged, encrypted, or grows too far (unpack_reason());
 * STATUS_IO, STATUS_NO_MEMORY.
 */
#ifndef ARCHIVE_UNPACK_H
#define ARCHIVE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

#define UNPACK_HEAD_BYTES 512
#define UNPACK_MAX_RATIO 1000
#define UNPACK_FREE_BYTES (64u << 20) /* may always come out */
#define UNPACK_NAME_BYTES 1024

struct unpack;

/* Whether a file that begins so (UNPACK_HEAD_BYTES, or all of it) is one of these. */
bool unpack_knows(struct slice head);
/* `fd` is read from where it stands, behind `head`. Borrowed until destroy. */
STATUS_CHECKED enum status unpack_create(int fd, struct slice head, struct unpack **unpack_out);
void unpack_destroy(struct unpack **unpack);

/* The next member; its name is "" when the file was only compressed. STATUS_NOT_FOUND: the end. */
STATUS_CHECKED enum status unpack_next(struct unpack *unpack, const char **name_out);
/* Bytes of the member; 0 = its end. Waits. */
STATUS_CHECKED enum status unpack_read(struct unpack *unpack, uint8_t *into, size_t room, size_t *bytes_out);
int unpack_fd(const struct unpack *unpack);             /* readable when there is something to read */
const char *unpack_reason(const struct unpack *unpack); /* of STATUS_INVALID */

#endif
