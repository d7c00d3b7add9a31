#include "rules/special.h"

#include <stdlib.h>

#include "rules/sheet.h"
#include "text/intake.h"

enum { TERM, KIND, MATCH, WEIGHT, EXCEPTIONS, NOTE, COLUMNS };
enum { MAX_WEIGHT = 3, MAX_EXCEPTIONS = 256 };

static const struct csv_column columns[COLUMNS] = {
    [TERM] = {"term", "語句", CSV_REQUIRED},
    [KIND] = {"kind", "種類", CSV_REQUIRED},
    [MATCH] = {"match", "一致", CSV_REQUIRED},
    [WEIGHT] = {"weight", "重み", CSV_OPTIONAL},
    [EXCEPTIONS] = {"exceptions", "例外", CSV_OPTIONAL},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};

static const struct word kinds[SPECIAL_KIND_COUNT] = {
    [SPECIAL_HEALTH] = {"health"}, [SPECIAL_TREATMENT] = {"treatment"}, [SPECIAL_CRIME] = {"crime"},
    [SPECIAL_VICTIM] = {"victim"}, [SPECIAL_BELIEF] = {"belief"},       [SPECIAL_ORIGIN] = {"origin"},
    [SPECIAL_STATE] = {"state"},   [SPECIAL_TOPIC] = {"topic"},         [SPECIAL_UNSURE] = {"unsure"},
    [SPECIAL_SELF] = {"self"},     [SPECIAL_FAMILY] = {"family"},       [SPECIAL_OTHER] = {"other"},
    [SPECIAL_PLACE] = {"place"},   [SPECIAL_SHOP] = {"shop"},           [SPECIAL_WORK] = {"work"},
    [SPECIAL_KIN] = {"kin"},       [SPECIAL_SCHOOL] = {"school"},       [SPECIAL_TRAIT] = {"trait"},
    [SPECIAL_HOME] = {"home"},     [SPECIAL_EVENT] = {"event"},         [SPECIAL_AGE] = {"age"},
    [SPECIAL_TITLE] = {"title"},   [SPECIAL_OFFICE] = {"office"},
};
static const struct vocabulary vocabulary_kind = {"kind", kinds, SPECIAL_KIND_COUNT};

static const struct word matches[SPECIAL_MATCH_COUNT] = {
    [SPECIAL_WORD] = {"word"},     [SPECIAL_SUFFIX] = {"suffix"}, [SPECIAL_PREFIX] = {"prefix"},
    [SPECIAL_CLAUSE] = {"clause"}, [SPECIAL_AFTER] = {"after"},   [SPECIAL_NEAR] = {"near"},
};
static const struct vocabulary vocabulary_match = {"match", matches, SPECIAL_MATCH_COUNT};

/* What a kind can be looked for as. */
static bool
suits(enum special_kind kind, enum special_match match)
{
    bool follows = kind == SPECIAL_STATE || kind == SPECIAL_TOPIC || kind == SPECIAL_UNSURE;
    bool person = kind == SPECIAL_SELF || kind == SPECIAL_FAMILY || kind == SPECIAL_OTHER;
    return follows == (match == SPECIAL_AFTER) && person == (match == SPECIAL_NEAR);
}

static enum status
read_weight(struct sheet *sheet, uint8_t *weight_out)
{
    struct slice cell = sheet_cell(sheet, WEIGHT);
    *weight_out = 1;
    if (cell.bytes == 0)
        return STATUS_OK;
    if (cell.bytes != 1 || cell.data[0] < '1' || cell.data[0] > '0' + MAX_WEIGHT)
        return sheet_fault(sheet, WEIGHT, "a weight is 1, 2 or 3", "write one of them, or empty the cell");
    *weight_out = (uint8_t)(cell.data[0] - '0');
    return STATUS_OK;
}

/* The plain form of each line of the cell. */
static enum status
read_exceptions(struct sheet *sheet, struct special_word *word)
{
    struct slice rest = sheet_cell(sheet, EXCEPTIONS), found[MAX_EXCEPTIONS];
    size_t count = 0;
    while (rest.bytes) {
        struct slice line = sheet_trim(slice_cut(&rest, '\n')), plain, skeleton;
        if (line.bytes == 0)
            continue;
        enum status status = build_fold(sheet->build, line, &plain, &skeleton);
        if (status == STATUS_OK && (plain.bytes <= word->plain.bytes || count == MAX_EXCEPTIONS ||
                                    !memmem(plain.data, plain.bytes, word->plain.data, word->plain.bytes)))
            return sheet_fault(sheet, EXCEPTIONS, "an exception does not contain the term and more",
                               "write a longer word that contains the term, one on each line of the cell");
        if (status == STATUS_OK)
            status = build_keep(sheet->build, plain, &found[count]);
        if (status != STATUS_OK)
            return status;
        count++;
    }
    struct slice *kept = arena_alloc_array(sheet->build->arena, count + 1, sizeof *kept);
    if (!kept)
        return STATUS_NO_MEMORY;
    memcpy(kept, found, count * sizeof *kept);
    word->exceptions = kept;
    word->exception_count = count;
    return STATUS_OK;
}

static enum status
read_words(struct sheet *sheet, struct special_word *word)
{
    unsigned kind = 0, match = 0;
    enum status status = sheet_word(sheet, KIND, &vocabulary_kind, 0, &kind);
    if (status == STATUS_OK)
        status = sheet_word(sheet, MATCH, &vocabulary_match, 0, &match);
    if (status != STATUS_OK)
        return status;
    word->kind = (enum special_kind)kind;
    word->match = (enum special_match)match;
    if (!suits(word->kind, word->match))
        return sheet_fault(sheet, MATCH, "this kind can not be looked for like that",
                           "followers are `after`, persons `near`, all others word, suffix, prefix or clause");
    return read_weight(sheet, &word->weight);
}

static enum status
read_row(struct sheet *sheet, struct buffer *words, struct literals_builder *literals)
{
    struct special_word word = {0};
    struct slice plain, skeleton;
    enum status status = read_words(sheet, &word);
    if (status == STATUS_OK)
        status = build_fold(sheet->build, sheet_cell(sheet, TERM), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, TERM, "the term is longer than 256 bytes", "shorten it");
    if (status == STATUS_OK && (plain.bytes == 0 || (word.match < SPECIAL_AFTER && skeleton.bytes == 0)))
        return sheet_fault(sheet, TERM, "the row has no term", "write one, or delete the row");
    struct use use = {.role = USE_SPECIAL, .index = (uint32_t)(words->bytes / sizeof word)};
    if (status == STATUS_OK && word.match == SPECIAL_NEAR && plain.bytes < 3)
        return sheet_fault(sheet, TERM, "a word for a person has at least one Japanese character",
                           "write a longer one");
    if (status == STATUS_OK && word.match < SPECIAL_AFTER)
        status = literals_add(literals, sheet->build, skeleton, use);
    if (status == STATUS_OK) /* the fold is valid until the next one */
        status = build_keep(sheet->build, plain, &word.plain);
    if (status == STATUS_OK)
        status = read_exceptions(sheet, &word);
    if (status == STATUS_OK)
        buffer_append(words, &word, sizeof word);
    return status;
}

static int
entry_order(const void *a, const void *b)
{
    const struct special_entry *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

static enum status
list_kinds(struct build *build, struct special *special)
{
    for (enum special_kind kind = 0; kind < SPECIAL_KIND_COUNT; kind++) {
        struct special_entry *list = arena_alloc_array(build->arena, special->count + 1, sizeof *list);
        if (!list)
            return STATUS_NO_MEMORY;
        size_t count = 0;
        for (uint32_t i = 0; i < special->count; i++) {
            uint32_t at = 0;
            if (special->words[i].kind == kind)
                list[count++] = (struct special_entry){utf8_next(special->words[i].plain, &at), i};
        }
        qsort(list, count, sizeof *list, entry_order);
        arena_trim(build->arena, list, count * sizeof *list);
        special->list_counts[kind] = count;
        special->lists[kind] = list;
    }
    return STATUS_OK;
}

static void
mark_starts(struct special *special)
{
    for (size_t i = 0; i < special->count; i++) {
        const struct special_word *word = &special->words[i];
        if (word->match == SPECIAL_NEAR) {
            unsigned start = special_start(word->plain.data, word->plain.bytes < 6 ? SPECIAL_START_SHORT : 6);
            special->person_starts[start / 64] |= 1ull << start % 64;
        }
    }
}

enum status
special_read(struct build *build, struct slice raw, const char *file, struct literals_builder *literals,
             struct special *special_out)
{
    struct sheet sheet;
    struct buffer words;
    const void *array = NULL;
    enum status status = sheet_open(&sheet, build, raw, file, columns, COLUMNS);
    if (status != STATUS_OK)
        return status;
    buffer_init(&words);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK)
        status = read_row(&sheet, &words, literals);
    sheet_close(&sheet);
    if (status == STATUS_NOT_FOUND)
        status = build_keep_array(build, &words, &array);
    if (status == STATUS_OK) {
        *special_out = (struct special){.words = array, .count = words.bytes / sizeof(struct special_word)};
        mark_starts(special_out);
        status = list_kinds(build, special_out);
    }
    buffer_fini(&words);
    return status;
}
