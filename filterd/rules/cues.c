#include "rules/cues.h"

#include <stdio.h>

#include "rules/sheet.h"

enum { CUE, ROLE, INFO_TYPE, NOTE, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [CUE] = {"cue", "手がかり", CSV_REQUIRED},
    [ROLE] = {"role", "役割", CSV_REQUIRED},
    [INFO_TYPE] = {"info_type", "情報の種類", CSV_OPTIONAL},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};

static const struct word roles[USE_ROLE_COUNT] = {
    [USE_LABEL] = {"label"},   [USE_NEGATIVE] = {"negative"}, [USE_HONORIFIC] = {"honorific"},
    [USE_TITLE] = {"title"},   [USE_EXPOSURE] = {"exposure"}, [USE_OTHER] = {"other"},
    [USE_FAMILY] = {"family"}, [USE_SELF] = {"self"},         [USE_NEED] = {"need"},
    [USE_DANGER] = {"danger"}, [USE_PUBLIC] = {"public"},     [USE_START] = {"start"},
    [USE_PLIGHT] = {"plight"}, [USE_MENACE] = {"menace"},     [USE_REPORT] = {"report"},
};
static const struct vocabulary vocabulary_role = {"role", roles, USE_ROLE_COUNT};

static enum status
read_info_type(struct sheet *sheet, unsigned role, unsigned *info_out)
{
    bool empty = sheet_cell(sheet, INFO_TYPE).bytes == 0;
    *info_out = INFO_NONE;
    if (role != USE_LABEL && role != USE_NEGATIVE && role != USE_START && role != USE_PUBLIC) {
        return empty ? STATUS_OK
                     : sheet_fault(sheet, INFO_TYPE, "only a label, negative, start or public has an info type",
                                   "empty the cell");
    }
    if (empty && (role == USE_NEGATIVE || role == USE_PUBLIC)) {
        return STATUS_OK;
    }
    return sheet_word(sheet, INFO_TYPE, &vocabulary_info_type, 0, info_out);
}

/* Whether the same cue with the same meaning stood in an earlier row. */
static enum status
check_repetition(struct sheet *sheet, struct table *seen, struct slice plain, struct use use)
{
    uint8_t key[2 + BUILD_MAX_LITERAL_BYTES * 4] = {use.role, use.info};
    if (plain.bytes > sizeof(key) - 2) {
        return sheet_fault(sheet, CUE, "the cue is too long", "shorten it");
    }
    memcpy(key + 2, plain.data, plain.bytes);
    struct slice slice = {key, plain.bytes + 2};
    uint32_t line = table_get(seen, slice);
    if (line != TABLE_NONE) {
        char reason[96];
        snprintf(reason, sizeof(reason), "line %u has the same cue and role", line);
        return sheet_fault(sheet, CUE, reason, "delete one of the two rows");
    }
    return table_put(seen, slice, sheet->row.line);
}

static enum status
add_cue(struct sheet *sheet, struct table *seen, struct literals_builder *literals)
{
    unsigned role, info;
    struct slice plain, skeleton;
    enum status status = sheet_word(sheet, ROLE, &vocabulary_role, 0, &role);
    if (status == STATUS_OK) {
        status = read_info_type(sheet, role, &info);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = build_fold(sheet->build, sheet_cell(sheet, CUE), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE) {
        return sheet_fault(sheet, CUE, "the cue is longer than 256 bytes", "shorten it");
    }
    if (status == STATUS_OK && skeleton.bytes == 0) {
        return sheet_fault(sheet, CUE, "the cue is empty once spaces and symbols are left out", "delete the row");
    }
    struct use use = {.role = (uint8_t)role, .info = (uint8_t)info};
    if (status == STATUS_OK) {
        status = check_repetition(sheet, seen, plain, use);
    }
    return status == STATUS_OK ? literals_add(literals, sheet->build, skeleton, use) : status;
}

enum status
cues_read(struct build *build, struct slice raw, const char *file, struct literals_builder *literals)
{
    struct sheet sheet;
    struct table *seen = NULL;
    enum status status = sheet_open(&sheet, build, raw, file, columns, COLUMNS);
    if (status != STATUS_OK) {
        return status;
    }
    status = table_create(1024, &seen);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK) {
        status = add_cue(&sheet, seen, literals);
    }
    table_destroy(&seen);
    sheet_close(&sheet);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
