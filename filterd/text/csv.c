#include "text/csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <csv.h>

#include "base/buffer.h"

/* Empty fields beyond are ignored: Excel writes rows of commas behind a table that was once wider. */
#define MAX_FIELDS 256

/* One row as libcsv tells it. */
struct raw_row {
    struct buffer bytes;         /* the contents of all fields, one after another */
    size_t ends[MAX_FIELDS];     /* where each ends in `bytes` */
    size_t count;                /* of fields, including those beyond MAX_FIELDS */
    size_t last_filled_position; /* 1-based; 0 = all fields are empty */
    unsigned line;
    bool is_complete;
};

struct csv {
    const char *file;
    const struct csv_column *columns;
    size_t column_count;
    struct slice rest;  /* not yet read */
    unsigned next_line; /* 1-based number of the line at which `rest` begins */
    struct csv_parser parser;
    bool has_parser;
    struct raw_row raw;
    size_t header_fields; /* 1-based position of the last named header field */
    unsigned positions[CSV_MAX_COLUMNS];
    struct slice fields[CSV_MAX_COLUMNS];
};

static void
on_field(void *field, size_t bytes, void *context)
{
    struct raw_row *raw = context;

    if (bytes > 0)
        raw->last_filled_position = raw->count + 1;
    if (raw->count < MAX_FIELDS) {
        buffer_append(&raw->bytes, field, bytes);
        raw->ends[raw->count] = raw->bytes.bytes;
    }
    raw->count++;
}

static void
on_row(int terminator, void *context)
{
    struct raw_row *raw = context;

    (void)terminator;
    raw->is_complete = true;
}

static void
clear_row(struct raw_row *raw)
{
    buffer_clear(&raw->bytes);
    raw->count = 0;
    raw->last_filled_position = 0;
    raw->is_complete = false;
}

static struct slice
raw_field(const struct raw_row *raw, size_t index)
{
    size_t start = index > 0 ? raw->ends[index - 1] : 0;

    return (struct slice){raw->bytes.data + start, raw->ends[index] - start};
}

/* Cuts one physical line with its end (LF, CR or CR LF) from the rest. */
static struct slice
take_line(struct csv *csv)
{
    struct slice line = {csv->rest.data, 0};

    while (line.bytes < csv->rest.bytes) {
        uint8_t byte = line.data[line.bytes++];
        if (byte == '\r' && line.bytes < csv->rest.bytes && line.data[line.bytes] == '\n')
            line.bytes++;
        if (byte == '\r' || byte == '\n')
            break;
    }
    csv->rest.data += line.bytes;
    csv->rest.bytes -= line.bytes;
    csv->next_line++;
    return line;
}

static bool
is_blank(struct slice line)
{
    for (size_t i = 0; i < line.bytes; i++)
        if (strchr(" \t\r\n", line.data[i]) == NULL || line.data[i] == '\0')
            return false;
    return true;
}

static enum status
start_parser(struct csv *csv, uint8_t separator)
{
    if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return STATUS_NO_MEMORY;
    csv_set_delim(&csv->parser, separator);
    csv->has_parser = true;
    return STATUS_OK;
}

/* libcsv stays in its error state: the next row needs a fresh parser. */
static enum status
parse_failed(struct csv *csv, const char *reason, struct fault *fault)
{
    uint8_t separator = csv_get_delim(&csv->parser);
    int error = csv_error(&csv->parser);

    csv_free(&csv->parser);
    csv->has_parser = false;
    if (error != CSV_EPARSE || start_parser(csv, separator) != STATUS_OK)
        return STATUS_NO_MEMORY;
    fault_set(fault, csv->file, csv->raw.line, (unsigned)csv->raw.count + 1, "", "", reason,
              "put the whole field in quotation marks and double those inside it");
    return STATUS_INVALID;
}

/* A physical line ends at most one row, so line by line is enough to know where each row begins. */
static enum status
read_row(struct csv *csv, struct fault *fault)
{
    struct raw_row *raw = &csv->raw;
    bool is_begun = false;

    clear_row(raw);
    while (!raw->is_complete && csv->rest.bytes > 0) {
        raw->line = is_begun ? raw->line : csv->next_line;
        struct slice line = take_line(csv);
        is_begun = is_begun || !is_blank(line);
        if (csv_parse(&csv->parser, line.data, line.bytes, on_field, on_row, raw) != line.bytes)
            return parse_failed(csv, "a quotation mark stands inside a field", fault);
        if (csv->rest.bytes == 0 && !raw->is_complete && csv_fini(&csv->parser, on_field, on_row, raw) != 0)
            return parse_failed(csv, "a field begins with a quotation mark that is never closed", fault);
    }
    if (raw->bytes.failed)
        return STATUS_NO_MEMORY;
    return raw->is_complete ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool
is_named(const struct csv_column *column, struct slice name)
{
    return (strlen(column->english) == name.bytes &&
            strncasecmp(column->english, (const char *)name.data, name.bytes) == 0) ||
           (column->japanese != NULL && slice_equal(slice_of(column->japanese), name));
}

static void
header_fault(struct csv *csv, size_t position, struct slice name, const char *reason, const char *mend,
             struct fault *fault)
{
    char value[sizeof(fault->value)];
    size_t bytes = name.bytes < sizeof(value) - 1 ? name.bytes : sizeof(value) - 1;

    memcpy(value, name.bytes > 0 ? (const char *)name.data : "", bytes);
    value[bytes] = '\0';
    fault_set(fault, csv->file, csv->raw.line, (unsigned)position, "header", value, reason, mend);
}

static enum status
place_header_field(struct csv *csv, size_t position, struct slice name, struct fault *fault)
{
    char mend[sizeof(fault->mend)];
    size_t at = (size_t)snprintf(mend, sizeof(mend), "the columns are:");

    if (name.bytes == 0)
        return STATUS_OK;
    csv->header_fields = position;
    for (size_t i = 0; i < csv->column_count; i++) {
        const struct csv_column *column = &csv->columns[i];
        if (is_named(column, name)) {
            if (csv->positions[i] != 0) {
                header_fault(csv, position, name, "the column stands twice", "remove one of the two", fault);
                return STATUS_INVALID;
            }
            csv->positions[i] = (unsigned)position;
            return STATUS_OK;
        }
        at += (size_t)snprintf(mend + at, sizeof(mend) - at, " %s", column->english);
        if (column->japanese != NULL && at < sizeof(mend))
            at += (size_t)snprintf(mend + at, sizeof(mend) - at, " (%s)", column->japanese);
        at = at < sizeof(mend) ? at : sizeof(mend) - 1;
    }
    header_fault(csv, position, name, "unknown column", mend, fault);
    return STATUS_INVALID;
}

static enum status
read_header(struct csv *csv, struct fault *fault)
{
    enum status status = read_row(csv, fault);

    if (status == STATUS_NOT_FOUND) {
        fault_set(fault, csv->file, 0, 0, "header", "", "the file is empty", "write the column names in the first row");
        return STATUS_INVALID;
    }
    for (size_t i = 0; status == STATUS_OK && i < csv->raw.count && i < MAX_FIELDS; i++)
        status = place_header_field(csv, i + 1, raw_field(&csv->raw, i), fault);
    for (size_t i = 0; status == STATUS_OK && i < csv->column_count; i++) {
        if (csv->columns[i].presence == CSV_REQUIRED && csv->positions[i] == 0) {
            header_fault(csv, 0, slice_of(csv->columns[i].english), "the column is missing",
                         csv->columns[i].japanese != NULL ? csv->columns[i].japanese : "add it", fault);
            status = STATUS_INVALID;
        }
    }
    return status;
}

static uint8_t
separator_of(struct slice text)
{
    const uint8_t *end = memchr(text.data, '\n', text.bytes);
    size_t bytes = end != NULL ? (size_t)(end - text.data) : text.bytes;
    bool is_tabbed = memchr(text.data, '\t', bytes) != NULL && memchr(text.data, ',', bytes) == NULL;

    return is_tabbed ? '\t' : ',';
}

enum status
csv_create(const char *file, struct slice text, const struct csv_column *columns, size_t column_count,
           struct csv **csv_out, struct fault *fault)
{
    static const uint8_t bom[3] = {0xEF, 0xBB, 0xBF};
    struct csv *csv = column_count <= CSV_MAX_COLUMNS ? calloc(1, sizeof(*csv)) : NULL;

    if (csv == NULL)
        return STATUS_NO_MEMORY;
    if (text.bytes >= sizeof(bom) && memcmp(text.data, bom, sizeof(bom)) == 0)
        text = (struct slice){text.data + sizeof(bom), text.bytes - sizeof(bom)};
    csv->file = file;
    csv->columns = columns;
    csv->column_count = column_count;
    csv->rest = text.bytes > 0 ? text : SLICE_LITERAL("");
    csv->next_line = 1;
    buffer_init(&csv->raw.bytes);
    enum status status = start_parser(csv, separator_of(csv->rest));
    if (status == STATUS_OK)
        status = read_header(csv, fault);
    if (status != STATUS_OK) {
        csv_destroy(&csv);
        return status;
    }
    *csv_out = csv;
    return STATUS_OK;
}

void
csv_destroy(struct csv **csv)
{
    if (csv == NULL || *csv == NULL)
        return;
    if ((*csv)->has_parser)
        csv_free(&(*csv)->parser);
    buffer_fini(&(*csv)->raw.bytes);
    free(*csv);
    *csv = NULL;
}

static void
place_fields(struct csv *csv)
{
    for (size_t i = 0; i < csv->column_count; i++) {
        unsigned position = csv->positions[i];
        bool is_there = position > 0 && position <= csv->raw.count;
        csv->fields[i] = is_there ? raw_field(&csv->raw, position - 1) : SLICE_LITERAL("");
    }
}

enum status
csv_next(struct csv *csv, struct csv_row *row_out, struct fault *fault)
{
    enum status status;

    if (!csv->has_parser)
        return STATUS_NO_MEMORY;
    do {
        status = read_row(csv, fault);
    } while (status == STATUS_OK && csv->raw.last_filled_position == 0);
    if (status != STATUS_OK)
        return status;
    if (csv->raw.last_filled_position > csv->header_fields) {
        fault_set(fault, csv->file, csv->raw.line, (unsigned)csv->raw.last_filled_position, "", "",
                  "the row has more fields than the header", "put a field that holds a comma in quotation marks");
        return STATUS_INVALID;
    }
    place_fields(csv);
    *row_out = (struct csv_row){csv->raw.line, csv->fields, csv->positions};
    return STATUS_OK;
}
