#include "tune/exchange.h"

#include "rules/names.h"
#include "rules/terms.h"
#include "scan/cases.h"
#include "text/charset.h"

const char *const exchange_names[EXCHANGE_FILE_COUNT] = {
    [EXCHANGE_TERMS] = "terms.csv", [EXCHANGE_NAMES] = "names.csv", [EXCHANGE_CASES] = "cases.csv"};

static const struct {
    const struct csv_column *columns;
    size_t count;
} formats[EXCHANGE_FILE_COUNT] = {[EXCHANGE_TERMS] = {terms_columns, TERMS_COLUMNS},
                                  [EXCHANGE_NAMES] = {names_columns, NAMES_COLUMNS},
                                  [EXCHANGE_CASES] = {cases_columns, CASES_COLUMNS}};

bool
exchange_parse(const char *word, enum exchange_file *out)
{
    for (unsigned file = 0; file < EXCHANGE_FILE_COUNT; file++) {
        const char *name = exchange_names[file];
        size_t stem = strlen(name) - strlen(".csv");

        if (strcmp(word, name) == 0 || (strlen(word) == stem && memcmp(word, name, stem) == 0)) {
            *out = file;
            return true;
        }
    }
    return false;
}

/* --- cells -------------------------------------------------------------------------------------------------------- */

enum way { TO_EXCEL, FROM_EXCEL };

static bool
is_computed(struct slice cell)
{
    return cell.bytes > 0 && cell.data[0] != '\0' && strchr("=+-@\t", cell.data[0]) != NULL;
}

static void
put_cell(struct buffer *out, struct slice cell, enum way way)
{
    struct slice tail = {cell.data + 1, cell.bytes - (cell.bytes > 0)};
    bool is_guarded = cell.bytes > 0 && cell.data[0] == '\'' && is_computed(tail);
    bool is_quoted = false;

    if (way == FROM_EXCEL && is_guarded)
        cell = tail;
    for (size_t i = 0; i < cell.bytes && !is_quoted; i++)
        is_quoted = cell.data[i] != '\0' && strchr("\",\r\n\t", cell.data[i]) != NULL;
    if (is_quoted)
        buffer_append_byte(out, '"');
    if (way == TO_EXCEL && is_computed(cell))
        buffer_append_byte(out, '\'');
    for (size_t i = 0; i < cell.bytes; i++) {
        if (cell.data[i] == '"')
            buffer_append_byte(out, '"');
        if (cell.data[i] != '\r') /* of a line break in a cell; Excel writes LF there itself */
            buffer_append_byte(out, cell.data[i]);
    }
    if (is_quoted)
        buffer_append_byte(out, '"');
}

static void
end_cell(struct buffer *out, bool is_last, enum way way)
{
    buffer_append_text(out, !is_last ? "," : way == TO_EXCEL ? "\r\n" : "\n");
}

/* --- files -------------------------------------------------------------------------------------------------------- */

void
exchange_put_row(struct buffer *out, const struct slice *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_cell(out, cells[i], FROM_EXCEL);
        end_cell(out, i + 1 == count, FROM_EXCEL);
    }
}

static enum status
convert_rows(enum exchange_file file, struct csv *csv, enum way way, struct buffer *out, unsigned *rows,
             struct fault *fault)
{
    size_t count = formats[file].count;
    struct csv_row row;
    enum status status;

    for (size_t i = 0; i < count; i++) {
        put_cell(out, slice_of(formats[file].columns[i].japanese), way);
        end_cell(out, i + 1 == count, way);
    }
    while ((status = csv_next(csv, &row, fault)) == STATUS_OK) {
        for (size_t i = 0; i < count; i++) {
            put_cell(out, row.fields[i], way);
            end_cell(out, i + 1 == count, way);
        }
        (*rows)++;
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status
convert(enum exchange_file file, struct slice raw, const char *path, enum way way, struct buffer *out, unsigned *rows,
        struct fault *fault)
{
    struct buffer utf8;
    struct csv *csv = NULL;
    enum charset charset;
    unsigned line = 0;
    enum status status;

    buffer_init(&utf8);
    status = charset_decode(raw, &utf8, &charset, &line);
    if (status == STATUS_INVALID)
        fault_set(fault, path, line, 0, "", "", "neither UTF-8 nor Shift_JIS (CP932)", "save the file as CSV UTF-8");
    if (status == STATUS_OK && utf8.bytes == 0) {
        fault_set(fault, path, 0, 0, "", "", "the file is empty", "it begins with a row of column names");
        status = STATUS_INVALID;
    }
    if (status == STATUS_OK)
        status = csv_create(path, buffer_slice(&utf8), formats[file].columns, formats[file].count, &csv, fault);
    if (status == STATUS_OK)
        status = convert_rows(file, csv, way, out, rows, fault);
    csv_destroy(&csv);
    buffer_fini(&utf8);
    return status == STATUS_OK && out->failed ? STATUS_NO_MEMORY : status;
}

enum status
exchange_export(enum exchange_file file, struct slice raw, struct buffer *out, struct fault *fault)
{
    unsigned rows = 0;

    buffer_append_text(out, "\xEF\xBB\xBF");
    return convert(file, raw, exchange_names[file], TO_EXCEL, out, &rows, fault);
}

enum status
exchange_import(enum exchange_file file, struct slice raw, const char *path, struct buffer *out, unsigned *rows_out,
                struct fault *fault)
{
    *rows_out = 0;
    return convert(file, raw, path, FROM_EXCEL, out, rows_out, fault);
}
