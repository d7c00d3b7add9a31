#include "text/letters.h"

#include <stddef.h>

#include "text/intake.h"
#include "text/view_four.h"

#define LONG_VOWEL_SIGN 0x30FCu
#define KANJI_ONE 0x4E00u
#define DITTO_MARK 0x3003u
#define LAST_CYRILLIC 0x4FFu

/* What looks like a kana, as that kana; sorted by code point. */
static const struct {
    uint16_t own, code;
} look_alikes[] = {
    {u'±', u'さ'},  {u'ζ', u'ろ'},  {u'ι', u'し'},  {u'ξ', u'そ'},  {u'σ', u'の'},  {u'τ', u'て'},  {u'ω', u'ん'},
    {u'з', u'ろ'},  {u'∃', u'よ'},  {u'∋', u'よ'},  {u'∧', u'へ'},  {u'∪', u'し'},  {u'⊃', u'つ'},  {u'⊇', u'こ'},
    {u'├', u'と'},  {u'┠', u'と'},  {u'〆', u'め'}, {u'ㄇ', u'ま'}, {u'ㄋ', u'ろ'}, {u'ㄌ', u'か'}, {u'ㄑ', u'く'},
    {u'ㄒ', u'と'}, {u'ㄘ', u'ち'}, {u'ㄙ', u'む'}, {u'ㄚ', u'や'}, {u'ㄜ', u'さ'}, {u'ㄝ', u'せ'}, {u'ㄟ', u'へ'},
    {u'ㄡ', u'ぬ'}, {u'ㄦ', u'る'}, {u'ㅁ', u'ろ'}, {u'ㅅ', u'へ'}, {u'ㅈ', u'す'}, {u'ㅏ', u'と'}, {u'ㆲ', u'え'},
    {u'七', u'せ'}, {u'三', u'み'}, {u'世', u'せ'}, {u'丿', u'の'}, {u'乂', u'め'}, {u'乃', u'の'}, {u'了', u'あ'},
    {u'二', u'に'}, {u'于', u'ち'}, {u'亻', u'い'}, {u'儿', u'る'}, {u'八', u'は'}, {u'刀', u'か'}, {u'力', u'か'},
    {u'勹', u'く'}, {u'匕', u'ひ'}, {u'千', u'ち'}, {u'卜', u'と'}, {u'厶', u'む'}, {u'又', u'す'}, {u'口', u'ろ'},
    {u'囗', u'ろ'}, {u'夕', u'た'}, {u'工', u'え'}, {u'干', u'ち'}, {u'彡', u'み'}, {u'才', u'お'}, {u'木', u'ほ'},
    {u'毛', u'も'}, {u'礻', u'ね'},
};

/* Two letters that are one together. */
static const uint16_t pairs[][3] = {
    {u'ㄆ', u'ㄡ', u'ぬ'}, {u'ㄊ', u'ㄙ', u'む'}, {u'ㄎ', u'ㄘ', u'ち'}, {u'ㄛ', u'ㄜ', u'さ'}, {u'ㄝ', u'ㆥ', u'せ'},
};

/* Signs that are one letter together, in the plain form of gal-moji (ﾚヽ, カゝ); the second is what is rare. What they
 * begin with stands in view_tables.c. */
static const uint16_t gal_pairs[][3] = {
    {u'レ', u'ヽ', u'い'}, {u'レ', u'丶', u'い'}, {u'レ', u'ゝ', u'い'}, {u'カ', u'ゝ', u'か'}, {u'カ', u'ヽ', u'か'},
    {u'カ', u'丶', u'か'}, {u'レ', u'£', u'は'},  {u'l', u'£', u'は'},   {u'й', u'ё', u'ね'},   {u'м', u'а', u'ま'},
    {u'レ', u'ナ', u'け'}, {u'レ', u'こ', u'に'}, {u'ノ', u'レ', u'る'}, {u'イ', u'ヽ', u'い'}, {u'ヘ', u'ヽ', u'べ'},
    {u'ノ', u'ヽ', u'は'}, {u'ノ', u'丶', u'は'}, {u'レ', u'ょ', u'は'}, {u'ナ', u'ょ', u'な'}, {u'カ', u'ヾ', u'が'},
    {u'カ', u'ゞ', u'が'}, {u'ノ', u'ヾ', u'ば'}, {u'ノ', u'ゞ', u'ば'},
};
#define ORNAMENT_BYTES 4 /* of the message for one digit: no digit that is only a digit has so many */

struct letters_maker {
    struct letter *items;
    size_t count;
    uint32_t newest; /* code of the newest letter; 0 = none */
    uint16_t gap;    /* LETTER_GAP, LETTER_BREAK, LETTER_WEDGE, LETTER_STOP before the next letter */
    uint16_t seen;   /* traits of all letters together */
    enum { MARKS_UNREAD, MARKS_VOICE, MARKS_QUOTE } marks; /* what " and ” of the text are */
    const struct view *view;                               /* of the text; NULL = none */
};

/* Katakana that are read for each other (ン ソ, ツ シ, ヌ ス, ユ コ, ワ ク): the first has the code of the second. */
#define TWINS 5
static const uint16_t twins[TWINS][2] = {
    {u'ん', u'そ'}, {u'つ', u'し'}, {u'ぬ', u'す'}, {u'ゆ', u'こ'}, {u'わ', u'く'}};

static inline uint32_t
without_twins(uint32_t kana)
{
    uint32_t code = kana;
    for (unsigned i = 0; i < TWINS; i++)
        code = kana == twins[i][0] ? twins[i][1] : code;
    return code;
}

static uint32_t
looks_like(uint32_t own)
{
    size_t low = 0, high = sizeof(look_alikes) / sizeof(look_alikes[0]);

    if (letter_is_katakana(own)) /* most that are asked for: ン ソ ツ シ … */
        return 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (look_alikes[middle].own == own)
            return look_alikes[middle].code;
        if (look_alikes[middle].own < own)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static bool
is_foreign_sign(uint32_t own)
{
    return (own >= 0x3105 && own <= 0x312F) || (own >= 0x31A0 && own <= 0x31BF) || (own >= 0x3131 && own <= 0x3163);
}

static bool
is_japanese(uint32_t c)
{
    return letter_is_hiragana(c) || letter_is_katakana(c) || letter_is_kanji(c);
}

/* The vowel that the kana ends in, as code point of its hiragana; 0 for ん and others. */
static uint32_t
vowel_of(uint32_t kana)
{
    static const char *const rows[] = {"あかさたなはまやらわがざだばぱ", "いきしちにひみりぎじぢびぴ",
                                       "うくすつぬふむゆるぐずづぶぷ", "えけせてねへめれげぜでべぺ",
                                       "おこそとのほもよろをごぞどぼぽ"};
    static const uint16_t vowels[] = {u'あ', u'い', u'う', u'え', u'お'};
    for (size_t row = 0; row < 5; row++) {
        for (const uint8_t *at = (const uint8_t *)rows[row]; *at; at += 3)
            if (utf8_decode(at, 3) == kana)
                return vowels[row];
    }
    return 0;
}

static bool
is_small_vowel(uint32_t own)
{
    uint32_t hiragana = letter_is_katakana(own) ? own - 0x60 : own;
    return hiragana >= 0x3041 && hiragana <= 0x3049 && hiragana % 2 == 1;
}

/* The last letter goes on to `end`. */
static void
draw_out(struct letters_maker *maker, uint32_t end, unsigned weight, bool is_disguise)
{
    struct letter *last = &maker->items[maker->count - 1];
    last->end = end;
    last->extra = (uint8_t)(last->extra + weight > 255 ? 255 : last->extra + weight);
    last->traits |= LETTER_LONG | (is_disguise ? LETTER_DISGUISE : 0);
    maker->seen |= last->traits;
}

static bool
ends_in_vowel(const struct letter *letter, uint32_t own)
{
    bool is_kana = letter_is_hiragana(letter->own) || letter_is_katakana(letter->own);
    return is_kana && vowel_of(letter_kana(letter->own)) == letter_kana(own);
}

/* しいいいね: a vowel said three times behind a kana that ends in it is no letter of its own. */
static bool
joins_vowels(struct letters_maker *maker, uint32_t own, uint32_t code, uint32_t end)
{
    struct letter *last = &maker->items[maker->count - 1];
    if (last->code != code && code == maker->newest && last->traits & LETTER_LONG && ends_in_vowel(last, own)) {
        draw_out(maker, end, 1, true); /* the fourth */
        return true;
    }
    bool is_third = last->code == code && (last->traits & ~LETTER_DISGUISE) == LETTER_LONG && maker->count > 1;
    if (!is_third || !ends_in_vowel(last - 1, own) || vowel_of(letter_kana(own)) != letter_kana(own))
        return false;
    maker->count--;
    draw_out(maker, end, 3, true);
    return true;
}

/* Whether `own` only draws out the letter before it, which it then does. */
static bool
draws_out(struct letters_maker *maker, uint32_t own, uint32_t code, uint32_t end)
{
    if (maker->count == 0)
        return false;
    const struct letter *last = &maker->items[maker->count - 1];
    bool is_kana = letter_is_hiragana(last->own) || letter_is_katakana(last->own);
    bool is_sign = last->traits & LETTER_LIKE || last->code == LETTER_ANY;
    if (code == LONG_VOWEL_SIGN && (is_kana || is_sign || letter_is_kanji(last->own))) {
        draw_out(maker, end, 1, true);
        return true;
    }
    if (own == KANJI_ONE && (letter_is_katakana(last->own) || last->traits & LETTER_LIKE)) {
        draw_out(maker, end, 1, true);
        maker->items[maker->count - 1].traits |= LETTER_STROKE;
        return true;
    }
    if (is_kana && !maker->gap && is_small_vowel(own) && vowel_of(letter_kana(last->own)) == letter_kana(own)) {
        draw_out(maker, end, 2, true);
        return true;
    }
    if (is_kana && joins_vowels(maker, own, code, end))
        return true;
    bool is_repeated = code == last->code && is_japanese(own) && letter_kana(own) == letter_kana(last->own) &&
                       letter_is_katakana(own) == letter_is_katakana(last->own);
    if (is_repeated)
        draw_out(maker, end, letter_is_hiragana(own) ? 1 : 2, last->extra > 0 || !letter_is_hiragana(own));
    return is_repeated;
}

static inline void
add(struct letters_maker *maker, struct letter letter)
{
    if (maker->gap) {
        letter.traits |= maker->gap;
        if (maker->gap & (LETTER_BREAK | LETTER_WEDGE) && maker->count)
            letter.traits |= LETTER_DISGUISE;
        maker->gap = 0;
    }
    maker->seen |= letter.traits;
    maker->newest = letter.code;
    maker->items[maker->count++] = letter;
}

static uint32_t
next_own(struct slice text, uint32_t at)
{
    return at < text.bytes ? utf8_decode(text.data + at, utf8_length(text.data[at])) : 0;
}

static bool
follows_japanese(const struct letters_maker *maker)
{
    return maker->count && !maker->gap && is_japanese(maker->items[maker->count - 1].own);
}

/* Behind a sign that begins at `at`: all of it that is the same. */
static uint32_t
run_end(struct slice text, uint32_t at)
{
    uint8_t byte = text.data[at];
    while (at < text.bytes && text.data[at] == byte)
        at++;
    return at;
}

/* (笑), (爆) at `at`; 0 when it is none. */
static uint32_t
laugh_end(struct slice text, uint32_t at)
{
    if (at + 5 > text.bytes || text.data[at + 4] != ')')
        return 0;
    switch (next_own(text, at + 1)) {
    case u'笑':
    case u'爆':
    case u'泣':
    case u'汗':
    case u'怒':
        return at + 5;
    default:
        return 0;
    }
}

/* Where what is wedged between two letters at `at` ends; 0 when nothing is. */
static uint32_t
wedge_end(const struct letters_maker *maker, struct slice text, uint32_t at, uint32_t own)
{
    uint32_t end = 0;
    if (!maker->count || !is_japanese(maker->items[maker->count - 1].own))
        return 0;
    if (own == u'、' || own == u'。' || own == '!') {
        end = own == '!' ? run_end(text, at) : at + 3;
        end = is_japanese(next_own(text, end)) ? end : 0;
    } else if (own == 'w') {
        end = run_end(text, at);
    } else if (own == '(') {
        end = laugh_end(text, at);
    } else if (own >= '0' && own <= '9' && maker->view) {
        struct span from = view_to_parent(maker->view, (struct span){at, at + 1});
        end = from.end - from.start >= ORNAMENT_BYTES ? at + 1 : 0;
    }
    return end;
}

/* Hiragana with which most sentences end, before their ? or ...: ですか?, かねえ... */
static bool
ends_sentence(uint32_t c)
{
    return utf8_is_among(c, "かがけさしすぞただでとなにねのはもよるわをんいえぇ");
}

/* ゴ?、 無・だ: a sign of punctuation between two letters. Between every two (カ-ト-ウ) it only parts them. */
static uint32_t
faint_mask_end(const struct letters_maker *maker, struct slice text, uint32_t at, uint32_t own)
{
    uint32_t end = at + utf8_length(text.data[at]);
    if ((own != '?' && own != '-' && own != u'・' && own != '.') || !follows_japanese(maker))
        return 0;
    if (own == '.')
        end = run_end(text, at);
    uint32_t next = next_own(text, end);
    bool is_dot = own == '.' && end < at + 2;
    const struct letter *last = &maker->items[maker->count - 1];
    bool is_name = own == u'・' && letter_is_katakana(last->own) && letter_is_katakana(next);
    bool is_parting = last->traits & LETTER_GAP || next_own(text, end + 3) == own;
    bool is_end = (own == '?' || own == '.') && ends_sentence(last->own);
    return is_dot || is_name || is_parting || is_end || !is_japanese(next) ? 0 : end;
}

static bool
is_dash(uint32_t own)
{
    return own == '-' || (own >= 0x2010 && own <= 0x2015) || own == 0x2212 || own == 0x2500;
}

/* オナニ―, ハ―フ: a dash behind katakana is their ー, but not between every two letters (カ―ト―ウ); the hyphen, which
 * also parts or hides letters, only where no more katakana follow. */
static bool
is_long_vowel(const struct letters_maker *maker, struct slice text, uint32_t own, uint32_t end)
{
    if (maker->count == 0 || maker->gap || !letter_is_katakana(maker->items[maker->count - 1].own))
        return false;
    uint32_t next = next_own(text, end);
    return next != own && (letter_is_katakana(next) ? own != '-' && next_own(text, end + 3) != own : next != 0);
}

/* x and o are letters of words; beside Japanese they hide one. */
static bool
is_mask(const struct letters_maker *maker, struct slice text, uint32_t entry, uint32_t own, uint32_t end)
{
    if (!(entry & HINT_MASK))
        return false;
    if (own != 'x' && own != 'o')
        return true;
    uint32_t next = next_own(text, end);
    return follows_japanese(maker) && !(next >= 'a' && next <= 'z') && !(next >= '0' && next <= '9');
}

/* Marks that stand apart join the kana before them; false when none fits. */
static bool
join_mark(struct letters_maker *maker, uint32_t flags, uint32_t end)
{
    if (maker->count == 0)
        return false;
    struct letter *last = &maker->items[maker->count - 1];
    uint32_t composed = kana_compose(last->own, flags);
    uint32_t like = last->traits & LETTER_LIKE ? kana_compose(last->code, flags) : 0; /* 八゛ */
    if (composed || like) {
        last->own = composed ? composed : last->own;
        last->code = maker->newest = without_twins(letter_kana(composed ? composed : like));
        last->end = end;
        last->traits |= LETTER_APART | LETTER_DISGUISE;
        maker->seen |= last->traits;
        maker->gap = 0;
    }
    return composed || like;
}

/* Whether each " and ” of the text stands where ゛ may: か"か"し. Quotation marks seldom all do. */
static bool
read_marks(struct slice text)
{
    uint32_t before = 0;
    for (uint32_t at = 0; at < text.bytes;) {
        uint32_t own = next_own(text, at);
        if ((own == '"' || own == u'”') && !kana_compose(before, MARK_VOICED))
            return false;
        before = own == ' ' ? before : own;
        at += utf8_length(text.data[at]);
    }
    return true;
}

/* The same, read once a text: it may be nothing else but marks. */
static bool
are_marks(struct letters_maker *maker, struct slice text)
{
    if (maker->marks == MARKS_UNREAD)
        maker->marks = read_marks(text) ? MARKS_VOICE : MARKS_QUOTE;
    return maker->marks == MARKS_VOICE;
}

static uint32_t
folded_code(uint32_t entry, uint32_t own)
{
    uint8_t bytes[4] = {0};
    if (!fold_is_one(entry))
        return own;
    uint32_t payload = fold_payload(entry);
    __builtin_memcpy(bytes, &payload, sizeof(bytes));
    return utf8_decode(bytes, fold_length(entry));
}

/* The code of `own` and what stands behind it, where they are one letter together; 0 where they are not. */
static uint32_t
paired(uint32_t own, uint32_t next)
{
    for (size_t i = 0; i < sizeof(gal_pairs) / sizeof(gal_pairs[0]); i++)
        if (gal_pairs[i][0] == own && gal_pairs[i][1] == next)
            return gal_pairs[i][2];
    return 0;
}

/* Punctuation, digits and w at `at`, which joins, draws out, parts or hides letters; 0 when it does nothing of that,
 * else its end. */
static uint32_t
take_sign(struct letters_maker *maker, struct slice text, uint32_t at, uint32_t own)
{
    uint32_t end = at + utf8_length(text.data[at]), wedge, faint;
    if ((own == '"' || own == u'”') && are_marks(maker, text) && join_mark(maker, MARK_VOICED, end))
        return end;
    if (own == u'′' && next_own(text, end) == u'′' && join_mark(maker, MARK_VOICED, end + 3)) { /* ″ */
        maker->seen |= LETTER_GAL;
        return end + 3;
    }
    if (is_dash(own) && is_long_vowel(maker, text, own, end)) {
        draw_out(maker, end, 1, true);
        maker->items[maker->count - 1].traits |= LETTER_STROKE;
        return end;
    }
    if ((wedge = wedge_end(maker, text, at, own)) != 0) {
        bool is_stop = own == '!' || own == u'、' || own == u'。';
        maker->gap |= LETTER_GAP | LETTER_WEDGE | (is_stop ? LETTER_STOP : 0);
        return wedge;
    }
    if ((faint = faint_mask_end(maker, text, at, own)) != 0)
        add(maker,
            (struct letter){
                .code = LETTER_ANY, .own = own, .start = at, .end = faint, .traits = LETTER_DISGUISE | LETTER_FAINT});
    return faint;
}

/* The letter `own` of `entry` at `at`, or nothing when it only draws out, joins or parts others. Returns its end. */
static uint32_t
take_closely(struct letters_maker *maker, struct slice text, uint32_t at, uint32_t entry, uint32_t own)
{
    struct letter letter = {.own = own, .start = at, .end = at + utf8_length(text.data[at])};
    bool is_hinted = entry & HINT_LOOK_ALIKE && !(entry & LOOK_SIGN);
    if (fold_kind(entry) == FOLD_MARK) {
        bool is_gal = join_mark(maker, fold_payload(entry), letter.end) && own == DITTO_MARK;
        maker->seen |= is_gal ? LETTER_GAL : 0;
        return letter.end;
    }
    uint32_t sign_end = entry & LOOK_SIGN ? take_sign(maker, text, at, own) : 0;
    if (sign_end)
        return sign_end;
    uint32_t pair = entry & LOOK_PAIR ? paired(own, next_own(text, letter.end)) : 0;
    if (pair) {
        letter.code = without_twins(pair);
        letter.traits = LETTER_LIKE | LETTER_DISGUISE | LETTER_GAL;
        letter.end += utf8_length(text.data[letter.end]);
        add(maker, letter);
        return letter.end;
    }
    uint32_t like = is_hinted ? looks_like(own) : 0;
    bool is_foreign = is_hinted && is_foreign_sign(own);
    if (is_mask(maker, text, entry, own, letter.end) || (is_foreign && !like)) {
        letter.code = LETTER_ANY;
        letter.traits = LETTER_DISGUISE;
    } else if (entry & HINT_BREAK) {
        maker->gap |= LETTER_GAP | LETTER_BREAK;
        return letter.end;
    } else if (like) {
        letter.code = without_twins(like);
        letter.traits = LETTER_LIKE | LETTER_DISGUISE | (own <= LAST_CYRILLIC ? LETTER_GAL : 0);
    } else if (fold_kind(entry) == FOLD_DROP) {
        maker->gap |= LETTER_GAP;
        return letter.end;
    } else {
        letter.code = without_twins(folded_code(entry, own));
        bool is_twin = is_hinted && letter_is_katakana(own) && own != LONG_VOWEL_SIGN && own != u'レ';
        letter.traits = is_twin ? LETTER_DISGUISE : 0;
    }
    bool is_number = own == KANJI_ONE && letter_is_kanji(next_own(text, letter.end)); /* シャブ一緒に */
    if (!is_number && draws_out(maker, own, letter.code, letter.end))
        return letter.end;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]) && is_foreign; i++) {
        if (pairs[i][0] == own && pairs[i][1] == next_own(text, letter.end)) {
            letter.code = without_twins(pairs[i][2]);
            letter.traits |= LETTER_LIKE;
            letter.end += 3;
            break;
        }
    }
    add(maker, letter);
    return letter.end;
}

/* Most letters are what they are: nothing is listed of them, and the letter before is another. */
static inline uint32_t
take(struct letters_maker *maker, const struct fold_table *table, struct slice text, uint32_t at)
{
    unsigned length = utf8_length(text.data[at]);
    uint32_t entry = fold_entry(table, text.data + at, length);
    uint32_t own = utf8_decode(text.data + at, length);
    if (entry & FOLD_CLASSES || (fold_kind(entry) != FOLD_KEEP && !fold_is_one(entry)))
        return take_closely(maker, text, at, entry, own);
    uint32_t code = without_twins(folded_code(entry, own));
    if (code == maker->newest)
        return take_closely(maker, text, at, entry, own);
    add(maker, (struct letter){.code = code, .own = own, .start = at, .end = at + length});
    return at + length;
}

/* without_twins() of four. */
static inline __m128i
four_without_twins(__m128i kana)
{
    __m128i away = _mm_setzero_si128();
    for (unsigned i = 0; i < TWINS; i++) {
        __m128i is_first = _mm_cmpeq_epi32(kana, _mm_set1_epi32(twins[i][0]));
        away = _mm_or_si128(away, _mm_and_si128(is_first, _mm_set1_epi32(twins[i][0] - twins[i][1])));
    }
    return _mm_sub_epi32(kana, away);
}

/* Four of these letters at `at` at once. */
static inline bool
take_four(struct letters_maker *maker, const struct fold_table *table, struct slice text, uint32_t at)
{
    struct view_four four;
    if (maker->gap || !view_four_at(table, text.data + at, &four) || four.any & (FOLD_OTHERWISE | FOLD_CLASSES))
        return false;
    __m128i codes = four_without_twins(utf8_four_codes(four.characters));
    if (view_four_repeats(codes, maker->newest))
        return false;
    _Static_assert(offsetof(struct letter, traits) == sizeof(__m128i), "code, own, start and end are written at once");
    __m128i starts = _mm_add_epi32(_mm_set1_epi32((int)at), _mm_setr_epi32(0, 3, 6, 9));
    __m128i ends = _mm_add_epi32(starts, _mm_set1_epi32(3));
    __m128i halves[4] = {_mm_unpacklo_epi32(codes, four.own), _mm_unpacklo_epi32(starts, ends),
                         _mm_unpackhi_epi32(codes, four.own), _mm_unpackhi_epi32(starts, ends)};
    for (unsigned i = 0; i < UTF8_FOUR; i++) {
        struct letter *letter = &maker->items[maker->count + i];
        const __m128i *both = &halves[i & 2];
        _mm_storeu_si128((__m128i *)(void *)letter,
                         i & 1 ? _mm_unpackhi_epi64(both[0], both[1]) : _mm_unpacklo_epi64(both[0], both[1]));
        letter->traits = letter->extra = 0;
    }
    maker->count += UTF8_FOUR;
    maker->newest = (uint32_t)_mm_extract_epi32(codes, UTF8_FOUR - 1);
    return true;
}

static enum status
make(const struct view_tables *tables, struct arena *arena, struct slice text, const struct view *view,
     struct letters *letters_out)
{
    struct letters_maker maker = {.items = arena_alloc_array(arena, text.bytes, sizeof(struct letter)), .view = view};
    /* Behind a view stand zeros that may be read. */
    const size_t four_bytes = view != NULL ? UTF8_FOUR_BYTES : sizeof(__m128i);

    if (maker.items == NULL)
        return STATUS_TOO_LARGE;
    for (uint32_t at = 0; at < text.bytes;) {
        if (at + four_bytes <= text.bytes && take_four(&maker, &tables->skeleton, text, at))
            at += UTF8_FOUR_BYTES;
        else
            at = take(&maker, &tables->skeleton, text, at);
    }
    arena_trim(arena, maker.items, maker.count * sizeof(*maker.items));
    *letters_out =
        (struct letters){maker.items, maker.count, (maker.seen & LETTER_DISGUISE) != 0, (maker.seen & LETTER_GAL) != 0};
    return STATUS_OK;
}

enum status
letters_make(const struct view_tables *tables, struct arena *arena, struct slice text, struct letters *letters_out)
{
    return make(tables, arena, text, NULL, letters_out);
}

enum status
letters_of_view(const struct view_tables *tables, struct arena *arena, const struct view *plain,
                struct letters *letters_out)
{
    return make(tables, arena, plain->text, plain, letters_out);
}
