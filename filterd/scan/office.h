/* scan/office.h - addresses and numbers of offices: 図書館の電話は …, 市役所（柏市 …）.
 *
 * Threads: the scanner's. Errors: none.
 */
#ifndef SCAN_OFFICE_H
#define SCAN_OFFICE_H

#include "scan/state.h"

/* Whether the phone, address or postal code at `value` is said to be that of an office, school or other institution:
 * its name stands directly before the value or before `label` (the nearest label, may be NULL), on the same line.
 * Mobile numbers are nobody's office. */
bool office_owns(const struct state *state, enum info_type info, struct span value, const struct cue *label);

/* Whether the name of an office, school or other institution ends at byte `at`. */
bool office_ends(const struct state *state, uint32_t at);

#endif
