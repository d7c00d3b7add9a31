#include "archive/columns.h"

#include <string.h>

#define LABEL_END ": "

void
columns_init(struct columns *columns)
{
    *columns = (struct columns){.id = COLUMNS_NONE, .sender = COLUMNS_NONE, .time = COLUMNS_NONE};
    buffer_init(&columns->names);
}

void
columns_fini(struct columns *columns)
{
    buffer_fini(&columns->names);
}

/* The name with the sign that makes it a label. */
static struct slice
label_of(const struct columns *columns, size_t index)
{
    uint32_t start = index == 0 ? 0 : columns->ends[index - 1];

    return slice_sub(buffer_slice(&columns->names), (struct span){start, columns->ends[index]});
}

struct slice
columns_name(const struct columns *columns, size_t index)
{
    struct slice label = label_of(columns, index);

    return (struct slice){label.data, label.bytes - strlen(LABEL_END)};
}

bool
columns_has(const struct columns *columns, size_t index)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i].index == index)
            return true;
    return index == columns->id;
}

static void
append_name(struct columns *columns, const struct row_field *field, enum charset charset, struct charset_codec *codec)
{
    struct buffer raw;
    struct slice name;

    buffer_init(&raw);
    row_field_value(field, &raw);
    name = buffer_slice(&raw);
    while (name.bytes > 0 && (*name.data == ' ' || *name.data == '\t')) {
        name.data++;
        name.bytes--;
    }
    while (name.bytes > 0 && (name.data[name.bytes - 1] == ' ' || name.data[name.bytes - 1] == '\t'))
        name.bytes--;
    /* A name that is no CP932 stays nameless: it can be asked for by number. */
    if (charset != CHARSET_CP932)
        buffer_append(&columns->names, name.data, name.bytes);
    else if (charset_from_cp932(codec, name, &columns->names) == STATUS_NO_MEMORY)
        columns->names.failed = true;
    buffer_append_text(&columns->names, LABEL_END);
    columns->names.failed |= raw.failed;
    columns->ends[columns->total++] = (uint32_t)columns->names.bytes;
    buffer_fini(&raw);
}

static unsigned
find_name(const struct columns *columns, const char *name)
{
    for (size_t i = 0; name != NULL && i < columns->total; i++)
        if (slice_equal(columns_name(columns, i), slice_of(name)))
            return (unsigned)i;
    return COLUMNS_NONE;
}

static void
insert(struct columns *columns, unsigned index, bool is_display_name)
{
    size_t at = columns->count;

    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i].index == index)
            return;
    if (at == FIELDS_MAX)
        return;
    for (; at > 0 && columns->list[at - 1].index > index; at--)
        columns->list[at] = columns->list[at - 1];
    columns->list[at] = (struct column){.index = index, .is_display_name = is_display_name};
    if (index < columns->total)
        columns->list[at].label = label_of(columns, index);
    columns->count++;
}

static enum status
place_fields(struct columns *columns, const struct fields *fields, size_t *missing_out)
{
    unsigned display_name = find_name(columns, "送信者名"), content = find_name(columns, "内容");

    if (columns->sender == 0 && fields->is_default && display_name != COLUMNS_NONE && content != COLUMNS_NONE) {
        insert(columns, display_name, true);
        insert(columns, content, false);
        return STATUS_OK;
    }
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        unsigned index = find_name(columns, field->name);

        if (index == COLUMNS_NONE && field->number > 0 && field->number <= ROWS_MAX_FIELDS &&
            (columns->total == 0 || field->number <= columns->total))
            index = field->number - 1;
        if (index == COLUMNS_NONE) {
            *missing_out = i;
            return STATUS_NOT_FOUND;
        }
        insert(columns, index, columns->sender == 0 && index == display_name);
    }
    return STATUS_OK;
}

enum status
columns_resolve(struct columns *columns, const struct fields *fields, const char *id_name, struct slice header,
                uint8_t separator, enum charset charset, struct charset_codec *codec, size_t *missing_out)
{
    struct row_field row[ROWS_MAX_FIELDS];
    size_t count = header.bytes == 0 ? 0 : row_fields(row_content(header), separator, row);

    buffer_clear(&columns->names);
    columns->total = columns->count = 0;
    for (size_t i = 0; i < count; i++)
        append_name(columns, &row[i], charset, codec);
    if (columns->names.failed)
        return STATUS_NO_MEMORY;
    columns->id = find_name(columns, id_name);
    columns->sender = find_name(columns, COLUMNS_LINE_SENDER);
    return place_fields(columns, fields, missing_out);
}

void
columns_find_time(struct columns *columns, const struct field *field, bool by_custom)
{
    static const char *const customs[] = {"日時",   "投稿日時", "受信日時", "送信日時",   "送信日", "作成日時",
                                          "投稿日", "受付日",   "日付",     "created_at", "date"};

    columns->time = find_name(columns, field->name);
    if (columns->time == COLUMNS_NONE && !by_custom && field->number > 0 && field->number <= ROWS_MAX_FIELDS)
        columns->time = field->number - 1;
    for (size_t i = 0; by_custom && columns->time == COLUMNS_NONE && i < sizeof customs / sizeof customs[0]; i++)
        columns->time = find_name(columns, customs[i]);
}
