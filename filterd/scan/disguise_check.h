/* scan/disguise_check.h - whether letters of a message are a term in disguise; private to disguise.c. */
#ifndef SCAN_DISGUISE_CHECK_H
#define SCAN_DISGUISE_CHECK_H

#include "scan/state.h"
#include "text/letters.h"

struct disguise {
    const struct letters *text;
    size_t first, count;
    const struct term *term;
    struct slice wanted; /* plain form of the term, or of its reading */
    enum match_mode match;
    uint16_t evidence; /* out: the tricks */
};

/* Where it stands in the plain view. */
static inline struct span
disguise_place(const struct disguise *disguise)
{
    const struct letter *first = &disguise->text->items[disguise->first];
    return (struct span){first->start, first[disguise->count - 1].end};
}

extern const char disguise_is_none[]; /* refusal: not even a coarse match, or no trick in it */

/* *refused_out stays NULL when it is the term. */
STATUS_CHECKED enum status disguise_check(struct state *state, struct disguise *disguise, const char **refused_out);

#endif
