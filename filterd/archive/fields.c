#include "archive/fields.h"

#include <stdio.h>
#include <string.h>

/* The parts between "[]": a[].b is a, b. An array at the top has an empty first part. */
static enum status
parse_parts(struct field *field)
{
    const char *at = field->name;
    char part[JSON_PATH_MAX_BYTES + 1];

    while (field->part_count < FIELD_MAX_PARTS) {
        const char *mark = strstr(at, "[]");
        size_t bytes = mark ? (size_t)(mark - at) : strlen(at);
        struct json_path *path = &field->parts[field->part_count];

        if (bytes >= sizeof part)
            return STATUS_INVALID;
        snprintf(part, sizeof part, "%.*s", (int)bytes, at);
        path->count = 0;
        if (bytes > 0 && json_path_parse(part, path) != STATUS_OK)
            return STATUS_INVALID;
        if (bytes == 0 && !(mark ? at == field->name : field->part_count > 0))
            return STATUS_INVALID;
        field->part_count++;
        if (mark == NULL)
            return STATUS_OK;
        at = mark + 2;
        if (*at == '.' && at[1] != '\0')
            at++;
        else if (*at != '\0')
            return STATUS_INVALID;
    }
    return STATUS_INVALID;
}

static unsigned
parse_number(const char *name)
{
    unsigned number = 0;

    for (; *name >= '0' && *name <= '9' && number < 1000; name++)
        number = number * 10 + (unsigned)(*name - '0');
    return *name == '\0' ? number : 0;
}

enum status
field_init(struct field *field, const char *name)
{
    field->name = name;
    field->part_count = 0;
    field->number = parse_number(name);
    if (parse_parts(field) != STATUS_OK)
        field->part_count = 0;
    return name[0] == '\0' ? STATUS_INVALID : STATUS_OK;
}

enum status
fields_add(struct fields *fields, const char *name)
{
    if (fields->count == FIELDS_MAX)
        return STATUS_TOO_LARGE;
    return field_init(&fields->list[fields->count++], name);
}

bool
field_is_path(const struct field *field)
{
    return field->part_count > 0;
}

bool
fields_are_single(const struct fields *fields)
{
    return fields->count == 1 && fields->list[0].part_count <= 1;
}
