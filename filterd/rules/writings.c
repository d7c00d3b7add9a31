#include "rules/writings.h"

#include <string.h>

#include "rules/romaji.h"
#include "rules/sheet.h"
#include "text/intake.h"
#include "text/letter.h"
#include "text/tokens.h"

enum {
    MAX_TERM_CHARACTERS = 6,  /* longer ones are sentences, which nobody takes apart */
    MAX_MIXED_CHARACTERS = 4, /* of kanji with hiragana: 殺すぞ is a word, 市長は辞めろ a sentence */
    MIN_ROMAJI_LETTERS = 5,
    MIN_ROMAJI_LETTERS_OF_KANJI = 8,     /* a reading stands for several words */
    MIN_ROMAJI_LETTERS_OF_SENTENCE = 10, /* shabu urimasu: no other language says it */
    MAX_ROMAJI_CHARACTERS = 9,
    MIN_REVERSED_KANA = 3,
    MIN_EMPHASISED_KANA = 3,
    MIN_SOUNDED_CHARACTERS = 3,
    MAX_SOUNDED_WORDS = 8,
};

/* Categories whose words are disguised: what stands in the others is recognised by its sense. */
#define DISGUISED                                                                         \
    (1u << CATEGORY_ILLEGAL | 1u << CATEGORY_DEFAMATION | 1u << CATEGORY_DISCRIMINATION | \
     1u << CATEGORY_PUBLIC_ORDER | 1u << CATEGORY_OBSCENE | 1u << CATEGORY_DISRESPECT)

/* Those that are also written in kana to hide them. */
#define SOUNDED                                                                                 \
    (DISGUISED | 1u << CATEGORY_COMMERCIAL | 1u << CATEGORY_ABETMENT | 1u << CATEGORY_PRIVACY | \
     1u << CATEGORY_MALWARE | 1u << CATEGORY_HARMFUL_LINK)

enum kind {
    KIND_NONE,
    KIND_SPLIT,
    KIND_HOMOPHONE,
    KIND_INNOCENT,
    KIND_LOOKALIKE,
    KIND_READING,
    KIND_GLYPH,
    KIND_COUNT
};

struct writing_row {
    enum kind kind;
    struct slice letters, writing; /* plain forms; innocent: `writing` is empty */
    uint64_t begin;                /* bits of the first of the letters */
};

struct writing_table {
    const struct writing_row *rows;
    size_t count;
};

/* --- the table ---------------------------------------------------------------------------------------------------- */

/* Two of 64 for each letter: a text without both has not the letter. */
static uint64_t
bits_of_letter(uint32_t letter)
{
    uint32_t mixed = letter * 0x9E3779B1u;
    return UINT64_C(1) << (mixed >> 26) | UINT64_C(1) << (mixed >> 20 & 63);
}

static uint64_t
bits_of(struct slice text)
{
    uint64_t bits = 0;
    for (uint32_t at = 0; at < text.bytes;)
        bits |= bits_of_letter(utf8_next(text, &at));
    return bits;
}

static uint64_t
begin_of(struct slice text)
{
    uint32_t at = 0;
    return text.bytes > 0 ? bits_of_letter(utf8_next(text, &at)) : 0;
}

enum { KIND, LETTERS, WRITING, NOTE, COLUMNS };

static const struct csv_column columns[COLUMNS] = {
    [KIND] = {"kind", "種類", CSV_REQUIRED},
    [LETTERS] = {"letters", "文字", CSV_REQUIRED},
    [WRITING] = {"writing", "書き方", CSV_OPTIONAL},
    [NOTE] = {"note", "メモ", CSV_OPTIONAL},
};
static const struct word kinds[KIND_COUNT] = {
    [KIND_SPLIT] = {"split", "分解"},       [KIND_HOMOPHONE] = {"homophone", "同音"},
    [KIND_INNOCENT] = {"innocent", "無害"}, [KIND_LOOKALIKE] = {"lookalike", "類似"},
    [KIND_READING] = {"reading", "読み"},   [KIND_GLYPH] = {"glyph", "字形"}};
static const struct vocabulary vocabulary_kind = {"kind", kinds, KIND_COUNT};

static enum status
read_form(struct sheet *sheet, size_t column, struct slice *form_out)
{
    struct slice plain, skeleton;
    enum status status = build_fold(sheet->build, sheet_cell(sheet, column), &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return sheet_fault(sheet, column, "this is longer than 256 bytes", "shorten it");
    if (status == STATUS_OK && skeleton.bytes == 0)
        return sheet_fault(sheet, column, "nothing is left once spaces and symbols are left out", "delete the row");
    return status == STATUS_OK ? build_keep(sheet->build, plain, form_out) : status;
}

static enum status
add_row(struct sheet *sheet, struct buffer *rows)
{
    struct writing_row row = {0};
    unsigned kind = KIND_NONE;
    enum status status = sheet_word(sheet, KIND, &vocabulary_kind, 0, &kind);
    row.kind = kind;
    if (status == STATUS_OK)
        status = read_form(sheet, LETTERS, &row.letters);
    row.begin = begin_of(row.letters);
    if (status == STATUS_OK && row.kind == KIND_INNOCENT && sheet_cell(sheet, WRITING).bytes)
        return sheet_fault(sheet, WRITING, "an innocent word has no other writing", "empty the cell");
    if (status == STATUS_OK && row.kind != KIND_INNOCENT)
        status = read_form(sheet, WRITING, &row.writing);
    if (status == STATUS_OK) {
        buffer_append(rows, &row, sizeof(row));
        status = rows->failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    return status;
}

enum status
writings_read(struct build *build, struct slice raw, const char *file, struct writing_table **table_out)
{
    struct sheet sheet;
    struct buffer rows;
    const void *kept = NULL;
    enum status status = sheet_open(&sheet, build, raw, file, columns, COLUMNS);
    if (status != STATUS_OK)
        return status;
    buffer_init(&rows);
    while (status == STATUS_OK && (status = sheet_next(&sheet)) == STATUS_OK)
        status = add_row(&sheet, &rows);
    sheet_close(&sheet);
    status = status == STATUS_NOT_FOUND ? build_keep_array(build, &rows, &kept) : status;
    struct writing_table *table = status == STATUS_OK ? arena_alloc(build->arena, sizeof(*table)) : NULL;
    if (table) {
        *table = (struct writing_table){kept, rows.bytes / sizeof(struct writing_row)};
        *table_out = table;
    } else if (status == STATUS_OK) {
        status = STATUS_NO_MEMORY;
    }
    buffer_fini(&rows);
    return status;
}

/* --- what a writing must not be ----------------------------------------------------------------------------------- */

/* A term on its way to its writings. */
struct maker {
    struct build *build;
    const struct term *term;
    uint32_t index;
    struct buffer *writings;
    struct literals_builder *literals;
    enum status status;
};

static bool
is_innocent(const struct writing_table *table, struct slice plain)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].kind == KIND_INNOCENT && slice_equal(table->rows[i].letters, plain))
            return true;
    return false;
}

/* Whether MeCab reads `plain` as one word it knows, or as a row of known words of two letters and more. */
static bool
is_known(struct maker *maker, struct slice plain)
{
    struct tokens tokens;
    maker->status = tokenizer_run(maker->build->tokenizer, maker->build->scratch, plain, &tokens);
    if (maker->status != STATUS_OK)
        return true;
    bool known = tokens.count > 0;
    for (size_t i = 0; i < tokens.count; i++) {
        struct slice text = slice_sub(plain, tokens.items[i].span);
        known &= token_reading(tokens.items[i].feature) && (tokens.count == 1 || utf8_count(text) > 1);
    }
    return known;
}

/* The same, also in the other kind of kana: こんま is no word, コンマ is. */
static bool
is_word(struct maker *maker, struct slice plain)
{
    uint8_t other[BUILD_MAX_LITERAL_BYTES];
    uint32_t count = 0;
    if (is_known(maker, plain))
        return true;
    for (uint32_t at = 0; at < plain.bytes && count + 4 <= sizeof(other);) {
        uint32_t c = utf8_next(plain, &at);
        bool is_hiragana = c >= 0x3041 && c <= 0x3096;
        count += utf8_put(is_hiragana ? c + 0x60 : c >= 0x30A1 && c <= 0x30F6 ? c - 0x60 : c, other + count);
    }
    struct slice in_other = {other, count};
    return !slice_equal(in_other, plain) && is_known(maker, in_other);
}

static void
add(struct maker *maker, enum writing_trick trick, const uint8_t *text, size_t bytes)
{
    struct build *build = maker->build;
    struct slice plain, skeleton, kept;
    struct term_writing writing = {.term = maker->index, .trick = trick};
    if (maker->status != STATUS_OK)
        return;
    enum status status = build_fold(build, (struct slice){text, bytes}, &plain, &skeleton);
    if (status == STATUS_TOO_LARGE)
        return;
    maker->status = status;
    if (status != STATUS_OK || utf8_count(skeleton) < 2 || slice_equal(plain, maker->term->plain) ||
        is_innocent(build->writing_table, plain)) {
        return;
    }
    maker->status = build_keep(build, skeleton, &kept);
    if (maker->status == STATUS_OK)
        maker->status = build_keep(build, plain, &writing.plain);
    bool may_be_word = trick == WRITING_ROMAJI || trick == WRITING_READING; /* the message shows which it is */
    if (maker->status != STATUS_OK || (!may_be_word && is_word(maker, writing.plain)))
        return;
    uint32_t index = (uint32_t)(maker->writings->bytes / sizeof(writing));
    uint8_t role = trick == WRITING_READING ? USE_READING : USE_WRITING;
    buffer_append(maker->writings, &writing, sizeof(writing));
    maker->status = maker->writings->failed
                        ? STATUS_NO_MEMORY
                        : literals_add(maker->literals, build, kept, (struct use){.role = role, .index = index});
}

/* --- the writings ------------------------------------------------------------------------------------------------- */

/* How many letters of each script. */
struct scripts {
    unsigned hiragana, katakana, kanji, others;
};

static struct scripts
count_scripts(struct slice text)
{
    struct scripts scripts = {0};
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t c = utf8_next(text, &at);
        scripts.hiragana += letter_is_hiragana(c);
        scripts.katakana += letter_is_katakana(c);
        scripts.kanji += letter_is_kanji(c);
        scripts.others += !letter_is_hiragana(c) && !letter_is_katakana(c) && !letter_is_kanji(c);
    }
    return scripts;
}

/* One word of a term, and what it is in kana. */
struct sounded {
    struct slice own, kana; /* kana empty: its reading is not known */
    bool has_kanji;
};

/* The words of a term as MeCab and the table see them; none when there are too many, or one with kanji is not known. */
struct sounding {
    struct sounded words[MAX_SOUNDED_WORDS];
    size_t count;
    uint8_t kana[BUILD_MAX_LITERAL_BYTES]; /* of all words, one behind the other */
    size_t bytes;
};

/* What IPADIC knows of a word; empty when it does not. */
static struct slice
known_kana(const char *feature)
{
    const char *reading = token_reading(feature);
    return (struct slice){(const uint8_t *)reading, reading ? strcspn(reading, ",") : 0};
}

/* The longest row of the table that is read as one from word `first` on, to the end of another (顔射, to MeCab 顔 and
 * 射): `*last_out` is that word. NULL when there is none. */
static const struct writing_row *
find_compound(const struct writing_table *table, struct slice plain, const struct tokens *tokens, size_t first,
              size_t *last_out)
{
    const struct writing_row *found = NULL;
    uint32_t start = tokens->items[first].span.start;
    uint64_t begin = begin_of(slice_sub(plain, tokens->items[first].span));
    for (size_t i = 0; i < table->count; i++) {
        const struct writing_row *row = &table->rows[i];
        size_t bytes = row->letters.bytes;
        bool is_here = row->kind == KIND_READING && row->begin == begin && start + bytes <= plain.bytes &&
                       memcmp(plain.data + start, row->letters.data, bytes) == 0;
        for (size_t last = first; is_here && last < tokens->count; last++) {
            if (tokens->items[last].span.end == start + bytes && (!found || bytes > found->letters.bytes)) {
                found = row;
                *last_out = last;
            }
        }
    }
    return found;
}

static bool
add_word(struct sounding *sounding, struct slice own, struct slice kana, bool has_kanji)
{
    uint8_t *at = sounding->kana + sounding->bytes;
    if (sounding->count == MAX_SOUNDED_WORDS || kana.bytes == 0 ||
        sounding->bytes + kana.bytes > sizeof(sounding->kana))
        return false;
    memcpy(at, kana.data, kana.bytes);
    sounding->words[sounding->count++] = (struct sounded){own, {at, kana.bytes}, has_kanji};
    sounding->bytes += kana.bytes;
    return true;
}

static void
sound_words(struct maker *maker, struct sounding *sounding)
{
    struct tokens tokens;
    struct slice plain = maker->term->plain;
    maker->status = tokenizer_run(maker->build->tokenizer, maker->build->scratch, plain, &tokens);
    if (maker->status != STATUS_OK)
        return;
    for (size_t i = 0, last = 0; i < tokens.count; i = last + 1) {
        const struct writing_row *row = find_compound(maker->build->writing_table, plain, &tokens, i, &last);
        last = row ? last : i;
        struct slice own = slice_sub(plain, (struct span){tokens.items[i].span.start, tokens.items[last].span.end});
        bool has_kanji = count_scripts(own).kanji > 0;
        struct slice kana = row ? row->writing : has_kanji ? known_kana(tokens.items[i].feature) : own;
        if (!add_word(sounding, own, kana, has_kanji)) {
            sounding->count = sounding->bytes = 0;
            return;
        }
    }
}

/* Whether it is a word rather than a sentence. */
static bool
is_short(struct scripts scripts)
{
    return !scripts.others && (!(scripts.kanji || scripts.katakana) || scripts.hiragana == 0 ||
                               scripts.kanji + scripts.katakana + scripts.hiragana <= MAX_MIXED_CHARACTERS);
}

static void
add_romaji(struct maker *maker, struct scripts scripts, const struct sounding *sounding)
{
    char letters[ROMAJI_STYLE_COUNT][BUILD_MAX_LITERAL_BYTES];
    size_t counts[ROMAJI_STYLE_COUNT];
    struct slice kana = scripts.kanji ? (struct slice){sounding->kana, sounding->bytes} : maker->term->plain;
    for (unsigned style = 0; style < ROMAJI_STYLE_COUNT; style++) {
        bool is_repeated = false;
        counts[style] = romaji_write(kana, style, letters[style], sizeof(letters[style]));
        for (unsigned before = 0; before < style; before++)
            is_repeated |= counts[before] == counts[style] && !memcmp(letters[before], letters[style], counts[style]);
        size_t least = !is_short(scripts) ? MIN_ROMAJI_LETTERS_OF_SENTENCE
                       : scripts.kanji    ? MIN_ROMAJI_LETTERS_OF_KANJI
                                          : MIN_ROMAJI_LETTERS;
        if (counts[style] >= least && !is_repeated)
            add(maker, WRITING_ROMAJI, (const uint8_t *)letters[style], counts[style]);
    }
}

static void
add_reversed(struct maker *maker, struct scripts scripts)
{
    struct slice plain = maker->term->plain;
    uint8_t reversed[BUILD_MAX_LITERAL_BYTES];
    unsigned kana = scripts.hiragana + scripts.katakana;
    size_t count = plain.bytes;
    if (scripts.others || plain.bytes > sizeof(reversed) || (scripts.kanji == 0 && kana < MIN_REVERSED_KANA) ||
        (scripts.kanji == 1 && kana < MIN_REVERSED_KANA)) {
        return;
    }
    for (uint32_t at = 0, start = 0; at < plain.bytes; start = at) {
        utf8_next(plain, &at);
        count -= at - start;
        memcpy(reversed + count, plain.data + start, at - start);
    }
    add(maker, WRITING_REVERSED, reversed, plain.bytes);
}

/* うっせろ: a pause behind the first kana, before a consonant that can be held. */
static void
add_emphasised(struct maker *maker, struct scripts scripts)
{
    struct slice plain = maker->term->plain;
    uint8_t text[BUILD_MAX_LITERAL_BYTES];
    const char *pause = scripts.katakana ? "ッ" : "っ";
    unsigned kana = scripts.hiragana + scripts.katakana;
    if (scripts.kanji || scripts.others || (scripts.hiragana && scripts.katakana) || kana < MIN_EMPHASISED_KANA)
        return;
    uint32_t at = 0, behind = 0;
    utf8_next(plain, &at);
    behind = at;
    if (!utf8_is_among(letter_kana(utf8_next(plain, &behind)),
                       "かきくけこさしすせそたちてとはひふへほざばびぶべぼめもろ"))
        return;
    size_t pause_bytes = strlen(pause);
    memcpy(text, plain.data, at);
    memcpy(text + at, pause, pause_bytes);
    memcpy(text + at + pause_bytes, plain.data + at, plain.bytes - at);
    add(maker, WRITING_EMPHASIS, text, plain.bytes + pause_bytes);
}

/* The words `from` to `to` in kana, the others as they are. */
static void
add_sounded(struct maker *maker, const struct sounding *sounding, size_t from, size_t to)
{
    const struct sounded *words = sounding->words;
    uint8_t text[BUILD_MAX_LITERAL_BYTES];
    size_t bytes = 0;
    for (size_t i = 0; i < sounding->count; i++) {
        struct slice part = i >= from && i <= to ? words[i].kana : words[i].own;
        if (bytes + part.bytes > sizeof(text))
            return;
        memcpy(text + bytes, part.data, part.bytes);
        bytes += part.bytes;
    }
    bool is_short = from == to && utf8_count(words[from].kana) < 2; /* 殺 of a stem is read ヤ */
    if (!is_short && utf8_count((struct slice){text, bytes}) >= MIN_SOUNDED_CHARACTERS)
        add(maker, WRITING_READING, text, bytes);
}

/* Kana for kanji: every row of words that begins and ends with one that has them. */
static void
add_readings(struct maker *maker, const struct sounding *sounding)
{
    const struct sounded *words = sounding->words;
    for (size_t from = 0; from < sounding->count; from++) {
        for (size_t to = from; to < sounding->count && words[from].has_kanji && maker->status == STATUS_OK; to++)
            if (words[to].has_kanji)
                add_sounded(maker, sounding, from, to);
    }
}

/* Replaces `letters` by `writing` everywhere. The bytes, or 0 when the letters do not occur or the room is too small.
 */
static size_t
replace(struct slice text, const struct writing_row *row, uint8_t out[BUILD_MAX_LITERAL_BYTES])
{
    size_t count = 0;
    bool is_replaced = false;
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t next = at;
        bool here =
            at + row->letters.bytes <= text.bytes && memcmp(text.data + at, row->letters.data, row->letters.bytes) == 0;
        utf8_next(text, &next);
        struct slice part = here ? row->writing : (struct slice){text.data + at, next - at};
        if (count + part.bytes > BUILD_MAX_LITERAL_BYTES)
            return 0;
        memcpy(out + count, part.data, part.bytes);
        count += part.bytes;
        at = here ? at + (uint32_t)row->letters.bytes : next;
        is_replaced |= here;
    }
    return is_replaced ? count : 0;
}

/* Each row by itself, and all kanji taken apart together. */
static void
add_replaced(struct maker *maker)
{
    static const enum writing_trick trick_of[KIND_COUNT] = {
        [KIND_SPLIT] = WRITING_SPLIT, [KIND_HOMOPHONE] = WRITING_HOMOPHONE, [KIND_GLYPH] = WRITING_GLYPH};
    const struct writing_table *table = maker->build->writing_table;
    uint8_t text[BUILD_MAX_LITERAL_BYTES], all[BUILD_MAX_LITERAL_BYTES];
    struct slice whole = maker->term->plain;
    uint64_t letters = bits_of(whole);
    unsigned parts = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct writing_row *row = &table->rows[i];
        if (!trick_of[row->kind] || (letters & row->begin) != row->begin)
            continue;
        size_t bytes = replace(maker->term->plain, row, text);
        if (bytes)
            add(maker, trick_of[row->kind], text, bytes);
        bytes = row->kind == KIND_SPLIT ? replace(whole, row, text) : 0;
        if (bytes) {
            memcpy(all, text, bytes);
            whole = (struct slice){all, bytes};
            letters |= bits_of(row->writing);
            parts++;
        }
    }
    if (parts > 1)
        add(maker, WRITING_SPLIT, whole.data, whole.bytes);
}

enum status
writings_add(struct build *build, const struct term *term, uint32_t index, struct buffer *writings,
             struct literals_builder *literals)
{
    struct maker maker = {.build = build, .term = term, .index = index, .writings = writings, .literals = literals};
    if (!build->writing_table || build->writing_table->count == 0 || term->severity < SEVERITY_MEDIUM)
        return STATUS_OK;
    struct scripts scripts = count_scripts(term->plain);
    struct sounding sounding;
    sounding.count = sounding.bytes = 0;
    if (scripts.kanji && SOUNDED >> term->category & 1)
        sound_words(&maker, &sounding);
    if (maker.status == STATUS_OK)
        add_readings(&maker, &sounding);
    size_t characters = utf8_count(term->plain);
    bool is_disguised = DISGUISED >> term->category & 1;
    if (maker.status == STATUS_OK && is_disguised && !scripts.others && characters <= MAX_ROMAJI_CHARACTERS)
        add_romaji(&maker, scripts, &sounding);
    if (!(SOUNDED >> term->category & 1) || characters > MAX_TERM_CHARACTERS)
        return maker.status;
    if (maker.status == STATUS_OK && is_disguised && is_short(scripts))
        add_reversed(&maker, scripts);
    if (maker.status == STATUS_OK && is_disguised)
        add_emphasised(&maker, scripts);
    if (maker.status == STATUS_OK)
        add_replaced(&maker);
    return maker.status;
}

/* --- names that pass for others ----------------------------------------------------------------------------------- */

static enum status
add_impostor(struct build *build, struct slice text, struct buffer *impostors, struct literals_builder *literals)
{
    struct slice plain, skeleton, kept, kept_skeleton;
    enum status status = build_fold(build, text, &plain, &skeleton);
    if (status != STATUS_OK)
        return status == STATUS_TOO_LARGE ? STATUS_OK : status;
    status = build_keep(build, plain, &kept);
    if (status == STATUS_OK)
        status = build_keep(build, skeleton, &kept_skeleton);
    if (status != STATUS_OK || kept_skeleton.bytes == 0)
        return status;
    uint32_t index = (uint32_t)(impostors->bytes / sizeof(kept));
    buffer_append(impostors, &kept, sizeof(kept));
    return impostors->failed
               ? STATUS_NO_MEMORY
               : literals_add(literals, build, kept_skeleton, (struct use){.role = USE_IMPOSTOR, .index = index});
}

enum status
writings_add_impostors(struct build *build, struct slice name, struct buffer *impostors,
                       struct literals_builder *literals)
{
    const struct writing_table *table = build->writing_table;
    uint8_t text[BUILD_MAX_LITERAL_BYTES];
    enum status status = STATUS_OK;
    for (size_t i = 0; table && i < table->count && status == STATUS_OK; i++) {
        size_t bytes = table->rows[i].kind == KIND_LOOKALIKE ? replace(name, &table->rows[i], text) : 0;
        if (bytes)
            status = add_impostor(build, (struct slice){text, bytes}, impostors, literals);
    }
    return status;
}
