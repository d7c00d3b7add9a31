#include "scan/names_gate.h"

#include <immintrin.h>

enum { LANES = 4, WEIGHTS = 4 /* of a cell */, CHUNK_CHARACTERS = 64, TYPES = 2 /* the cell of types */ };

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

static inline int32_t
row_of(const int8_t *gate, uint32_t cell)
{
    int32_t row;
    memcpy(&row, gate + WEIGHTS * (size_t)cell, sizeof row);
    return row;
}

/* The sums of the weights of four places: the first weights of the four, the second; the third, the fourth. */
struct columns {
    __m128i first_two, last_two;
};

static inline struct columns
columns_of(const int8_t *gate, uint32_t cells[NAMES_GATE_CELLS][LANES])
{
    __m128i before = _mm_setzero_si128(), behind = _mm_setzero_si128(); /* rows of the places 0 and 1, 2 and 3 */
    for (unsigned i = 0; i < NAMES_GATE_CELLS; i++) {
        const uint32_t *at = cells[i];
        __m128i rows =
            _mm_setr_epi32(row_of(gate, at[0]), row_of(gate, at[1]), row_of(gate, at[2]), row_of(gate, at[3]));
        before = _mm_add_epi16(before, _mm_cvtepi8_epi16(rows));
        behind = _mm_add_epi16(behind, _mm_cvtepi8_epi16(_mm_srli_si128(rows, 8)));
    }
    __m128i even = _mm_unpacklo_epi16(before, behind), odd = _mm_unpackhi_epi16(before, behind);
    return (struct columns){_mm_unpacklo_epi16(even, odd), _mm_unpackhi_epi16(even, odd)};
}

/* Scores of names that begin one place before `now` and at its first three: of each the fourth weight, of those before
 * it the third, the second and the first. */
static inline __m128i
scores_of(const struct columns *before, const struct columns *now)
{
    __m128i first = _mm_srli_si128(_mm_unpacklo_epi64(before->first_two, now->first_two), 2);
    __m128i second = _mm_srli_si128(_mm_unpackhi_epi64(before->first_two, now->first_two), 4);
    __m128i third = _mm_srli_si128(_mm_unpacklo_epi64(before->last_two, now->last_two), 6);
    __m128i fourth = _mm_srli_si128(now->last_two, 8);
    return _mm_add_epi16(_mm_add_epi16(first, second), _mm_add_epi16(third, fourth));
}

static int32_t
highest(int16_t *begins, uint32_t count)
{
    __m128i best = _mm_set1_epi16(INT16_MIN);
    _mm_storeu_si128((__m128i *)(void *)(begins + count), best); /* what stands behind the text is none */
    for (uint32_t i = 0; i < count; i += 8)
        best = _mm_max_epi16(best, _mm_loadu_si128((const __m128i *)(const void *)(begins + i)));
    best = _mm_max_epi16(best, _mm_srli_si128(best, 8));
    best = _mm_max_epi16(best, _mm_srli_si128(best, 4));
    best = _mm_max_epi16(best, _mm_srli_si128(best, 2));
    return (int16_t)_mm_extract_epi16(best, 0);
}

/* The cells of a chunk of places from `from` to `end`. Their weights lie anywhere in a table larger than the first
 * cache: all are asked for before the first is looked at, but for those of types, which are few. */
static inline void
cells_of_chunk(const struct name_model *model, const struct names_text *text, int32_t from, int32_t end,
               uint32_t cells[CHUNK_CHARACTERS / LANES][NAMES_GATE_CELLS][LANES])
{
    for (int32_t at = from, i = 0; at < end; at += LANES, i++) {
        cells_of_four(text, at, model->numbers.gate_bits, cells[i]);
        for (unsigned cell = 0; cell < TYPES; cell++)
            for (unsigned lane = 0; lane < LANES; lane++)
                __builtin_prefetch(model->gate + WEIGHTS * (size_t)cells[i][cell][lane]);
    }
}

int32_t
names_gate_run(const struct name_model *model, const struct names_text *text)
{
    if (text->count == 0)
        return INT32_MIN;
    int32_t all = (int32_t)text->count + 1;
    const __m128i bonus = _mm_set1_epi16((int16_t)(text->is_prose ? model->numbers.gate_prose : 0));
    struct columns before = {_mm_setzero_si128(), _mm_setzero_si128()};
    for (int32_t from = -2; from < all; from += CHUNK_CHARACTERS) {
        uint32_t cells[CHUNK_CHARACTERS / LANES][NAMES_GATE_CELLS][LANES];
        int32_t end = all - from < CHUNK_CHARACTERS ? all : from + CHUNK_CHARACTERS;
        cells_of_chunk(model, text, from, end, cells);
        for (int32_t at = from, i = 0; at < end; at += LANES, i++) {
            struct columns now = columns_of(model->gate, cells[i]);
            __m128i scores = _mm_add_epi16(scores_of(&before, &now), bonus);
            _mm_storel_epi64((__m128i *)(void *)(text->begins + at - 1), scores);
            before = now;
        }
    }
    return highest(text->begins, text->count);
}
