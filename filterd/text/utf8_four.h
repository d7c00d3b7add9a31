/* text/utf8_four.h - four characters at once where each has three bytes, as kana and kanji have.
 *
 * Expects what utf8.h does, of a text with INTAKE_PADDING_BYTES zeros behind it: reads sixteen bytes.
 */
#ifndef TEXT_UTF8_FOUR_H
#define TEXT_UTF8_FOUR_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

enum { UTF8_FOUR = 4, UTF8_FOUR_BYTES = 12 };

/* The characters at `at`, a lane each; false: not all four have three bytes. */
static inline bool
utf8_four(const uint8_t *at, __m128i *four_out)
{
    const char lead = (char)0xE0, high = (char)0xF0;
    const __m128i where = _mm_setr_epi8(high, 0, 0, high, 0, 0, high, 0, 0, high, 0, 0, 0, 0, 0, 0);
    const __m128i leads = _mm_setr_epi8(lead, 0, 0, lead, 0, 0, lead, 0, 0, lead, 0, 0, 0, 0, 0, 0);
    const __m128i turned = _mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i same = _mm_cmpeq_epi8(_mm_and_si128(bytes, where), leads);
    __m128i bits = _mm_and_si128(_mm_shuffle_epi8(bytes, turned), _mm_set1_epi32(0x000F3F3F));
    __m128i halves = _mm_maddubs_epi16(bits, _mm_set1_epi32(0x00104001)); /* last + middle * 64, first * 16 */
    *four_out = _mm_madd_epi16(halves, _mm_set1_epi32(0x01000001));       /* + first * 16 * 256 */
    return _mm_movemask_epi8(same) == 0xFFFF;
}

#endif
