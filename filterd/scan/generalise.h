/* scan/generalise.h - a value made coarser: what still serves statistics and no longer names anybody.
 *
 * AGE -> 30代, ADDRESS -> up to the municipality, BIRTH_DATE -> the year, GEO -> two decimals (about a kilometre),
 * POSTAL_CODE -> its first three digits. Threads: constant. Errors: NOT_FOUND where a value shows no coarser form.
 */
#ifndef SCAN_GENERALISE_H
#define SCAN_GENERALISE_H

#include "base/buffer.h"
#include "base/status.h"
#include "rules/ruleset.h"

#define GENERALISED_MAX_BYTES 256

/* `value` in the plain view. Writes at most GENERALISED_MAX_BYTES. `facts` may be NULL. */
STATUS_CHECKED enum status generalise(enum info_type type, struct slice value, const struct facts *facts, char *out,
                                      size_t *bytes_out);

#endif
