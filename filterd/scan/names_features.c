#include "scan/names_features.h"

#include <immintrin.h>

#include "text/utf8.h"

enum char_type {
    TYPE_EDGE,
    TYPE_BREAK,
    TYPE_SPACE,
    TYPE_HIRAGANA,
    TYPE_KATAKANA,
    TYPE_KANJI,
    TYPE_LATIN,
    TYPE_CAPITAL,
    TYPE_DIGIT,
    TYPE_COMMA,
    TYPE_STOP,
    TYPE_OPEN,
    TYPE_CLOSE,
    TYPE_COLON,
    TYPE_DOT,
    TYPE_OTHER
};

enum { EDGE_START = 2, EDGE_END = 3, EMOJI = 0x1F600 };

/* --- the text ------------------------------------------------------------------------------------------------------
 */

/* Types by code point, for the two blocks where they are mixed. Stored so that 0 is TYPE_OTHER. */
#define T(type) ((type) ^ TYPE_OTHER)
static const uint8_t latin_types[256] = {
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
};
static const uint8_t kana_types[256] = {
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
};

static inline uint8_t
type_of(uint32_t c)
{
    if (c >> 8 == 0x30)
        return T(kana_types[c & 255]);
    if (c < 0x100)
        return T(latin_types[c]);
    if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF))
        return TYPE_KANJI;
    if (c < 0x250)
        return TYPE_LATIN;
    return c == 0x2026 ? TYPE_STOP : TYPE_OTHER;
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
    return (bytes + 2 * NAMES_EDGE + 1) * (sizeof(uint32_t) * 2 + 1);
}

void
names_text_fill(struct slice text, const struct view *plain, void *memory, struct names_text *out)
{
    size_t room = plain->text.bytes + 2 * NAMES_EDGE + 1;
    out->characters = (uint32_t *)memory + NAMES_EDGE;
    out->offsets = (uint32_t *)memory + room + NAMES_EDGE;
    out->types = (uint8_t *)((uint32_t *)memory + 2 * room) + NAMES_EDGE;
    uint32_t count = 0;
    for (uint32_t at = 0; at < plain->text.bytes; count++) {
        unsigned length = utf8_length(plain->text.data[at]);
        uint32_t c = utf8_decode(plain->text.data + at, length);
        uint8_t type = type_of(c);
        if (type == TYPE_LATIN && plain->from && was_capital(text, plain->from[at]))
            type = TYPE_CAPITAL;
        out->offsets[count] = at;
        out->types[count] = type;
        out->characters[count] = type == TYPE_DIGIT ? '0' : c >= 0x1F000 && c < 0x20000 ? EMOJI : c;
        at += length;
    }
    out->count = count;
    out->offsets[count] = (uint32_t)plain->text.bytes;
    for (int i = 1; i <= NAMES_EDGE; i++) {
        out->characters[-i] = EDGE_START;
        out->characters[(int)count + i - 1] = EDGE_END;
        out->types[-i] = out->types[(int)count + i - 1] = TYPE_EDGE;
    }
}

/* --- the gate ------------------------------------------------------------------------------------------------------
 */

void
names_gate_cells(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS])
{
    const uint32_t *c = text->characters + at;
    const uint8_t *t = text->types + at;
    cells[0] = gate_cell(c[0], c[1], 1, bits);
    cells[1] = gate_cell(c[0], c[1], c[2], bits);
    cells[2] = gate_cell((uint32_t)t[0] << 4 | t[1], (uint32_t)t[2] << 4 | t[3], 2, bits);
}

/* The four weights of a cell as lanes. */
static inline __m128i
gate_weights(const int8_t *gate, uint32_t cell)
{
    int32_t packed;
    memcpy(&packed, gate + 4 * (size_t)cell, sizeof packed);
    return _mm_cvtepi8_epi32(_mm_cvtsi32_si128(packed));
}

/* lane 3 has all that speaks about a name beginning at at - 1, lane 2 what is known by now of one at `at` … */
static inline __m128i
gate_step(const struct name_model *model, const struct names_text *text, int32_t at, __m128i sums)
{
    uint32_t cells[NAMES_GATE_CELLS];
    names_gate_cells(text, at, model->numbers.gate_bits, cells);
    sums = _mm_slli_si128(sums, 4);
    for (unsigned i = 0; i < NAMES_GATE_CELLS; i++)
        sums = _mm_add_epi32(sums, gate_weights(model->gate, cells[i]));
    return sums;
}

static bool
is_prose(const struct names_text *text)
{
    for (uint32_t i = 0; i < text->count; i++)
        if (text->characters[i] == 0x3002)
            return true;
    return false;
}

int32_t
names_gate_score(const struct name_model *model, const struct names_text *text)
{
    __m128i sums = _mm_setzero_si128(), best = _mm_set1_epi32(INT32_MIN);
    for (int32_t at = -2; at <= (int32_t)text->count; at++) {
        sums = gate_step(model, text, at, sums);
        if (at > 0)
            best = _mm_max_epi32(best, sums);
    }
    int32_t score = _mm_extract_epi32(best, 3);
    return score > INT32_MIN && is_prose(text) ? score + model->numbers.gate_prose : score;
}

void
names_gate_begins(const struct name_model *model, const struct names_text *text, int32_t threshold, uint8_t *begins)
{
    __m128i sums = _mm_setzero_si128();
    int32_t floor = is_prose(text) ? threshold - model->numbers.gate_prose : threshold;
    for (int32_t at = -2; at <= (int32_t)text->count; at++) {
        sums = gate_step(model, text, at, sums);
        if (at > 0)
            begins[at - 1] = _mm_extract_epi32(sums, 3) >= floor;
    }
}

/* --- features ------------------------------------------------------------------------------------------------------
 */

/* What a feature is about; part of its hash. */
enum feature_kind {
    KIND_1 = 1,
    KIND_2,
    KIND_3,
    KIND_TYPES,
    KIND_WORD,
    KIND_WORD_END,
    KIND_WORD_LEFT,
    KIND_WORD_RIGHT,
    KIND_SURNAME,
    KIND_GIVEN,
    KIND_FULL,
    KIND_FULL_RIGHT,
    KIND_FULL_LEFT,
    KIND_REST,
    KIND_RUN,
    KIND_RUN_END,
    KIND_RUN_RIGHT,
    KIND_RUN_LEFT,
    KIND_LABEL,
    KIND_HONORIFIC,
    KIND_PARTS,
    KIND_WHOLE,
    KIND_WHOLE_LEFT,
    KIND_WHOLE_RIGHT,
};

const char *
names_feature_word(uint8_t kind)
{
    static const char *const words[NAMES_FEATURE_KINDS] = {
        [KIND_1] = "a character",
        [KIND_2] = "two characters",
        [KIND_3] = "three characters",
        [KIND_TYPES] = "scripts in a row",
        [KIND_WORD] = "a word of the dictionary",
        [KIND_WORD_END] = "a word of the dictionary",
        [KIND_WORD_LEFT] = "a name's word, and what stands left",
        [KIND_WORD_RIGHT] = "a name's word, and what stands right",
        [KIND_SURNAME] = "a surname",
        [KIND_GIVEN] = "a given name",
        [KIND_FULL] = "surname and given name",
        [KIND_FULL_RIGHT] = "surname and given name, and what stands right",
        [KIND_FULL_LEFT] = "surname and given name, and what stands left",
        [KIND_REST] = "a surname and the rest of its run",
        [KIND_RUN] = "a run of one script",
        [KIND_RUN_END] = "a run of one script",
        [KIND_RUN_RIGHT] = "a run, and what stands right",
        [KIND_RUN_LEFT] = "a run, and what stands left",
        [KIND_LABEL] = "a label before it",
        [KIND_HONORIFIC] = "an honorific or title behind it",
        [KIND_PARTS] = "several parts of one script",
        [KIND_WHOLE] = "a run that is one word, or none",
        [KIND_WHOLE_LEFT] = "a run that is one word, and what stands left",
        [KIND_WHOLE_RIGHT] = "a run that is one word, and what stands right",
    };
    return kind < NAMES_FEATURE_KINDS && words[kind] ? words[kind] : "";
}

#define GIVEN (WORD_GIVEN_TOP | WORD_GIVEN_LOW | WORD_GIVEN_KANA | WORD_GIVEN_ROMAJI)
#define SURNAME (WORD_SUR_TOP | WORD_SUR_MID | WORD_SUR_LOW | WORD_SUR_KANA | WORD_SUR_ROMAJI)
#define NAMELIKE (GIVEN | SURNAME | WORD_NAME | WORD_FOREIGN)

struct extractor {
    const struct name_model *model;
    const struct names_text *text;
    struct feature_batch *batch;
    uint8_t *surnames; /* bit n: a surname of n characters begins here; bit 0: a frequent one */
    uint8_t *givens;
    uint8_t *wholes; /* the set of the word that is the whole run which begins here */
};

static inline void
emit(struct feature_batch *batch, enum feature_kind kind, uint64_t a, uint64_t b, int32_t at)
{
    uint64_t x = a * 0x9E3779B97F4A7C15u ^ (b + (uint64_t)kind * 0xD6E8FEB86659FD93u) * 0xC2B2AE3D27D4EB4Fu;
    x = (x ^ x >> 32) * 0xFF51AFD7ED558CCDu;
    batch->items[batch->count++] = (struct feature){x ^ x >> 29, at, (uint8_t)kind};
    if (batch->count == NAMES_BATCH) {
        batch->flush(batch->context, batch->items, NAMES_BATCH);
        batch->count = 0;
    }
}

static void
emit_characters(const struct extractor *x)
{
    const uint32_t *c = x->text->characters;
    const uint8_t *t = x->text->types;
    for (int32_t i = -1; i <= (int32_t)x->text->count; i++) {
        uint64_t pair = (uint64_t)c[i] << 21 | c[i + 1];
        emit(x->batch, KIND_1, c[i], 0, i - 3);
        emit(x->batch, KIND_2, pair, 0, i - 3);
        emit(x->batch, KIND_3, pair << 21 | c[i + 2], 0, i - 3);
        emit(x->batch, KIND_TYPES, (uint64_t)t[i - 1] << 12 | t[i] << 8 | t[i + 1] << 4 | t[i + 2], 0, i - 3);
    }
}

/* What stands right of a candidate: hiragana and signs as they are, the rest by type. */
static uint64_t
neighbour(const struct names_text *text, int32_t at)
{
    uint8_t type = text->types[at];
    bool plain = type == TYPE_KANJI || type == TYPE_KATAKANA || type == TYPE_LATIN || type == TYPE_CAPITAL;
    return plain ? type : (uint64_t)text->characters[at] << 4 | type;
}

static uint32_t
frequency(uint32_t bits)
{
    return bits & (WORD_SUR_TOP | WORD_GIVEN_TOP)         ? 3
           : bits & WORD_SUR_MID                          ? 2
           : bits & (WORD_SUR_LOW | WORD_GIVEN_LOW)       ? 1
           : bits & (WORD_SUR_ROMAJI | WORD_GIVEN_ROMAJI) ? 4
                                                          : 0;
}

/* A title or honorific of `length` characters: the run before it may be a name. */
static void
emit_honorific(const struct extractor *x, int32_t start, uint64_t kind, uint32_t length)
{
    const uint8_t *t = x->text->types;
    int32_t run = start - 1;
    bool space = run >= 0 && t[run] == TYPE_SPACE;
    run -= space;
    int32_t end = run;
    while (run >= 0 && run > end - 7 && t[run] == t[end])
        run--;
    uint64_t shape = (uint64_t)(end - run) << 16 | (uint64_t)t[end] << 8 | (uint64_t)t[run] << 4 | space;
    uint64_t word = (uint64_t)x->text->characters[start] << 4 | length;
    emit(x->batch, KIND_HONORIFIC, kind, shape, start - NAME_ROWS);
    emit(x->batch, KIND_HONORIFIC, word << 8 | kind, (uint64_t)t[end] << 8 | 1u << 30, start - NAME_ROWS);
}

static void
emit_name_word(const struct extractor *x, int32_t start, uint32_t length, uint32_t bits, uint32_t set)
{
    int32_t end = start + (int32_t)length;
    uint64_t shape = (uint64_t)set << 4 | length;
    emit(x->batch, KIND_WORD_LEFT, shape, neighbour(x->text, start - 1), start - 1);
    emit(x->batch, KIND_WORD_RIGHT, shape, neighbour(x->text, end) << 26 | neighbour(x->text, end + 1), start - 1);
    uint64_t around = (uint64_t)x->text->types[start - 1] << 32 | neighbour(x->text, end);
    if (bits & SURNAME) {
        x->surnames[start] |= (uint8_t)(1u << length);
        emit(x->batch, KIND_SURNAME, (uint64_t)frequency(bits) << 4 | length, around, start - 1);
    }
    if (bits & GIVEN) {
        x->givens[start] |= (uint8_t)(1u << length);
        emit(x->batch, KIND_GIVEN, (uint64_t)frequency(bits) << 4 | length, around, start - 1);
    }
}

static bool
is_script(uint8_t type)
{
    return type >= TYPE_HIRAGANA && type <= TYPE_CAPITAL;
}

/* Capital and small letters are one run. */
static bool
same_run(uint8_t a, uint8_t b)
{
    return a == b || ((a == TYPE_LATIN || a == TYPE_CAPITAL) && (b == TYPE_LATIN || b == TYPE_CAPITAL));
}

static void
emit_word(const struct extractor *x, int32_t start, uint32_t length, uint32_t set)
{
    uint32_t bits = x->model->sets[set];
    const uint8_t *t = x->text->types;
    if (!same_run(t[start - 1], t[start]) && !same_run(t[start + (int32_t)length], t[start]))
        x->wholes[start] = (uint8_t)set;
    emit(x->batch, KIND_WORD, set, length, start - 1);
    if (length > 6)
        emit(x->batch, KIND_WORD_END, set, length, start + (int32_t)length + 1 - NAME_ROWS);
    if (bits & NAMELIKE && length < 8)
        emit_name_word(x, start, length, bits, set);
    if (bits & (WORD_HONORIFIC | WORD_TITLE))
        emit_honorific(x, start, bits & WORD_TITLE ? 2 : 1, length);
}

/* Touches what emit_words will read for words that begin at `at`, so that the cache has it by then. */
static void
fetch_words(const struct extractor *x, int32_t at)
{
    uint64_t hash = 0;
    for (int32_t n = 0; n < WORD_PREFIX_CHARACTERS; n++) {
        hash = word_hash(hash, x->text->characters[at + n]);
        __builtin_prefetch(&x->model->word_entries[((hash >> 32) * x->model->word_slots) >> 32]);
    }
}

/* Every word of the dictionary, wherever it begins. */
static void
emit_words(const struct extractor *x)
{
    enum { AHEAD = 6 };
    const struct names_text *text = x->text;
    int32_t count = (int32_t)text->count;
    for (int32_t i = 0; i < AHEAD && i < count; i++)
        fetch_words(x, i);
    for (int32_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            fetch_words(x, i + AHEAD);
        uint64_t hash = 0;
        uint32_t longest = 1, left = (uint32_t)(count - i);
        for (uint32_t n = 1; n <= longest && n <= left; n++) {
            hash = word_hash(hash, text->characters[i + (int32_t)n - 1]);
            uint32_t entry = word_entry(x->model, hash);
            if (entry == 0 && n <= WORD_PREFIX_CHARACTERS)
                break;
            if (n <= WORD_PREFIX_CHARACTERS)
                longest = entry >> 8 & 15;
            if (entry & 255)
                emit_word(x, i, n, entry & 255);
        }
    }
}

/* Surname and given name in a row, with or without a space; or a surname and what is left of its run. */
static void
emit_full(const struct extractor *x, int32_t start, int32_t middle)
{
    const struct names_text *text = x->text;
    uint64_t length = (uint64_t)(middle - start);
    bool space = text->types[middle] == TYPE_SPACE;
    int32_t second = middle + space;
    if (second >= (int32_t)text->count)
        return;
    for (int32_t n = 1; n < 8; n++) {
        if (!(x->givens[second] >> n & 1))
            continue;
        uint64_t shape = length << 8 | (uint64_t)n << 4 | space;
        int32_t end = second + n;
        emit(x->batch, KIND_FULL, shape, (uint64_t)text->types[start - 1] << 4 | text->types[end], start - 1);
        emit(x->batch, KIND_FULL_RIGHT, shape, neighbour(text, end) << 26 | neighbour(text, end + 1),
             end + 2 - NAME_ROWS);
        emit(x->batch, KIND_FULL_LEFT, length + (uint64_t)n,
             neighbour(text, start - 1) << 26 | neighbour(text, start - 2), start - 1);
    }
    int32_t end = second;
    while (end < second + 5 && text->types[end] == text->types[second])
        end++;
    uint64_t shape = length << 12 | (uint64_t)(end - second) << 8 | (uint64_t)text->types[second] << 4 | space;
    emit(x->batch, KIND_REST, shape, (uint64_t)text->types[start - 1] << 32 | neighbour(text, end), start - 1);
}

static void
emit_fulls(const struct extractor *x)
{
    for (int32_t i = 0; i < (int32_t)x->text->count; i++)
        for (int32_t n = 1; n < 8 && x->surnames[i] >> n; n++)
            if (x->surnames[i] >> n & 1)
                emit_full(x, i, i + n);
}

/* Runs of katakana or Latin joined by ・ = or a space: how many parts, how long. */
static void
emit_parts(const struct extractor *x, int32_t start)
{
    const uint8_t *t = x->text->types;
    int32_t end = start, parts = 1;
    uint64_t capitals = t[start] == TYPE_CAPITAL;
    for (;; end++) {
        if (same_run(t[end], t[start]))
            continue;
        bool joins =
            (t[end] == TYPE_DOT || t[end] == TYPE_SPACE || t[end] == TYPE_COMMA) && same_run(t[end + 1], t[start]);
        if (!joins || parts == 5)
            break;
        capitals += t[end + 1] == TYPE_CAPITAL;
        parts++;
    }
    if (parts == 1)
        return;
    uint64_t length = end - start > 24 ? 24 : (uint64_t)(end - start);
    uint64_t shape = (uint64_t)parts << 8 | capitals << 4 | same_run(t[start], TYPE_LATIN);
    emit(x->batch, KIND_PARTS, shape, (uint64_t)t[start - 1] << 8 | t[end], start - 1);
    emit(x->batch, KIND_PARTS, shape << 8 | length, 1, start - 1);
    emit(x->batch, KIND_PARTS, shape, (uint64_t)t[start - 1] << 8 | t[end] | 1u << 20, end + 2 - NAME_ROWS);
    emit(x->batch, KIND_PARTS, shape, 1u << 21, start + 6);
}

static void
emit_run(const struct extractor *x, int32_t start, int32_t end)
{
    const struct names_text *text = x->text;
    const uint8_t *t = text->types;
    uint64_t length = end - start > 9 ? 9 : (uint64_t)(end - start);
    uint64_t shape = (uint64_t)t[start] << 8 | (uint64_t)t[end - 1] << 4 | length;
    emit(x->batch, KIND_RUN, shape, (uint64_t)t[start - 1] << 4 | t[end], start - 1);
    emit(x->batch, KIND_RUN_END, shape, (uint64_t)t[start - 1] << 4 | t[end], end + 1 - NAME_ROWS);
    uint64_t size = length < 3 ? length : length < 5 ? 3 : length < 8 ? 4 : 5;
    uint64_t whole = (uint64_t)x->wholes[start] << 8 | (uint64_t)t[start] << 4 | size;
    if (t[start] != TYPE_HIRAGANA) {
        emit(x->batch, KIND_WHOLE, whole, (uint64_t)t[start - 1] << 4 | t[end], start - 1);
        emit(x->batch, KIND_WHOLE_RIGHT, whole, neighbour(text, end) << 26 | neighbour(text, end + 1), start - 1);
        emit(x->batch, KIND_WHOLE_LEFT, whole, neighbour(text, start - 1) << 26 | neighbour(text, start - 2),
             start - 1);
    }
    emit(x->batch, KIND_RUN_RIGHT, (uint64_t)t[start] << 4 | size,
         (uint64_t)text->characters[end] << 21 | text->characters[end + 1], end + 1 - NAME_ROWS);
    emit(x->batch, KIND_RUN_LEFT, (uint64_t)t[start] << 4 | size,
         (uint64_t)text->characters[start - 1] << 21 | text->characters[start - 2], start - 1);
    if (t[start] == TYPE_KATAKANA || same_run(t[start], TYPE_LATIN))
        if (t[start - 1] != TYPE_DOT)
            emit_parts(x, start);
}

static void
emit_runs(const struct extractor *x)
{
    const uint8_t *t = x->text->types;
    for (int32_t start = 0; start < (int32_t)x->text->count;) {
        int32_t end = start + 1;
        while (same_run(t[end], t[start]) && is_script(t[start]))
            end++;
        if (is_script(t[start]))
            emit_run(x, start, end);
        start = end;
    }
}

static bool
separates(uint8_t type)
{
    return type == TYPE_SPACE || type == TYPE_COLON || type == TYPE_OPEN || type == TYPE_CLOSE || type == TYPE_BREAK ||
           type == TYPE_COMMA || type == TYPE_DOT || type == TYPE_STOP;
}

/* The two characters before a separator: 氏名：, 名前は　, （母. */
static void
emit_labels(const struct extractor *x)
{
    const struct names_text *text = x->text;
    for (int32_t i = 1; i < (int32_t)text->count; i++) {
        if (!separates(text->types[i - 1]) || separates(text->types[i]))
            continue;
        int32_t before = i - 1;
        while (before >= 0 && before > i - 4 && separates(text->types[before]))
            before--;
        uint64_t pair =
            before < 1 ? EDGE_START : (uint64_t)text->characters[before - 1] << 21 | text->characters[before];
        emit(x->batch, KIND_LABEL, pair, text->types[i - 1], i - 1);
        emit(x->batch, KIND_LABEL, pair, (uint64_t)text->types[i - 1] << 8 | (uint64_t)text->types[i] << 4 | 1u << 20,
             i);
    }
}

void
names_features(const struct name_model *model, const struct names_text *text, uint8_t *scratch,
               struct feature_batch *batch)
{
    size_t room = (size_t)text->count + 2 * NAMES_EDGE;
    memset(scratch, 0, 3 * room);
    struct extractor x = {.model = model,
                          .text = text,
                          .batch = batch,
                          .surnames = scratch,
                          .givens = scratch + room,
                          .wholes = scratch + 2 * room};
    batch->count = 0;
    emit_characters(&x);
    emit_words(&x);
    emit_fulls(&x);
    emit_runs(&x);
    emit_labels(&x);
    batch->flush(batch->context, batch->items, batch->count);
    batch->count = 0;
}
