/* wire/envelope.h - the four fields the front may read before anybody decodes.
 *
 * A bounded scanner over the top-level fields of a CheckRequest: 1 request_id, 2 policy_id, 3 deadline_ms, 4 purpose;
 * it counts 5 messages and skips the rest. A repeated or mistyped one of 1–4, an unknown wire type, a truncated field
 * or more than 256 fields is STATUS_INVALID: protobuf decoders take the last duplicate, an access check on the first
 * would be bypassed.
 */
#ifndef WIRE_ENVELOPE_H
#define WIRE_ENVELOPE_H

#include "base/span.h"
#include "base/status.h"

struct envelope {
    struct slice request_id, policy_id, purpose; /* inside the payload; empty when absent */
    uint32_t deadline_ms;
    uint32_t message_count;
    struct slice id_field, deadline_field; /* with their tags: what differs when a client sends a request again */
};

STATUS_CHECKED enum status envelope_scan(struct slice payload, struct envelope *envelope_out);

#endif
