/* wire/reply.h - verdicts as a CheckReply, packed while they come.
 *
 * Usage: reply_begin, reply_add per message in order, reply_finish. Everything is written at once: a verdict may die
 * after reply_add. Errors: memory that was not there, and too many bytes, show in reply_finish.
 */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H

#include "base/buffer.h"
#include "base/status.h"
#include "scan/verdict.h"

/* Numbers of filterd.v1.Status. */
enum wire_status {
    WIRE_UNSPECIFIED,
    WIRE_OK,
    WIRE_INVALID_ARGUMENT,
    WIRE_NOT_FOUND,
    WIRE_RESOURCE_EXHAUSTED,
    WIRE_DEADLINE_EXCEEDED,
    WIRE_UNAUTHENTICATED,
    WIRE_PERMISSION_DENIED,
    WIRE_UNAVAILABLE,
    WIRE_INTERNAL,
    WIRE_TOO_LARGE
};
enum wire_status wire_status_of(enum status status);   /* what is not the client's fault is WIRE_INTERNAL */
const char *wire_status_word(enum wire_status status); /* "OK", "TOO_LARGE" */

struct reply { /* under way */
    struct buffer *out;
    size_t begin; /* where it begins in `out` */
    size_t max_bytes;
};

/* Appends to `out`, which nobody else writes to until the end. */
void reply_begin(struct reply *reply_out, struct slice request_id, size_t max_bytes, struct buffer *out);
/* `verdict` NULL unless `status` is WIRE_OK; WIRE_OK without a finished verdict is sent as WIRE_INTERNAL. An id that is
 * no valid UTF-8 or longer than 64 bytes is left empty, here, above and below. */
void reply_add(struct reply *reply, struct slice message_id, enum wire_status status, const struct verdict *verdict,
               bool with_evidence);
/* STATUS_NO_MEMORY, STATUS_TOO_LARGE (more than `max_bytes`): `out` is as it was before reply_begin. */
STATUS_CHECKED enum status reply_finish(struct reply *reply, const char *ruleset_hex);

/* A reply without results. */
void reply_error(struct slice request_id, enum wire_status status, const char *detail, uint32_t retry_after_ms,
                 struct buffer *out);

#endif
