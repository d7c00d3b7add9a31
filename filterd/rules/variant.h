/* rules/variant.h - a ruleset as it would be without some of its rules.
 *
 * What is left out is not found: the databases are made anew from the rules that stay. All else is shared with the
 * whole ruleset, which must outlive the variant. For tools that ask what a rule costs or decides; no daemon makes one.
 *
 * Threads: one owner while it is made, then immutable. A scanner of its own is needed: its common is another one.
 * Errors: STATUS_NO_MEMORY, or the engine's.
 */
#ifndef RULES_VARIANT_H
#define RULES_VARIANT_H

#include "rules/ruleset.h"

/* One flag per rule, by its index; true = left out. NULL: that part is shared as it is. All false: it is made anew,
 * and decides what it did. */
struct left_out {
    const bool *patterns;     /* of common->patterns */
    const bool *common_terms; /* of common->terms, with their further writings */
    const bool *city_terms;   /* of ruleset->terms */
    bool names;               /* the tagger of names, as a whole */
};

struct variant;

STATUS_CHECKED enum status variant_create(const struct ruleset *whole, const struct left_out *left_out,
                                          struct variant **variant_out);
void variant_destroy(struct variant **variant);
const struct ruleset *variant_ruleset(const struct variant *variant);

#endif
