/* scan/look.h - names of Latin letters as the eye takes them.
 *
 * Look-alike letters of other scripts are folded (skeleton), signs between letters left out, i 1 l | are one letter, o
 * 0 another, rn is m and vv is w: two names with one look are taken for each other.
 */
#ifndef SCAN_LOOK_H
#define SCAN_LOOK_H

#include "scan/state.h"

#define LOOK_MAX_BYTES 256 /* with the NUL; what is longer is cut */

STATUS_CHECKED enum status look_make(const struct state *state, struct slice name, char out[LOOK_MAX_BYTES]);

#endif
