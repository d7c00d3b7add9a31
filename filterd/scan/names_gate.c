#include "scan/names_gate.h"

#include <immintrin.h>

enum { LANES = 4, WEIGHTS = 4 /* of a cell */, CHUNK = 64 /* of characters */, OUTSIDE = INT16_MIN / 2 };

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

static inline __m128i
weights_of(const int8_t *gate, uint32_t cell)
{
    int32_t weights;
    memcpy(&weights, gate + WEIGHTS * (size_t)cell, sizeof weights);
    return _mm_cvtepi8_epi16(_mm_cvtsi32_si128(weights));
}

/* Of the four names that a place speaks about, the one in the highest lane has all its weights then; those that would
 * begin before the text start far below. */
int32_t
names_gate_run(const struct name_model *model, const struct names_text *text)
{
    if (text->count == 0)
        return INT32_MIN;
    int32_t all = (int32_t)text->count + 1;
    const int8_t *gate = model->gate;
    const __m128i bonus = _mm_cvtsi32_si128(text->is_prose ? (uint16_t)model->numbers.gate_prose : 0);
    __m128i scores = _mm_setr_epi16(OUTSIDE, OUTSIDE, OUTSIDE, 0, 0, 0, 0, 0), best = _mm_set1_epi16(INT16_MIN);
    for (int32_t from = -2; from < all; from += CHUNK) {
        uint32_t cells[CHUNK / LANES][NAMES_GATE_CELLS][LANES];
        int32_t end = all - from < CHUNK ? all : from + CHUNK;
        for (int32_t at = from; at < end; at += LANES)
            cells_of_four(text, at, model->numbers.gate_bits, cells[(at - from) / LANES]);
        for (int32_t at = from; at < end; at++) {
            const uint32_t *own = &cells[(at - from) / LANES][0][(at - from) % LANES];
            __m128i two = _mm_add_epi16(weights_of(gate, own[0]), weights_of(gate, own[LANES]));
            __m128i one = _mm_add_epi16(weights_of(gate, own[2 * LANES]), bonus);
            scores = _mm_add_epi16(_mm_slli_epi64(scores, 16), _mm_add_epi16(two, one));
            text->begins[at - 1] = (int16_t)_mm_extract_epi16(scores, 3);
            best = _mm_max_epi16(best, scores);
        }
    }
    return (int16_t)_mm_extract_epi16(best, 3);
}
