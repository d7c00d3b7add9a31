/* archive/month.h - in which month a record was made, by whatever its time field says.
 *
 * Understood are ISO 8601 and its like (2024-03-01T09:00:00+09:00, 2024/3/1 9:00, 2024.3, 2024年3月1日, 20240301), the
 * Japanese era (令和6年3月1日, R6.3.1) and the seconds, milliseconds or microseconds of a clock (the `timestamp` of a
 * webhook). A time that names its zone is turned into Japan's; the rest is taken as written. Any charset of
 * text/charset.h but UTF-16.
 *
 * Threads: no state. Errors: none; MONTH_UNKNOWN.
 */
#ifndef ARCHIVE_MONTH_H
#define ARCHIVE_MONTH_H

#include "base/span.h"

#define MONTH_UNKNOWN 0
#define MONTH_TEXT_BYTES 8 /* "2024-03" */

/* Months since the year 0, of the years 1990 to 2099. `time` may stand in quotation marks. */
unsigned month_of(struct slice time);
/* "2024-03", or "-" for MONTH_UNKNOWN. */
void month_text(unsigned month, char out[MONTH_TEXT_BYTES]);

#endif
