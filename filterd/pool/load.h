/* pool/load.h - dictionaries on disk: where they lie, and rulesets built from them.
 *
 * Places, the first that applies: the directory given; FILTERD_DICTIONARIES; ../dictionaries beside the directory of
 * the program; /etc/filterd over /usr/share/filterd, where a city's folder in /etc hides the one in /usr/share.
 * A dictionary directory holds common/ and cities/<id>/.
 *
 * Threads: one owner. Errors: STATUS_INVALID and STATUS_NOT_FOUND fill `fault`. A city that fails leaves the others.
 */
#ifndef POOL_LOAD_H
#define POOL_LOAD_H

#include "base/buffer.h"
#include "base/fault.h"
#include "base/status.h"
#include "pool/worker.h"
#include "rules/ruleset.h"

#define PLACES_PATH_BYTES 1024
#define PLACES_MAX 2
#define PLACES_ID_BYTES 64 /* of a city's id, with the NUL */

struct places {
    char common[PLACES_PATH_BYTES];
    char cities[PLACES_MAX][PLACES_PATH_BYTES]; /* the first that has the folder wins */
    unsigned count;
    char keys[PLACES_PATH_BYTES]; /* a key file (rules/keys.h), or a directory with <id>.key; "" = none */
};

/* `dir`: what the command line says; NULL or "" = search. */
STATUS_CHECKED enum status places_find(const char *dir, struct places *places_out, struct fault *fault);

/* `path` NULL = none. Nothing is read yet: only a policy that asks for keys reads them. */
STATUS_CHECKED enum status places_set_keys(struct places *places, const char *path, struct fault *fault);

/* The key file of one city: `path`, filled, or NULL when no keys are configured. */
const char *places_keys(const struct places *places, const char *id, char *path, size_t bytes);

/* Ids of all cities, sorted, each NUL-terminated, one after another. Folders without policy.yaml are none. */
STATUS_CHECKED enum status places_list(const struct places *places, struct buffer *ids, size_t *count_out);

/* Reads one city's files; STATUS_NOT_FOUND for an unknown or impossible id (a path separator, a leading dot). */
STATUS_CHECKED enum status places_read(const struct places *places, const char *id, struct city_files *files_out,
                                       struct fault *fault);

struct load;

/* Builds what all cities share. `store_dir` NULL = compile everything, keep nothing. */
STATUS_CHECKED enum status load_create(const struct places *places, const char *store_dir, struct load **load_out,
                                       struct fault *fault);
/* Destroys the rulesets too; nothing that load_cities() gave may be in use. */
void load_destroy(struct load **load);

/* Builds one city from disk; once per id. The ruleset lives as long as the load. */
STATUS_CHECKED enum status load_city(struct load *load, const char *id, const struct ruleset **ruleset_out,
                                     struct fault *fault);
/* The same from files already read. */
STATUS_CHECKED enum status load_files(struct load *load, const struct city_files *files,
                                      const struct ruleset **ruleset_out, struct fault *fault);

/* Begins anew with the same common, beside the rulesets it has: load_files() takes over those that would come out the
 * same, load_finish() destroys the others. For a process that was forked with all of them. `places` are those of now.
 */
STATUS_CHECKED enum status load_begin_again(struct load *load, const struct places *places);
void load_finish(struct load *load);
/* Between the two: whether load_files() will take over. */
bool load_has(const struct load *load, const struct city_files *files);

/* As load_files, without taking it in: it is the caller's, and ends before the load. */
STATUS_CHECKED enum status load_trial(const struct load *load, const struct city_files *files,
                                      struct ruleset **ruleset_out, struct fault *fault);

/* Everything is built: the store keeps of what was not needed only the newest. */
void load_prune_store(struct load *load);

/* All that was built so far; borrowed, and changed by load_city(). */
const struct cities *load_cities(const struct load *load);

#endif
