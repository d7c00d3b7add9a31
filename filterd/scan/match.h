/* scan/match.h - first stage of detection: every literal, and every end of every pattern.
 *
 * One literal scan over the skeleton for what all cities share and a small one for the city's own; the pattern scan
 * over the plain view only where a trigger fires (scan/triggers.h), and not where few do in a short text: these are
 * left to verify. Fills cues, term_hits and pattern_hits of the state. Errors: STATUS_BUDGET when a message holds more
 * hits than words can overlap in it: suspicious, never clean.
 */
#ifndef SCAN_MATCH_H
#define SCAN_MATCH_H

#include "scan/state.h"

STATUS_CHECKED enum status match_literals(struct state *state);
STATUS_CHECKED enum status match_patterns(struct state *state);

#endif
