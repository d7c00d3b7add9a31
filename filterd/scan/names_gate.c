#include "scan/names_gate.h"

#include <immintrin.h>

enum { LANES = 4, WEIGHTS = 4 /* of a cell */, CHUNK_CHARACTERS = 64 };

static inline __m128i
times(__m128i x, uint32_t factor)
{
    return _mm_mullo_epi32(x, _mm_set1_epi32((int)factor));
}

static inline __m128i
turned(__m128i x, int by)
{
    return _mm_or_si128(_mm_slli_epi32(x, by), _mm_srli_epi32(x, 32 - by));
}

/* Four characters from `at` on, spread. */
static inline __m128i
characters_at(const struct names_text *text, int32_t at)
{
    return times(_mm_loadu_si128((const __m128i *)(const void *)(text->characters + at)), 0x9E3779B1u);
}

static inline __m128i
types_at(const struct names_text *text, int32_t at)
{
    int32_t four;
    memcpy(&four, text->types + at, sizeof four);
    return _mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
}

/* The cells of `at` and the three places behind it, a lane each. */
static inline void
cells_of_four(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS][LANES])
{
    __m128i unused = _mm_cvtsi32_si128(32 - (int)bits);
    __m128i pair = _mm_xor_si128(characters_at(text, at), turned(characters_at(text, at + 1), 11));
    __m128i triple = _mm_add_epi32(pair, turned(characters_at(text, at + 2), 22));
    __m128i types = types_at(text, at);
    types = _mm_or_si128(_mm_slli_epi32(types, 4), types_at(text, at + 1));
    types = _mm_or_si128(_mm_slli_epi32(types, 4), types_at(text, at + 2));
    types = _mm_or_si128(_mm_slli_epi32(types, 4), types_at(text, at + 3));
    const __m128i one = _mm_set1_epi32(1);
    __m128i hashes[NAMES_GATE_CELLS] = {times(_mm_add_epi32(pair, one), 0xC2B2AE3Du), times(triple, 0x85EBCA77u),
                                        times(_mm_add_epi32(types, one), 0x9E3779B1u)};
    for (unsigned i = 0; i < NAMES_GATE_CELLS; i++)
        _mm_storeu_si128((__m128i *)(void *)cells[i], _mm_srl_epi32(hashes[i], unused));
}

void
names_gate_cells(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS])
{
    uint32_t four[NAMES_GATE_CELLS][LANES];
    cells_of_four(text, at, bits, four);
    for (unsigned i = 0; i < NAMES_GATE_CELLS; i++)
        cells[i] = four[i][0];
}

/* The weights of a cell as lanes of 16 bits. */
static inline __m128i
weights_of(const int8_t *gate, uint32_t cell)
{
    int32_t packed;
    memcpy(&packed, gate + WEIGHTS * (size_t)cell, sizeof packed);
    return _mm_cvtepi8_epi16(_mm_cvtsi32_si128(packed));
}

/* The cells of a chunk of places from `from` to `end`. Their weights lie anywhere in a table larger than the first
 * cache: all are asked for before the first is looked at. */
static inline void
cells_of_chunk(const struct name_model *model, const struct names_text *text, int32_t from, int32_t end,
               uint32_t cells[CHUNK_CHARACTERS / LANES][NAMES_GATE_CELLS][LANES])
{
    for (int32_t at = from, i = 0; at < end; at += LANES, i++) {
        cells_of_four(text, at, model->numbers.gate_bits, cells[i]);
        for (unsigned cell = 0; cell < NAMES_GATE_CELLS; cell++)
            for (unsigned lane = 0; lane < LANES; lane++)
                __builtin_prefetch(model->gate + WEIGHTS * (size_t)cells[i][cell][lane]);
    }
}

int32_t
names_gate_run(const struct name_model *model, const struct names_text *text)
{
    int32_t best = INT32_MIN, all = (int32_t)text->count + 1;
    int32_t bonus = text->is_prose ? model->numbers.gate_prose : 0;
    const int8_t *gate = model->gate;
    int16_t *begins = text->begins;
    __m128i sums = _mm_setzero_si128();
    for (int32_t from = -2; from < all; from += CHUNK_CHARACTERS) {
        uint32_t cells[CHUNK_CHARACTERS / LANES][NAMES_GATE_CELLS][LANES];
        int32_t end = all - from < CHUNK_CHARACTERS ? all : from + CHUNK_CHARACTERS;
        cells_of_chunk(model, text, from, end, cells);
        for (int32_t at = from; at < end; at++) {
            const uint32_t(*four)[LANES] = cells[(at - from) / LANES];
            int32_t lane = (at - from) % LANES;
            /* lane 3 gets the last that is known of a name beginning at at - 1, lane 2 more of one at `at` … */
            sums = _mm_add_epi16(_mm_slli_epi64(sums, 16), weights_of(gate, four[0][lane]));
            sums = _mm_add_epi16(sums, _mm_add_epi16(weights_of(gate, four[1][lane]), weights_of(gate, four[2][lane])));
            if (at < 1)
                continue;
            int32_t score = (int16_t)_mm_extract_epi16(sums, 3) + bonus;
            begins[at - 1] = (int16_t)score;
            best = score > best ? score : best;
        }
    }
    return best;
}
