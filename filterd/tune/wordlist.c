#include "tune/wordlist.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define MAX_FILE_BYTES (64u << 20)
#define PATH_BYTES 512

static const char *const left_out[] = {"Noun.name.csv", "Noun.number.csv", "Symbol.csv", "Others.csv"};

/* --- the files ---------------------------------------------------------------------------------------------------- */

static bool
is_left_out(const char *name)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(name, left_out[i]) == 0)
            return true;
    return false;
}

static enum status
append_as_utf8(struct buffer *raw, struct buffer *utf8)
{
    size_t room = raw->bytes * 3 / 2 + 16; /* two bytes of EUC-JP become three */
    char *in = (char *)raw->data;
    size_t in_bytes = raw->bytes, out_bytes = room;
    uint8_t *start = buffer_reserve(utf8, room);
    char *out = (char *)start;
    iconv_t converter;
    size_t converted;

    if (start == NULL)
        return STATUS_NO_MEMORY;
    converter = iconv_open("UTF-8", "EUC-JP");
    if (converter == (iconv_t)-1)
        return STATUS_INTERNAL;
    converted = iconv(converter, &in, &in_bytes, &out, &out_bytes);
    iconv_close(converter);
    if (converted == (size_t)-1)
        return STATUS_INVALID;
    utf8->bytes += room - out_bytes;
    return STATUS_OK;
}

static enum status
read_files(const char *dir, struct buffer *utf8)
{
    struct buffer names, raw;
    size_t count = 0;
    enum status status;
    const char *name;

    buffer_init(&names);
    buffer_init(&raw);
    status = file_list(dir, ".csv", &names, &count);
    name = (const char *)names.data;
    for (size_t i = 0; i < count && status == STATUS_OK; i++, name += strlen(name) + 1) {
        char path[PATH_BYTES];

        if (is_left_out(name))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, name);
        buffer_clear(&raw);
        status = file_read(path, MAX_FILE_BYTES, &raw);
        if (status == STATUS_OK)
            status = append_as_utf8(&raw, utf8);
    }
    buffer_fini(&names);
    buffer_fini(&raw);
    return status == STATUS_OK && count == 0 ? STATUS_NOT_FOUND : status;
}

/* --- the words ---------------------------------------------------------------------------------------------------- */

struct entry {
    struct slice word;
    long cost;
};

/* Field `number` (from 0) of a line; the dictionary quotes no field that is read here. */
static struct slice
field(struct slice line, unsigned number)
{
    for (;;) {
        const uint8_t *comma = memchr(line.data, ',', line.bytes);
        size_t bytes = comma == NULL ? line.bytes : (size_t)(comma - line.data);

        if (number-- == 0 || comma == NULL)
            return (struct slice){line.data, bytes};
        line = (struct slice){comma + 1, line.bytes - bytes - 1};
    }
}

static int
by_cost(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->word.data < y->word.data ? -1 : x->word.data > y->word.data;
}

static void
read_entries(struct slice text, struct buffer *entries)
{
    while (text.bytes > 0) {
        struct slice line = slice_cut(&text, '\n');
        struct entry entry = {field(line, 0), strtol((const char *)field(line, 3).data, NULL, 10)};

        if (entry.word.bytes > 0 && entry.word.bytes < line.bytes)
            buffer_append(entries, &entry, sizeof entry);
    }
}

static enum status
sort_words(struct wordlist *wordlist)
{
    struct buffer entries;
    struct entry *items;

    buffer_init(&entries);
    buffer_append_byte(&wordlist->text, '\0'); /* strtol stops here */
    read_entries((struct slice){wordlist->text.data, wordlist->text.bytes - 1}, &entries);
    wordlist->words = entries.failed || wordlist->text.failed
                          ? NULL
                          : calloc(entries.bytes / sizeof *items + 1, sizeof *wordlist->words);
    if (wordlist->words == NULL) {
        buffer_fini(&entries);
        return STATUS_NO_MEMORY;
    }
    items = (struct entry *)(void *)entries.data;
    wordlist->count = entries.bytes / sizeof *items;
    if (wordlist->count > 0)
        qsort(items, wordlist->count, sizeof *items, by_cost);
    for (size_t i = 0; i < wordlist->count; i++)
        wordlist->words[i] = items[i].word;
    buffer_fini(&entries);
    return STATUS_OK;
}

enum status
wordlist_read(const char *dir, struct wordlist *wordlist_out)
{
    enum status status;

    *wordlist_out = (struct wordlist){0};
    buffer_init(&wordlist_out->text);
    status = read_files(dir, &wordlist_out->text);
    return status == STATUS_OK ? sort_words(wordlist_out) : status;
}

void
wordlist_fini(struct wordlist *wordlist)
{
    free(wordlist->words);
    buffer_fini(&wordlist->text);
    *wordlist = (struct wordlist){0};
}
