/* scan/links.h - whose the links of a text are.
 *
 * Every URL that was found is held against the city's lists (links: in policy.yaml), against what only a government can
 * have registered, and against names that pass for the city's own. An official or allowed link is no harmful one,
 * whatever its ending or words; a denied one always is, and so are one that only looks official
 * (city-kashiwa-lg-jp.com) and a bare address, however it is written. Who asks about a link is heard (scan/inquiry.h).
 */
#ifndef SCAN_LINKS_H
#define SCAN_LINKS_H

#include "scan/state.h"

STATUS_CHECKED enum status links_judge(struct state *state);

#endif
