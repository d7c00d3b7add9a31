/* scan/check_digits.h - what a number says about itself.
 *
 * A check digit raises a likelihood, it never decides: one random 12-digit number in ten passes. Threads: no state.
 * Errors: none.
 */
#ifndef SCAN_CHECK_DIGITS_H
#define SCAN_CHECK_DIGITS_H

#include <stdbool.h>

#include "base/span.h"
#include "rules/ruleset.h"

/* Whether `value` (plain view) is a date that exists: 1988年5月1日, 昭和六十三年五月一日, s63.5.1, 19880501; eras
 * within their bounds. */
bool date_is_valid(struct slice value);

/* `value` as the pattern matched it, separators and all. Checks that ask what stands around it are false here. */
bool check_holds(enum check check, struct slice value);

#endif
