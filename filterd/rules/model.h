/* rules/model.h - the name tagger as numbers: a dictionary of words and a table of weights, both made by `make models`.
 *
 * words    a character, or the hash of a longer word -> the set of classes it belongs to
 * weights  hash of a feature -> 8 positions x 4 labels of int8; transitions; a gate of characters; likelihoods
 *
 * Files are little-endian, as x86-64 reads them.
 * Layout of *.words: "FDWORDS2", u32 lines, u32 words, u32 sets[256], zeroes to byte 1088, u8 singles[65536] (the set
 * of the word that is this character), u32 words[lines][16]. A word of two characters stands in the line of its hash;
 * longer ones in the same line, unless they are many and have their own. A full line goes on in the next. An entry: 19
 * bits of the hash, 1 bit "scattered", 4 bits longest word with this prefix, 8 bits set of classes (0 = only a prefix);
 * 0 = empty, and none follows. Layout of *.model: "FDNAMES2", struct name_numbers, zeroes to byte 192, int8
 * weights[blocks][32], u32 slots[]: 17 bits of the feature's hash, 15 bits number of its block; 0 = empty, and none
 * follows in its line of 8; a full line goes on in the next; int8 gate[cells][4]. Threads: immutable, shared. Errors:
 * STATUS_INVALID fills `fault` for a missing or damaged file (without it names would be missed, and nobody would be
 * told); no look-up leaves its table, whatever a file holds.
 */
#ifndef RULES_MODEL_H
#define RULES_MODEL_H

#include <immintrin.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/status.h"

enum name_label { NAME_O, NAME_B, NAME_I, NAME_E, NAME_S, NAME_LABEL_COUNT };

enum {
    NAME_ROWS = 8,                       /* a feature speaks about eight positions in a row */
    NAME_WEIGHTS = NAME_LABEL_COUNT - 1, /* of every label but O: what it has more than O */
    NAME_BLOCK = NAME_ROWS * NAME_WEIGHTS,
    NAME_BLOCKS = (1 << 15) - 1, /* highest number */
    NAME_LINE = 8,               /* slots that are looked at together */
    NAME_MARK_SHIFT = 15,
    NAME_LIKELIHOODS = 64,
    WORD_SINGLES = 65536,
    WORD_LINE = 16,
    WORD_MARK_SHIFT = 13,
    WORD_SCATTERED = 1 << 12,
};
#define WORD_LONGEST(entry) ((entry) >> 8 & 15)

/* Classes of words: bits of sets[]. The order is that of models/train/words.py. */
enum word_class {
    WORD_SUR_TOP = 1 << 0,
    WORD_SUR_MID = 1 << 1,
    WORD_SUR_LOW = 1 << 2,
    WORD_GIVEN_TOP = 1 << 3,
    WORD_GIVEN_LOW = 1 << 4,
    WORD_NAME = 1 << 5,
    WORD_MUNICIPALITY = 1 << 6,
    WORD_PLACE = 1 << 7,
    WORD_ORG = 1 << 8,
    WORD_PROPER = 1 << 9,
    WORD_NOUN = 1 << 10,
    WORD_PARTICLE = 1 << 15,
    WORD_HONORIFIC = 1 << 18,
    WORD_TITLE = 1 << 19,
    WORD_SUR_KANA = 1 << 20,
    WORD_GIVEN_KANA = 1 << 21,
    WORD_SUR_ROMAJI = 1 << 22,
    WORD_GIVEN_ROMAJI = 1 << 23,
    WORD_FOREIGN = 1 << 24,
};

/* The fixed part of *.model, behind its eight bytes of magic. */
struct name_numbers {
    uint32_t blocks;                  /* of weights; the first is all noughts */
    uint32_t slots;                   /* twice as many, since many look-ups find nothing; whole lines */
    uint32_t gate_bits;               /* 1 << gate_bits cells */
    int32_t gate_fast, gate_thorough; /* a message passes from this score on */
    int32_t gate_prose;               /* more for a text with 。: names of the news stand in whole sentences */
    int32_t margin_step;              /* margins of one bin of `likelihood` */
    int16_t transition[NAME_LABEL_COUNT][NAME_LABEL_COUNT];
    int16_t unused[3];
    uint8_t likelihood[NAME_LIKELIHOODS]; /* percent, by margin / margin_step */
};

struct name_model {
    struct name_numbers numbers;
    const int8_t *weights;
    const uint32_t *slots;
    const int8_t *gate;
    const uint32_t *sets;   /* by number of the set: bits of enum word_class */
    const uint8_t *singles; /* sets of the words of one character */
    const uint32_t (*words)[WORD_LINE];
    uint32_t word_lines;
    struct slice files[2];
};

/* Reads both files of `dir`: names.words, names.model. `name_words_read`: the first alone, for training, which makes
 * the other. */
STATUS_CHECKED enum status name_model_read(const char *dir, struct name_model **model_out, struct fault *fault);
STATUS_CHECKED enum status name_words_read(const char *dir, struct name_model **model_out, struct fault *fault);
void name_model_destroy(struct name_model **model);

/* The files' bytes, for the hash of the rule set. */
struct slice name_model_bytes(const struct name_model *model, unsigned file);

/* --- look-ups, inlined: they run for every character ---------------------------------------------------------------
 */

/* Hash of a word grown by one character. */
static inline uint64_t
word_hash(uint64_t hash, uint32_t character)
{
    hash = (hash ^ character) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static inline uint32_t
word_line(const struct name_model *model, uint64_t hash)
{
    return (uint32_t)(((hash >> 32) * model->word_lines) >> 32);
}

/* The entry of the word or prefix with this hash, from `line` on; 0 = none. */
static inline uint32_t
word_entry(const struct name_model *model, uint32_t line, uint64_t hash)
{
    uint32_t mark = (uint32_t)(hash >> 8) & 0x7FFFF;
    __m128i marks = _mm_set1_epi32((int)mark);
    for (;;) {
        const uint32_t *entries = model->words[line];
        unsigned same = 0;
        for (unsigned i = 0; i < WORD_LINE; i += 4) {
            __m128i four =
                _mm_srli_epi32(_mm_loadu_si128((const __m128i *)(const void *)(entries + i)), WORD_MARK_SHIFT);
            same |= (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four, marks))) << i;
        }
        if (__builtin_expect(same || entries[WORD_LINE - 1] == 0, 1)) /* no branch on what was found */
            return entries[__builtin_ctz(same | 1u << (WORD_LINE - 1))] & (0 - (uint32_t)(same != 0));
        line = line + 1 == model->word_lines ? 0 : line + 1;
    }
}

/* First slot of the line where the weights of a feature are looked up. */
static inline uint32_t
weight_home(uint64_t feature, uint32_t slots)
{
    return (uint32_t)(((feature >> 32) * (slots / NAME_LINE)) >> 32) * NAME_LINE;
}

static inline uint32_t
weight_mark(uint64_t feature)
{
    return (uint32_t)(feature >> 1) & 0x1FFFF; /* training uses the lowest bit */
}

/* Bit i: slot i of the line has this mark. */
static inline unsigned
weight_same(const uint32_t *line, __m128i marks)
{
    __m128i low = _mm_srli_epi32(_mm_loadu_si128((const __m128i *)(const void *)line), NAME_MARK_SHIFT);
    __m128i high = _mm_srli_epi32(_mm_loadu_si128((const __m128i *)(const void *)(line + 4)), NAME_MARK_SHIFT);
    __m128i same = _mm_packs_epi32(_mm_cmpeq_epi32(low, marks), _mm_cmpeq_epi32(high, marks));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(same, _mm_setzero_si128()));
}

/* Block of a feature's weights; block 0 is that of features without, all noughts. Without a branch on what was found:
 * the processor could not guess it. */
static inline uint32_t
weight_block(const struct name_model *model, uint64_t feature)
{
    __m128i marks = _mm_set1_epi32((int)weight_mark(feature));
    uint32_t at = weight_home(feature, model->numbers.slots);
    unsigned same = weight_same(model->slots + at, marks);
    while (__builtin_expect(same == 0 && model->slots[at + NAME_LINE - 1] != 0, 0)) {
        at = at + NAME_LINE == model->numbers.slots ? 0 : at + NAME_LINE;
        same = weight_same(model->slots + at, marks);
    }
    uint32_t slot = model->slots[at + (unsigned)__builtin_ctz(same | 1u << (NAME_LINE - 1))];
    return slot & NAME_BLOCKS & (0 - (uint32_t)(same != 0));
}

#endif
