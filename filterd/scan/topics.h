/* scan/topics.h - prohibited content whose words are innocent one by one, by the topic model (rules/topics.h).
 *
 * A text is read in passages: all of it where it is short, else sentences together until they are long enough to judge.
 * A passage that speaks for a category becomes a candidate, rule "topic.<category>", unless a term of that category
 * stands in it already. At most TOPICS_PER_PASSAGE categories are named. Clauses decide by likelihood.
 */
#ifndef SCAN_TOPICS_H
#define SCAN_TOPICS_H

#include "scan/state.h"

#define TOPICS_PER_PASSAGE 2

STATUS_CHECKED enum status topics_find(struct state *state);

#endif
