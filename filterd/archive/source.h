/* archive/source.h - the bytes of an archive: files, what is in compressed ones, standard input; UTF-16 as UTF-8.
 *
 * A part is a file, or a member of one. UTF-16 (told by its byte order mark) comes as UTF-8, half a surrogate pair as
 * the three bytes that would be its UTF-8, so that nothing is lost on the way back; no mark of it is handed out.
 *
 * Threads: one owner; forks (archive/unpack.h). Errors: STATUS_IO (errno kept), STATUS_INVALID = a compressed file is
 * damaged (source_reason()): the next part is the next file; STATUS_NOT_FOUND = the end. source_name() says where.
 */
#ifndef ARCHIVE_SOURCE_H
#define ARCHIVE_SOURCE_H

#include "archive/inputs.h"
#include "text/charset.h"

#define SOURCE_READ_BYTES (256u << 10) /* room that source_read needs */
#define SOURCE_NAME_BYTES 5120

struct source;

struct part {
    size_t input;     /* index of the file */
    uint64_t member;  /* how many parts of that file came before */
    uint64_t place;   /* of the file (archive/inputs.h) */
    bool is_plain;    /* its bytes are those on the disk */
    bool is_found;    /* came out of a directory or an archive */
    const char *name; /* its name without .gz: what its format goes by; valid until the next part */
};

STATUS_CHECKED enum status source_create(const struct inputs *inputs, struct source **source_out);
void source_destroy(struct source **source);

/* Goes to the next part. STATUS_UNAVAILABLE: with `may_block` false, nothing is there yet. STATUS_INVALID fills
 * `part_out` too. */
STATUS_CHECKED enum status source_next(struct source *source, bool may_block, struct part *part_out);
/* Only before the first part: begins with this file. */
void source_seek(struct source *source, size_t input);
/* `into` has room for SOURCE_READ_BYTES. 0 bytes = the end of the part. Waits when source_is_ready() is false. */
STATUS_CHECKED enum status source_read(struct source *source, uint8_t *into, size_t *bytes_out);
bool source_is_ready(const struct source *source); /* a read would return at once */
/* UTF16LE or UTF16BE once the first bytes were read; else UTF8, which says nothing. */
enum charset source_charset(const struct source *source);

const char *source_name(const struct source *source);   /* of the part, for people: chat.zip:2024/01.csv */
const char *source_reason(const struct source *source); /* of STATUS_INVALID */

#endif
