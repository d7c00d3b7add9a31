/* base/fault.h - what is wrong in something an operator wrote, where, and how to mend it.
 *
 * Only for data that operators write (policies, dictionaries, configuration, command lines):
 * the value is printed. Never put a citizen's text here.
 * Threads: plain data. Errors: the functions cannot fail; long parts are cut at a character.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

#define FAULT_TEXT_BYTES 1280

struct fault {
    char file[256];  /* as the operator named it */
    unsigned line;   /* 1-based; 0 = the whole file */
    unsigned column; /* 1-based; characters for YAML, field number for CSV; 0 = the whole line */
    char item[96];   /* the key, column name or rule id; may be empty */
    char value[128]; /* as it stands in the file; may be empty */
    char reason[256];
    char mend[384];
};

/* Fills all parts; NULL strings become empty. `fault` may be NULL (the caller does not care). */
void fault_set(struct fault *fault, const char *file, unsigned line, unsigned column, const char *item,
               const char *value, const char *reason, const char *mend);

/* "file:line:column: item: 'value': reason (mend)" into `out`, NUL-terminated, control characters
 * replaced; returns `out`. FAULT_TEXT_BYTES hold every fault. */
const char *fault_text(const struct fault *fault, char *out, size_t out_bytes);

#endif
