/* scan/manner.h - staff who look down on those they write to: DISRESPECT without a bad word.
 *
 * この程度のことも理解できない方は, 年寄りは面倒なんですよね and 不満がある人は引っ越してください are made of two
 * halves that are harmless apart, found in one sentence. Phrases that say it alone are terms (disrespect.csv). Asked of
 * outbound messages only.
 */
#ifndef SCAN_MANNER_H
#define SCAN_MANNER_H

#include "scan/state.h"

STATUS_CHECKED enum status manner_find(struct state *state);

#endif
