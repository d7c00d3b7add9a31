/* wire/envelope.c */
#include "wire/envelope.h"

#include <stdbool.h>

#define MAX_FIELDS 256
#define MAX_TAG_BYTES 5 /* 32 bits: what protobuf decoders read */
#define MAX_VARINT_BYTES 10

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_LENGTH = 2, WIRE_FIXED32 = 5 };

enum field_number {
    FIELD_REQUEST_ID = 1,
    FIELD_POLICY_ID = 2,
    FIELD_DEADLINE_MS = 3,
    FIELD_PURPOSE = 4,
    FIELD_MESSAGES = 5
};

struct field {
    uint32_t number;
    enum wire_type type;
    uint64_t value;     /* VARINT */
    struct slice bytes; /* LENGTH */
    struct slice whole; /* from its tag to its end */
};

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static bool
read_varint(struct reader *reader, unsigned max_bytes, uint64_t *value_out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < max_bytes && reader->at < reader->end; i++) {
        uint8_t byte = *reader->at++;
        if (i == MAX_VARINT_BYTES - 1 && byte > 1)
            return false; /* more than 64 bits */
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *value_out = value;
            return true;
        }
    }
    return false;
}

static bool
skip(struct reader *reader, uint64_t bytes)
{
    if (bytes > (uint64_t)(reader->end - reader->at))
        return false;
    reader->at += bytes;
    return true;
}

static bool
read_field(struct reader *reader, struct field *field)
{
    uint64_t tag, length;

    if (!read_varint(reader, MAX_TAG_BYTES, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
        return false;
    field->number = (uint32_t)(tag >> 3);
    field->type = (enum wire_type)(tag & 7);
    switch (field->type) {
    case WIRE_VARINT:
        return read_varint(reader, MAX_VARINT_BYTES, &field->value);
    case WIRE_FIXED64:
        return skip(reader, 8);
    case WIRE_FIXED32:
        return skip(reader, 4);
    case WIRE_LENGTH:
        if (!read_varint(reader, MAX_VARINT_BYTES, &length))
            return false;
        field->bytes = (struct slice){reader->at, (size_t)length};
        return skip(reader, length);
    }
    return false; /* groups, and numbers that mean nothing */
}

static bool
take_field(const struct field *field, struct envelope *envelope)
{
    bool has_length = field->type == WIRE_LENGTH;

    switch (field->number) {
    case FIELD_REQUEST_ID:
        envelope->request_id = field->bytes;
        envelope->id_field = field->whole;
        return has_length;
    case FIELD_POLICY_ID:
        envelope->policy_id = field->bytes;
        return has_length;
    case FIELD_DEADLINE_MS:
        envelope->deadline_ms = (uint32_t)field->value;
        envelope->deadline_field = field->whole;
        return field->type == WIRE_VARINT && field->value <= UINT32_MAX;
    case FIELD_PURPOSE:
        envelope->purpose = field->bytes;
        return has_length;
    case FIELD_MESSAGES:
        envelope->message_count++;
        return has_length;
    default:
        return true;
    }
}

enum status
envelope_scan(struct slice payload, struct envelope *envelope_out)
{
    struct reader reader = {payload.data, payload.data + payload.bytes};
    struct envelope envelope = {0};
    unsigned seen = 0; /* bit per field 1–4 */

    for (unsigned count = 0; reader.at < reader.end; count++) {
        struct field field = {0};
        const uint8_t *begin = reader.at;
        if (count == MAX_FIELDS || !read_field(&reader, &field))
            return STATUS_INVALID;
        field.whole = (struct slice){begin, (size_t)(reader.at - begin)};
        unsigned bit = field.number <= FIELD_PURPOSE ? 1u << field.number : 0;
        if ((seen & bit) || !take_field(&field, &envelope))
            return STATUS_INVALID;
        seen |= bit;
    }
    *envelope_out = envelope;
    return STATUS_OK;
}
