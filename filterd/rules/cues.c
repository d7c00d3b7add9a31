#include "rules/cues.h"

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
    [USE_RESUME] = {"resume"}, [USE_OPENING] = {"opening"},
};
static const struct vocabulary vocabulary_role = {"role", roles, USE_ROLE_COUNT};

static enum status
read_info_type(struct sheet *sheet, unsigned role, unsigned *info_out)
{
    bool empty = sheet_cell(sheet, INFO_TYPE).bytes == 0;
    *info_out = INFO_NONE;
    if (role != USE_LABEL && role != USE_NEGATIVE && role != USE_START && role != USE_PUBLIC && role != USE_RESUME) {
        return empty ? STATUS_OK
                     : sheet_fault(sheet, INFO_TYPE, "only a label, resume, negative, start or public has an info type",
                                   "empty the cell");
    }
    if (empty && (role == USE_NEGATIVE || role == USE_PUBLIC || role == USE_RESUME))
        return STATUS_OK;
    return sheet_word(sheet, INFO_TYPE, &vocabulary_info_type, 0, info_out);
}

static enum status
add_cue(struct sheet *sheet, struct table *seen, struct literals_builder *literals)
{
    unsigned role, info;
    struct slice plain, skeleton;
    enum status status = sheet_word(sheet, ROLE, &vocabulary_role, 0, &role);
    if (status == STATUS_OK)
        status = read_info_type(sheet, role, &info);
    if (status != STATUS_OK)
        return status;
    status = build_fold(sheet->build, sheet_cell(sheet, CUE), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, CUE, "the cue is longer than 256 bytes", "shorten it");
    if (status == STATUS_OK && skeleton.bytes == 0)
        return sheet_fault(sheet, CUE, "the cue is empty once spaces and symbols are left out", "delete the row");
    struct use use = {.role = (uint8_t)role, .info = (uint8_t)info};
    if (status == STATUS_OK)
        status = sheet_check_new(sheet, seen, (const uint8_t[]){use.role, use.info}, plain, CUE);
    return status == STATUS_OK ? literals_add(literals, sheet->build, skeleton, use) : status;
}

enum status
cues_read(struct build *build, struct slice raw, const char *file, struct literals_builder *literals)
{
    struct sheet sheet;
    struct table *seen = NULL;
    enum status status = sheet_open(&sheet, build, raw, file, columns, COLUMNS);
    if (status != STATUS_OK)
        return status;
    status = table_create(1024, &seen);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK)
        status = add_cue(&sheet, seen, literals);
    table_destroy(&seen);
    sheet_close(&sheet);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
