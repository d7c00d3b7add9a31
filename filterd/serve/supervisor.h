/* serve/supervisor.h - the parent of front and generations: no hostile input reaches it.
 *
 * Signals: HUP = reload; TERM and INT = answer what is under way, then end; a second one = end now.
 * Threads: one. Errors: before the service is up they are faults for whoever started it; later they are logged, and
 * what died is started again.
 */
#ifndef SERVE_SUPERVISOR_H
#define SERVE_SUPERVISOR_H

#include "base/fault.h"
#include "serve/conf.h"

#define SUPERVISOR_EXIT_OK 0
#define SUPERVISOR_EXIT_USAGE 64       /* EX_USAGE */
#define SUPERVISOR_EXIT_UNAVAILABLE 69 /* EX_UNAVAILABLE: an address or file is taken, or memory */
#define SUPERVISOR_EXIT_CONF 78        /* EX_CONFIG */

struct supervisor_options {
    /* The settings now: the file with the command line over it, and the rows of clients. Called at the start and by
     * every reload. */
    enum status (*read_conf)(const void *context, struct conf *conf_out, struct buffer *clients, struct fault *fault);
    const void *context;
};

/* Runs until told to end; gives the exit code of filterd. Nothing else may have been started in this process. */
int supervisor_run(const struct supervisor_options *options, struct fault *fault);

#endif
