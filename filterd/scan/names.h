/* scan/names.h - names of people: a surname beside an honorific or title, and what the client marked as a mention.
 *
 * (Names behind a label are a pattern: pii.person.labelled.) A candidate's span is the name itself, without honorific.
 * Runs only where the literal scan saw an honorific or a title, or the client gave a PERSON hint.
 */
#ifndef SCAN_NAMES_H
#define SCAN_NAMES_H

#include "scan/state.h"

STATUS_CHECKED enum status names_find(struct state *state);

/* Whether `name` (plain view) begins with a known surname; *surname_bytes_out = the longest such one. */
bool names_begins_with_surname(const struct facts *facts, struct slice name, uint32_t *surname_bytes_out);

#endif
