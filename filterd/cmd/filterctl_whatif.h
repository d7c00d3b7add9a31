/* cmd/filterctl_whatif.h - what another version would decide about an archive, run and shown.
 *
 * Threads: one. Errors: told the user.
 */
#ifndef CMD_FILTERCTL_WHATIF_H
#define CMD_FILTERCTL_WHATIF_H

#include "cmd/filterctl.h"

/* Runs both over the archive that the call's options and operands name, and shows what changes. EXIT_FOUND: something
 * does; EXIT_REFUSED: nothing does, of the records that could be read. */
int whatif_show(const struct call *call, struct load *load, const struct city *before, const struct city *after);

#endif
