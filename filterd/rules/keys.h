/* rules/keys.h - the key file behind the transforms `token` and `encrypt`.
 *
 * One key per line: its id (1 to 8 of a–z and 0–9), a space, 64 hexadecimal digits; `#` begins a comment line. The
 * first key is the one that writes; all of them open. To change keys, put the new line above the old ones.
 *
 * What a city uses is derived from the file's key and the city's id, so one file may serve many cities and no city can
 * read, or recognise, what another wrote.
 *
 * Threads: immutable. Errors: STATUS_INVALID with a fault that names the line and never shows a key.
 * Privacy: wiped when destroyed.
 */
#ifndef RULES_KEYS_H
#define RULES_KEYS_H

#include "base/fault.h"
#include "base/secret.h"
#include "base/status.h"

#define KEYS_MAX_FILE_BYTES 4096
#define KEYS_MAX_COUNT 16
#define KEY_ID_MAX_BYTES 8

struct key {
    char id[KEY_ID_MAX_BYTES + 1];
    struct secret_key token, seal; /* for one city */
};

struct keys {
    struct key items[KEYS_MAX_COUNT]; /* the first writes */
    size_t count;                     /* at least 1 */
};

/* The keys of the city `city_id`. `file` names the source in faults. */
STATUS_CHECKED enum status keys_parse(struct slice text, const char *file, const char *city_id, struct keys **keys_out,
                                      struct fault *fault);
/* The same from disk. A file that others than its owner may read is refused. */
STATUS_CHECKED enum status keys_read(const char *path, const char *city_id, struct keys **keys_out,
                                     struct fault *fault);
void keys_destroy(struct keys **keys);

const struct key *keys_find(const struct keys *keys, struct slice id); /* NULL when absent */
bool key_id_is_valid(struct slice id);

#endif
