/* scan/outbound.h - what only a post of staff must not say: addresses and hosts that give a network away (SECURITY),
 * and what looks down on citizens (scan/manner.h).
 *
 * In a citizen's message the same is about their own network at home, so only outbound messages are looked at.
 */
#ifndef SCAN_OUTBOUND_H
#define SCAN_OUTBOUND_H

#include "scan/state.h"

STATUS_CHECKED enum status outbound_find(struct state *state);

#endif
