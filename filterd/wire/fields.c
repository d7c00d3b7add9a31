#include "wire/fields.h"

#include <string.h>

#include "base/assert.h"

#define MAX_TAG_BYTES 5 /* 32 bits: what protobuf decoders read */
#define MAX_VARINT_BYTES 10

/* --- reading ---------------------------------------------------------------------------------------------------- */

void
fields_begin(struct fields *fields_out, struct slice message)
{
    *fields_out = (struct fields){.at = message.data, .end = message.data + message.bytes};
}

static const uint8_t *
read_long_varint(const uint8_t *at, const uint8_t *end, unsigned max_bytes, uint64_t *value_out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < max_bytes && at < end; i++) {
        const uint8_t byte = *at++;
        if (i == MAX_VARINT_BYTES - 1 && byte > 1)
            return NULL; /* more than 64 bits */
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *value_out = value;
            return at;
        }
    }
    return NULL;
}

/* Returns what follows it, NULL when there is none. Most have one byte. */
static inline const uint8_t *
read_varint(const uint8_t *at, const uint8_t *end, unsigned max_bytes, uint64_t *value_out)
{
    if (at == end || *at >= 0x80)
        return read_long_varint(at, end, max_bytes, value_out);
    *value_out = *at;
    return at + 1;
}

static const uint8_t *
skip(const uint8_t *at, const uint8_t *end, uint64_t bytes)
{
    return bytes <= (uint64_t)(end - at) ? at + bytes : NULL;
}

static const uint8_t *
read_field(const uint8_t *at, const uint8_t *end, struct field *field)
{
    uint64_t tag, length;

    at = read_varint(at, end, MAX_TAG_BYTES, &tag);
    if (!at || tag > UINT32_MAX || tag >> 3 == 0)
        return NULL;
    *field = (struct field){.number = (uint32_t)(tag >> 3), .type = (enum field_type)(tag & 7)};
    switch (field->type) {
    case TYPE_VARINT:
        return read_varint(at, end, MAX_VARINT_BYTES, &field->value);
    case TYPE_FIXED64:
        return skip(at, end, 8);
    case TYPE_FIXED32:
        return skip(at, end, 4);
    case TYPE_LENGTH:
        at = read_varint(at, end, MAX_VARINT_BYTES, &length);
        if (!at)
            return NULL;
        field->bytes = (struct slice){at, (size_t)length};
        return skip(at, end, length);
    }
    return NULL; /* groups, and numbers that mean nothing */
}

bool
fields_next(struct fields *fields, struct field *field_out)
{
    if (fields->is_broken || fields->at == fields->end)
        return false;
    const uint8_t *next = read_field(fields->at, fields->end, field_out);
    fields->is_broken = !next;
    if (next)
        fields->at = next;
    return next != NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static uint8_t *
put_tag(uint8_t *at, unsigned number, enum field_type type)
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
        out->bytes += (size_t)(put_varint(put_tag(begin, number, TYPE_VARINT), value) - begin);
}

void
fields_item(struct buffer *out, unsigned number, struct slice bytes)
{
    uint8_t *begin = buffer_reserve(out, 1 + MAX_VARINT_BYTES + bytes.bytes);

    if (!begin)
        return;
    uint8_t *at = put_varint(put_tag(begin, number, TYPE_LENGTH), bytes.bytes);
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
    (void)put_tag(begin, number, TYPE_LENGTH);
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
