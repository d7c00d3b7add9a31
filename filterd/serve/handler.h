/* serve/handler.h - how the front tells a worker what it read of a request, and how the worker answers.
 *
 * Threads: as the worker. Errors: a note that does not fit its payload makes the item STATUS_INVALID, without a reply.
 */
#ifndef SERVE_HANDLER_H
#define SERVE_HANDLER_H

#include "pool/worker.h"
#include "wire/envelope.h"

/* Travels as an item's meta: the envelope as offsets into the payload. */
struct note {
    uint32_t request_id[2], policy_id[2], purpose[2]; /* offset, bytes */
    uint32_t deadline_ms;
    uint32_t message_count;
};

void note_write(struct note *note_out, const struct envelope *envelope, struct slice payload);
bool note_read(struct slice meta, struct slice payload, struct envelope *envelope_out);

struct handler_settings { /* the worker's handler_options */
    size_t max_request_bytes;
};

/* A worker_handler. */
enum status handler_answer(struct worker *worker, const struct item *job, struct buffer *reply);

#endif
