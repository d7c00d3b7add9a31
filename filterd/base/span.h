/* base/span.h - byte ranges and borrowed byte strings. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Half-open range [start, end) of byte offsets. Of which text, the owner says. */
struct span {
    uint32_t start;
    uint32_t end;
};

/* Borrowed bytes, not NUL-terminated, may hold NUL. Who owns them, the function says. */
struct slice {
    const uint8_t *data;
    size_t bytes;
};

#define SLICE_LITERAL(text) ((struct slice){(const uint8_t *)(text), sizeof(text) - 1})

static inline struct slice
slice_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.data, b.data, a.bytes) == 0);
}

static inline bool
slice_begins(struct slice slice, struct slice with)
{
    return slice.bytes >= with.bytes && memcmp(slice.data, with.data, with.bytes) == 0;
}

/* Cuts what stands before `end` from the front of `rest`, and `end` with it; all when there is none. */
static inline struct slice
slice_cut(struct slice *rest, char end)
{
    const uint8_t *at = rest->bytes == 0 ? NULL : (const uint8_t *)memchr(rest->data, end, rest->bytes);
    struct slice part = {rest->data, at == NULL ? rest->bytes : (size_t)(at - rest->data)};
    size_t taken = part.bytes + (at != NULL);

    *rest = (struct slice){rest->data + taken, rest->bytes - taken};
    return part;
}

static inline struct slice
slice_sub(struct slice whole, struct span span)
{
    return (struct slice){whole.data + span.start, span.end - span.start};
}

static inline bool
span_overlaps(struct span a, struct span b)
{
    return a.start < b.end && b.start < a.end;
}

static inline bool
span_contains(struct span outer, struct span inner)
{
    return outer.start <= inner.start && inner.end <= outer.end;
}

#endif
