/* fuzz_envelope.c - what the front reads must be what the decoder reads.
 *
 * Any bytes: the bounded scan ends, its slices lie inside the payload, and where both readers accept, they agree, also
 * about what protobuf-c writes of it. No beginning of that is taken that ends inside a field.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter.pb-c.h"

#include "base/assert.h"
#include "wire/envelope.h"

#define MAX_CUTS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void
check_inside(struct slice part, const uint8_t *data, size_t bytes)
{
    ASSERT(part.bytes == 0 || (part.data >= data && part.data + part.bytes <= data + bytes));
}

static void
check_equal(struct slice ours, ProtobufCBinaryData theirs)
{
    ASSERT(slice_equal(ours, (struct slice){theirs.data, theirs.len}));
}

static void
compare(const struct envelope *envelope, const Filterd__V1__CheckRequest *wire)
{
    check_equal(envelope->request_id, wire->request_id);
    check_equal(envelope->policy_id, wire->policy_id);
    check_equal(envelope->purpose, wire->purpose);
    ASSERT(envelope->deadline_ms == wire->deadline_ms);
    ASSERT(envelope->message_count == wire->n_messages);
}

/* A beginning that is taken ends between two fields: the rest is taken too, and both have what the whole has. */
static void
check_cut(const struct envelope *whole, const uint8_t *data, size_t bytes)
{
    const size_t first = bytes > MAX_CUTS ? bytes - MAX_CUTS : 0;

    for (size_t cut = first; cut < bytes; cut++) {
        struct envelope head, tail;
        if (envelope_scan((struct slice){data, cut}, &head) != STATUS_OK)
            continue;
        ASSERT(envelope_scan((struct slice){data + cut, bytes - cut}, &tail) == STATUS_OK);
        ASSERT(head.message_count + tail.message_count == whole->message_count);
        ASSERT(head.request_id.bytes + tail.request_id.bytes == whole->request_id.bytes);
        ASSERT(head.policy_id.bytes + tail.policy_id.bytes == whole->policy_id.bytes);
        ASSERT(head.purpose.bytes + tail.purpose.bytes == whole->purpose.bytes);
        ASSERT(head.deadline_ms + tail.deadline_ms == whole->deadline_ms);
    }
}

static void
check_written_again(const Filterd__V1__CheckRequest *wire)
{
    const size_t bytes = filterd__v1__check_request__get_packed_size(wire);
    uint8_t *written = malloc(bytes + 1);
    struct envelope envelope;

    ASSERT(written && filterd__v1__check_request__pack(wire, written) == bytes);
    ASSERT(envelope_scan((struct slice){written, bytes}, &envelope) == STATUS_OK);
    compare(&envelope, wire);
    check_cut(&envelope, written, bytes);
    free(written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct envelope envelope;

    if (envelope_scan((struct slice){data, bytes}, &envelope) != STATUS_OK)
        return 0;
    check_inside(envelope.request_id, data, bytes);
    check_inside(envelope.policy_id, data, bytes);
    check_inside(envelope.purpose, data, bytes);

    Filterd__V1__CheckRequest *wire = filterd__v1__check_request__unpack(NULL, bytes, data);
    if (!wire)
        return 0;
    compare(&envelope, wire);
    check_written_again(wire);
    filterd__v1__check_request__free_unpacked(wire, NULL);
    return 0;
}
