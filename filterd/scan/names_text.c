#include "scan/names_text.h"

#include "text/utf8.h"
#include "text/utf8_four.h"

enum { EDGE_START = 2, EDGE_END = 3, EMOJI = 0x1F600, FULL_STOP = 0x3002 };
enum { SPACES_MIN = 4 /* of a text that is spaced out */ };

/* Types by the lower byte of a code point, for each kind of page of 256; stored so that 0 is TYPE_OTHER. Tables, since
 * nobody can guess which script comes next; where four letters stand together, no table is asked. */
enum page {
    PAGE_OTHER,
    PAGE_ASCII,
    PAGE_LATIN,
    PAGE_LATIN_END,
    PAGE_SIGNS,
    PAGE_KANA,
    PAGE_KANJI,
    PAGE_PRIVATE,
    PAGES
};
#define T(type) ((type) ^ TYPE_OTHER)

static const uint8_t page_of[256] = {
    [0x00] = PAGE_ASCII, [0x01] = PAGE_LATIN,          [0x02] = PAGE_LATIN_END,      [0x20] = PAGE_SIGNS,
    [0x30] = PAGE_KANA,  [0x34 ... 0x9F] = PAGE_KANJI, [0xF9 ... 0xFA] = PAGE_KANJI, [0xE0] = PAGE_PRIVATE,
};

static const uint8_t types[PAGES][256] = {
    [PAGE_ASCII] =
        {
            ['a' ... 'z'] = T(TYPE_LATIN),
            ['0' ... '9'] = T(TYPE_DIGIT),
            ['\n'] = T(TYPE_BREAK),
            ['\r'] = T(TYPE_BREAK),
            [' '] = T(TYPE_SPACE),
            ['\t'] = T(TYPE_SPACE),
            [','] = T(TYPE_COMMA),
            ['.'] = T(TYPE_STOP),
            ['!'] = T(TYPE_STOP),
            ['?'] = T(TYPE_STOP),
            ['('] = T(TYPE_OPEN),
            ['['] = T(TYPE_OPEN),
            ['<'] = T(TYPE_OPEN),
            [')'] = T(TYPE_CLOSE),
            [']'] = T(TYPE_CLOSE),
            ['>'] = T(TYPE_CLOSE),
            [':'] = T(TYPE_COLON),
            ['='] = T(TYPE_DOT),
            [0xC0 ... 0xFF] = T(TYPE_LATIN),
        },
    [PAGE_LATIN] = {[0 ... 255] = T(TYPE_LATIN)},
    [PAGE_LATIN_END] = {[0 ... 0x4F] = T(TYPE_LATIN)},
    [PAGE_SIGNS] = {[0x26] = T(TYPE_STOP)}, /* … */
    [PAGE_KANA] =
        {
            [0x01] = T(TYPE_COMMA), /* 、 */
            [0x02] = T(TYPE_STOP),  /* 。 */
            [0x05] = T(TYPE_KANJI), /* 々 */
            [0x06] = T(TYPE_KANJI), /* 〆 */
            [0x08] = T(TYPE_OPEN),  /* 〈 and so on to 】 */
            [0x09] = T(TYPE_CLOSE),
            [0x0A] = T(TYPE_OPEN),
            [0x0B] = T(TYPE_CLOSE),
            [0x0C] = T(TYPE_OPEN),
            [0x0D] = T(TYPE_CLOSE),
            [0x0E] = T(TYPE_OPEN),
            [0x0F] = T(TYPE_CLOSE),
            [0x10] = T(TYPE_OPEN),
            [0x11] = T(TYPE_CLOSE),
            [0x41 ... 0x9F] = T(TYPE_HIRAGANA),
            [0xA0] = T(TYPE_DOT),
            [0xA1 ... 0xF5] = T(TYPE_KATAKANA),
            [0xF6] = T(TYPE_KANJI), /* ヶ */
            [0xF7 ... 0xFA] = T(TYPE_KATAKANA),
            [0xFB] = T(TYPE_DOT), /* ・ */
            [0xFC ... 0xFF] = T(TYPE_KATAKANA),
        },
    [PAGE_KANJI] = {[0 ... 255] = T(TYPE_KANJI)},
    [PAGE_PRIVATE] = {[VIEW_BORDER & 255] = T(TYPE_STOP)},
};

/* Of a character of up to three bytes. */
static inline uint8_t
type_of_low(uint32_t c)
{
    return T(types[page_of[c >> 8]][c & 255]);
}

static inline uint8_t
type_of(uint32_t c)
{
    if (c >= 0x10000)
        return c >= 0x20000 && c <= 0x3FFFF ? TYPE_KANJI : TYPE_OTHER;
    return type_of_low(c);
}

bool
names_type_ends(uint8_t type)
{
    return type == TYPE_BREAK || type == TYPE_STOP || type == TYPE_OPEN || type == TYPE_CLOSE || type == TYPE_COLON;
}

/* Whether the letter of the text was capital: A-Z or full-width Ａ-Ｚ. */
static bool
was_capital(struct slice text, uint32_t at)
{
    uint8_t c = text.data[at];
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    return at + 2 < text.bytes && c == 0xEF && text.data[at + 1] == 0xBC && text.data[at + 2] >= 0xA1 &&
           text.data[at + 2] <= 0xBA;
}

size_t
names_text_bytes(size_t bytes)
{
    return (bytes + 2 * NAMES_EDGE + 1) * (sizeof(uint32_t) * 2 + sizeof(int16_t) + 1);
}

static inline void
put_edge(struct names_text *out, int32_t at, uint32_t character)
{
    for (int32_t i = at; i < at + NAMES_EDGE; i++)
        out->characters[i] = character;
    memset(out->types + at, TYPE_EDGE, NAMES_EDGE);
}

static void
lay_out(size_t bytes, void *memory, struct names_text *out)
{
    size_t room = bytes + 2 * NAMES_EDGE + 1;
    uint32_t *words = memory;
    int16_t *halves = (int16_t *)(words + 2 * room);
    out->characters = words + NAMES_EDGE;
    out->offsets = words + room + NAMES_EDGE;
    out->begins = halves + NAMES_EDGE;
    out->types = (uint8_t *)(halves + room) + NAMES_EDGE;
    out->is_prose = false;
    out->count = 0;
    put_edge(out, -NAMES_EDGE, EDGE_START); /* now: what reads it soon need not wait until it is written */
}

/* The character at `*at` as the tagger knows it; moves `*at` behind it. */
static uint32_t
next_character(struct slice text, const struct view *plain, uint32_t *at, uint8_t *type_out)
{
    const uint8_t *from = plain->text.data + *at;
    unsigned length = utf8_length(from[0]);
    uint32_t c = utf8_decode(from, length);
    uint8_t type = type_of(c);
    if (type == TYPE_LATIN && plain->from && was_capital(text, plain->from[*at]))
        type = TYPE_CAPITAL;
    *type_out = type;
    *at += length;
    return type == TYPE_DIGIT ? '0' : c >= 0x1F000 && c < 0x20000 ? EMOJI : c;
}

/* や ま だ で す: a space between all letters, or nearly all. */
static bool
is_spaced_out(const struct names_text *text, uint32_t spaces)
{
    return spaces >= SPACES_MIN && 2 * spaces + 2 >= text->count;
}

static void
drop_spaces(struct names_text *text)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < text->count; i++) {
        text->characters[kept] = text->characters[i];
        text->types[kept] = text->types[i];
        text->offsets[kept] = text->offsets[i];
        kept += text->types[i] != TYPE_SPACE;
    }
    text->count = kept;
}

static inline __m128i
within(__m128i four, int first, int last)
{
    return _mm_and_si128(_mm_cmpgt_epi32(four, _mm_set1_epi32(first - 1)),
                         _mm_cmplt_epi32(four, _mm_set1_epi32(last + 1)));
}

static inline __m128i
type_where(__m128i where, enum char_type type)
{
    return _mm_and_si128(where, _mm_set1_epi32((int)type));
}

/* The types of four letters as most of Japanese has them; false: some other is among them, of which the tables know. */
static inline bool
put_types_of_letters(__m128i four, uint8_t *types_out)
{
    __m128i hiragana = within(four, 0x3041, 0x309F), kanji = within(four, 0x3400, 0x9FFF);
    __m128i katakana = _mm_or_si128(within(four, 0x30A1, 0x30F5), within(four, 0x30FC, 0x30FC));
    if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(hiragana, katakana), kanji)) != 0xFFFF)
        return false;
    __m128i kana = _mm_or_si128(type_where(hiragana, TYPE_HIRAGANA), type_where(katakana, TYPE_KATAKANA));
    __m128i words = _mm_or_si128(kana, type_where(kanji, TYPE_KANJI));
    const __m128i lowest = _mm_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    int bytes = _mm_cvtsi128_si32(_mm_shuffle_epi8(words, lowest));
    memcpy(types_out, &bytes, sizeof bytes);
    return true;
}

/* Four characters of three bytes from byte `at` on, where there are so many. */
static inline bool
put_four(const uint8_t *from, uint32_t at, struct names_text *out)
{
    __m128i four;
    if (!utf8_four(from + at, &four))
        return false;
    const __m128i bytes = _mm_setr_epi32(0, 3, 6, 9);
    _mm_storeu_si128((__m128i *)(void *)(out->characters + out->count), four);
    _mm_storeu_si128((__m128i *)(void *)(out->offsets + out->count), _mm_add_epi32(_mm_set1_epi32((int)at), bytes));
    out->is_prose |= _mm_movemask_epi8(_mm_cmpeq_epi32(four, _mm_set1_epi32(FULL_STOP))) != 0;
    bool are_letters = put_types_of_letters(four, out->types + out->count);
    for (uint32_t i = out->count; i < out->count + UTF8_FOUR && !are_letters; i++)
        out->types[i] = type_of_low(out->characters[i]);
    out->count += UTF8_FOUR;
    return true;
}

/* Returns the type of the character. */
static inline uint8_t
put_one(struct slice text, const struct view *plain, uint32_t *at, struct names_text *out)
{
    uint8_t *type = &out->types[out->count];
    out->offsets[out->count] = *at;
    uint32_t c = next_character(text, plain, at, type);
    out->is_prose |= c == FULL_STOP;
    out->characters[out->count++] = c;
    return *type;
}

void
names_text_fill(struct slice text, const struct view *plain, void *memory, struct names_text *out)
{
    lay_out(plain->text.bytes, memory, out);
    const uint8_t *from = plain->text.data;
    uint32_t bytes = (uint32_t)plain->text.bytes, spaces = 0;
    for (uint32_t at = 0; at < bytes;) {
        if (put_four(from, at, out)) {
            at += UTF8_FOUR_BYTES;
            continue;
        }
        spaces += put_one(text, plain, &at, out) == TYPE_SPACE;
    }
    if (is_spaced_out(out, spaces))
        drop_spaces(out);
    out->offsets[out->count] = bytes;
    put_edge(out, (int32_t)out->count, EDGE_END);
}
