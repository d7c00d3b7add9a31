/* pool/pool.h - N workers fed by the calling process (archives, benches; the service's feeder is serve/front).
 *
 * Answers may come in another order than jobs. A worker that dies costs its message one more try, alone; the second
 * death answers it with STATUS_INTERNAL. Threads: one owner. Errors: pool_wait never loses a ticket; when no
 * worker starts any more it answers with STATUS_UNAVAILABLE. A worker over its budget (pool/budget.h) is killed.
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include "pool/worker.h"

struct pool;

typedef void (*pool_answer)(void *context, uint64_t ticket, enum status status, struct slice reply);

STATUS_CHECKED enum status pool_create(const struct worker_options *options, unsigned workers, struct pool **pool_out);
void pool_destroy(struct pool **pool); /* ends the workers and waits for them */

/* Copies the payload. STATUS_TOO_LARGE over CHANNEL_MAX_PAYLOAD_BYTES. STATUS_BUDGET: enough is under way, wait first.
 * `ticket` is above 0 and unique among those under way. */
STATUS_CHECKED enum status pool_submit(struct pool *pool, uint64_t ticket, struct slice payload);
/* Blocks up to `timeout_ms` (-1 = until one comes) for answers and calls `answer` for each. `answer` may submit. The
 * reply slice lives during the call. */
STATUS_CHECKED enum status pool_wait(struct pool *pool, int timeout_ms, pool_answer answer, void *context);
size_t pool_under_way(const struct pool *pool);

#endif
