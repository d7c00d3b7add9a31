/* scan/resolve.h - candidates become findings: who wins where readings overlap, in one place.
 *
 * 1. what an official contact, a public name or a number that is nobody's covers is dropped (a labelled value is not);
 * 2. of personal data, a candidate inside a better or longer one becomes its alternative; same-type neighbours that
 * overlap are united; a partial overlap keeps both findings, so that together they cover the union;
 * 3. of categories, the same category on overlapping spans is one finding.
 * Spans then take in what clings to the last character (variation selectors, combining marks, invisible characters
 * inside).
 */
#ifndef SCAN_RESOLVE_H
#define SCAN_RESOLVE_H

#include "scan/state.h"

/* Findings in the arena, by start, then the longer first. At most VERDICT_MAX_FINDINGS are kept for the report;
 * `*all_out` holds all. */
STATUS_CHECKED enum status resolve_candidates(struct state *state, struct finding **all_out, size_t *count_out);

#endif
