/* scan/address.h - where an address begins: from its number back over town, municipality and prefecture.
 *
 * A pattern finds the part from the first number on (5丁目10-1, 三丁目二番). This walks back with the tables of towns
 * and municipalities; what they do not know is no address, unless a label says so.
 */
#ifndef SCAN_ADDRESS_H
#define SCAN_ADDRESS_H

#include "scan/state.h"

/* Moves value->start back over the places before it. False, and `value` untouched, when none stands there or when what
 * follows says that the number counts something else (5-3時, 1-2位). */
bool address_extend(const struct state *state, struct span *value);

/* The same for a lone number (柏市柏255): both municipality and town must be known. */
bool address_extend_single(const struct state *state, struct span *value);

/* The same for an address in kana: かしわし かしわ 5ちょうめ 10. No table knows it, so there must be spaces between its
 * words, one of which ends as a municipality does, and 丁目 or three numbers. */
bool address_extend_kana(const struct state *state, struct span *value);

/* Whether before some digit anything ends as a municipality or county does: without, the one above is always false for
 * a value that begins with one. */
bool address_may_be_single(const struct state *state);

#endif
