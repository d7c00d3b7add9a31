/* pool/sandbox.h - what a process gives up before it sees a citizen's text.
 *
 * Threads: call in a fresh child with one thread. Errors: STATUS_IO; the child must then end.
 */
#ifndef POOL_SANDBOX_H
#define POOL_SANDBOX_H

#include <stdint.h>

#include "base/status.h"

/* Sanitizer builds run without memory limits (shadow memory counts as memory) and without the system call filter
 * (their reports open files): 0 there, and the tests that need them say that they are skipped. */
#if !defined(SANDBOX_IS_WHOLE)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_IS_WHOLE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANDBOX_IS_WHOLE 0
#endif
#endif
#endif
#if !defined(SANDBOX_IS_WHOLE)
#define SANDBOX_IS_WHOLE 1
#endif
#define SANDBOX_BOUNDS_MEMORY SANDBOX_IS_WHOLE

/* What a worker may allocate beyond what it has when it enters: batches of both directions at their largest, twice
 * while they grow, and room. */
#define SANDBOX_WORKER_MEMORY_BYTES (256ull << 20)

/* First thing in every child of this program: dies with its parent, leaves no core dump and cannot be traced, ends
 * only as its parent wants (terminal signals are ignored, the signal mask is emptied). `parent_pid` is who forked. */
STATUS_CHECKED enum status sandbox_begin(int parent_pid);

/* Moves `fds` to 3, 4, … in order (and says so in `fds`), closes all others; 0 and 1 become /dev/null, 2 stays. */
STATUS_CHECKED enum status sandbox_keep_descriptors(int *fds, unsigned count);

/* For processes that never see a text, or that ZeroMQ needs: no new program, no executable memory that is not there
 * yet for `front`, no tracing, no look into other processes, no change of privileges or mounts; no network either for
 * `generation`. What comes of it is inherited by all their children. A forbidden call ends the process. */
enum sandbox_role { SANDBOX_FRONT, SANDBOX_GENERATION };
STATUS_CHECKED enum status sandbox_limit(enum sandbox_role role);

/* From here on this process may map `bytes` more than now: what its parent had loaded is not its own doing. */
STATUS_CHECKED enum status sandbox_bound_space(uint64_t bytes);

/* The last step of a worker, when everything is loaded: from here on it reads and writes the descriptors it has, and
 * allocates, up to SANDBOX_WORKER_MEMORY_BYTES more than now. Any other system call ends it: no open, no socket, no new
 * process or program, no executable memory (expressions are compiled before), signals to itself alone. */
STATUS_CHECKED enum status sandbox_enter(void);

#endif
