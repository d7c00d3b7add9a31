/* scan/impostors.h - names and ids that pass for the city's own account.
 *
 * A handle with the look of the official id that is not the id (@kashiwa-shi, @kashlwa_shi), the account's name with a
 * look-alike kanji in it (柏巿役所), and the account's own name as a user's display name. A text that warns of a false
 * account names one too: it is left alone.
 */
#ifndef SCAN_IMPOSTORS_H
#define SCAN_IMPOSTORS_H

#include "scan/state.h"

STATUS_CHECKED enum status impostors_find(struct state *state);

#endif
