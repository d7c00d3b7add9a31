/* tune/versions.h - puts a city's files into service in one step, and keeps what was there.
 *
 * TREE/cities/<id>/               what the service reads
 * TREE/versions/<id>/0001/ …      what was read before, oldest first, each a folder like the city's own
 * TREE/versions/<id>/journal.tsv  a line per change: time (UTC), user, "publish" or "rollback", number kept, hash
 *
 * A reader sees the old folder or the new one, never a mixture (renameat2, RENAME_EXCHANGE). A crash at any point
 * leaves one of them in place; what it left half done is kept as a version by the next change.
 * Threads: one owner; of two at a time one fails. Errors: STATUS_IO and STATUS_INVALID fill `fault`.
 */
#ifndef TUNE_VERSIONS_H
#define TUNE_VERSIONS_H

#include "rules/ruleset.h"

#define VERSIONS_MAX 9999

enum version_act { VERSION_PUBLISH, VERSION_ROLLBACK };

/* Writes `files` as the folder of files->id in `cities_dir`. *kept_out: the number under which the folder that was
 * there is kept; 0 = there was none. */
STATUS_CHECKED enum status versions_install(const char *cities_dir, const struct city_files *files,
                                            enum version_act act, unsigned *kept_out, struct fault *fault);

/* The newest kept version; 0 = none. */
unsigned versions_newest(const char *cities_dir, const char *id);

/* STATUS_NOT_FOUND with a fault: no such version. The files bear the city's id. */
STATUS_CHECKED enum status versions_read(const char *cities_dir, const char *id, unsigned number,
                                         struct city_files *files_out, struct fault *fault);

/* The journal as it stands; empty when there is none. */
STATUS_CHECKED enum status versions_journal(const char *cities_dir, const char *id, struct buffer *journal);

#endif
