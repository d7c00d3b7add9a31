/* scan/writings.h - further writings of terms (rules/writings.h) become candidates where they stand by themselves.
 *
 * They are literals by chance of other words too, so each trick is asked for what tells it from chance: rōmaji stands
 * between no other letters, digits or signs of an address; a reversed word begins and ends where scripts change and
 * MeCab sees a boundary; letters of the same sound are no end of a name (柏市ね).
 */
#ifndef SCAN_WRITINGS_H
#define SCAN_WRITINGS_H

#include "scan/state.h"

STATUS_CHECKED enum status writings_verify(struct state *state);

#endif
