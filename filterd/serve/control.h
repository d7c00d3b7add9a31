/* serve/control.h - how one asks a running filterd: a UNIX socket, one JSON line in, one JSON line out.
 *
 * Request  {"command":"status"} | {"command":"stats"} | {"command":"reload"}
 * status   {"status":"ok|degraded|starting|draining","pid":1,"uptime_s":5,"generation":2,"listen":["tcp://…"],
 *           "front":{"pid":2,"restarts":0},
 *           "workers":[{"pid":4,"generation":2,"busy_ms":0,"busy_bytes":0,"jobs":17}],
 *           "crash_loop":{"deaths":0,"retry_ms":0},
 *           "common":{"state":"live|kept","fault":""},
 *           "cities":[{"id":"kashiwa","state":"live|kept|failed","ruleset":"<64 hex>","fault":""}]}
 *          crash_loop = deaths in a row of workers that died soon after their start, and until when a place stays
 * empty. kept = its last good version answers because the present files are faulty; failed = it answers UNAVAILABLE.
 * stats    {"front":{"requests":…,…},"workers":{"jobs":…,"messages":…,"allowed":…,"redacted":…,"blocked":…,"failed":…,
 *           "escalated":…,"started":…,"died":…},"reloads":{"ok":…,"failed":…}}
 * reload   blocks until the new generation answers (or is refused):
 *          {"ok":true,"generation":3,"fault":"","cities":[{"id":"kashiwa","result":"unchanged|live|kept|failed|removed",
 *           "ruleset":"<64 hex>","fault":"file:line:column: …"}]}
 *          ok = every city's present files are live; fault = why nothing changed at all (common dictionaries,
 * settings). error    {"error":"unknown command"}
 *
 * Who may ask: the user filterd runs as, root, and whoever the mode of the socket (0660, its group) lets in.
 * Threads: any. Errors: STATUS_NOT_FOUND = nobody listens at `path`; STATUS_UNAVAILABLE = cut off or `timeout_ms` over.
 */
#ifndef SERVE_CONTROL_H
#define SERVE_CONTROL_H

#include "base/buffer.h"
#include "base/status.h"

#define CONTROL_DEFAULT_PATH "/run/filterd/control.sock"
#define CONTROL_MAX_LINE_BYTES 4096

/* The client's side: sends `command` ("status") and appends the answer, without its line break, to `answer`; connecting
 * and waiting together take `timeout_ms` at most. */
STATUS_CHECKED enum status control_call(const char *path, const char *command, int timeout_ms, struct buffer *answer);

#endif
