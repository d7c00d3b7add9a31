/* base/status.h - how a call ended.
 *
 * Layers base to scan return one of these and never log or exit. The words of
 * status_word() are stable: they end log lines and stand in tests.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define STATUS_CHECKED __attribute__((warn_unused_result))

enum status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY,   /* an allocation, arena or scratch is exhausted */
    STATUS_TOO_LARGE,   /* the input exceeds a configured limit */
    STATUS_INVALID,     /* the input is malformed; where an operator wrote it, a struct fault says where */
    STATUS_NOT_FOUND,   /* no such file, policy, match, row */
    STATUS_BUDGET,      /* a CPU or match limit was reached: the result is unsure, never "clean" */
    STATUS_IO,          /* the system refused; errno is kept */
    STATUS_UNAVAILABLE, /* a peer or worker is gone */
    STATUS_INTERNAL,    /* a library failed in a way that its contract excludes */
    STATUS_COUNT
};

/* One lower-case word or two, static storage. */
const char *status_word(enum status status);

#endif
