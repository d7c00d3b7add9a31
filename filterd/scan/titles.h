/* scan/titles.h - JOB_TITLE: an office that describes a person (真岡市 8: 役職名): 会計監査の稲葉さん,
 * 班長をしています.
 *
 * An office alone is none: 副会長は何人まで置けますか. Looked for only where a clause of the policy covers JOB_TITLE.
 */
#ifndef SCAN_TITLES_H
#define SCAN_TITLES_H

#include "scan/special_hits.h"

STATUS_CHECKED enum status titles_find(struct state *state, const struct special_persons *persons,
                                       const struct special_hit *hits, size_t count);

#endif
