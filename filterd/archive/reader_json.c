#include <stdio.h>
#include <string.h>

#include "archive/json_line.h"
#include "archive/reader.h"
#include "text/intake.h"

/* Where a walk through one field stands. */
struct walk {
    struct reader *reader;
    const struct field *field;
    char name[JSON_PATH_MAX_BYTES + 128]; /* of the text, as far as it is known: events[0].message */
    struct slice id, time;
    bool is_named; /* the record may have several texts: each says where it stood */
};

/* Numbers and strings keep the form they have; anything else, and bytes that are no UTF-8, count as no id. */
static struct slice
usable_id(const struct json_value *value)
{
    bool usable = value->kind == JSON_NUMBER || (value->kind == JSON_STRING && utf8_is_valid(value->raw));

    return usable ? value->raw : (struct slice){0};
}

static enum status
add_text(struct walk *walk, const struct json_value *value)
{
    struct reader *reader = walk->reader;
    struct buffer *scratch = &reader->scratch;
    struct buffer unescaped;
    struct slice plain;
    enum status status = STATUS_OK;
    struct text *text;

    if (value->kind != JSON_STRING)
        return STATUS_INVALID;
    text = reader_add(reader, value->raw);
    if (text == NULL)
        return STATUS_TOO_LARGE;
    text->id = walk->id;
    text->time = walk->time;
    text->name_at = (uint32_t)scratch->bytes;
    if (walk->is_named)
        buffer_append_text(scratch, walk->name);
    text->name_bytes = (uint32_t)(scratch->bytes - text->name_at);
    if (!value->escaped) {
        text->value = (struct slice){value->raw.data + 1, value->raw.bytes - 2};
        return scratch->failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    buffer_init(&unescaped);
    status = json_value_text(value, &unescaped, &plain);
    text->value_at = (uint32_t)scratch->bytes;
    if (status == STATUS_OK)
        buffer_append(scratch, plain.data, plain.bytes);
    text->value_bytes = (uint32_t)(scratch->bytes - text->value_at);
    buffer_fini(&unescaped);
    return scratch->failed ? STATUS_NO_MEMORY : status;
}

/* What `field` says of an element, where it leads through the same array. */
static bool
find_in_element(const struct walk *walk, const struct field *field, struct slice element, struct json_value *value_out)
{
    const struct json_path *paths[] = {&field->parts[1]};

    return field->part_count == 2 && walk->field->part_count >= 2 && field->parts[1].count > 0 &&
           strncmp(field->name, walk->field->name, (size_t)(strstr(field->name, "[]") - field->name) + 2) == 0 &&
           json_line_find(element, paths, 1, value_out) == STATUS_OK;
}

/* An event of a webhook says itself when it was, as a member of that name. */
static bool
find_custom_time(const struct reading *reading, struct slice element, struct json_value *value_out)
{
    const struct json_path *paths[] = {&reading->time_field.parts[0]};

    return reading->time_is_default && json_line_find(element, paths, 1, value_out) == STATUS_OK;
}

static void
find_of_element(struct walk *walk, struct slice element)
{
    const struct reading *reading = walk->reader->reading;
    struct json_value value;

    if (find_in_element(walk, &reading->id_field, element, &value))
        walk->id = usable_id(&value);
    if (reading->time_field.name != NULL &&
        (find_in_element(walk, &reading->time_field, element, &value) || find_custom_time(reading, element, &value)))
        walk->time = usable_id(&value);
}

static enum status walk_part(struct walk *walk, unsigned part, const struct json_value *value);

static enum status
walk_element(struct walk *walk, unsigned part, const struct json_value *element)
{
    const struct json_path *paths[] = {&walk->field->parts[part]};
    struct json_value value = *element;
    enum status status = STATUS_OK;

    if (part == 1)
        find_of_element(walk, element->raw);
    if (paths[0]->count > 0)
        status = json_line_find(element->raw, paths, 1, &value);
    return status == STATUS_OK ? walk_part(walk, part, &value) : status;
}

/* What `field` says from its part `part` on, of whose path `value` is the end. */
static enum status
walk_part(struct walk *walk, unsigned part, const struct json_value *value)
{
    struct json_items items;
    struct json_value key, element;
    const char *rest = walk->field->name;
    size_t used = strlen(walk->name);
    enum status status = STATUS_OK;

    if (value->kind == JSON_ABSENT || value->kind == JSON_NULL)
        return STATUS_OK;
    for (unsigned i = 0; i < part; i++)
        rest = strstr(rest, "[]") + 2;
    if (part + 1 == walk->field->part_count && !walk->is_named)
        return add_text(walk, value);
    if (part + 1 == walk->field->part_count) {
        snprintf(walk->name + used, sizeof walk->name - used, "%s", rest);
        status = add_text(walk, value);
        walk->name[used] = '\0';
        return status;
    }
    if (value->kind != JSON_ARRAY)
        return STATUS_INVALID;
    json_items_init(&items, value);
    for (unsigned i = 0; status == STATUS_OK && json_items_next(&items, &key, &element); i++) {
        int bytes = (int)(strstr(rest, "[]") - rest);

        snprintf(walk->name + used, sizeof walk->name - used, "%.*s[%u]", bytes, rest, i);
        status = walk_element(walk, part + 1, &element);
        walk->name[used] = '\0';
    }
    return status;
}

/* An array at the top: []. or the record itself. */
static struct json_value
whole_record(struct slice record)
{
    while (record.bytes > 0 && strchr(" \t\r", *record.data) != NULL) {
        record.data++;
        record.bytes--;
    }
    while (record.bytes > 0 && strchr(" \t\r", record.data[record.bytes - 1]) != NULL)
        record.bytes--;
    return (struct json_value){.kind = record.bytes > 0 && *record.data == '[' ? JSON_ARRAY : JSON_OBJECT,
                               .raw = record};
}

enum status
reader_take_json(struct reader *reader, struct slice record)
{
    const struct fields *fields = &reader->reading->fields;
    const struct field *id = &reader->reading->id_field, *time = &reader->reading->time_field;
    const struct json_path *paths[JSON_MAX_PATHS];
    struct json_value values[JSON_MAX_PATHS];
    size_t places[FIELDS_MAX], time_place = 0, count = 0;
    struct walk walk;
    enum status status;

    walk.reader = reader;
    walk.is_named = !fields_are_single(fields);
    walk.name[0] = '\0';
    values[0] = (struct json_value){.kind = JSON_ABSENT};
    if (id->part_count == 1)
        paths[count++] = &id->parts[0];
    if (time->name != NULL && time->part_count == 1) {
        time_place = count;
        paths[count++] = &time->parts[0];
    }
    for (size_t i = 0; i < fields->count; i++) {
        places[i] = count;
        if (!field_is_path(&fields->list[i]))
            return STATUS_INVALID;
        if (fields->list[i].parts[0].count > 0)
            paths[count++] = &fields->list[i].parts[0];
    }
    status = json_line_find(record, paths, count, values);
    if (status == STATUS_OK && id->part_count == 1)
        reader->id = usable_id(&values[0]);
    if (status == STATUS_OK && time->name != NULL && time->part_count == 1)
        reader->time = usable_id(&values[time_place]);
    for (size_t i = 0; status == STATUS_OK && i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        struct json_value whole = whole_record(record);
        bool is_whole = field->parts[0].count == 0;

        walk.field = field;
        walk.id = walk.time = (struct slice){0};
        status = walk_part(&walk, 0, is_whole ? &whole : &values[places[i]]);
    }
    if (status == STATUS_OK && reader->text_count == 0 && fields_are_single(fields))
        return STATUS_INVALID;
    return status;
}
