/* scan/subject.h - whose data it is, where the text shows it; and what follows: exposure, need, danger.
 *
 * Cheap cues only: 私は…, 娘の…, 隣の… before the value in the same sentence. What is not shown stays UNKNOWN, which
 * never blocks.
 */
#ifndef SCAN_SUBJECT_H
#define SCAN_SUBJECT_H

#include "scan/state.h"

/* Fills finding.subject of every personal-data candidate that has none. */
void subject_assign(struct state *state);

/* Adds a PRIVACY candidate beside the data of an OTHER where the message exposes it and reports no need. */
STATUS_CHECKED enum status subject_find_exposure(struct state *state);

/* Whether somebody's life or safety is in danger (escalate). */
bool subject_is_in_danger(const struct state *state);

#endif
