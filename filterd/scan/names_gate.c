#include "scan/names_gate.h"

#include <immintrin.h>

/* Characters are spread once and then only turned and added: one multiplication for each cell. */
static inline uint32_t
spread(uint32_t c)
{
    return c * 0x9E3779B1u;
}

static inline uint32_t
turned(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

struct walk {
    uint32_t first, second, third; /* characters, spread */
    uint32_t types;                /* of four characters, four bits each */
};

static inline void
walk_step(struct walk *walk, const struct names_text *text, int32_t at)
{
    walk->first = walk->second;
    walk->second = walk->third;
    walk->third = spread(text->characters[at + 2]);
    walk->types = (walk->types << 4 | text->types[at + 3]) & 0xFFFF;
}

static inline void
walk_cells(const struct walk *walk, unsigned bits, uint32_t cells[NAMES_GATE_CELLS])
{
    uint32_t pair = walk->first ^ turned(walk->second, 11);
    cells[0] = (pair + 1) * 0xC2B2AE3Du >> (32 - bits);
    cells[1] = (pair + turned(walk->third, 22)) * 0x85EBCA77u >> (32 - bits);
    cells[2] = (walk->types + 1) * 0x9E3779B1u >> (32 - bits);
}

static inline struct walk
walk_before(const struct names_text *text, int32_t at)
{
    struct walk walk = {0};
    for (int32_t i = at - 3; i < at; i++)
        walk_step(&walk, text, i);
    return walk;
}

void
names_gate_cells(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS])
{
    struct walk walk = walk_before(text, at);
    walk_step(&walk, text, at);
    walk_cells(&walk, bits, cells);
}

/* The four weights of a cell as lanes. */
static inline __m128i
weights_of(const int8_t *gate, uint32_t cell)
{
    int32_t packed;
    memcpy(&packed, gate + 4 * (size_t)cell, sizeof packed);
    return _mm_cvtepi8_epi32(_mm_cvtsi32_si128(packed));
}

int32_t
names_gate_run(const struct name_model *model, const struct names_text *text)
{
    int32_t best = INT32_MIN, count = (int32_t)text->count;
    int32_t bonus = text->is_prose ? model->numbers.gate_prose : 0;
    unsigned bits = model->numbers.gate_bits;
    struct walk walk = walk_before(text, -2);
    __m128i sums = _mm_setzero_si128();
    for (int32_t at = -2; at <= count; at++) {
        uint32_t cells[NAMES_GATE_CELLS];
        walk_step(&walk, text, at);
        walk_cells(&walk, bits, cells);
        /* lane 3 gets the last that is known of a name beginning at at - 1, lane 2 more of one at `at` … */
        sums = _mm_slli_si128(sums, 4);
        for (unsigned i = 0; i < NAMES_GATE_CELLS; i++)
            sums = _mm_add_epi32(sums, weights_of(model->gate, cells[i]));
        if (at < 1)
            continue;
        int32_t score = _mm_extract_epi32(sums, 3) + bonus;
        text->begins[at - 1] = (int16_t)score;
        best = score > best ? score : best;
    }
    return best;
}
