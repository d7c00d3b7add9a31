/* text/dictionary.h - MeCab's dictionary as MeCab 0.996 wrote it: its words, the unknown ones, and what follows what.
 *
 * sys.dic and unk.dic are a double array of the words' bytes, the meanings of each and their features; matrix.bin says
 * what it costs that one meaning follows another, char.bin of which kind a character is.
 * Threads: immutable, shared. Errors: STATUS_INVALID for a file of another format, or one that points outside itself;
 * STATUS_NOT_FOUND, STATUS_IO.
 */
#ifndef TEXT_DICTIONARY_H
#define TEXT_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "text/utf8.h"

/* A state of the double array; the one behind byte c is at `base` + c + 1, and its `check` is that base. Behind a whole
 * word, the state at `base` itself has a negative base. */
struct unit {
    int32_t base;
    uint32_t check;
};

/* What a word may be: MeCab's token. */
struct meaning {
    uint16_t left, right; /* its row of the matrix as what follows, its column as what is followed */
    uint16_t part_of_speech;
    int16_t cost;
    uint32_t feature; /* where among the features */
    uint32_t compound;
};

struct meanings {
    const struct meaning *items;
    uint32_t count;
};

/* One of the two .dic files. */
struct word_list {
    struct slice file; /* mapped */
    const struct unit *units;
    uint32_t unit_count;
    const struct meaning *meanings;
    uint32_t meaning_count;
    const char *features; /* NUL-terminated each */
};

/* Bits of what char.bin says of a character. */
enum {
    KIND_MASK = (1 << 18) - 1, /* the kinds it is of */
    KIND_NAME_SHIFT = 18,      /* eight bits: which kind's unknown words begin with it */
    KIND_LENGTH_SHIFT = 26,    /* four bits: an unknown word may have so many characters */
    KIND_IS_GROUP = 1 << 30,   /* … and be as long as the kind goes on */
    KIND_COUNT = 0xFFFF,       /* code points that have a kind of their own; others have that of 0 */
    KIND_NAMES = 256
};
#define KIND_IS_INVOKED (1u << 31) /* unknown words also where a known one begins */

struct dictionary {
    struct word_list known, unknown;
    struct slice kinds, matrix;          /* mapped */
    const uint32_t *of_character;        /* [KIND_COUNT] */
    struct meanings of_kind[KIND_NAMES]; /* what an unknown word may be */
    const int16_t *costs;                /* of `right` before `left`, at right + right_count * left */
    uint32_t right_count, left_count;
};

STATUS_CHECKED enum status dictionary_open(const char *dir, struct dictionary *dictionary_out);
void dictionary_close(struct dictionary *dictionary);

/* The kind of the character at byte `at` of `text`, or of none at its end. */
static inline uint32_t
dictionary_kind(const struct dictionary *dictionary, struct slice text, uint32_t at)
{
    uint32_t c = at < text.bytes ? utf8_decode(text.data + at, utf8_length(text.data[at])) : 0;
    return dictionary->of_character[c < KIND_COUNT ? c : 0];
}

/* Goes on to the state behind `byte`; false = no word does. */
static inline bool
word_list_go_on(const struct word_list *list, uint8_t byte, uint32_t *base)
{
    uint32_t next = *base + byte + 1;
    if (next >= list->unit_count || list->units[next].check != *base)
        return false;
    *base = (uint32_t)list->units[next].base;
    return *base < list->unit_count;
}

static inline bool
word_list_has(const struct word_list *list, uint32_t base)
{
    return list->units[base].check == base && list->units[base].base < 0;
}

/* What the word that ends in a state may be; it has one there. */
static inline struct meanings
word_list_meanings(const struct word_list *list, uint32_t base)
{
    uint32_t value = (uint32_t)(-list->units[base].base - 1), first = value >> 8, count = value & 0xFF;
    bool is_inside = first <= list->meaning_count && count <= list->meaning_count - first;
    return (struct meanings){list->meanings + (is_inside ? first : 0), is_inside ? count : 0};
}

#endif
