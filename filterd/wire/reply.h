/* wire/reply.h - verdicts as a CheckReply.
 *
 * Usage: reply_init, reply_add per message in order, reply_finish. Everything is copied at once: a verdict may die
 * after reply_add.
 */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H

#include "base/arena.h"
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

struct reply;

STATUS_CHECKED enum status reply_init(struct arena *arena, size_t max_messages, struct reply **reply_out);
/* `verdict` NULL unless `status` is WIRE_OK; WIRE_OK without a finished verdict is sent as WIRE_INTERNAL. An id that is
 * no valid UTF-8 or longer than 64 bytes is left empty, here and below. STATUS_TOO_LARGE: the arena is full. */
STATUS_CHECKED enum status reply_add(struct reply *reply, struct slice message_id, enum wire_status status,
                                     const struct verdict *verdict, bool with_evidence);
/* Appends the packed CheckReply to `out`. */
STATUS_CHECKED enum status reply_finish(struct reply *reply, struct slice request_id, const char *ruleset_hex,
                                        struct buffer *out);

/* A reply without results; needs no arena, so that the front can always answer. */
void reply_error(struct slice request_id, enum wire_status status, const char *detail, uint32_t retry_after_ms,
                 struct buffer *out);

#endif
