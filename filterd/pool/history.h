/* pool/history.h - the sources of every ruleset that answered, so that a past verdict can be made again.
 *
 * DIR/commons/<hash>/           what all cities share, as the tree that common_build() reads
 * DIR/tokens/<hash>/            the dictionary of MeCab, to which the commons link
 * DIR/cities/<id>/<hash>/<id>/  one city's files; <hash> is the ruleset's
 * DIR/cities/<id>/<hash>/made   with what: "common <hash>", then a line for each of rules/versions.h
 *
 * A copy needs no signature: what is built from it has the hash that it is named by, or it is not used. The last
 * HISTORY_PER_CITY rulesets of each city, HISTORY_COMMONS commons and HISTORY_TOKENS dictionaries are kept; files that
 * two commons share are one file on disk. The directory is private (0700).
 *
 * Threads: one writer; readers any time. Errors: STATUS_IO (errno kept), STATUS_NO_MEMORY; history_find fills `fault`.
 */
#ifndef POOL_HISTORY_H
#define POOL_HISTORY_H

#include "base/fault.h"
#include "base/status.h"
#include "pool/load.h"
#include "rules/ruleset.h"

#define HISTORY_COMMONS 32
#define HISTORY_TOKENS 4 /* 52 MB each */
#define HISTORY_PER_CITY 64
#define HISTORY_MIN_PREFIX 8 /* characters of a hash that are enough to name it */

/* Copies the files below `from` that `common` was built from. STATUS_INVALID: they have changed since; nothing is kept.
 */
STATUS_CHECKED enum status history_keep_common(const char *dir, const char *from, const struct common *common);
STATUS_CHECKED enum status history_keep_city(const char *dir, const struct city_files *files,
                                             const struct ruleset *ruleset);

/* The kept tree of the common with this hash, for places. STATUS_NOT_FOUND. */
STATUS_CHECKED enum status history_common(const char *dir, const char *hex, char path_out[PLACES_PATH_BYTES]);

struct history_entry {
    struct places places; /* where its files lie; no keys: they are never copied */
    char id[PLACES_ID_BYTES];
    char ruleset[HASH_HEX_BYTES];
};

/* The ruleset whose hash begins with `prefix`. STATUS_NOT_FOUND: none is kept, or more than one begins so.
 * STATUS_INVALID: it was made with another engine or library than this program's, and would not come out the same. */
STATUS_CHECKED enum status history_find(const char *dir, const char *prefix, struct history_entry *entry_out,
                                        struct fault *fault);

#endif
