#include "archive/writer.h"

#include "wire/json.h"

#define VERDICT_COLUMN "判定"
#define VERDICT_MEMBER ",\"filterd\":{\"verdict\":\""

static const char *
verdict_word(enum action action)
{
    static const char *const words[ACTION_COUNT] = {
        [ACTION_ALLOW] = "許可", [ACTION_REDACT] = "伏せ字", [ACTION_BLOCK] = "遮断"};

    return action > ACTION_NONE && action < ACTION_COUNT ? words[action] : "判定不能";
}

/* Appends UTF-8 in the charset of the records; UTF-16 is made at the end of the block. */
static enum status
append(struct buffer *out, struct reader *reader, const struct record_form *form, struct slice text)
{
    enum charset charset = form->charset == CHARSET_CP932 ? CHARSET_CP932 : CHARSET_UTF8;

    return charset_to(reader->codec, charset, text, out);
}

/* --- fields of tables --------------------------------------------------------------------------------------------- */

/* Whether a spreadsheet may take the field for a formula. Japanese ones fold the full-width signs. */
static bool
looks_like_formula(struct slice value)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct slice start = slice_of(starts[i]);

        if (value.bytes >= start.bytes && memcmp(value.data, start.data, start.bytes) == 0)
            return true;
    }
    return false;
}

static enum status
append_field(struct buffer *out, struct reader *reader, const struct record_form *form, const struct text *text,
             struct slice value, bool changed)
{
    bool is_formula = looks_like_formula(value);
    struct buffer field, safe;
    enum status status;

    if (!changed && !is_formula) {
        buffer_append(out, text->raw.data, text->raw.bytes);
        return STATUS_OK;
    }
    buffer_init(&field);
    buffer_init(&safe);
    if (is_formula)
        buffer_append_byte(&safe, '\'');
    buffer_append(&safe, value.data, value.bytes);
    row_append_field(&field, buffer_slice(&safe), form->separator, text->quoted);
    status = field.failed || safe.failed ? STATUS_NO_MEMORY : append(out, reader, form, buffer_slice(&field));
    buffer_fini(&field);
    buffer_fini(&safe);
    return status;
}

enum status
writer_text(struct buffer *out, struct reader *reader, const struct record_form *form, const struct text *text,
            struct slice value, bool changed)
{
    if (form->format == ARCHIVE_TABLE)
        return append_field(out, reader, form, text, value, changed);
    if (!changed)
        buffer_append(out, text->raw.data, text->raw.bytes);
    else if (form->format == ARCHIVE_JSONL)
        json_string(out, value);
    else
        return append(out, reader, form, value);
    return STATUS_OK;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

void
writer_begin(struct buffer *out, const struct record_form *form, enum action action, bool with_verdict)
{
    if (!with_verdict || form->format != ARCHIVE_TEXT)
        return;
    buffer_append_text(out, action_word(action));
    buffer_append_byte(out, '\t');
}

/* The verdict as the last member of the object that ends `rest`; other JSON stays as it is. */
static void
append_member(struct buffer *out, struct slice content, enum action action)
{
    size_t brace = content.bytes, before;

    while (brace > 0 && content.data[brace - 1] != '}' && content.data[brace - 1] != ']')
        brace--;
    if (brace == 0 || content.data[brace - 1] != '}') {
        buffer_append(out, content.data, content.bytes);
        return;
    }
    before = brace - 1;
    buffer_append(out, content.data, before);
    while (before > 0 && (content.data[before - 1] == ' ' || content.data[before - 1] == '\t'))
        before--;
    /* An object without members has none of the texts. */
    buffer_append_text(out, before > 0 && content.data[before - 1] == '{' ? &VERDICT_MEMBER[1] : VERDICT_MEMBER);
    buffer_append_text(out, action == ACTION_NONE ? "none" : action_word(action));
    buffer_append_text(out, "\"}");
    buffer_append(out, content.data + brace - 1, content.bytes - brace + 1);
}

static enum status
append_column(struct buffer *out, struct reader *reader, const struct record_form *form, const char *word)
{
    buffer_append_byte(out, form->separator);
    return append(out, reader, form, slice_of(word));
}

enum status
writer_end(struct buffer *out, struct reader *reader, const struct record_form *form, struct slice rest,
           enum action action, bool with_verdict)
{
    struct slice content = row_content(rest);
    enum status status = STATUS_OK;

    if (with_verdict && form->format == ARCHIVE_JSONL)
        append_member(out, content, action);
    else
        buffer_append(out, content.data, content.bytes);
    if (with_verdict && form->format == ARCHIVE_TABLE) {
        for (size_t i = reader->width; i < reader->columns.total; i++) /* a short row */
            buffer_append_byte(out, form->separator);
        status = append_column(out, reader, form, verdict_word(action));
    }
    buffer_append(out, content.data + content.bytes, rest.bytes - content.bytes);
    return status;
}

enum status
writer_head(struct buffer *out, struct reader *reader, const struct record_form *form, struct slice head,
            bool with_verdict)
{
    size_t start = out->bytes;
    enum status status;

    if (with_verdict && form->format == ARCHIVE_TABLE && form->header.bytes > 0) {
        struct slice content = row_content(head);

        buffer_append(out, content.data, content.bytes);
        status = append_column(out, reader, form, VERDICT_COLUMN);
        if (status != STATUS_OK)
            return status;
        buffer_append(out, content.data + content.bytes, head.bytes - content.bytes);
    } else {
        buffer_append(out, head.data, head.bytes);
    }
    return writer_encode(out, start, reader, form);
}

enum status
writer_encode(struct buffer *out, size_t start, struct reader *reader, const struct record_form *form)
{
    struct buffer plain;
    enum status status;

    if (form->charset != CHARSET_UTF16LE && form->charset != CHARSET_UTF16BE)
        return STATUS_OK;
    buffer_init(&plain);
    buffer_append(&plain, out->data + start, out->bytes - start);
    out->bytes = start;
    status = plain.failed ? STATUS_NO_MEMORY : charset_to(reader->codec, form->charset, buffer_slice(&plain), out);
    buffer_fini(&plain);
    return status;
}

/* --- records that cannot be looked into --------------------------------------------------------------------------- */

/* A row as wide as the others, the notice in the first column that is looked at. */
static enum status
append_refused_row(struct buffer *out, struct reader *reader, const struct record_form *form, struct slice notice)
{
    bool known = reader_use(reader, form) == STATUS_OK && reader->columns.count > 0;
    size_t at = known ? reader->columns.list[0].index : 0;
    size_t total = reader->columns.total > at ? reader->columns.total : at + 1;

    for (size_t i = 0; i < total; i++) {
        enum status status = i == at ? append(out, reader, form, notice) : STATUS_OK;

        if (status != STATUS_OK)
            return status;
        if (i + 1 < total)
            buffer_append_byte(out, form->separator);
    }
    return STATUS_OK;
}

static const char *
break_of(const struct record_form *form)
{
    struct slice header = form->header;

    return header.bytes >= 2 && header.data[header.bytes - 2] == '\r' ? "\r\n" : "\n";
}

enum status
writer_refused(struct buffer *out, struct reader *reader, const struct record_form *form, enum wire_status status,
               uint64_t record, uint64_t byte, bool with_verdict)
{
    struct buffer notice;
    enum status result = STATUS_OK;

    buffer_init(&notice);
    buffer_append_text(&notice, "【判定不能:");
    buffer_append_text(&notice, wire_status_word(status));
    buffer_append_text(&notice, " 記録:");
    buffer_append_uint(&notice, record);
    buffer_append_text(&notice, " バイト:");
    buffer_append_uint(&notice, byte);
    buffer_append_text(&notice, "】");
    if (form->format == ARCHIVE_TABLE) {
        result = append_refused_row(out, reader, form, buffer_slice(&notice));
        if (result == STATUS_OK && with_verdict)
            result = append_column(out, reader, form, verdict_word(ACTION_NONE));
    } else {
        if (with_verdict)
            buffer_append_text(out, "none\t");
        result = append(out, reader, form, buffer_slice(&notice));
    }
    buffer_append_text(out, break_of(form));
    out->failed |= notice.failed;
    buffer_fini(&notice);
    return result;
}
