/* rules/topics.h - the topic model as numbers: what a text is about when no single word of it is prohibited.
 *
 * A gate of character pairs says whether a text is worth a look; weights of 1-4 characters in a row say for which
 * category it speaks; five knots per category turn the sum into a likelihood. Made by `make topics` (models/topics/).
 *
 * Layout of topics.model, little-endian as x86-64 reads it: "FDTOPIC1", struct topic_numbers, int8
 * weights[slots][TOPIC_LANES], uint16 checks[slots] (0 = empty), int8 gate[1 << TOPIC_GATE_BITS]. All arithmetic is of
 * integers: the same text has the same likelihood on every machine. Threads: immutable, shared. Errors: STATUS_INVALID
 * fills `fault` for a damaged file.
 */
#ifndef RULES_TOPICS_H
#define RULES_TOPICS_H

#include <immintrin.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/status.h"

enum {
    TOPIC_COUNT = 15,           /* categories ILLEGAL … HARMFUL_LINK, in the order of enum category */
    TOPIC_DANGER = TOPIC_COUNT, /* the lane behind them: somebody's life or safety is in danger */
    TOPIC_LANES = 16,           /* of one row of weights */
    TOPIC_GRAM_MAX = 4,
    TOPIC_GATE_BITS = 16,
    TOPIC_GATE_MOST_BYTES = 256, /* texts longer than this need no more: they are judged by passages */
    TOPIC_KNOTS = 5,
    TOPIC_MARGIN_ONE = 4096,
    TOPIC_NORM = 16 /* norm of a text = TOPIC_NORM times the root of its grams, as an integer */
};

/* The fixed part of topics.model, behind its eight bytes of magic. */
struct topic_numbers {
    uint32_t slots;
    int32_t gate_floor;                      /* a text passes when its best run of pairs sums up to this */
    int32_t bias[TOPIC_LANES];               /* margin of a text without known grams */
    int32_t scale[TOPIC_LANES];              /* margin = bias + sum of weights * scale / norm */
    int32_t knots[TOPIC_LANES][TOPIC_KNOTS]; /* margins in 1/TOPIC_MARGIN_ONE, rising */
    uint8_t likelihoods[TOPIC_KNOTS];        /* at the knots; 0 below the first, the last above */
    uint8_t gate_bytes;                      /* longer texts need a greater sum; 0 = the same for all */
    uint8_t unused[2];
};

struct topic_model {
    struct topic_numbers numbers;
    const int8_t *weights;
    const uint16_t *checks;
    const int8_t *gate;
    struct slice file;
};

/* `dir`/topics.model. STATUS_INVALID fills `fault`: it is missing or damaged. */
STATUS_CHECKED enum status topic_model_read(const char *dir, struct topic_model **model_out, struct fault *fault);
void topic_model_destroy(struct topic_model **model);

/* --- shared by training and scanning, inlined: they run for every character --------------------------------------- */

#define TOPIC_OPAQUE 0xE000u /* private characters */
#define TOPIC_NUMBER 0xE001u
#define TOPIC_WORD_MAX_BYTES 16 /* of Latin letters and digits; a longer row is a link, a key, a token */

/* The character at `*at` where it has not three bytes; see topic_next(). */
static inline uint32_t
topic_next_other(const uint8_t *data, uint32_t *at)
{
    const uint8_t *c = data + *at;
    if ((c[0] >= 'a' && c[0] <= 'z') || (c[0] >= '0' && c[0] <= '9')) {
        bool is_link = c[0] == 'h' && c[1] == 't' && c[2] == 't' && c[3] == 'p';
        uint32_t bytes = 1;
        while (c[bytes] > ' ' && c[bytes] < 0x7F && c[bytes] != '!' && c[bytes] != '?' && c[bytes] != '(' &&
               c[bytes] != ')' && (is_link || bytes <= TOPIC_WORD_MAX_BYTES)) {
            bytes++;
        }
        while (bytes > TOPIC_WORD_MAX_BYTES && c[bytes] > ' ' && c[bytes] < 0x7F)
            bytes++;
        if (is_link || bytes > TOPIC_WORD_MAX_BYTES) {
            *at += bytes;
            return TOPIC_OPAQUE;
        }
    }
    if (c[0] >= '0' && c[0] <= '9') {
        uint32_t bytes = 1; /* in the order of ASCII '-' to ':' are - . / 0 … 9 : and nothing else */
        while ((c[bytes] >= '0' && c[bytes] <= '9') ||
               (c[bytes] >= '-' && c[bytes] <= ':' && c[bytes + 1] >= '0' && c[bytes + 1] <= '9')) {
            bytes++;
        }
        *at += bytes;
        return TOPIC_NUMBER;
    }
    if (c[0] < 0x80) {
        *at += 1;
        return c[0];
    }
    if (c[0] < 0xE0) {
        *at += 2;
        return (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu);
    }
    *at += 4;
    return (c[0] & 0x07u) << 18 | (c[1] & 0x3Fu) << 12 | (c[2] & 0x3Fu) << 6 | (c[3] & 0x3Fu);
}

/* The character at `*at` of a skeleton, which is valid UTF-8 and padded; moves `*at` behind it. A link or a long row of
 * letters and digits is one character, TOPIC_OPAQUE, that stands in no row of characters: where a link leads is judged
 * elsewhere (scan/links.h), and its letters tell nothing about the words around it. A number, whatever it is, is one
 * character too, TOPIC_NUMBER: that people in danger leave theirs makes nobody else's a sign of danger. */
static inline uint32_t
topic_next(const uint8_t *data, uint32_t *at)
{
    const uint8_t *c = data + *at;
    if (__builtin_expect((c[0] & 0xF0) == 0xE0, 1)) { /* kana and kanji: most */
        *at += 3;
        return (c[0] & 0x0Fu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);
    }
    uint32_t behind = *at; /* a copy, so that the caller's own can stay in a register */
    uint32_t character = topic_next_other(data, &behind);
    *at = behind;
    return character;
}

/* Hash of a row of characters grown by one. */
static inline uint64_t
topic_hash(uint64_t hash, uint32_t character)
{
    hash = (hash ^ character) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}
#define TOPIC_HASH_START 0x51ED270B9A3F7C21u

static inline uint32_t
topic_slot(uint64_t hash, uint32_t slots)
{
    return (uint32_t)((uint64_t)(uint32_t)(hash >> 8) * slots >> 32);
}

static inline uint16_t
topic_check(uint64_t hash)
{
    return (uint16_t)(hash >> 48) | 1;
}

static inline uint32_t
topic_gate_cell(uint32_t before, uint32_t character)
{
    return ((before * 0x9E3779B1u) ^ (character * 0x85EBCA6Bu)) * 0xC2B2AE35u >> (32 - TOPIC_GATE_BITS);
}

/* The same of four characters, a lane each; `before` stands before the first. */
static inline __m128i
topic_gate_cells(uint32_t before, __m128i characters)
{
    __m128i all_before = _mm_or_si128(_mm_slli_si128(characters, 4), _mm_cvtsi32_si128((int)before));
    __m128i mixed = _mm_xor_si128(_mm_mullo_epi32(all_before, _mm_set1_epi32((int)0x9E3779B1u)),
                                  _mm_mullo_epi32(characters, _mm_set1_epi32((int)0x85EBCA6Bu)));
    return _mm_srli_epi32(_mm_mullo_epi32(mixed, _mm_set1_epi32((int)0xC2B2AE35u)), 32 - TOPIC_GATE_BITS);
}

/* Root of `number`, rounded down. */
static inline uint32_t
topic_root(uint64_t number)
{
    uint64_t root = 0;
    unsigned highest = number ? (63 - (unsigned)__builtin_clzll(number)) / 2 : 0;
    for (uint64_t bit = (uint64_t)1 << highest; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= number)
            root |= bit;
    return (uint32_t)root;
}

/* What the best run of pairs sums up to in a text of so many bytes that passes. The longer a text, the more runs chance
 * has to try: the floor grows with the root of the length, as the norm of margins does. */
static inline int32_t
topic_gate_floor(const struct topic_numbers *numbers, size_t bytes)
{
    if (numbers->gate_bytes == 0 || bytes <= numbers->gate_bytes)
        return numbers->gate_floor;
    uint64_t length = bytes < TOPIC_GATE_MOST_BYTES ? bytes : TOPIC_GATE_MOST_BYTES;
    uint64_t square = (uint64_t)((int64_t)numbers->gate_floor * numbers->gate_floor);
    return (int32_t)topic_root(square * length / numbers->gate_bytes);
}

/* No product of two 32-bit numbers leaves 64 bits, however damaged the model is. */
static inline int64_t
topic_margin(const struct topic_numbers *numbers, unsigned topic, int32_t sum, uint32_t norm)
{
    return numbers->bias[topic] + (int64_t)sum * numbers->scale[topic] / (norm ? norm : 1);
}

/* 0-100. */
unsigned topic_likelihood(const struct topic_numbers *numbers, unsigned topic, int64_t margin);

#endif
