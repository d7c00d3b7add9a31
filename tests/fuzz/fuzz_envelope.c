/* fuzz_envelope.c - what the front reads must be what the decoder reads.
 *
 * Any bytes: the bounded scan ends, its slices lie inside the payload, and where both readers accept, they agree.
 */
#include <stdint.h>
#include <string.h>

#include "filter.pb-c.h"

#include "base/assert.h"
#include "wire/envelope.h"

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
    check_equal(envelope.request_id, wire->request_id);
    check_equal(envelope.policy_id, wire->policy_id);
    check_equal(envelope.purpose, wire->purpose);
    ASSERT(envelope.deadline_ms == wire->deadline_ms);
    ASSERT(envelope.message_count == wire->n_messages);
    filterd__v1__check_request__free_unpacked(wire, NULL);
    return 0;
}
