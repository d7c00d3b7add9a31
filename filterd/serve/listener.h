/* serve/listener.h - where filterd may listen, and that nobody else does.
 *
 * Without keys only ipc and the loopback addresses: whoever can connect is answered. Where others reach us, clients
 * need keys (CURVE). Threads: one owner. Errors: STATUS_INVALID with a fault; STATUS_UNAVAILABLE = another process
 * holds it.
 */
#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include "base/fault.h"
#include "base/status.h"

STATUS_CHECKED enum status listener_check(const char *endpoint, struct fault *fault);
STATUS_CHECKED enum status listener_check_curve(const char *endpoint, struct fault *fault);

/* The path of an ipc endpoint, NULL for others. */
const char *listener_path(const char *endpoint);

/* Takes the lock PATH.lock. A later bind on PATH would otherwise succeed and steal a live endpoint. The lock lives as
 * long as *fd_out and every copy of it. */
STATUS_CHECKED enum status listener_lock(const char *path, int *fd_out, struct fault *fault);

#endif
