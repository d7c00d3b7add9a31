/* scan/names_rules.h - names that rules find: a surname beside an honorific or title. */
#ifndef SCAN_NAMES_RULES_H
#define SCAN_NAMES_RULES_H

#include "scan/state.h"

/* One candidate. STATUS_TOO_LARGE when the arena is full. */
STATUS_CHECKED enum status names_add(struct state *state, struct span name, const char *rule, unsigned likelihood,
                                     uint16_t evidence, enum subject subject);

/* The rule of findings whom a list says the public knows: nobody's secret, marked and left readable. */
extern const char names_public_rule[];

/* Candidates beside every honorific and title, and everybody who is known to the public: SUBJECT_PUBLIC. */
STATUS_CHECKED enum status names_by_rules(struct state *state);

/* Whether a public name (a facility, a figure of history) covers part of `plain`. */
bool names_is_public(const struct state *state, struct span plain);

#endif
