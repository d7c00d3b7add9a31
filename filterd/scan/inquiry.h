/* scan/inquiry.h - whether the sender asks about, or reports, a message, a link or a rumour that reached them.
 *
 * このURLは市のものですか https://bit.ly/abc and こんなSMSが来ました http://203.0.113.7/ 詐欺でしょうか carry the link,
 * the lure and the false name of what they ask about. Whoever reports must be heard: such findings of HARMFUL_LINK,
 * MALWARE, IMPERSONATION and COMMERCIAL keep their place in the answer with a likelihood below what blocks, and a
 * clause with that floor can ask for a look. What becomes of the address itself is said by the clause for URL. A link
 * of the city's own deny list stays denied. The same goes for FALSE_RUMOR where its truth is asked
 * (明日断水って聞いたけど本当？) and nothing asks to hand it on.
 */
#ifndef SCAN_INQUIRY_H
#define SCAN_INQUIRY_H

#include "scan/state.h"

#define INQUIRY_LIKELIHOOD 45

/* After all that finds categories. Costs nothing where none of the five was found. */
void inquiry_spare(struct state *state);

#endif
