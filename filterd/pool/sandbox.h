/* pool/sandbox.h - what a process gives up before it sees a citizen's text.
 *
 * Threads: call in a fresh child with one thread. Errors: STATUS_IO; the child must then end.
 */
#ifndef POOL_SANDBOX_H
#define POOL_SANDBOX_H

#include "base/status.h"

/* Whether memory limits can be set: the shadow memory of AddressSanitizer counts as memory. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_BOUNDS_MEMORY 0
#else
#define SANDBOX_BOUNDS_MEMORY 1
#endif

/* First thing in every child of this program: dies with its parent, leaves no core dump and cannot be traced, ends
 * only as its parent wants (terminal signals are ignored, the signal mask is emptied). `parent_pid` is who forked. */
STATUS_CHECKED enum status sandbox_begin(int parent_pid);

/* Moves `fds` to 3, 4, … in order (and says so in `fds`), closes all others; 0 and 1 become /dev/null, 2 stays. */
STATUS_CHECKED enum status sandbox_keep_descriptors(int *fds, unsigned count);

/* The last step, when everything is loaded: from here on the worker reads and writes descriptors it has, and
 * allocates. */
STATUS_CHECKED enum status sandbox_enter(void);

#endif
