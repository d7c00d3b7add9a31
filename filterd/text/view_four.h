/* text/view_four.h - four characters of three bytes at once, through a fold table; for plain.c, skeleton.c, letters.c.
 *
 * Most of Japanese is kana and kanji of which little is said in the tables: four of them cost about what one costs
 * alone. Expects what utf8_four.h does.
 */
#ifndef TEXT_VIEW_FOUR_H
#define TEXT_VIEW_FOUR_H

#include "text/utf8_four.h"
#include "text/view_tables.h"
#include "text/view_writer.h"

struct view_four {
    __m128i own;        /* code points, a lane each; so below */
    __m128i characters; /* what they become, as view_writer_put() takes it, where `any` has no FOLD_OTHERWISE */
    uint32_t last;      /* the last of these */
    uint32_t any;       /* the bits of all entries */
};

/* False: not all four at `at` have three bytes. */
static inline bool
view_four_at(const struct fold_table *table, const uint8_t *at, struct view_four *four_out)
{
    const __m128i apart = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    if (!utf8_four(at, &four_out->own))
        return false;
    uint64_t two = (uint64_t)_mm_cvtsi128_si64(four_out->own), others = (uint64_t)_mm_extract_epi64(four_out->own, 1);
    uint32_t first = fold_entry_of(table, (uint32_t)two), second = fold_entry_of(table, (uint32_t)(two >> 32)),
             third = fold_entry_of(table, (uint32_t)others), fourth = fold_entry_of(table, (uint32_t)(others >> 32));
    __m128i entries = _mm_setr_epi32((int)first, (int)second, (int)third, (int)fourth);
    __m128i kinds = _mm_and_si128(entries, _mm_set1_epi32(FOLD_KINDS));
    __m128i bytes = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), apart);
    four_out->characters =
        _mm_blendv_epi8(bytes, _mm_srli_epi32(entries, 8), _mm_cmpeq_epi32(kinds, _mm_set1_epi32(FOLD_ONE)));
    four_out->last = (uint32_t)_mm_extract_epi32(four_out->characters, UTF8_FOUR - 1);
    four_out->any = first | second | third | fourth;
    return true;
}

/* Whether one of `four`, which `before` goes ahead of, is the same as the one before it. */
static inline bool
view_four_repeats(__m128i four, uint32_t before)
{
    __m128i befores = _mm_insert_epi32(_mm_slli_si128(four, 4), (int)before, 0);
    return _mm_movemask_epi8(_mm_cmpeq_epi32(four, befores)) != 0;
}

/* The four characters, of three bytes each, that come from as many at `start` of the parent. */
static inline void
view_writer_put_four(struct view_writer *writer, __m128i characters, uint32_t start)
{
    const __m128i together = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    const __m128i starts[3] = {_mm_setr_epi32(0, 0, 0, 3), _mm_setr_epi32(3, 3, 6, 6), _mm_setr_epi32(6, 9, 9, 9)};
    const __m128i base = _mm_set1_epi32((int)start), behind = _mm_set1_epi32((int)start + 3);
    uint32_t at = writer->at;

    _mm_storeu_si128((__m128i *)(void *)(writer->text + at), _mm_shuffle_epi8(characters, together));
    for (unsigned i = 0; i < 3; i++) {
        _mm_storeu_si128((__m128i *)(void *)(writer->from + at + i * 4), _mm_add_epi32(base, starts[i]));
        _mm_storeu_si128((__m128i *)(void *)(writer->to + at + i * 4), _mm_add_epi32(behind, starts[i]));
    }
    writer->at = at + UTF8_FOUR_BYTES;
}

#endif
