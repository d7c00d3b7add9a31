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

/* Characters of three bytes, a lane each with the first byte lowest, as code points. */
static inline __m128i
utf8_four_codes(__m128i characters)
{
    __m128i bits = _mm_and_si128(characters, _mm_set1_epi32(0x003F3F0F));
    __m128i halves = _mm_maddubs_epi16(bits, _mm_set1_epi32(0x00010140)); /* first * 64 + middle, last */
    return _mm_madd_epi16(halves, _mm_set1_epi32(0x00010040));
}

/* The characters at `at`, a lane each; false: not all four have three bytes. */
static inline bool
utf8_four(const uint8_t *at, __m128i *four_out)
{
    const char lead = (char)0xE0, high = (char)0xF0;
    const __m128i where = _mm_setr_epi8(high, 0, 0, high, 0, 0, high, 0, 0, high, 0, 0, 0, 0, 0, 0);
    const __m128i leads = _mm_setr_epi8(lead, 0, 0, lead, 0, 0, lead, 0, 0, lead, 0, 0, 0, 0, 0, 0);
    const __m128i apart = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i same = _mm_cmpeq_epi8(_mm_and_si128(bytes, where), leads);
    *four_out = utf8_four_codes(_mm_shuffle_epi8(bytes, apart));
    return _mm_movemask_epi8(same) == 0xFFFF;
}

#endif
