/* serve/report.h - what the control socket answers: the state of the service as JSON (serve/control.h).
 *
 * Threads: one owner. Errors: the buffer's.
 */
#ifndef SERVE_REPORT_H
#define SERVE_REPORT_H

#include "base/buffer.h"
#include "serve/service.h"

void report_status(struct service *service, struct buffer *out);
void report_stats(const struct service *service, struct buffer *out);

/* What a reload did. `before` is the live cohort it replaced (NULL = none), `after` the one that is live now; both are
 * the same when nothing changed, and `fault` says why. Gives "ok". */
bool report_reload(const struct cohort *before, const struct cohort *after, const struct fault *fault,
                   struct buffer *out);
void report_error(const char *words, struct buffer *out);

#endif
