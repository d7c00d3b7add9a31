/* pool/worker.h - the process that sees messages: one scanner, one thread, one socket.
 *
 * Threads: fork from a process with one thread, or from a thread that lives as long as the worker (it dies with it).
 * Errors: STATUS_IO, STATUS_NO_MEMORY; nothing is left open then. Privacy: payloads live in the channel's buffers,
 * which are wiped.
 *
 * worker_main() is called in a freshly forked child that holds the loaded rulesets copy-on-write. It closes every
 * descriptor but its own, cannot be dumped, traced or outlive its parent, and enters the sandbox (pool/sandbox.h), then
 * answers jobs until end of file. After its share of messages it says on its page that it wants to be replaced: memory
 * that a library never gives back has an end. Shares differ by up to a quarter, so that workers do not go together.
 * It never logs a payload, and can open nothing. The meta of an answer is when it was finished (uint64_t, ns of
 * CLOCK_MONOTONIC), which may be long before anybody reads it.
 */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include "base/buffer.h"
#include "pool/channel.h"
#include "pool/status_page.h"
#include "rules/ruleset.h"
#include "scan/scanner.h"

/* Everything loaded: one common, its cities. `common` NULL (tests, echo): a worker without a scanner. */
struct cities {
    const struct common *common;
    struct ruleset **rulesets; /* any order */
    size_t count;
    struct table *by_id; /* policy id -> index */
};

const struct ruleset *cities_find(const struct cities *cities, struct slice id); /* NULL = unknown */

struct worker;

/* Answers one job: appends the answer to `reply` and returns the item status. Any error is an answer too. Called in the
 * worker. */
typedef enum status (*worker_handler)(struct worker *worker, const struct item *job, struct buffer *reply);

struct worker {
    const struct cities *cities;
    struct scanner *scanner;
    struct status_page *page;
    worker_handler handler;
    const void *handler_options; /* the feeder's, inherited by fork */
    void *handler_state;         /* the handler's own; NULL at first */
    uint64_t retire_after;       /* messages that the handler has counted on the page; 0 = never */
};

struct worker_options {
    const struct cities *cities;
    worker_handler handler;
    const void *handler_options;
    size_t max_text_bytes;
    uint64_t recycle_messages; /* after about so many it asks to be replaced (status_page.is_due); 0 = never */
};

/* Exit codes of a worker that ends by itself. */
#define WORKER_EXIT_DONE 0  /* end of file, or a batch that could not be received: its feeder went away */
#define WORKER_EXIT_START 3 /* it could not start */
#define WORKER_EXIT_LOST 4  /* its answers could not be sent */

/* Forks a worker. The parent gets the pid, its end of the pair (non-blocking) and the page's descriptor (it owns both).
 */
STATUS_CHECKED enum status worker_fork(const struct worker_options *options, int *pid_out, int *socket_out,
                                       int *page_fd_out);

#endif
