#include "scan/names_features.h"

/* What a feature is about; part of its hash. */
enum feature_kind {
    KIND_1 = 1,
    KIND_2,
    KIND_3,
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
    x ^= x >> 29;
    __builtin_prefetch(batch->slots + weight_home(x, batch->slot_count));
    batch->items[batch->count++] = (struct feature){x, at, (uint8_t)kind};
    if (batch->count == NAMES_BATCH) {
        batch->flush(batch->context, batch->items, NAMES_BATCH);
        batch->count = 0;
    }
}

static void
emit_characters(const struct extractor *x)
{
    const uint32_t *c = x->text->characters;
    for (int32_t i = -1; i <= (int32_t)x->text->count; i++) {
        uint64_t pair = (uint64_t)c[i] << 21 | c[i + 1];
        emit(x->batch, KIND_1, c[i], 0, i - 3);
        emit(x->batch, KIND_2, pair, 0, i - 3);
        emit(x->batch, KIND_3, pair << 21 | c[i + 2], 0, i - 3);
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

static inline uint64_t
pair_hash(const uint32_t *characters)
{
    return word_hash(word_hash(0, characters[0]), characters[1]);
}

enum { BEGINS = 32 /* looked up together */, WORD_MOST = 15 /* characters */ };

/* What the dictionary has of the words that begin at a character. */
struct begin {
    uint64_t hash; /* of the first two characters */
    uint32_t line, entry;
    uint8_t single; /* set of the word of one character */
};

struct found_words {
    unsigned count;
    struct {
        int32_t at;
        uint32_t length, set;
    } items[BEGINS * WORD_MOST + 1];
};

/* Stays only where it is a word: without a branch, which the processor could not guess. */
static inline void
put_word(struct found_words *words, int32_t at, uint32_t length, uint32_t set)
{
    words->items[words->count].at = at;
    words->items[words->count].length = length;
    words->items[words->count].set = set;
    words->count += set != 0;
}

/* Words lie anywhere in a table larger than the cache: all that begin here are asked for before the first is looked
 * at, then those longer ones that stand in other lines than their pairs. */
static void
look_up_begins(const struct name_model *model, const uint32_t *characters, uint32_t count, struct begin *begins)
{
    for (uint32_t i = 0; i < count; i++) {
        begins[i].hash = pair_hash(characters + i);
        begins[i].line = word_line(model, begins[i].hash);
        begins[i].single = characters[i] < WORD_SINGLES ? model->singles[characters[i]] : 0;
        __builtin_prefetch(model->words[begins[i].line]);
    }
    for (uint32_t i = 0; i < count; i++) {
        begins[i].entry = word_entry(model, begins[i].line, begins[i].hash);
        if (begins[i].entry & WORD_SCATTERED) {
            uint64_t three = word_hash(begins[i].hash, characters[i + 2]);
            __builtin_prefetch(model->words[word_line(model, three)]);
            __builtin_prefetch(model->words[word_line(model, word_hash(three, characters[i + 3]))]);
        }
    }
}

/* The words that begin at `at`; all of a pair's stand in one line unless it has many. */
static inline void
find_words_at(const struct extractor *x, int32_t at, const struct begin *begin, struct found_words *words)
{
    const uint32_t *characters = x->text->characters + at;
    uint32_t left = x->text->count - (uint32_t)at, entry = left > 1 ? begin->entry : 0;
    uint32_t longest = WORD_LONGEST(entry) < left ? WORD_LONGEST(entry) : left;
    uint64_t hash = begin->hash;
    bool scattered = entry & WORD_SCATTERED;
    put_word(words, at, 1, begin->single);
    put_word(words, at, 2, entry & 255);
    for (uint32_t n = 3; n <= longest; n++) {
        hash = word_hash(hash, characters[n - 1]);
        entry = word_entry(x->model, scattered ? word_line(x->model, hash) : begin->line, hash);
        put_word(words, at, n, entry & 255);
        if (scattered && n == 3)
            longest = WORD_LONGEST(entry) < longest ? WORD_LONGEST(entry) : longest;
    }
}

/* Every word of the dictionary, wherever it begins. */
static void
emit_words(const struct extractor *x)
{
    struct begin begins[BEGINS];
    struct found_words words;
    for (uint32_t from = 0; from < x->text->count; from += BEGINS) {
        uint32_t count = x->text->count - from < BEGINS ? x->text->count - from : BEGINS;
        look_up_begins(x->model, x->text->characters + from, count, begins);
        words.count = 0;
        for (uint32_t i = 0; i < count; i++)
            find_words_at(x, (int32_t)(from + i), &begins[i], &words);
        for (unsigned i = 0; i < words.count; i++)
            emit_word(x, words.items[i].at, words.items[i].length, words.items[i].set);
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
            before < 1 ? NAMES_EDGE : (uint64_t)text->characters[before - 1] << 21 | text->characters[before];
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
    batch->slots = model->slots;
    batch->slot_count = model->numbers.slots;
    emit_characters(&x);
    emit_words(&x);
    emit_fulls(&x);
    emit_runs(&x);
    emit_labels(&x);
    batch->flush(batch->context, batch->items, batch->count);
    batch->count = 0;
}
