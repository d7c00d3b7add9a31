/* scan/names.h - names of people: by a trained tagger, by rules beside it, and what the client marked as a mention.
 *
 * A gate decides which messages the tagger reads: those with a label, honorific or title, and those whose pairs of
 * characters could begin a name (the policy's `names: fast` asks for more of them than `thorough`). The rules know a
 * surname beside an honorific or title, and patterns what stands behind a label; where both speak, the tagger draws the
 * borders. A candidate's span is the name itself, without honorific or title.
 */
#ifndef SCAN_NAMES_H
#define SCAN_NAMES_H

#include "scan/state.h"

STATUS_CHECKED enum status names_find(struct state *state);

#endif
