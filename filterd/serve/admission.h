/* serve/admission.h - whether a request gets in: read, known, answerable, in time, within its quota, kept.
 *
 * A question that is answered with no is the end of the request: it is refused with the status that says why, and
 * counted. Who asks (serve/gate.h) comes before all that tells something about the service and its load.
 *
 * Threads and errors: as serve/front_parts.h.
 */
#ifndef SERVE_ADMISSION_H
#define SERVE_ADMISSION_H

#include "serve/front_parts.h"

/* The request that was read into requests_spare(): queued for the workers, or refused. */
void admission_take_in(struct front *front);

#endif
