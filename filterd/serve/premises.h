/* serve/premises.h - what a filterd needs for itself alone: its state directory and its listeners.
 *
 * Threads: one owner. Errors: STATUS_INVALID and STATUS_IO with a fault; STATUS_UNAVAILABLE = another filterd has it.
 */
#ifndef SERVE_PREMISES_H
#define SERVE_PREMISES_H

#include "base/fault.h"
#include "serve/conf.h"
#include "serve/curve.h"

#define PREMISES_PATH_BYTES (CONF_TEXT_BYTES + 32)

struct premises { /* the locks last as long as the process */
    char store_dir[PREMISES_PATH_BYTES];
    char good_dir[PREMISES_PATH_BYTES];
    char history_dir[PREMISES_PATH_BYTES];
};

/* The server's key for listen_curve; empty when nobody listens so. The caller wipes it. */
STATUS_CHECKED enum status premises_key(const struct conf *conf, struct curve_key *key_out, struct fault *fault);
/* Whether settings name listeners and paths that filterd may use; reads the key, touches nothing. */
STATUS_CHECKED enum status premises_check(const struct conf *conf, struct fault *fault);
/* Makes the directories (private) and takes the locks. */
STATUS_CHECKED enum status premises_take(const struct conf *conf, struct premises *premises_out, struct fault *fault);

#endif
