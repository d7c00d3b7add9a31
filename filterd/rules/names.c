#include "rules/names.h"

#include "rules/sheet.h"
#include "text/intake.h"

enum { NAME, READING, KIND, NOTE };

const struct csv_column names_columns[NAMES_COLUMNS] = {
    [NAME] = {"name", "名称", CSV_REQUIRED},
    [READING] = {"reading", "読み", CSV_OPTIONAL},
    [KIND] = {"kind", "種類", CSV_REQUIRED},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};

/* Number 0 is no kind, so that an empty cell is one. */
static const struct word kinds[] = {
    [PUBLIC_FACILITY + 1] = {"facility", "施設"},
    [PUBLIC_ROAD + 1] = {"road", "道路"},
    [PUBLIC_STAFF + 1] = {"staff", "職員"},
    [PUBLIC_BODY + 1] = {"body", "団体"},
};
static const struct vocabulary vocabulary_kind = {"kind", kinds, PUBLIC_KIND_COUNT + 1};

/* A reading this short is an everyday word somewhere. */
#define MIN_READING_CHARACTERS 4

static enum status
add_literal(struct sheet *sheet, size_t column, uint32_t index, struct literals_builder *literals,
            struct slice *plain_out)
{
    struct slice plain, skeleton;
    enum status status = build_fold(sheet->build, sheet_cell(sheet, column), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, column, "longer than 256 bytes", "shorten it");
    if (status != STATUS_OK)
        return status;
    size_t characters = utf8_count(skeleton);
    if (column == NAME && characters < 2)
        return sheet_fault(sheet, column, "a name has at least two characters", "mend or delete the row");
    if (column == READING && characters < MIN_READING_CHARACTERS)
        return STATUS_OK;
    status = plain_out ? build_keep(sheet->build, plain, plain_out) : STATUS_OK;
    return status == STATUS_OK
               ? literals_add(literals, sheet->build, skeleton, (struct use){.role = USE_PUBLIC, .index = index})
               : status;
}

static enum status
add_name(struct sheet *sheet, struct buffer *names, struct literals_builder *literals)
{
    struct public_name name = {.line = sheet->row.line};
    unsigned kind;
    uint32_t index = (uint32_t)(names->bytes / sizeof(name));
    enum status status = sheet_word(sheet, KIND, &vocabulary_kind, 0, &kind);
    if (status == STATUS_OK) {
        name.kind = (enum public_kind)(kind - 1);
        status = add_literal(sheet, NAME, index, literals, &name.plain);
    }
    if (status == STATUS_OK)
        status = add_literal(sheet, READING, index, literals, NULL);
    if (status == STATUS_OK)
        buffer_append(names, &name, sizeof(name));
    return status;
}

enum status
names_read(struct build *build, struct slice raw, const char *file, struct literals_builder *literals,
           const struct public_name **names_out, size_t *count_out)
{
    struct sheet sheet;
    struct buffer names;
    const void *array = NULL;
    enum status status = sheet_open(&sheet, build, raw, file, names_columns, NAMES_COLUMNS);
    if (status != STATUS_OK)
        return status;
    buffer_init(&names);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK)
        status = add_name(&sheet, &names, literals);
    sheet_close(&sheet);
    if (status == STATUS_NOT_FOUND)
        status = build_keep_array(build, &names, &array);
    if (status == STATUS_OK) {
        *names_out = array;
        *count_out = names.bytes / sizeof(struct public_name);
    }
    buffer_fini(&names);
    return status;
}
