/* scan/subject.h - whose data it is, where the text shows it; and what follows: exposure.
 *
 * Cues (私は…, 娘の…, 隣の…) and the words for persons of special.csv before the value in the same sentence; then how
 * the sentence is made: 細野です。 連絡先は…です. What is not shown stays UNKNOWN, which never blocks.
 */
#ifndef SCAN_SUBJECT_H
#define SCAN_SUBJECT_H

#include "scan/state.h"

/* Fills finding.subject of every personal-data candidate that has none. STATUS_TOO_LARGE: the arena is full. */
STATUS_CHECKED enum status subject_assign(struct state *state);

/* Adds a PRIVACY candidate beside the data of an OTHER where the message exposes it and reports no need. */
STATUS_CHECKED enum status subject_find_exposure(struct state *state);

#endif
