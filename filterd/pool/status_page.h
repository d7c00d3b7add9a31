/* pool/status_page.h - what a worker is doing, readable when it is dead.
 *
 * One page of shared memory (memfd) per worker, written by the worker (`handed`: by the feeder; `is_retiring`: by the
 * generation), read by the generation and the feeder. It names the job by its ticket: the feeder has the payload and
 * hashes it only when it must (pool/quarantine.h).
 */
#ifndef POOL_STATUS_PAGE_H
#define POOL_STATUS_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/status.h"

struct status_page {
    _Atomic uint64_t ticket_in_work; /* 0 = idle; tickets start at 1 */
    _Atomic uint64_t bytes_in_work;  /* of its payload: the CPU budget grows with it */
    _Atomic uint64_t started_ns;     /* CLOCK_MONOTONIC */
    _Atomic uint64_t ready_ns;       /* since when it waits for jobs (CLOCK_MONOTONIC); 0 = they still wait for it */
    _Atomic uint64_t is_due;         /* it has done its share: replace it */
    _Atomic uint64_t is_retiring; /* its successor is ready: give it nothing more, close its socket when it is done */
    _Atomic uint64_t handed;      /* jobs that the feeder has sent: more than `jobs` = there is something to do */
    _Atomic uint64_t jobs, messages, allowed, redacted, blocked, failed, escalated;
};

STATUS_CHECKED enum status status_page_create(int *fd_out, struct status_page **page_out);
STATUS_CHECKED enum status status_page_map(int fd, struct status_page **page_out);
void status_page_unmap(struct status_page **page);

#endif
