/* cmd/filterd_test.h - filterd -t: whether settings and all cities would be taken over.
 *
 * Threads: one. Errors: printed, one line each.
 */
#ifndef CMD_FILTERD_TEST_H
#define CMD_FILTERD_TEST_H

#include <stdbool.h>

#include "serve/conf.h"

/* Builds everything anew and runs every city's cases; gives the exit code. */
int filterd_test(const struct conf *conf, bool japanese);

#endif
