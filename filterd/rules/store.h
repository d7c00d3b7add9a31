/* rules/store.h - compiled databases by what they were compiled from.
 *
 * In memory, and in a private directory when one is given. A database file is code to Hyperscan: it carries a keyed
 * BLAKE2b MAC (the key file lies in the same 0700 directory, mode 0600). What does not verify, or belongs to or can be
 * read by others, is removed and compiled again; a key that others could read is replaced. Threads: one owner. Errors:
 * a store that cannot write still serves; store_put reports STATUS_IO.
 */
#ifndef RULES_STORE_H
#define RULES_STORE_H

#include "base/hash.h"
#include "base/status.h"

struct store;

STATUS_CHECKED enum status store_create(const char *dir, struct store **store_out); /* dir NULL = memory only */
void store_destroy(struct store **store);
/* Borrowed until the store is destroyed; STATUS_NOT_FOUND. */
STATUS_CHECKED enum status store_get(struct store *store, const struct hash *key, struct slice *blob_out);
/* Removes the files that this store was not asked for, but for the `max_unused` written last: what a city goes back to
 * tomorrow need not be compiled again. */
void store_prune(const struct store *store, size_t max_unused);
STATUS_CHECKED enum status store_put(struct store *store, const struct hash *key, struct slice blob);

#endif
