#include "rules/terms.h"

#include <stdio.h>

#include "rules/sheet.h"
#include "rules/writings.h"
#include "text/intake.h"

enum { TERM, CATEGORY, MATCH, SEVERITY, EXCEPTIONS, NOTE, ADDED_ON, AIM };

const struct csv_column terms_columns[TERMS_COMMON_COLUMNS] = {
    [TERM] = {"term", "語句", CSV_REQUIRED},
    [CATEGORY] = {"category", "分類", CSV_REQUIRED},
    [MATCH] = {"match", "一致", CSV_REQUIRED},
    [SEVERITY] = {"severity", "強さ", CSV_OPTIONAL},
    [EXCEPTIONS] = {"exceptions", "例外", CSV_OPTIONAL},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
    [ADDED_ON] = {"added_on", "追加日", CSV_OPTIONAL},
    [AIM] = {"aim", "相手", CSV_OPTIONAL},
};

enum aim { AIM_NONE, AIM_FREE, AIM_NEEDED, AIM_ALWAYS, AIM_COUNT };
static const struct word aims[AIM_COUNT] = {
    [AIM_FREE] = {"free", "不要"}, [AIM_NEEDED] = {"needed", "要"}, [AIM_ALWAYS] = {"always", "常に"}};
static const struct vocabulary vocabulary_aim = {"aim", aims, AIM_COUNT};

static const uint8_t likelihood_of[SEVERITY_COUNT] = {
    [SEVERITY_LOW] = 80, [SEVERITY_MEDIUM] = 85, [SEVERITY_HIGH] = 90};

enum status
terms_begin(struct terms_builder *builder, const char *owner)
{
    size_t count = strcmp(owner, "common") == 0 ? TERMS_COMMON_COLUMNS : TERMS_COLUMNS;
    *builder = (struct terms_builder){.owner = owner, .column_count = count};
    buffer_init(&builder->terms);
    buffer_init(&builder->origins);
    buffer_init(&builder->writings);
    return table_create(1024, &builder->by_rule);
}

void
terms_abandon(struct terms_builder *builder)
{
    table_destroy(&builder->by_rule);
    buffer_fini(&builder->terms);
    buffer_fini(&builder->origins);
    buffer_fini(&builder->writings);
}

/* "term.<owner>.<8 hex>": of what the row means, so that sorting rows or changing a note changes no id. */
static enum status
make_rule_id(const struct terms_builder *builder, struct build *build, struct term *term)
{
    struct hasher hasher;
    struct hash hash;
    char hex[HASH_HEX_BYTES], rule[128];
    struct slice kept;
    hasher_init(&hasher);
    hasher_add(&hasher, term->plain);
    hasher_add_text(&hasher, category_word(term->category));
    hasher_add_text(&hasher, match_mode_word(term->match));
    hasher_finish(&hasher, &hash);
    hash_hex(&hash, hex);
    int bytes = snprintf(rule, sizeof(rule), "term.%s.%.8s", builder->owner, hex);
    enum status status = build_keep(build, (struct slice){(const uint8_t *)rule, (size_t)bytes}, &kept);
    term->rule = (const char *)kept.data;
    return status;
}

/* One character is too common to be a rule, unless it is a kanji, which is a word. */
static bool
is_long_enough(struct slice skeleton)
{
    if (skeleton.bytes == 0)
        return false;
    uint32_t at = 0;
    uint32_t first = utf8_next(skeleton, &at);
    return at < skeleton.bytes || (first >= 0x3400 && first <= 0x9FFF) || (first >= 0xF900 && first <= 0xFAFF) ||
           (first >= 0x20000 && first <= 0x3FFFF);
}

static enum status
read_term(struct sheet *sheet, struct term *term, struct slice *skeleton_out)
{
    struct build *build = sheet->build;
    struct slice cell = sheet_cell(sheet, TERM);
    struct slice plain, skeleton;
    if (cell.bytes == 0)
        return sheet_fault(sheet, TERM, "the row has no term", "write one, or delete the row");
    enum status status = build_fold(build, cell, &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, TERM, "the term is longer than 256 bytes", "shorten it");
    if (status == STATUS_OK && !is_long_enough(skeleton)) {
        return sheet_fault(sheet, TERM, "the term is too short once spaces and symbols are left out",
                           "write at least two characters, or one kanji");
    }
    if (status == STATUS_OK)
        status = build_keep(build, plain, &term->plain);
    if (status == STATUS_OK)
        status = build_keep(build, skeleton, skeleton_out);
    return status;
}

static bool
contains(struct slice text, struct slice part)
{
    return memmem(text.data, text.bytes, part.data, part.bytes) != NULL;
}

static enum status
exception_fault(const struct sheet *sheet, struct slice line, const char *reason, const char *mend)
{
    return build_fault(sheet->build, sheet->file, sheet->row.line, sheet->row.positions[EXCEPTIONS], "exceptions", line,
                       reason, mend);
}

static enum status
read_exception(struct sheet *sheet, struct slice line, const struct term *term, struct slice term_skeleton,
               struct slice *kept_out)
{
    struct slice plain, skeleton;
    enum status status = build_fold(sheet->build, line, &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return exception_fault(sheet, line, "the exception is longer than 256 bytes", "shorten it");
    if (status != STATUS_OK)
        return status;
    bool useful = contains(plain, term->plain) || contains(skeleton, term_skeleton);
    if (!useful || slice_equal(plain, term->plain)) {
        return exception_fault(sheet, line, "the exception does not contain the term and more",
                               "write a longer word that contains the term, one on each line of the cell");
    }
    return build_keep(sheet->build, plain, kept_out);
}

static enum status
read_exceptions(struct sheet *sheet, struct term *term, struct slice term_skeleton)
{
    struct buffer kept;
    const void *array = NULL;
    enum status status = STATUS_OK;
    buffer_init(&kept);
    for (struct slice rest = sheet_cell(sheet, EXCEPTIONS); rest.bytes > 0 && status == STATUS_OK;) {
        struct slice line = sheet_trim(slice_cut(&rest, '\n')), exception;
        if (line.bytes == 0)
            continue;
        status = read_exception(sheet, line, term, term_skeleton, &exception);
        if (status == STATUS_OK)
            buffer_append(&kept, &exception, sizeof(exception));
    }
    if (status == STATUS_OK)
        status = build_keep_array(sheet->build, &kept, &array);
    if (status == STATUS_OK) {
        term->exceptions = array;
        term->exception_count = kept.bytes / sizeof(struct slice);
    }
    buffer_fini(&kept);
    return status;
}

static enum status
read_words(struct sheet *sheet, struct term *term)
{
    unsigned category, match, severity, aim;
    enum status status = sheet_word(sheet, CATEGORY, &vocabulary_category, 0, &category);
    if (status == STATUS_OK)
        status = sheet_word(sheet, MATCH, &vocabulary_match_mode, 0, &match);
    if (status == STATUS_OK)
        status = sheet_word(sheet, SEVERITY, &vocabulary_severity, SEVERITY_MEDIUM, &severity);
    if (status == STATUS_OK)
        status = sheet_word(sheet, AIM, &vocabulary_aim, AIM_FREE, &aim);
    if (status == STATUS_OK) {
        term->category = category;
        term->match = match;
        term->severity = severity;
        term->likelihood = likelihood_of[severity];
        term->needs_aim = aim == AIM_NEEDED;
        term->yields = aim != AIM_ALWAYS;
    }
    return status;
}

/* Two rows with one id: a repetition is a fault; two different rows that share 8 hex digits by chance may stay. */
static enum status
check_repetition(const struct terms_builder *builder, const struct sheet *sheet, const struct term *term)
{
    uint32_t index = table_get(builder->by_rule, slice_of(term->rule));
    if (index == TABLE_NONE)
        return STATUS_OK;
    const struct term *other = (const struct term *)(const void *)builder->terms.data + index;
    const struct term_origin *origin = (const struct term_origin *)(const void *)builder->origins.data + index;
    if (!slice_equal(other->plain, term->plain) || other->category != term->category || other->match != term->match)
        return STATUS_OK;
    char reason[256];
    const char *slash = strrchr(origin->file, '/');
    snprintf(reason, sizeof(reason), "line %u of %.100s has the same term, category and match", origin->line,
             slash ? slash + 1 : origin->file);
    return sheet_fault(sheet, TERM, reason, "delete one of the two rows");
}

static enum status
add_term(struct terms_builder *builder, struct sheet *sheet, struct literals_builder *literals)
{
    struct term term = {0};
    struct slice skeleton;
    enum status status = read_term(sheet, &term, &skeleton);
    if (status == STATUS_OK)
        status = read_words(sheet, &term);
    if (status == STATUS_OK)
        status = read_exceptions(sheet, &term, skeleton);
    term.yields &= builder->column_count == TERMS_COMMON_COLUMNS && term.exception_count > 0;
    if (status == STATUS_OK)
        status = make_rule_id(builder, sheet->build, &term);
    if (status == STATUS_OK)
        status = check_repetition(builder, sheet, &term);
    if (status != STATUS_OK)
        return status;
    uint32_t index = (uint32_t)(builder->terms.bytes / sizeof(term));
    struct term_origin origin = {sheet->file, sheet->row.line};
    buffer_append(&builder->terms, &term, sizeof(term));
    buffer_append(&builder->origins, &origin, sizeof(origin));
    if (builder->terms.failed || builder->origins.failed)
        return STATUS_NO_MEMORY;
    status = table_put(builder->by_rule, slice_of(term.rule), index);
    if (status == STATUS_OK || status == STATUS_INVALID)
        status = literals_add(literals, sheet->build, skeleton, (struct use){.role = USE_TERM, .index = index});
    if (status == STATUS_OK)
        status = writings_add(sheet->build, &term, index, &builder->writings, literals);
    return status;
}

enum status
terms_read(struct terms_builder *builder, struct build *build, struct slice raw, const char *file,
           struct literals_builder *literals)
{
    struct sheet sheet;
    enum status status = sheet_open(&sheet, build, raw, file, terms_columns, builder->column_count);
    if (status != STATUS_OK)
        return status;
    while (status == STATUS_OK) {
        status = sheet_next(&sheet);
        if (status == STATUS_OK)
            status = add_term(builder, &sheet, literals);
        if (status == STATUS_INVALID && builder->on_fault) {
            builder->on_fault(builder->context, build->fault);
            status = STATUS_OK;
        }
    }
    sheet_close(&sheet);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
terms_finish(struct terms_builder *builder, struct build *build, const struct term **terms_out, size_t *count_out,
             const struct term_writing **writings_out, size_t *writing_count_out)
{
    const void *array = NULL;
    enum status status = build_keep_array(build, &builder->terms, &array);
    if (status == STATUS_OK) {
        *terms_out = array;
        *count_out = builder->terms.bytes / sizeof(struct term);
        status = build_keep_array(build, &builder->writings, &array);
    }
    if (status == STATUS_OK) {
        *writings_out = array;
        *writing_count_out = builder->writings.bytes / sizeof(struct term_writing);
    }
    return status;
}
