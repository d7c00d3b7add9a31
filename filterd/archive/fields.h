/* archive/fields.h - which texts of a record are looked at: --field, once or several times.
 *
 * In JSON a name is a path (archive/json_path.h) in which "[]" behind a name stands for every element of the array
 * there: events[].message.text. In a table it is the name in the header, or the number of a column from 1.
 *
 * Threads: plain data. Errors: STATUS_INVALID.
 */
#ifndef ARCHIVE_FIELDS_H
#define ARCHIVE_FIELDS_H

#include "archive/json_path.h"

#define FIELDS_MAX 16
#define FIELD_MAX_PARTS 4 /* [] may stand three times */

struct field {
    const char *name; /* as given; borrowed */
    struct json_path parts[FIELD_MAX_PARTS];
    unsigned part_count; /* 0 = no path of JSON */
    unsigned number;     /* 1-based column, 0 = no number */
};

struct fields {
    struct field list[FIELDS_MAX];
    size_t count;
    bool is_default; /* nobody named one */
};

/* STATUS_TOO_LARGE: too many. */
STATUS_CHECKED enum status fields_add(struct fields *fields, const char *name);
/* Parses one alone. */
STATUS_CHECKED enum status field_init(struct field *field, const char *name);
/* Whether `field` can stand in JSON. */
bool field_is_path(const struct field *field);
/* Whether a record has one text at most, by its fields. */
bool fields_are_single(const struct fields *fields);

#endif
