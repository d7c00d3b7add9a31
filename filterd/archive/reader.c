#include "archive/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/intake.h"
#include "wire/json.h"

#define SHOWN_NAME_CHARACTERS 20 /* of a column, in a fault */
#define SHOWN_DIGITS 4           /* so many in a row are a number of somebody, perhaps */

enum status
reader_create(const struct reading *reading, struct reader **reader_out)
{
    struct reader *reader = calloc(1, sizeof *reader);
    enum status status;

    if (reader == NULL)
        return STATUS_NO_MEMORY;
    reader->reading = reading;
    buffer_init(&reader->header);
    buffer_init(&reader->scratch);
    buffer_init(&reader->joined);
    columns_init(&reader->columns);
    status = charset_codec_create(&reader->codec);
    if (status != STATUS_OK) {
        reader_destroy(&reader);
        return status;
    }
    *reader_out = reader;
    return STATUS_OK;
}

void
reader_destroy(struct reader **reader)
{
    if (*reader == NULL)
        return;
    charset_codec_destroy(&(*reader)->codec);
    columns_fini(&(*reader)->columns);
    buffer_fini(&(*reader)->header);
    buffer_fini(&(*reader)->scratch);
    buffer_fini(&(*reader)->joined);
    free(*reader);
    *reader = NULL;
}

void
reader_forget(struct reader *reader)
{
    buffer_clear(&reader->scratch);
    buffer_clear(&reader->joined);
    reader->text_count = 0;
}

enum status
reader_use(struct reader *reader, const struct record_form *form)
{
    const struct field *id = &reader->reading->id_field;

    if (reader->has_columns && slice_equal(form->header, buffer_slice(&reader->header)))
        return reader->columns_status;
    buffer_clear(&reader->header);
    buffer_append(&reader->header, form->header.data, form->header.bytes);
    reader->has_columns = !reader->header.failed;
    reader->columns_status = reader->header.failed
                                 ? STATUS_NO_MEMORY
                                 : columns_resolve(&reader->columns, &reader->reading->fields, id->name, form->header,
                                                   form->separator, form->charset, reader->codec, &reader->missing);
    if (reader->reading->time_field.name != NULL)
        columns_find_time(&reader->columns, &reader->reading->time_field, reader->reading->time_is_default);
    return reader->columns_status;
}

/* A table without a header begins with a record, and what stands in records is told to nobody: no long cells, and none
 * with digits of a number or address. */
static bool
is_fit_to_show(struct slice name)
{
    unsigned characters = 0, digits = 0;

    for (uint32_t at = 0; at < name.bytes; characters++) {
        uint32_t c = utf8_next(name, &at);

        digits = (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19) ? digits + 1 : 0;
        if (c == '@' || c == 0xFF20 || digits == SHOWN_DIGITS)
            return false;
    }
    return characters <= SHOWN_NAME_CHARACTERS;
}

void
reader_explain_columns(const struct reader *reader, const char *file, const char *field, struct fault *fault)
{
    char mend[sizeof fault->mend];
    struct buffer names;

    if (reader->columns.total == 0 || (reader->columns.total == 1 && columns_name(&reader->columns, 0).bytes == 0)) {
        fault_set(fault, file, 1, 0, NULL, NULL, "the table has no columns",
                  "its first row must name them; --no-header if it has none");
        return;
    }
    buffer_init(&names);
    for (size_t i = 0; i < reader->columns.total; i++) {
        struct slice name = columns_name(&reader->columns, i);
        bool is_shown = is_fit_to_show(name);

        buffer_appendf(&names, i > 0 ? " %.*s" : "%.*s", is_shown ? (int)name.bytes : (int)strlen("…"),
                       is_shown ? (const char *)name.data : "…");
    }
    buffer_append_byte(&names, 0);
    snprintf(mend, sizeof mend, "name the column of the texts with --field; there are: %s",
             names.failed ? "" : (const char *)names.data);
    fault_set(fault, file, 0, 0, "--field", field, "the table has no such column", mend);
    buffer_fini(&names);
}

struct text *
reader_add(struct reader *reader, struct slice raw)
{
    size_t at = reader->text_count;

    if (at == READER_MAX_TEXTS)
        return NULL;
    for (; at > 0 && reader->texts[at - 1].raw.data > raw.data; at--)
        reader->texts[at] = reader->texts[at - 1];
    reader->text_count++;
    reader->texts[at] =
        (struct text){.raw = raw, .surface = reader->reading->surface, .direction = reader->reading->direction};
    return &reader->texts[at];
}

/* The scratch has stopped growing: slices into it can be taken. */
static void
place_slices(struct reader *reader)
{
    const uint8_t *base = reader->scratch.data;

    for (size_t i = 0; i < reader->text_count; i++) {
        struct text *text = &reader->texts[i];

        if (text->value.data == NULL && text->value_bytes > 0)
            text->value = (struct slice){base + text->value_at, text->value_bytes};
        else if (text->value.data == NULL)
            text->value = SLICE_LITERAL("");
        if (text->id_bytes > 0)
            text->id = (struct slice){base + text->id_at, text->id_bytes};
        if (text->name_bytes > 0)
            text->name = (struct slice){base + text->name_at, text->name_bytes};
    }
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

enum status
reader_decode(struct reader *reader, const struct record_form *form, const struct row_field *field, uint32_t *at,
              uint32_t *bytes)
{
    struct buffer *scratch = &reader->scratch;
    enum status status = STATUS_OK;

    if (field->open)
        return STATUS_INVALID;
    *at = (uint32_t)scratch->bytes;
    if (form->charset == CHARSET_CP932) {
        buffer_clear(&reader->joined);
        row_field_value(field, &reader->joined);
        status = charset_from_cp932(reader->codec, buffer_slice(&reader->joined), scratch);
    } else {
        row_field_value(field, scratch);
    }
    *bytes = (uint32_t)(scratch->bytes - *at);
    return scratch->failed ? STATUS_NO_MEMORY : status;
}

static enum status
take_row_id(struct reader *reader, const struct record_form *form, const struct row_field *field, uint32_t *at,
            uint32_t *bytes)
{
    uint32_t value_at, value_bytes;
    enum status status = reader_decode(reader, form, field, &value_at, &value_bytes);
    struct buffer quoted;

    if (status != STATUS_OK)
        return status;
    buffer_init(&quoted);
    json_string(&quoted, (struct slice){reader->scratch.data + value_at, value_bytes});
    *at = (uint32_t)reader->scratch.bytes;
    buffer_append(&reader->scratch, quoted.data, quoted.bytes);
    *bytes = (uint32_t)(reader->scratch.bytes - *at);
    status = quoted.failed || reader->scratch.failed ? STATUS_NO_MEMORY : STATUS_OK;
    buffer_fini(&quoted);
    return status;
}

static enum status
add_field(struct reader *reader, const struct record_form *form, const struct column *column,
          const struct row_field *field, bool is_account)
{
    struct text *text;

    if (is_account && column->is_display_name)
        return STATUS_OK; /* whoever answers for the city */
    text = reader_add(reader, field->raw);
    if (text == NULL)
        return STATUS_TOO_LARGE;
    text->quoted = field->quoted;
    text->label = column->label;
    if (column->label.bytes > 0)
        text->name = columns_name(&reader->columns, column->index);
    else
        text->name = SLICE_LITERAL("");
    if (column->is_display_name)
        text->surface = SURFACE_DISPLAY_NAME;
    if (is_account)
        text->direction = DIRECTION_OUTBOUND;
    return reader_decode(reader, form, field, &text->value_at, &text->value_bytes);
}

static enum status
take_row(struct reader *reader, const struct record_form *form, struct slice record)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    const struct columns *columns = &reader->columns;
    enum status status = reader_use(reader, form);
    size_t count = row_fields(record, form->separator, fields);
    const struct row_field absent = {.raw = {record.data + record.bytes, 0}}; /* of a short row: an empty text */
    uint32_t id_at = 0, id_bytes = 0;
    bool is_account;

    reader->width = count;
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_INVALID : status;
    if (fields[count - 1].open)
        return STATUS_INVALID;
    is_account = columns->sender < count && slice_equal(fields[columns->sender].raw, SLICE_LITERAL("Account"));
    if (columns->time < count)
        reader->time = fields[columns->time].raw;
    if (columns->id < count)
        status = take_row_id(reader, form, &fields[columns->id], &id_at, &id_bytes);
    for (size_t i = 0; i < columns->count && status == STATUS_OK; i++)
        status = add_field(reader, form, &columns->list[i],
                           columns->list[i].index < count ? &fields[columns->list[i].index] : &absent, is_account);
    if (id_bytes > 0 && utf8_is_valid((struct slice){reader->scratch.data + id_at, id_bytes}))
        reader->id = (struct slice){reader->scratch.data + id_at, id_bytes};
    return status;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static enum status
take_line(struct reader *reader, const struct record_form *form, struct slice record)
{
    struct text *text = reader_add(reader, record);
    struct row_field whole = {.raw = record};

    if (form->charset == CHARSET_CP932)
        return reader_decode(reader, form, &whole, &text->value_at, &text->value_bytes);
    text->value = record.data == NULL ? SLICE_LITERAL("") : record;
    return STATUS_OK;
}

enum status
reader_take(struct reader *reader, const struct record_form *form, struct slice record)
{
    enum status status;

    reader->text_count = 0;
    reader->scratch.bytes = 0; /* wiped once per block */
    reader->id = (struct slice){0};
    reader->time = (struct slice){0};
    if (form->format == ARCHIVE_TABLE)
        status = take_row(reader, form, record);
    else if (form->format == ARCHIVE_TEXT)
        status = take_line(reader, form, record);
    else
        status = reader_take_json(reader, record);
    place_slices(reader);
    return status;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

static enum status
run(struct reader *reader, struct scanner *scanner, const struct text *text, struct slice value,
    const struct verdict **verdict_out)
{
    struct message message = {.text = value,
                              .surface = text->surface,
                              .direction = text->direction,
                              .purpose = reader->reading->purpose,
                              .short_tokens = reader->reading->short_tokens};

    return scanner_run(scanner, reader->reading->ruleset, &message, verdict_out);
}

static bool
begins_with(struct slice text, struct slice start)
{
    return text.bytes >= start.bytes && memcmp(text.data, start.data, start.bytes) == 0;
}

/* The verdict as if the label had not been there. False: it cannot be told apart. */
static bool
without_label(struct reader *reader, const struct verdict *verdict, struct slice label)
{
    struct verdict *own = &reader->verdict;
    uint32_t bytes = (uint32_t)label.bytes;
    bool is_replaced = verdict->action == ACTION_REDACT || verdict->action == ACTION_BLOCK;

    if (!begins_with(verdict->text, label) || (is_replaced && !begins_with(verdict->redacted, label)))
        return false;
    *own = *verdict;
    own->text = (struct slice){verdict->text.data + bytes, verdict->text.bytes - bytes};
    if (is_replaced)
        own->redacted = (struct slice){verdict->redacted.data + bytes, verdict->redacted.bytes - bytes};
    own->finding_count = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        struct finding *finding = &reader->findings[own->finding_count];

        *finding = verdict->findings[i];
        if (finding->span.end <= bytes)
            return false;
        /* A topic is told of all that was read. */
        finding->span.start = finding->span.start > bytes ? finding->span.start - bytes : 0;
        finding->span.end -= bytes;
        own->finding_count++;
    }
    own->findings = reader->findings;
    own->replacements = NULL; /* nobody asks for them here */
    own->replacement_count = 0;
    return true;
}

enum status
reader_judge(struct reader *reader, struct scanner *scanner, const struct text *text,
             const struct verdict **verdict_out)
{
    struct buffer *joined = &reader->joined;
    const struct verdict *verdict;

    if (text->label.bytes > 0 && text->value.bytes > 0) {
        joined->bytes = 0;
        buffer_append(joined, text->label.data, text->label.bytes);
        buffer_append(joined, text->value.data, text->value.bytes);
        if (!joined->failed && run(reader, scanner, text, buffer_slice(joined), &verdict) == STATUS_OK &&
            without_label(reader, verdict, text->label)) {
            *verdict_out = &reader->verdict;
            return STATUS_OK;
        }
    }
    return run(reader, scanner, text, text->value, verdict_out);
}
