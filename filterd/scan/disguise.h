/* scan/disguise.h - terms in disguise: masked, drawn out, in look-alike letters, one letter a line.
 *
 * Runs only on texts with signs of a disguise (view.may_disguise) and looks only around them. What it finds it holds
 * letter by letter against the row's writing, and against the word's neighbours, since a coarse look sees words where
 * none are; exceptions and word boundaries count as in terms.h. After DISGUISE_MAX_CHECKS of one message the rest
 * counts as found (EVIDENCE_BUDGET).
 */
#ifndef SCAN_DISGUISE_H
#define SCAN_DISGUISE_H

#include "scan/state.h"

#define DISGUISE_MAX_CHECKS 256

/* Reads the letters and asks for what the search looks up first: it is on its way while other stages work. The views of
 * a text in gal-moji become those of what it says (gal_moji.h). */
STATUS_CHECKED enum status disguise_prepare(struct state *state);

/* After disguise_prepare(), or without effect. */
STATUS_CHECKED enum status disguise_find(struct state *state);

#endif
