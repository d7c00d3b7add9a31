/* text/view_writer.h - the text and map of a view while it is made; for those who make views only.
 *
 * Room for VIEW_WRITER_SLACK_BYTES more is checked per character, so that the copying below may write whole words.
 * Threads: none shared. Errors: as each function says.
 */
#ifndef TEXT_VIEW_WRITER_H
#define TEXT_VIEW_WRITER_H

#include "text/view.h"

#define VIEW_WRITER_SLACK_BYTES 64

struct view_writer {
    uint8_t *text;
    uint32_t *from;
    uint32_t *to;
    uint32_t at;
    uint32_t capacity; /* of `text`, in bytes, with the slack */
};

/* Text, padding and map in one allocation; STATUS_TOO_LARGE when the arena is full. `capacity` without slack. */
STATUS_CHECKED enum status view_writer_init(struct view_writer *writer, struct arena *arena, size_t capacity);
/* Wipes and gives back what view_writer_init took, when it was too small. */
void view_writer_abandon(struct view_writer *writer, struct arena *arena);
void view_writer_finish(struct view_writer *writer, uint32_t parent_bytes, struct view *view_out);

static inline bool
view_writer_has_room(const struct view_writer *writer)
{
    return writer->at + VIEW_WRITER_SLACK_BYTES <= writer->capacity;
}

/* Up to four bytes that come from [start, end) of the parent. `bytes` first byte lowest, the rest zero. */
static inline void
view_writer_put(struct view_writer *writer, uint32_t bytes, unsigned length, uint32_t start, uint32_t end)
{
    uint32_t at = writer->at;
    const uint32_t starts[4] = {start, start, start, start};
    const uint32_t ends[4] = {end, end, end, end};

    __builtin_memcpy(writer->text + at, &bytes, sizeof(bytes));
    __builtin_memcpy(writer->from + at, starts, sizeof(starts));
    __builtin_memcpy(writer->to + at, ends, sizeof(ends));
    writer->at = at + length;
}

/* What is already written from `at` on reaches to `end` of the parent too. */
static inline void
view_writer_extend(struct view_writer *writer, uint32_t at, uint32_t end)
{
    for (; at < writer->at; at++)
        writer->to[at] = end;
}

/* The bytes of a character as view_writer_put() takes them; reads four bytes at `at`. */
static inline uint32_t
view_load(const uint8_t *at, unsigned length)
{
    uint32_t bytes;

    __builtin_memcpy(&bytes, at, sizeof(bytes));
    return bytes & (0xFFFFFFFFu >> (8 * (4 - length)));
}

#endif
