#include "rules/tables.h"

#include "text/intake.h"

#define MAX_FIELDS 4

struct table_line {
    const char *file;
    unsigned number;
    struct slice fields[MAX_FIELDS];
    size_t count;
};

/* Cuts the next line into fields; comments and empty lines have none. */
static void
next_line(struct slice *rest, struct table_line *line)
{
    struct slice text = slice_cut(rest, '\n');
    line->number++;
    line->count = 0;
    if (text.bytes > 0 && text.data[text.bytes - 1] == '\r')
        text.bytes--;
    if (text.bytes == 0 || text.data[0] == '#')
        return;
    for (;;) {
        const uint8_t *tab = memchr(text.data, '\t', text.bytes);
        struct slice field = {text.data, tab ? (size_t)(tab - text.data) : text.bytes};
        if (line->count < MAX_FIELDS)
            line->fields[line->count] = field;
        line->count++;
        if (!tab)
            return;
        text = (struct slice){tab + 1, text.bytes - field.bytes - 1};
    }
}

static enum status
line_fault(struct build *build, const struct table_line *line, unsigned column, const char *reason, const char *mend)
{
    struct slice value = column > 0 ? line->fields[column - 1] : SLICE_LITERAL("");
    return build_fault(build, line->file, line->number, column, "", value, reason, mend);
}

static enum status
check_encoding(struct build *build, struct slice text, const char *file)
{
    return utf8_is_valid(text)
               ? STATUS_OK
               : build_fault(build, file, 0, 0, "", SLICE_LITERAL(""), "the file is not UTF-8", "save it as UTF-8");
}

/* The plain form, valid until the next fold. A fault when nothing is left of the name; both forms have bytes then. */
static enum status
fold_field(struct build *build, const struct table_line *line, unsigned column, struct slice *plain_out,
           struct slice *skeleton_out)
{
    enum status status = build_fold(build, line->fields[column - 1], plain_out, skeleton_out);
    if (status == STATUS_TOO_LARGE || (status == STATUS_OK && skeleton_out->bytes == 0))
        return line_fault(build, line, column, "a name is empty or longer than 256 bytes", "mend or delete the line");
    return status;
}

static enum status
put_name(struct build *build, const struct table_line *line, struct table *table, size_t *max_bytes)
{
    struct slice plain, skeleton;
    if (line->count > 2)
        return line_fault(build, line, 0, "more than two fields", "write a name, or name, tab, reading");
    enum status status = fold_field(build, line, 1, &plain, &skeleton);
    if (status != STATUS_OK)
        return status;
    *max_bytes = plain.bytes > *max_bytes ? plain.bytes : *max_bytes;
    status = table_put(table, plain, (uint32_t)table_count(table));
    return status == STATUS_INVALID ? STATUS_OK : status; /* another reading of a name: the more frequent one counts */
}

enum status
tables_read_names(struct build *build, struct slice text, const char *file, struct table **table_out,
                  size_t *max_bytes_out)
{
    struct table *table = NULL;
    struct table_line line = {.file = file};
    size_t max_bytes = 0;
    enum status status = check_encoding(build, text, file);
    if (status == STATUS_OK)
        status = table_create(text.bytes / 16, &table);
    while (status == STATUS_OK && text.bytes > 0) {
        next_line(&text, &line);
        status = line.count > 0 ? put_name(build, &line, table, &max_bytes) : STATUS_OK;
    }
    if (status != STATUS_OK) {
        table_destroy(&table);
        return status;
    }
    *table_out = table;
    *max_bytes_out = max_bytes;
    return STATUS_OK;
}

static bool
parse_code(struct slice digits, uint32_t *code_out)
{
    *code_out = 0;
    for (size_t i = 0; i < digits.bytes; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        *code_out = *code_out * 10 + (uint32_t)(digits.data[i] - '0');
    }
    return digits.bytes == 6;
}

static enum status
put_place(struct build *build, const struct table_line *line, unsigned column, uint32_t code, struct facts *facts)
{
    struct slice plain, skeleton;
    enum status status = fold_field(build, line, column, &plain, &skeleton);
    if (status != STATUS_OK)
        return status;
    uint32_t end = (uint32_t)plain.bytes, last = utf8_previous(plain, &end) % 4096;
    facts->municipality_ends[last / 64] |= 1ull << last % 64;
    status = table_put(facts->municipalities, plain, code);
    return status == STATUS_INVALID ? STATUS_OK
                                    : status; /* 府中市 exists twice, a prefecture has many lines: the first counts */
}

static enum status
put_municipality(struct build *build, const struct table_line *line, struct facts *facts)
{
    uint32_t code;
    if (line->count != 3)
        return line_fault(build, line, 0, "not three fields", "write code, tab, prefecture, tab, name");
    if (!parse_code(line->fields[0], &code))
        return line_fault(build, line, 1, "is no code of six digits", "write it with its check digit");
    enum status status = put_place(build, line, 2, code / 10000 * 10000, facts);
    return status == STATUS_OK ? put_place(build, line, 3, code, facts) : status;
}

enum status
tables_read_municipalities(struct build *build, struct slice text, const char *file, struct facts *facts)
{
    struct table_line line = {.file = file};
    enum status status = check_encoding(build, text, file);
    if (status == STATUS_OK)
        status = table_create(text.bytes / 16, &facts->municipalities);
    while (status == STATUS_OK && text.bytes > 0) {
        next_line(&text, &line);
        status = line.count > 0 ? put_municipality(build, &line, facts) : STATUS_OK;
    }
    if (status != STATUS_OK)
        table_destroy(&facts->municipalities);
    return status;
}
