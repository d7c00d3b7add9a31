/* scan/triggers.h - which patterns may match a message at all.
 *
 * What every match of a pattern holds is known when rules are built (rules/requires.h): some ASCII signs, a number of
 * digits, words, a label beside it. Most messages have nothing of it, and the pattern scan is spared; each question is
 * cheap, and the costlier ones are asked only where the cheaper ones say yes.
 *
 * Threads: none shared. Errors: none.
 */
#ifndef SCAN_TRIGGERS_H
#define SCAN_TRIGGERS_H

#include "scan/state.h"

/* A hit for each pattern whose trigger fires: since a match may be anywhere, it is said to end where the text does.
 * `hits` has room for common->searched_count; returns how many. */
size_t triggers_fired(const struct state *state, struct multi_hit *hits);

#endif
