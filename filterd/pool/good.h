/* pool/good.h - the last good files of every city, kept by the service.
 *
 * DIR/<id>/ holds the four files as bytes and a stamp: a hash of what they were checked with. A set replaces the one
 * before it in one step. DIR/.common names the common dictionaries that were last good (pool/history.h has their
 * files). The directory is private (0700): it decides what answers when a city's own files are faulty.
 *
 * Threads: one owner. Errors: STATUS_NOT_FOUND = no set; STATUS_IO (errno kept).
 */
#ifndef POOL_GOOD_H
#define POOL_GOOD_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/status.h"
#include "rules/ruleset.h"

/* What a check of these files under this common rests on. */
void good_stamp(const struct common *common, const struct city_files *files, struct hash *stamp_out);

/* Whether the kept set of `id` carries this stamp. */
bool good_has(const char *dir, const char *id, const struct hash *stamp);

struct good_set {
    const struct city_files *files;
    struct hash stamp;
    enum status status; /* filled: whether it is kept now */
};

/* All of them are on disk before the first replaces the one before it. */
void good_save(const char *dir, struct good_set *sets, size_t count);

STATUS_CHECKED enum status good_load(const char *dir, const char *id, struct city_files *files_out,
                                     struct fault *fault);

/* The hash of the common dictionaries that last loaded. */
STATUS_CHECKED enum status good_save_common(const char *dir, const struct hash *hash);
STATUS_CHECKED enum status good_load_common(const char *dir, char hex_out[HASH_HEX_BYTES]);

#endif
