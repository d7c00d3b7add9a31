/* scan/special.h - data about a person that no format shows: SPECIAL_CARE, COMPOSITE, JOB_TITLE.
 *
 * SPECIAL_CARE is the words that state a fact of 個人情報保護法2条3項, or one that leads to discrimination, about a
 * person who is named or meant: 母に糖尿病があり, 隣の人は服役していた. A topic alone is none: 糖尿病の講座, がん検診.
 * What is weighed: the word, what stands right behind it (special.csv: state, topic, unsure), and who is meant in the
 * sentence, or in the one before.
 *
 * All are noun phrases in ordinary words, so they are looked for only where a word of special.csv stands.
 */
#ifndef SCAN_SPECIAL_H
#define SCAN_SPECIAL_H

#include "scan/state.h"

/* Everything that special.csv serves; after the names. */
STATUS_CHECKED enum status special_find(struct state *state);

#endif
