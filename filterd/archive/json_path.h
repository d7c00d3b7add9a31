/* archive/json_path.h - which value of a JSON text is meant: a.b.0.c
 *
 * Threads: plain data. Errors: STATUS_INVALID.
 */
#ifndef ARCHIVE_JSON_PATH_H
#define ARCHIVE_JSON_PATH_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

#define JSON_PATH_MAX_SEGMENTS 16
#define JSON_PATH_MAX_BYTES 256

/* a.b.0.c: names of members, or 0-based numbers of elements where an array stands. In a name, "\." is a dot and "\\" a
 * backslash. */
struct json_path {
    char bytes[JSON_PATH_MAX_BYTES];
    struct slice segments[JSON_PATH_MAX_SEGMENTS]; /* inside `bytes`: never copy a path by value */
    unsigned count;
};

/* STATUS_INVALID: empty, an empty name in it, a bad backslash, too long or too deep. */
STATUS_CHECKED enum status json_path_parse(const char *text, struct json_path *path_out);

/* Whether `segment` is the number of an array's element, and which. */
bool json_path_element(struct slice segment, uint64_t *number_out);

#endif
