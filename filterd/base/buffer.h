/* base/buffer.h - a growing byte string on the heap.
 *
 * An append that cannot get memory marks the buffer failed; later appends are no-ops. Check
 * `failed` once at the end instead of every call. A buffer that held message text is wiped by fini and clear.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buffer {
    uint8_t *data;
    size_t bytes;
    size_t capacity;
    bool failed;
};

void buffer_init(struct buffer *buffer);
void buffer_fini(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the capacity */
void buffer_append(struct buffer *buffer, const void *data, size_t bytes);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);
void buffer_append_uint(struct buffer *buffer, uint64_t value); /* decimal */
__attribute__((format(printf, 2, 3))) void buffer_appendf(struct buffer *buffer, const char *format, ...);
/* Room for `bytes` more at the end, uninitialised; add what you used to `buffer->bytes`. NULL when failed. */
uint8_t *buffer_reserve(struct buffer *buffer, size_t bytes);

static inline struct slice
buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data, buffer->bytes};
}

#endif
