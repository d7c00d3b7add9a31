/* serve/gate.h - who asks, whether they may, and how much: judged before a request is kept.
 *
 * Who came through CURVE is the client whose key the payload's frame carries; a frame without one, or with a key that
 * is in no row any more, is refused. Who came without keys is the client "local"; its connections take turns as if each
 * was a client, for nothing else tells them apart.
 *
 * Threads: one owner. Errors: refusals, with the reply's status; STATUS_NO_MEMORY.
 */
#ifndef SERVE_GATE_H
#define SERVE_GATE_H

#include "serve/clients.h"
#include "serve/requests.h"
#include "wire/reply.h"

struct gate {
    struct clients *clients; /* NULL until the first gate_renew */
    struct account *accounts;
    struct buffer next_rows;
};

struct visitor {
    const struct client *client;
    uint64_t client_key, policy_key; /* for turns (serve/fair.h) */
};

struct refusal {
    enum wire_status status; /* WIRE_OK = none */
    const char *detail;
    uint32_t retry_after_ms;
};

void gate_init(struct gate *gate);
void gate_fini(struct gate *gate); /* no request may be under way */

/* A part of the rows that the next gate_renew takes over. */
void gate_hear(struct gate *gate, struct slice rows);
STATUS_CHECKED enum status gate_renew(struct gate *gate);

/* Whether a handshake with this public key is let in: for zap_answer. */
bool gate_knows(const void *gate, const char *key);

/* By key and policy. *visitor_out is filled when nothing is refused. */
struct refusal gate_identify(const struct gate *gate, const struct request *request, struct visitor *visitor_out);
/* By how much its client has asked for already; takes this request off its allowance. */
struct refusal gate_take(const struct visitor *visitor, const struct envelope *envelope, uint64_t now_ns);

#endif
