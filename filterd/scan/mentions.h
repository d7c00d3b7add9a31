/* scan/mentions.h - who is mentioned where: the cues (私の, 隣の) and the words for persons of special.csv, in one
 * order.
 *
 * None overlaps another: of 元夫の only the whole, not 夫の. Who only acts or is spoken to (夫から, 父に代わって) is
 * left out; the family of others (友人の母) is OTHER. Spans are bytes of the plain view. Threads: one owner. Errors:
 * STATUS_TOO_LARGE when the arena is full.
 */
#ifndef SCAN_MENTIONS_H
#define SCAN_MENTIONS_H

#include "scan/state.h"

struct mention {
    struct span plain;
    enum subject subject; /* SELF, FAMILY, OTHER, or OFFICIAL for a title */
};

struct mentions {
    struct mention *items; /* in order; valid as long as the arena */
    size_t count;
};

STATUS_CHECKED enum status mentions_collect(struct state *state, struct mentions *mentions_out);

/* How many of them end at or before byte `at`: the last of these is the nearest. */
size_t mentions_until(const struct mentions *mentions, uint32_t at);

/* The one that begins right at byte `at`; NULL = none. */
const struct mention *mentions_at(const struct mentions *mentions, uint32_t at);

#endif
