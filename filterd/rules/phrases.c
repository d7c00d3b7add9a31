#include "rules/phrases.h"

#include <stdlib.h>

#include "rules/sheet.h"
#include "text/intake.h"

enum { PHRASE, LIST, NOTE, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [PHRASE] = {"phrase", "語句", CSV_REQUIRED},
    [LIST] = {"list", "一覧", CSV_REQUIRED},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};

static const struct word list_words[PHRASES_COUNT] = {
#define PHRASE_LIST_WORD(id, word) [PHRASES_##id] = {word, NULL},
    PHRASE_LISTS(PHRASE_LIST_WORD)
#undef PHRASE_LIST_WORD
};
static const struct vocabulary vocabulary_list = {"list", list_words, PHRASES_COUNT};

struct entry {
    unsigned list;
    struct slice plain;
};

static enum status
read_row(struct sheet *sheet, struct table *seen, struct buffer *entries)
{
    struct entry entry;
    struct slice plain, skeleton;
    enum status status = sheet_word(sheet, LIST, &vocabulary_list, 0, &entry.list);
    if (status == STATUS_OK)
        status = build_fold(sheet->build, sheet_cell(sheet, PHRASE), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, PHRASE, "the phrase is longer than 256 bytes", "shorten it");
    if (status == STATUS_OK && plain.bytes == 0)
        return sheet_fault(sheet, PHRASE, "the row has no phrase", "write one, or delete the row");
    if (status == STATUS_OK)
        status = sheet_check_new(sheet, seen, (const uint8_t[]){(uint8_t)entry.list, 0}, plain, PHRASE);
    if (status == STATUS_OK)
        status = build_keep(sheet->build, plain, &entry.plain);
    if (status == STATUS_OK)
        buffer_append(entries, &entry, sizeof entry);
    return status;
}

static int
entry_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->list != y->list)
        return x->list < y->list ? -1 : 1;
    if (x->plain.bytes != y->plain.bytes)
        return x->plain.bytes > y->plain.bytes ? -1 : 1;
    return memcmp(x->plain.data, y->plain.data, x->plain.bytes);
}

static void
mark(uint64_t bits[4], uint32_t c)
{
    bits[c / 64 % 4] |= 1ull << c % 64;
}

static enum status
make_lists(struct build *build, struct entry *entries, size_t count, const struct phrases **lists_out)
{
    struct phrases *lists = arena_alloc_array(build->arena, PHRASES_COUNT, sizeof *lists);
    struct slice *items = arena_alloc_array(build->arena, count + 1, sizeof *items);
    if (!lists || !items)
        return STATUS_NO_MEMORY;
    memset(lists, 0, PHRASES_COUNT * sizeof *lists);
    if (count)
        qsort(entries, count, sizeof *entries, entry_order);
    for (size_t i = 0; i < count; i++) {
        struct phrases *list = &lists[entries[i].list];
        uint32_t start = 0, end = (uint32_t)entries[i].plain.bytes;
        items[i] = entries[i].plain;
        list->items = list->count ? list->items : &items[i];
        list->count++;
        mark(list->firsts, utf8_next(items[i], &start));
        mark(list->lasts, utf8_previous(items[i], &end));
    }
    *lists_out = lists;
    return STATUS_OK;
}

enum status
phrases_read(struct build *build, struct slice raw, const char *file, const struct phrases **lists_out)
{
    struct sheet sheet;
    struct table *seen = NULL;
    struct buffer entries;
    enum status status = sheet_open(&sheet, build, raw, file, columns, COLUMNS);
    if (status != STATUS_OK)
        return status;
    buffer_init(&entries);
    status = table_create(1024, &seen);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK)
        status = read_row(&sheet, seen, &entries);
    if (status == STATUS_NOT_FOUND)
        status = entries.failed
                     ? STATUS_NO_MEMORY
                     : make_lists(build, (void *)entries.data, entries.bytes / sizeof(struct entry), lists_out);
    buffer_fini(&entries);
    table_destroy(&seen);
    sheet_close(&sheet);
    return status;
}
