/* wire/fields.h - protobuf's wire format, written field by field at the end of a buffer.
 *
 * Fields written in the order of their numbers, none of them zero or empty, are the bytes that protobuf's own packers
 * make. Nothing is built first and measured, so that a reply costs little more than its bytes.
 *
 * Source: protobuf.dev/programming-guides/encoding. Threads: any. Errors: the buffer's (`failed`).
 */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include "base/buffer.h"
#include "base/span.h"

#define FIELDS_MAX_NUMBER 15 /* tags of one byte: our messages have no more fields */

/* proto3 leaves out what has the default value: 0 and "" write nothing. */
void fields_uint(struct buffer *out, unsigned number, uint64_t value);
void fields_bytes(struct buffer *out, unsigned number, struct slice bytes);
/* An item of a repeated field, which may be empty. */
void fields_item(struct buffer *out, unsigned number, struct slice bytes);

/* What is written between the two is the message `number`. */
size_t fields_open(struct buffer *out, unsigned number);
void fields_close(struct buffer *out, size_t opened);

#endif
