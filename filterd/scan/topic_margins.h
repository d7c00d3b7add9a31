/* scan/topic_margins.h - how much a passage speaks for each category of the topic model, and for danger.
 *
 * A margin is in 1/TOPIC_MARGIN_ONE (rules/topics.h): from about -0.4 on more passages are of the category than not,
 * everyday talk is at -2. Threads: none shared.
 */
#ifndef SCAN_TOPIC_MARGINS_H
#define SCAN_TOPIC_MARGINS_H

#include "base/span.h"
#include "rules/topics.h"

struct topic_margins {
    int64_t of[TOPIC_LANES];
};

/* `passage`: bytes of the skeleton view, whole characters. */
struct topic_margins topic_margins_of(const struct topic_model *model, struct slice skeleton, struct span passage);

/* TOPIC_LANES weights of the row of characters at `hash` (topic_hash); NULL: training never saw it. */
const int8_t *topic_weights(const struct topic_model *model, uint64_t hash);

#endif
