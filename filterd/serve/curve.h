/* serve/curve.h - keys of CURVE, as ZeroMQ writes them (Z85: 40 characters).
 *
 * A key file is what `filterctl keygen --curve` writes: comments, and lines "public KEY" and "secret KEY". Only its
 * owner and group may read it.
 *
 * Threads: constant. Errors: STATUS_INVALID, STATUS_IO with a fault. Privacy: the caller wipes keys (base/secret.h).
 */
#ifndef SERVE_CURVE_H
#define SERVE_CURVE_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/status.h"

#define CURVE_KEY_BYTES 41 /* with the NUL */

struct curve_key {
    char public_key[CURVE_KEY_BYTES]; /* "" = none */
    char secret_key[CURVE_KEY_BYTES];
};

bool curve_key_is_valid(const char *key);
STATUS_CHECKED enum status curve_generate(struct curve_key *key_out);
STATUS_CHECKED enum status curve_load(const char *path, struct curve_key *key_out, struct fault *fault);

#endif
