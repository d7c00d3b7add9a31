#include "rules/sheet.h"

#include <stdio.h>

#include "text/charset.h"

static unsigned
space_at_start(struct slice text)
{
    if (text.bytes > 0 && strchr(" \t\r\n", text.data[0]) && text.data[0] != '\0')
        return 1;
    return text.bytes >= 3 && memcmp(text.data, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static unsigned
space_at_end(struct slice text)
{
    if (text.bytes > 0 && strchr(" \t\r\n", text.data[text.bytes - 1]) && text.data[text.bytes - 1] != '\0')
        return 1;
    return text.bytes >= 3 && memcmp(text.data + text.bytes - 3, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

struct slice
sheet_trim(struct slice text)
{
    unsigned bytes;
    while ((bytes = space_at_start(text)) > 0)
        text = (struct slice){text.data + bytes, text.bytes - bytes};
    while ((bytes = space_at_end(text)) > 0)
        text.bytes -= bytes;
    return text;
}

enum status
sheet_open(struct sheet *sheet, struct build *build, struct slice raw, const char *file,
           const struct csv_column *columns, size_t column_count)
{
    enum charset charset;
    unsigned line = 0;
    *sheet = (struct sheet){.build = build, .file = file, .columns = columns};
    buffer_init(&sheet->text);
    enum status status = charset_decode(raw, &sheet->text, &charset, &line);
    if (status == STATUS_INVALID) {
        status = build_fault(build, file, line, 0, "", SLICE_LITERAL(""), "neither UTF-8 nor Shift_JIS (CP932)",
                             "save the file as CSV UTF-8");
    }
    if (status == STATUS_OK)
        status = csv_create(file, buffer_slice(&sheet->text), columns, column_count, &sheet->csv, build->fault);
    if (status != STATUS_OK)
        sheet_close(sheet);
    return status;
}

void
sheet_close(struct sheet *sheet)
{
    csv_destroy(&sheet->csv);
    buffer_fini(&sheet->text);
}

enum status
sheet_next(struct sheet *sheet)
{
    return csv_next(sheet->csv, &sheet->row, sheet->build->fault);
}

struct slice
sheet_cell(const struct sheet *sheet, size_t column)
{
    return sheet_trim(sheet->row.fields[column]);
}

enum status
sheet_fault(const struct sheet *sheet, size_t column, const char *reason, const char *mend)
{
    return build_fault(sheet->build, sheet->file, sheet->row.line, sheet->row.positions[column],
                       sheet->columns[column].english, sheet_cell(sheet, column), reason, mend);
}

enum status
sheet_word(struct sheet *sheet, size_t column, const struct vocabulary *vocabulary, unsigned fallback,
           unsigned *number_out)
{
    struct slice cell = sheet_cell(sheet, column);
    struct slice plain, skeleton;
    char reason[96], mend[512];
    *number_out = fallback;
    if (cell.bytes == 0 && fallback != 0)
        return STATUS_OK;
    if (cell.bytes > 0 && vocabulary_parse(vocabulary, cell, number_out))
        return STATUS_OK;
    if (cell.bytes > 0 && build_fold(sheet->build, cell, &plain, &skeleton) == STATUS_OK &&
        vocabulary_parse(vocabulary, plain, number_out)) {
        return STATUS_OK;
    }
    snprintf(reason, sizeof(reason), "%s %s", cell.bytes > 0 ? "unknown" : "the row has no", vocabulary->name);
    return sheet_fault(sheet, column, reason, vocabulary_mend(vocabulary, cell, mend, sizeof(mend)));
}

enum status
sheet_check_new(struct sheet *sheet, struct table *seen, const uint8_t kind[2], struct slice plain, size_t column)
{
    uint8_t bytes[2 + BUILD_MAX_LITERAL_BYTES * 4] = {kind[0], kind[1]};
    char reason[64];
    if (plain.bytes > sizeof(bytes) - 2)
        return sheet_fault(sheet, column, "the cell is too long", "shorten it");
    memcpy(bytes + 2, plain.data, plain.bytes);
    struct slice key = {bytes, plain.bytes + 2};
    uint32_t line = table_get(seen, key);
    if (line == TABLE_NONE)
        return table_put(seen, key, sheet->row.line);
    snprintf(reason, sizeof(reason), "line %u says the same", line);
    return sheet_fault(sheet, column, reason, "delete one of the two rows");
}
