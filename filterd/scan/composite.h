/* scan/composite.h - COMPOSITE: what identifies nobody alone, and somebody together (真岡市 8, 八戸市 個人情報 1).
 *
 * 西町の畳屋の末っ子: place, shop, position in the family. Parts that stand close together, of at least three kinds, or
 * of two where one is rare, about one person who is not named anyway, become one finding each, all of one group. A
 * question about a place or a shop is no person: at least one part must be one of a person's own.
 * Only where the policy says `composite: on`.
 */
#ifndef SCAN_COMPOSITE_H
#define SCAN_COMPOSITE_H

#include "scan/special_hits.h"

/* After everything else that finds. */
STATUS_CHECKED enum status composite_find(struct state *state, const struct special_persons *persons,
                                          const struct special_hit *hits, size_t count);

#endif
