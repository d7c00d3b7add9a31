#include "text/borders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/utf8.h"

#define HEAD_BYTES 72 /* of sys.dic: ten numbers, the name of the charset */
#define DICTIONARY_MAGIC 0xEF718F77u
#define DICTIONARY_VERSION 102
#define KIND_NAME_BYTES 32
#define KIND_COUNT 0xFFFF /* code points that have a kind of their own; others have that of 0 */
#define WALKS 24          /* at once */
#define TEXT_BYTES 512    /* what the tokenizer gives to MeCab at once: longer texts it cuts where it likes */

/* A state of the double array; the one behind byte c is at `base` + c + 1, and its `check` is that base. Behind a whole
 * word, the state at `base` itself has a negative base. */
struct unit {
    int32_t base;
    uint32_t check;
};

/* Bits of what char.bin says of a character. */
enum {
    KIND_MASK = (1 << 18) - 1, /* the kinds it is of */
    KIND_LENGTH_SHIFT = 26,    /* four bits: an unknown word may have so many characters */
    KIND_IS_GROUP = 1 << 30,   /* … and be as long as the kind goes on */
};
#define KIND_IS_INVOKED (1u << 31) /* unknown words also where a known one begins */

struct borders {
    struct slice words; /* mapped: the head and the double array of sys.dic */
    struct slice kinds; /* mapped: char.bin */
    const struct unit *units;
    uint32_t unit_count;
    const uint32_t *of_character; /* [KIND_COUNT] */
};

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Maps the first `bytes` of a file, or all of it for 0, without reading them: MeCab has its own map of the same pages.
 */
static enum status
map_file(const char *dir, const char *name, size_t bytes, struct slice *content_out)
{
    char path[PATH_MAX];
    struct stat facts;

    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
        return STATUS_INVALID;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO;
    enum status status = fstat(fd, &facts) == 0 ? STATUS_OK : STATUS_IO;
    if (status == STATUS_OK && (!S_ISREG(facts.st_mode) || facts.st_size <= 0 || (size_t)facts.st_size < bytes))
        status = STATUS_INVALID;
    bytes = bytes > 0 ? bytes : (size_t)facts.st_size;
    void *content = status == STATUS_OK ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    (void)close(fd);
    if (content == MAP_FAILED)
        return status == STATUS_OK ? STATUS_IO : status;
    *content_out = (struct slice){content, bytes};
    return STATUS_OK;
}

static void
unmap_file(struct slice *content)
{
    if (content->bytes > 0)
        (void)munmap((void *)(uintptr_t)content->data, content->bytes);
    *content = (struct slice){NULL, 0};
}

static enum status
read_words(const char *dir, struct borders *borders)
{
    struct slice head;
    uint32_t numbers[10]; /* magic, version, type, words, left and right ids, bytes of the double array, … */
    enum status status = map_file(dir, "sys.dic", HEAD_BYTES, &head);
    if (status != STATUS_OK)
        return status;
    memcpy(numbers, head.data, sizeof(numbers));
    bool is_utf8 = memcmp(head.data + sizeof(numbers), "UTF-8", sizeof("UTF-8")) == 0;
    unmap_file(&head);
    uint32_t bytes = numbers[6];
    if (numbers[1] != DICTIONARY_VERSION || !is_utf8 || bytes < sizeof(struct unit) ||
        bytes > (numbers[0] ^ DICTIONARY_MAGIC)) { /* the magic is that of the file's size */
        return STATUS_INVALID;
    }
    status = map_file(dir, "sys.dic", HEAD_BYTES + (size_t)bytes, &borders->words);
    if (status == STATUS_OK) {
        borders->units = (const struct unit *)(const void *)(borders->words.data + HEAD_BYTES);
        borders->unit_count = bytes / (uint32_t)sizeof(struct unit);
    }
    return status;
}

/* Unknown words of up to two characters are those that `borders_is_sure` reckons with. */
static bool
has_short_unknowns(const uint32_t *of_character)
{
    for (uint32_t i = 0; i < KIND_COUNT; i++)
        if ((of_character[i] >> KIND_LENGTH_SHIFT & 15) > 2)
            return false;
    return true;
}

static enum status
read_kinds(const char *dir, struct borders *borders)
{
    uint32_t kinds;
    enum status status = map_file(dir, "char.bin", 0, &borders->kinds);
    if (status != STATUS_OK)
        return status;
    if (borders->kinds.bytes < sizeof(kinds))
        return STATUS_INVALID;
    memcpy(&kinds, borders->kinds.data, sizeof(kinds));
    size_t head = sizeof(kinds) + (size_t)kinds * KIND_NAME_BYTES;
    if (borders->kinds.bytes != head + KIND_COUNT * sizeof(uint32_t))
        return STATUS_INVALID;
    borders->of_character = (const uint32_t *)(const void *)(borders->kinds.data + head);
    return has_short_unknowns(borders->of_character) ? STATUS_OK : STATUS_INVALID;
}

enum status
borders_create(const char *dictionary_dir, struct borders **borders_out)
{
    struct borders *borders = calloc(1, sizeof(*borders));

    if (borders == NULL)
        return STATUS_NO_MEMORY;
    enum status status = read_words(dictionary_dir, borders);
    if (status == STATUS_OK)
        status = read_kinds(dictionary_dir, borders);
    if (status != STATUS_OK) {
        borders_destroy(&borders);
        return status;
    }
    *borders_out = borders;
    return STATUS_OK;
}

void
borders_destroy(struct borders **borders)
{
    if (*borders == NULL)
        return;
    unmap_file(&(*borders)->words);
    unmap_file(&(*borders)->kinds);
    free(*borders);
    *borders = NULL;
}

/* --- places ------------------------------------------------------------------------------------------------------- */

/* A byte of an ASCII word. Long ones are never shown to MeCab (tokens.c). */
static bool
is_ascii_letter(uint8_t byte)
{
    return byte > ' ' && byte < 0x80;
}

static uint32_t
kind_at(const struct borders *borders, struct slice text, uint32_t at)
{
    uint32_t c = utf8_decode(text.data + at, utf8_length(text.data[at]));
    return borders->of_character[c < KIND_COUNT ? c : 0];
}

/* A way through the dictionary from one place on, and what it has there: a word beyond the border, or one that is sure
 * to stay whole when the tokenizer cuts the text, since its bytes are of one kind. */
struct walk {
    uint32_t start, at; /* so far it has come */
    uint32_t base;
    uint32_t kind;
    bool goes_on; /* up to the border each character is of a kind with the next */
    bool reaches; /* an unknown word may begin here and cross the border, where no word is known */
    bool is_whole;
    bool crosses;
    bool is_known; /* looked up only where it reaches */
};

/* Goes on to the state behind `byte`; false = no word does. */
static inline bool
go_on(const struct borders *borders, uint8_t byte, uint32_t *base)
{
    uint32_t next = *base + byte + 1;
    if (next >= borders->unit_count || borders->units[next].check != *base)
        return false;
    *base = (uint32_t)borders->units[next].base;
    return *base < borders->unit_count;
}

/* The same in a text, where words end behind a character. */
static inline bool
walk_on(const struct borders *borders, struct slice text, uint32_t border, struct walk *walk)
{
    const struct unit *units = borders->units;
    const bool is_ascii = text.data[walk->start] < 0x80;
    uint8_t byte = text.data[walk->at++];
    if (!go_on(borders, byte, &walk->base))
        return false;
    uint32_t base = walk->base;
    walk->is_whole &= is_ascii ? is_ascii_letter(byte) : byte >= 0x80;
    if (walk->at < text.bytes && utf8_is_inside(text.data[walk->at]))
        return true;
    if ((walk->reaches || walk->at > border) && units[base].check == base && units[base].base < 0) {
        walk->crosses |= walk->at > border;
        walk->is_known |= walk->is_whole;
    }
    return walk->at < text.bytes;
}

/* All in step: a unit lies anywhere in 11 MB, and while one of them waits for its own the others wait for theirs. */
static void
walk_all(const struct borders *borders, struct slice text, uint32_t border, struct walk *walks, unsigned count)
{
    uint8_t going[WALKS];
    for (unsigned i = 0; i < count; i++)
        going[i] = (uint8_t)i;
    while (count > 0) {
        unsigned kept = 0;
        for (unsigned i = 0; i < count; i++) {
            struct walk *walk = &walks[going[i]];
            if (!walk_on(borders, text, border, walk))
                continue;
            __builtin_prefetch(borders->units + walk->base + text.data[walk->at] + 1);
            going[kept++] = going[i];
        }
        count = kept;
    }
}

/* The walk that begins one character before another. */
static struct walk
walk_before(const struct borders *borders, struct slice text, uint32_t border, const struct walk *behind)
{
    uint32_t start = behind->start;
    do {
        start--;
    } while (utf8_is_inside(text.data[start]));
    uint32_t kind = kind_at(borders, text, start);
    bool goes_on = behind->goes_on && (kind & behind->kind & KIND_MASK) != 0;
    return (struct walk){.start = start,
                         .at = start,
                         .base = (uint32_t)borders->units[0].base,
                         .kind = kind,
                         .goes_on = goes_on,
                         .reaches = goes_on && (behind->start == border || (kind & KIND_IS_GROUP) != 0),
                         .is_whole = true};
}

bool
borders_is_sure(const struct borders *borders, struct slice text, uint32_t from, uint32_t at)
{
    if (at == from || at >= text.bytes)
        return true;
    if (text.bytes > TEXT_BYTES || (is_ascii_letter(text.data[at - 1]) && is_ascii_letter(text.data[at])))
        return false;
    struct walk walks[WALKS], behind = {.start = at, .kind = kind_at(borders, text, at), .goes_on = true};
    while (behind.start > from) {
        unsigned count = 0;
        for (; count < WALKS && behind.start > from; behind = walks[count++]) {
            walks[count] = walk_before(borders, text, at, &behind);
            if (walks[count].reaches && (walks[count].kind & KIND_IS_INVOKED) != 0)
                return false;
        }
        walk_all(borders, text, at, walks, count);
        for (unsigned i = 0; i < count; i++)
            if (walks[i].crosses || (walks[i].reaches && !walks[i].is_known))
                return false;
    }
    return true;
}

/* Where a search for the words of a text has come from one place on. */
struct search {
    uint32_t at, base;
};

/* All of them, one byte on. What they need next is asked for, and behind a character whether a word ends there. */
static unsigned
search_on(const struct borders *borders, struct slice text, struct search *searches, unsigned count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        struct search search = searches[i];
        if (!go_on(borders, text.data[search.at++], &search.base))
            continue;
        bool is_inside = search.at < text.bytes && utf8_is_inside(text.data[search.at]);
        if (!is_inside)
            __builtin_prefetch(borders->units + search.base);
        if (search.at < text.bytes) {
            __builtin_prefetch(borders->units + search.base + text.data[search.at] + 1);
            searches[kept++] = search;
        }
    }
    return kept;
}

void
borders_prefetch(const struct borders *borders, struct slice text)
{
    for (uint32_t at = 0; at < text.bytes;) {
        struct search searches[WALKS];
        unsigned count = 0;
        for (; count < WALKS && at < text.bytes; at += utf8_length(text.data[at]))
            searches[count++] = (struct search){at, (uint32_t)borders->units[0].base};
        while (count > 0)
            count = search_on(borders, text, searches, count);
    }
}
