/* text/find.h - short words in a text, inlined: judges ask for hundreds of them.
 *
 * The text is one of a view or of the door (intake.h): INTAKE_PADDING_BYTES zeros stand behind it, so words are held
 * against it without asking where it ends. Threads: pure functions.
 */
#ifndef TEXT_FIND_H
#define TEXT_FIND_H

#include <immintrin.h>
#include <stdbool.h>

#include "base/span.h"
#include "text/intake.h"

_Static_assert(INTAKE_PADDING_BYTES >= sizeof(__m128i), "find_word() reads so far behind a text");

/* Whether `word`, which holds no NUL, stands right at `at`. Most words differ in their first few bytes. */
static inline bool
find_stands_at(const uint8_t *at, const char *word)
{
    size_t i = 0;
    while (word[i] != '\0' && at[i] == (uint8_t)word[i])
        i++;
    return word[i] == '\0';
}

/* Whether `word` stands in `text`, also at its end. Sixteen places at once are asked for two bytes of it: the last of
 * its first character, since the first is the same in most of Japanese, and the last of all. */
static inline bool
find_word(struct slice text, struct slice word)
{
    if (word.bytes == 0 || word.bytes > text.bytes)
        return word.bytes == 0;
    const size_t lasts[2] = {word.bytes < 3 ? 0 : 2, word.bytes - 1}, places = text.bytes - word.bytes + 1;
    const __m128i one = _mm_set1_epi8((char)word.data[lasts[0]]), other = _mm_set1_epi8((char)word.data[lasts[1]]);
    for (size_t start = 0; start < places; start += sizeof(__m128i)) {
        const uint8_t *at = text.data + start;
        __m128i ones = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(at + lasts[0])), one);
        __m128i others = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(at + lasts[1])), other);
        unsigned both = (unsigned)_mm_movemask_epi8(_mm_and_si128(ones, others));
        for (; both; both &= both - 1) {
            size_t i = (size_t)__builtin_ctz(both);
            if (start + i < places && memcmp(at + i, word.data, word.bytes) == 0)
                return true;
        }
    }
    return false;
}

#endif
