/* wire/request.h - a CheckRequest, decoded and checked.
 *
 * Read where it lies (wire/fields.h), which a fuzz test compares with protobuf-c: no text is copied, and no more memory
 * is taken than the limits below allow. Every string is bytes, so an embedded NUL hides nothing. Ids and terms are
 * valid UTF-8, but for a conversation_id, which is only compared; texts are any bytes, of any length: the scanner
 * judges them. Errors: STATUS_INVALID with a reason in words for `detail` (static storage, never message text),
 * STATUS_TOO_LARGE.
 */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "scan/request_rules.h"
#include "scan/scanner.h"

#define REQUEST_MAX_MESSAGES 64
#define REQUEST_MAX_ID_BYTES 64
#define REQUEST_MAX_HINTS 64
#define REQUEST_MAX_RULES 32 /* of each kind */
#define REQUEST_MAX_RULE_BYTES 128

struct request_message {
    struct slice message_id, conversation_id;
    struct message message; /* purpose is the caller's to fill */
    enum status status; /* STATUS_OK, or why this message alone cannot be scanned (STATUS_INVALID: enum out of range,
                           bad hint …) */
};

struct request {
    struct slice request_id, policy_id, purpose;
    uint32_t deadline_ms; /* as it came: 0 = none named; whoever keeps it says what is the longest */
    bool include_evidence;
    const struct request_message *messages;
    size_t message_count;
    /* Checked in form; whether the policy takes them, the caller decides. */
    struct request_rules rules;
};

/* Lists in *request_out live in the arena, what they name in the payload. */
STATUS_CHECKED enum status request_decode(struct arena *arena, struct slice payload, struct request *request_out,
                                          const char **detail_out);

#endif
