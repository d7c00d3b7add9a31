/* text/view_tables.h - what each code point becomes in a view; for those who make views and letters only.
 *
 * Two stages: a block of 64 code points has its entries in one place, and equal blocks share them. An entry of 0 means
 * "stays as it is, and is nothing special", so that most characters cost one look-up and one test.
 */
#ifndef TEXT_VIEW_TABLES_H
#define TEXT_VIEW_TABLES_H

#include <stdint.h>

#include "text/utf8.h"
#include "text/view.h"

#define FOLD_BLOCK_BITS 6
#define FOLD_BLOCK_SIZE (1u << FOLD_BLOCK_BITS)
#define FOLD_BLOCKS_TOTAL (0x110000u >> FOLD_BLOCK_BITS)

struct fold_table {
    uint32_t shifts[FOLD_BLOCKS_TOTAL]; /* added to a code point of the block: where its entry is; wraps around */
    uint32_t *entries;
};

/* An entry of either table: kind (3 bits), class (5 bits), payload (24 bits). */
enum fold_kind {
    FOLD_KEEP = 0,
    FOLD_ONE = 1,     /* payload: the three bytes of the character it becomes, first byte lowest */
    FOLD_SHORT = 2,   /* the same of one or two bytes */
    FOLD_DROP = 4,    /* payload: enum drop_flag */
    FOLD_SEVERAL = 5, /* plain only; payload: offset in `strings`, where a length byte stands first */
    FOLD_MARK = 6, /* plain: may join what stands before, needs ICU; skeleton: a voiced mark. payload: enum mark_flag */
};
#define FOLD_KINDS 7u
#define FOLD_OTHERWISE 6u /* one of these bits: neither FOLD_KEEP nor FOLD_ONE */
#define FOLD_CLASS_BIT 3

enum numeric_class { NUMERIC_NONE, NUMERIC_DIGIT, NUMERIC_KANJI, NUMERIC_HYPHEN, NUMERIC_DASH, NUMERIC_COUNT };
/* The skeleton's table has these bits in place of the numeric class: what letters.c looks at closer. */
#define HINT_LOOK_ALIKE (1u << FOLD_CLASS_BIT) /* or draws out */
#define HINT_MASK (2u << FOLD_CLASS_BIT)
#define HINT_BREAK (4u << FOLD_CLASS_BIT)
#define HINT_CLASSES (HINT_LOOK_ALIKE | HINT_MASK | HINT_BREAK)
#define LOOK_SIGN (8u << FOLD_CLASS_BIT)  /* of the look-alikes: what parts letters, joins them or stands for one */
#define LOOK_PAIR (16u << FOLD_CLASS_BIT) /* no hint: may be one letter with the next, or 一 */
#define FOLD_CLASSES (31u << FOLD_CLASS_BIT)
/* NUMERIC_HYPHEN is the ASCII one, NUMERIC_DASH all that may become it. */

enum drop_flag {
    DROP_EXTENDS = 1, /* belongs to the character before it (variation selectors, joiners, keycaps) */
};
enum mark_flag {
    MARK_NONSTARTER = 1,  /* counts towards the limit of marks */
    MARK_VOICED = 2,      /* ゛ of any kind */
    MARK_HALF_VOICED = 4, /* ゜ of any kind */
};

struct view_tables {
    struct fold_table plain;
    struct fold_table skeleton;
    uint8_t *strings;
    const void *normalizer; /* const UNormalizer2 *, ICU's own, never freed */
};

static inline enum fold_kind
fold_kind(uint32_t entry)
{
    return (enum fold_kind)(entry & FOLD_KINDS);
}

static inline enum numeric_class
fold_numeric(uint32_t entry)
{
    return (enum numeric_class)(entry >> FOLD_CLASS_BIT & 7);
}

static inline uint32_t
fold_payload(uint32_t entry)
{
    return entry >> 8;
}

/* Whether the character becomes another one, and then the bytes of that. */
static inline bool
fold_is_one(uint32_t entry)
{
    return fold_kind(entry) == FOLD_ONE || fold_kind(entry) == FOLD_SHORT;
}

static inline unsigned
fold_length(uint32_t entry)
{
    return fold_kind(entry) == FOLD_ONE ? 3 : fold_payload(entry) > 0xFF ? 2 : 1;
}

static inline uint32_t
fold_entry_of(const struct fold_table *table, uint32_t code_point)
{
    return table->entries[code_point + table->shifts[code_point >> FOLD_BLOCK_BITS]];
}

static inline uint32_t
fold_entry(const struct fold_table *table, const uint8_t *at, unsigned length)
{
    return fold_entry_of(table, utf8_decode(at, length));
}

/* Kana with a voiced (or half voiced) mark composed, as code point; 0 when there is none. Both kinds of kana. */
uint32_t kana_compose(uint32_t kana, unsigned mark_flags);

#endif
