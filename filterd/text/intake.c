#include "text/intake.h"

#include <string.h>
#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

#include "text/utf8.h"

#define REPLACEMENT_BYTES 3

static const uint8_t replacement[REPLACEMENT_BYTES] = {0xEF, 0xBF, 0xBD}; /* U+FFFD */

/* Length of the well-formed character at `at`, or 0; then `*bad_out` is the length of the maximal subpart: the longest
 * beginning of a well-formed character, at least one byte. */
static unsigned
check_character(const uint8_t *at, size_t left, unsigned *bad_out)
{
    uint8_t lead = at[0];
    uint8_t low = 0x80;  /* bounds of the second byte: they exclude overlong forms, */
    uint8_t high = 0xBF; /* surrogates and what is beyond U+10FFFF */

    if (lead < 0x80)
        return 1;
    *bad_out = 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    unsigned length = utf8_length(lead);
    low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
    high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
    for (unsigned i = 1; i < length; i++) {
        if (i >= left || at[i] < low || at[i] > high) {
            *bad_out = i;
            return 0;
        }
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

#ifdef __SSSE3__

/* J. Keiser, D. Lemire, "Validating UTF-8 in less than one instruction per byte", 2020. Each of three tables looks at
 * four bits of a pair of bytes and tells which faults they allow; a fault that all three allow is real. */
enum pair_fault {
    TOO_SHORT = 1 << 0,  /* a lead byte, and no continuation behind it */
    TOO_LONG = 1 << 1,   /* ASCII, and a continuation behind it */
    OVERLONG_3 = 1 << 2, /* E0 80..9F */
    TOO_LARGE = 1 << 3,  /* F4 90.., F5.. */
    SURROGATE = 1 << 4,  /* ED A0..BF */
    OVERLONG_2 = 1 << 5, /* C0, C1 */
    OVERLONG_4 = 1 << 6, /* F0 80..8F; also F5.. with 80..8F */
    TWO_INSIDE = 1 << 7, /* two continuations: right only as third or fourth byte */
    CARRY = TOO_SHORT | TOO_LONG | TWO_INSIDE,
};

#define T(value) ((char)(value))
#define X8(value) T(value), T(value), T(value), T(value), T(value), T(value), T(value), T(value)

static __m128i
high_half(__m128i bytes)
{
    return _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(0x0F));
}

static __m128i
pair_faults(__m128i block, __m128i one_before)
{
    const __m128i by_first_high = _mm_setr_epi8(
        X8(TOO_LONG), T(TWO_INSIDE), T(TWO_INSIDE), T(TWO_INSIDE), T(TWO_INSIDE), T(TOO_SHORT | OVERLONG_2),
        T(TOO_SHORT), T(TOO_SHORT | OVERLONG_3 | SURROGATE), T(TOO_SHORT | TOO_LARGE | OVERLONG_4));
    const int beyond = CARRY | TOO_LARGE | OVERLONG_4;
    const __m128i by_first_low =
        _mm_setr_epi8(T(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4), T(CARRY | OVERLONG_2), T(CARRY), T(CARRY),
                      T(CARRY | TOO_LARGE), X8(beyond), T(beyond | SURROGATE), T(beyond), T(beyond));
    const int inside = TOO_LONG | OVERLONG_2 | TWO_INSIDE;
    const __m128i by_second_high =
        _mm_setr_epi8(X8(TOO_SHORT), T(inside | OVERLONG_3 | OVERLONG_4), T(inside | OVERLONG_3 | TOO_LARGE),
                      T(inside | SURROGATE | TOO_LARGE), T(inside | SURROGATE | TOO_LARGE), T(TOO_SHORT), T(TOO_SHORT),
                      T(TOO_SHORT), T(TOO_SHORT));
    __m128i first_high = _mm_shuffle_epi8(by_first_high, high_half(one_before));
    __m128i first_low = _mm_shuffle_epi8(by_first_low, _mm_and_si128(one_before, _mm_set1_epi8(0x0F)));
    __m128i second_high = _mm_shuffle_epi8(by_second_high, high_half(block));

    return _mm_and_si128(_mm_and_si128(first_high, first_low), second_high);
}

static __m128i
block_faults(__m128i block, __m128i before)
{
    __m128i faults = pair_faults(block, _mm_alignr_epi8(block, before, 15));
    /* Bit 7 is set where a third or fourth byte must stand: just there TWO_INSIDE is right. */
    __m128i third = _mm_subs_epu8(_mm_alignr_epi8(block, before, 14), _mm_set1_epi8(T(0xE0 - 0x80)));
    __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(block, before, 13), _mm_set1_epi8(T(0xF0 - 0x80)));
    __m128i expected = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8(T(0x80)));

    return _mm_xor_si128(expected, faults);
}

bool
utf8_is_valid(struct slice text)
{
    __m128i before = _mm_setzero_si128();
    __m128i faults = _mm_setzero_si128();
    uint8_t tail[16] = {0};
    size_t at = 0;

    for (; at + 16 <= text.bytes; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(text.data + at));
        faults = _mm_or_si128(faults, block_faults(block, before));
        before = block;
    }
    if (at < text.bytes)
        memcpy(tail, text.data + at, text.bytes - at);
    /* The zeros of the tail also show a character that the end cuts off. */
    faults = _mm_or_si128(faults, block_faults(_mm_loadu_si128((const __m128i *)(const void *)tail), before));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(faults, _mm_setzero_si128())) == 0xFFFF;
}

#else

bool
utf8_is_valid(struct slice text)
{
    unsigned bad;

    for (size_t at = 0; at < text.bytes;) {
        unsigned length = check_character(text.data + at, text.bytes - at, &bad);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

#endif

/* Writes the repaired text to `out` (NULL: only measures). */
static size_t
repair(struct slice raw, uint8_t *out)
{
    size_t written = 0;

    for (size_t at = 0; at < raw.bytes;) {
        unsigned bad = 0;
        unsigned length = check_character(raw.data + at, raw.bytes - at, &bad);
        const uint8_t *from = length > 0 ? raw.data + at : replacement;
        size_t bytes = length > 0 ? length : REPLACEMENT_BYTES;
        if (out != NULL)
            memcpy(out + written, from, bytes);
        written += bytes;
        at += length > 0 ? length : bad;
    }
    return written;
}

enum status
intake_run(struct arena *arena, struct slice raw, size_t max_bytes, struct intake *intake_out)
{
    if (raw.bytes > max_bytes || raw.bytes > UINT32_MAX / 16)
        return STATUS_TOO_LARGE;
    bool is_valid = utf8_is_valid(raw);
    size_t bytes = is_valid ? raw.bytes : repair(raw, NULL);
    uint8_t *text = arena_alloc(arena, bytes + INTAKE_PADDING_BYTES);
    if (text == NULL)
        return STATUS_TOO_LARGE;
    if (!is_valid)
        (void)repair(raw, text);
    else if (bytes > 0)
        memcpy(text, raw.data, bytes);
    memset(text + bytes, 0, INTAKE_PADDING_BYTES);
    *intake_out = (struct intake){.text = {text, bytes}, .repaired = !is_valid};
    return STATUS_OK;
}

uint32_t
utf8_next(struct slice text, uint32_t *at)
{
    const uint8_t *here = text.data + *at;
    unsigned length = utf8_length(*here);

    *at += length;
    return utf8_decode(here, length);
}

uint32_t
utf8_previous(struct slice text, uint32_t *at)
{
    uint32_t start = *at - 1;

    while (utf8_is_inside(text.data[start]))
        start--;
    unsigned length = *at - start;
    *at = start;
    return utf8_decode(text.data + start, length);
}

bool
utf8_is_among(uint32_t code_point, const char *characters)
{
    struct slice list = slice_of(characters);

    for (uint32_t at = 0; at < list.bytes;)
        if (utf8_next(list, &at) == code_point)
            return true;
    return false;
}

size_t
utf8_count(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.bytes; i++)
        count += !utf8_is_inside(text.data[i]);
    return count;
}

unsigned
utf8_put(uint32_t code_point, uint8_t out[4])
{
    return utf8_encode(code_point, out);
}
