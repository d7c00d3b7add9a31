/* wire/answer.h - one CheckRequest in, one CheckReply out: what a worker does with a job of the front.
 *
 * Threads: an answerer belongs to one thread, as its scanner does.
 * Errors:  become replies; no error ends as a verdict. Only when the reply itself gets no memory there is none.
 * Privacy: the request lives in its payload, which is the caller's to wipe; the scanner forgets each message.
 */
#ifndef WIRE_ANSWER_H
#define WIRE_ANSWER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "scan/scanner.h"
#include "wire/envelope.h"

/* For the arena: what a request is decoded to, whose texts stay where they are. */
#define ANSWER_ARENA_BYTES (256u << 10)

struct answerer {
    struct scanner *scanner; /* prepared for every ruleset that `find` gives */
    struct arena *arena;     /* for this alone: reset by every call */
    const struct ruleset *(*find)(const void *context, struct slice policy_id); /* NULL = unknown */
    const void *find_context;
    size_t max_request_bytes; /* larger payloads are TOO_LARGE */
    size_t max_reply_bytes;   /* a request whose reply would be larger is answered INTERNAL */
};

struct answer_counts {
    unsigned messages; /* in the request; 0 when it could not be read */
    unsigned allowed, redacted, blocked;
    unsigned failed; /* messages without a verdict; 1 for a request that could not be read */
    unsigned escalated;
};

/* Appends exactly one packed CheckReply to `reply`. `front`: what the front read from the same payload and admitted it
 * by, NULL when nobody did; a payload that decodes to something else is answered INTERNAL.
 * STATUS_NO_MEMORY: nothing was appended. */
STATUS_CHECKED enum status answer_request(const struct answerer *answerer, struct slice payload,
                                          const struct envelope *front, struct buffer *reply,
                                          struct answer_counts *counts_out);

#endif
