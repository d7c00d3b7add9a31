/* rules/model.h - the name tagger as numbers: a dictionary of words and a table of weights, both made by `make models`.
 *
 * words    hash of a word (and of every prefix of one to three characters) -> the set of classes it belongs to
 * weights  hash of a feature -> 8 positions x 5 labels of int8; transitions; a gate of character pairs; likelihoods
 *
 * Files are little-endian, as x86-64 reads them. Layout of *.words: "FDWORDS1", u32 slots, u32 words, u32 sets[256],
 * u32 entry[slots]: 20 bits of the hash, 4 bits longest word with this prefix, 8 bits set of classes (0 = only a
 * prefix). Layout of *.model: "FDNAMES1", struct name_numbers, u32 keys[slots] (0 = empty), u32 numbers[slots], int8
 * weights[blocks][40], int8 gate[cells][4]. Threads: immutable, shared. Errors: STATUS_INVALID fills `fault` for a
 * missing or damaged file: without it names would be missed, and nobody would be told.
 */
#ifndef RULES_MODEL_H
#define RULES_MODEL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/status.h"

enum name_label { NAME_O, NAME_B, NAME_I, NAME_E, NAME_S, NAME_LABEL_COUNT };

enum {
    NAME_ROWS = 8, /* a feature speaks about eight positions in a row */
    NAME_BLOCK = NAME_ROWS * NAME_LABEL_COUNT,
    NAME_LIKELIHOODS = 64,
    WORD_PREFIX_CHARACTERS = 3, /* every prefix up to this long has an entry */
};

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
    uint32_t blocks;                  /* of weights */
    uint32_t slots;                   /* of keys: twice as many, since most look-ups find nothing */
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
    const uint32_t *keys;
    const uint32_t *block_of; /* by slot */
    const int8_t *weights;
    const int8_t *gate;
    const uint32_t *sets; /* by number of the set: bits of enum word_class */
    const uint32_t *word_entries;
    uint32_t word_slots;
    struct buffer *files;
};

/* Takes both files over as they are read from `dir`: names.words, names.model. `name_words_read`: the first alone, for
 * training, which makes the other. */
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

/* The entry of the word or prefix with this hash; 0 = none. */
static inline uint32_t
word_entry(const struct name_model *model, uint64_t hash)
{
    uint32_t mark = (uint32_t)(hash >> 8) & 0xFFFFF;
    uint32_t at = (uint32_t)(((hash >> 32) * model->word_slots) >> 32);
    for (;;) {
        uint32_t entry = model->word_entries[at];
        if (entry == 0 || entry >> 12 == mark)
            return entry;
        at = at + 1 == model->word_slots ? 0 : at + 1;
    }
}

/* Block of the weights of a feature; UINT32_MAX = it has none. */
static inline uint32_t
weight_block(const struct name_model *model, uint64_t feature)
{
    uint32_t mark = (uint32_t)feature | 1;
    uint32_t at = (uint32_t)(((feature >> 32) * model->numbers.slots) >> 32);
    for (;;) {
        uint32_t key = model->keys[at];
        if (key == mark)
            return model->block_of[at];
        if (key == 0)
            return UINT32_MAX;
        at = at + 1 == model->numbers.slots ? 0 : at + 1;
    }
}

/* Cell of the gate for up to three characters; each cell holds four weights: for a name that begins two, one or no
 * characters behind the first of them, or one before it. */
static inline uint32_t
gate_cell(uint32_t a, uint32_t b, uint32_t c, uint32_t bits)
{
    return (((a * 0x9E3779B1u) ^ (b * 0x85EBCA77u)) + c * 0x27D4EB2Fu) * 0xC2B2AE3Du >> (32 - bits);
}

#endif
