#include "wire/fields.h"

#include <string.h>

#include "base/assert.h"

#define MAX_VARINT_BYTES 10

enum wire_type { WIRE_VARINT = 0, WIRE_LENGTH = 2 };

static uint8_t *
put_tag(uint8_t *at, unsigned number, enum wire_type type)
{
    ASSERT(number > 0 && number <= FIELDS_MAX_NUMBER);
    *at = (uint8_t)(number << 3 | type);
    return at + 1;
}

static uint8_t *
put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

void
fields_uint(struct buffer *out, unsigned number, uint64_t value)
{
    uint8_t *begin = value != 0 ? buffer_reserve(out, 1 + MAX_VARINT_BYTES) : NULL;

    if (begin)
        out->bytes += (size_t)(put_varint(put_tag(begin, number, WIRE_VARINT), value) - begin);
}

void
fields_item(struct buffer *out, unsigned number, struct slice bytes)
{
    uint8_t *begin = buffer_reserve(out, 1 + MAX_VARINT_BYTES + bytes.bytes);

    if (!begin)
        return;
    uint8_t *at = put_varint(put_tag(begin, number, WIRE_LENGTH), bytes.bytes);
    if (bytes.bytes > 0)
        memcpy(at, bytes.data, bytes.bytes);
    out->bytes += (size_t)(at - begin) + bytes.bytes;
}

void
fields_bytes(struct buffer *out, unsigned number, struct slice bytes)
{
    if (bytes.bytes > 0)
        fields_item(out, number, bytes);
}

/* One byte for the length: most messages need no more. */
size_t
fields_open(struct buffer *out, unsigned number)
{
    uint8_t *begin = buffer_reserve(out, 2);

    if (!begin)
        return 0;
    (void)put_tag(begin, number, WIRE_LENGTH);
    return out->bytes += 2;
}

void
fields_close(struct buffer *out, size_t opened)
{
    uint8_t length[MAX_VARINT_BYTES];
    const size_t bytes = out->bytes - opened;

    const size_t more = (size_t)(put_varint(length, bytes) - length) - 1;
    if (!buffer_reserve(out, more))
        return;
    uint8_t *content = out->data + opened;
    if (more > 0)
        memmove(content + more, content, bytes);
    memcpy(content - 1, length, 1 + more);
    out->bytes += more;
}
