/* rules/slips.h - what a parser's own message does not explain: the usual slips of a Japanese keyboard and editor.
 *
 * Threads: pure functions. Errors: none.
 */
#ifndef RULES_SLIPS_H
#define RULES_SLIPS_H

#include "base/span.h"

struct slip {
    const char *bytes;
    bool only_in_indentation;
    const char *reason;
    const char *mend;
};

/* The first slip on the line (0-based), with its 1-based character; NULL when there is none. */
const struct slip *slip_find(struct slice text, size_t line, unsigned *column_out);

/* The 1-based line of the first byte that is not UTF-8. */
unsigned slip_invalid_line(struct slice text);

#endif
