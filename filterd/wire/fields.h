/* wire/fields.h - protobuf's wire format, field by field: read where it lies, written at the end of a buffer.
 *
 * Reading allocates and copies nothing. Writing builds and measures nothing first: a reply costs little more than its
 * bytes, which are those that protobuf's own packers make when fields come in the order of their numbers.
 *
 * Source: protobuf.dev/programming-guides/encoding. Threads: any. Errors: of writing, the buffer's (`failed`).
 */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include "base/buffer.h"
#include "base/span.h"

#define FIELDS_MAX_NUMBER 15 /* that is written: tags of one byte, our messages have no more fields */

enum field_type { TYPE_VARINT = 0, TYPE_FIXED64 = 1, TYPE_LENGTH = 2, TYPE_FIXED32 = 5 };

struct field {
    uint32_t number;
    enum field_type type;
    uint64_t value;     /* VARINT, else 0 */
    struct slice bytes; /* LENGTH, else empty */
};

struct fields { /* of one message, being read */
    const uint8_t *at;
    const uint8_t *end;
    bool is_broken; /* truncated, or no message at all */
};

void fields_begin(struct fields *fields_out, struct slice message);
/* False at the end, and for good once it is broken. Fields that nobody knows are the caller's to pass over. */
bool fields_next(struct fields *fields, struct field *field_out);

/* proto3 leaves out what has the default value: 0 and "" write nothing. */
void fields_uint(struct buffer *out, unsigned number, uint64_t value);
void fields_bytes(struct buffer *out, unsigned number, struct slice bytes);
/* An item of a repeated field, which may be empty. */
void fields_item(struct buffer *out, unsigned number, struct slice bytes);

/* What is written between the two is the message `number`. */
size_t fields_open(struct buffer *out, unsigned number);
void fields_close(struct buffer *out, size_t opened);

#endif
