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
    uint8_t keys[PHRASE_ENDS]; /* code points % 256 */
    uint8_t key;               /* of the end that is being indexed */
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
    if (status != STATUS_OK)
        return status;
    uint32_t start = 0, end = (uint32_t)plain.bytes;
    entry.keys[PHRASE_FIRST] = (uint8_t)utf8_next(plain, &start);
    entry.keys[PHRASE_LAST] = (uint8_t)utf8_previous(plain, &end);
    buffer_append(entries, &entry, sizeof entry);
    return STATUS_OK;
}

static int
entry_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->list != y->list)
        return x->list < y->list ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->plain.bytes != y->plain.bytes)
        return x->plain.bytes > y->plain.bytes ? -1 : 1;
    return memcmp(x->plain.data, y->plain.data, x->plain.bytes);
}

/* From `entries` in order. `groups` has room for the groups of all lists and one more of each. */
static void
fill_end(struct phrases *lists, enum phrase_end end, const struct entry *entries, size_t count, struct slice *items,
         uint32_t *groups)
{
    size_t at = 0;
    for (unsigned list = 0; list < PHRASES_COUNT; list++) {
        struct phrase_index *index = &lists[list].ends[end];
        *index = (struct phrase_index){.groups = groups, .items = items + at};
        for (; at < count && entries[at].list == list; at++) {
            uint64_t bit = 1ull << entries[at].key % 64, *word = &index->bits[entries[at].key / 64];
            if (!(*word & bit))
                *groups++ = (uint32_t)(items + at - index->items);
            *word |= bit;
            items[at] = entries[at].plain;
        }
        *groups++ = (uint32_t)(items + at - index->items);
    }
}

static enum status
make_lists(struct build *build, struct entry *entries, size_t count, const struct phrases **lists_out)
{
    struct phrases *lists = arena_alloc_array(build->arena, PHRASES_COUNT, sizeof *lists);
    for (enum phrase_end end = 0; end < PHRASE_ENDS; end++) {
        struct slice *items = arena_alloc_array(build->arena, count + 1, sizeof *items);
        uint32_t *groups = arena_alloc_array(build->arena, count + PHRASES_COUNT, sizeof *groups);
        if (!lists || !items || !groups)
            return STATUS_NO_MEMORY;
        for (size_t i = 0; i < count; i++)
            entries[i].key = entries[i].keys[end];
        if (count)
            qsort(entries, count, sizeof *entries, entry_order);
        fill_end(lists, end, entries, count, items, groups);
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
