/* scan/outbound.h - what gives a network away in a post of staff: private addresses and internal hosts (SECURITY).
 *
 * In a citizen's message the same is about their own network at home, so only outbound messages are looked at.
 */
#ifndef SCAN_OUTBOUND_H
#define SCAN_OUTBOUND_H

#include "scan/state.h"

STATUS_CHECKED enum status outbound_find(struct state *state);

#endif
