#include "rules/romaji.h"

#include <stdbool.h>
#include <string.h>

#include "text/intake.h"
#include "text/letter.h"

struct syllable {
    uint16_t kana;
    char hepburn[4], kunrei[4];
};

static const struct syllable syllables[] = {
    {u'あ', "a", "a"},   {u'い', "i", "i"},    {u'う', "u", "u"},    {u'え', "e", "e"},   {u'お', "o", "o"},
    {u'か', "ka", "ka"}, {u'き', "ki", "ki"},  {u'く', "ku", "ku"},  {u'け', "ke", "ke"}, {u'こ', "ko", "ko"},
    {u'が', "ga", "ga"}, {u'ぎ', "gi", "gi"},  {u'ぐ', "gu", "gu"},  {u'げ', "ge", "ge"}, {u'ご', "go", "go"},
    {u'さ', "sa", "sa"}, {u'し', "shi", "si"}, {u'す', "su", "su"},  {u'せ', "se", "se"}, {u'そ', "so", "so"},
    {u'ざ', "za", "za"}, {u'じ', "ji", "zi"},  {u'ず', "zu", "zu"},  {u'ぜ', "ze", "ze"}, {u'ぞ', "zo", "zo"},
    {u'た', "ta", "ta"}, {u'ち', "chi", "ti"}, {u'つ', "tsu", "tu"}, {u'て', "te", "te"}, {u'と', "to", "to"},
    {u'だ', "da", "da"}, {u'ぢ', "ji", "di"},  {u'づ', "zu", "du"},  {u'で', "de", "de"}, {u'ど', "do", "do"},
    {u'な', "na", "na"}, {u'に', "ni", "ni"},  {u'ぬ', "nu", "nu"},  {u'ね', "ne", "ne"}, {u'の', "no", "no"},
    {u'は', "ha", "ha"}, {u'ひ', "hi", "hi"},  {u'ふ', "fu", "hu"},  {u'へ', "he", "he"}, {u'ほ', "ho", "ho"},
    {u'ば', "ba", "ba"}, {u'び', "bi", "bi"},  {u'ぶ', "bu", "bu"},  {u'べ', "be", "be"}, {u'ぼ', "bo", "bo"},
    {u'ぱ', "pa", "pa"}, {u'ぴ', "pi", "pi"},  {u'ぷ', "pu", "pu"},  {u'ぺ', "pe", "pe"}, {u'ぽ', "po", "po"},
    {u'ま', "ma", "ma"}, {u'み', "mi", "mi"},  {u'む', "mu", "mu"},  {u'め', "me", "me"}, {u'も', "mo", "mo"},
    {u'や', "ya", "ya"}, {u'ゆ', "yu", "yu"},  {u'よ', "yo", "yo"},  {u'ら', "ra", "ra"}, {u'り', "ri", "ri"},
    {u'る', "ru", "ru"}, {u'れ', "re", "re"},  {u'ろ', "ro", "ro"},  {u'わ', "wa", "wa"}, {u'を', "wo", "wo"},
    {u'ゔ', "vu", "vu"}, {u'ん', "n", "n"},
};

/* Small kana behind another: what of the syllable before gives way to what. */
static const struct {
    uint16_t kana;
    char vowel;
    bool is_glide; /* ゃゅょ: y goes between, but not behind sh ch j; the others have it behind i alone */
} small[] = {{u'ゃ', 'a', true},  {u'ゅ', 'u', true},  {u'ょ', 'o', true},  {u'ぁ', 'a', false},
             {u'ぃ', 'i', false}, {u'ぅ', 'u', false}, {u'ぇ', 'e', false}, {u'ぉ', 'o', false}};

struct maker {
    char *out;
    size_t count, room;
    bool is_kunrei, is_short;
    bool doubles; /* っ came before */
};

static uint32_t
hiragana_of(uint32_t c)
{
    return c >= 0x30A1 && c <= 0x30F6 ? c - 0x60 : c;
}

static bool
put(struct maker *maker, const char *letters)
{
    size_t bytes = strlen(letters);
    if (maker->count + bytes + 1 > maker->room)
        return false;
    if (maker->doubles && !strchr("aiueon", letters[0]))
        maker->out[maker->count++] = letters[0];
    maker->doubles = false;
    memcpy(maker->out + maker->count, letters, bytes);
    maker->count += bytes;
    return true;
}

static char
last(const struct maker *maker)
{
    return maker->count ? maker->out[maker->count - 1] : '\0';
}

/* しゃ: what was written for し gives way. False: no such small kana, or nothing before it. */
static bool
join_small(struct maker *maker, uint32_t kana)
{
    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        if (small[i].kana != kana || maker->count == 0 || maker->count + 2 > maker->room)
            continue;
        bool is_front = last(maker) == 'i';
        bool is_palatal =
            is_front && maker->count > 1 &&
            (maker->out[maker->count - 2] == 'j' || (maker->count > 2 && maker->out[maker->count - 2] == 'h' &&
                                                     strchr("sc", maker->out[maker->count - 3]))); /* ji shi chi */
        if (maker->count == 1 && last(maker) == 'u')
            maker->out[0] = 'w'; /* うぇ */
        else
            maker->count--;
        if ((small[i].is_glide || is_front) && !is_palatal)
            maker->out[maker->count++] = 'y';
        maker->out[maker->count++] = small[i].vowel;
        return true;
    }
    return false;
}

static bool
draws_out(char vowel, uint32_t kana)
{
    return kana == 0x30FC || (vowel == 'o' && (kana == u'う' || kana == u'お')) || (vowel == 'u' && kana == u'う');
}

static bool
write_kana(struct maker *maker, uint32_t kana)
{
    char vowel = last(maker);
    if (kana == u'っ') {
        maker->doubles = true;
        return true;
    }
    if (vowel && strchr("aiueo", vowel) && draws_out(vowel, kana)) {
        const char again[2] = {kana == 0x30FC ? vowel : kana == u'う' ? 'u' : 'o', '\0'};
        return maker->is_short || put(maker, again);
    }
    if (join_small(maker, kana))
        return true;
    for (size_t i = 0; i < sizeof(syllables) / sizeof(syllables[0]); i++)
        if (syllables[i].kana == kana)
            return put(maker, maker->is_kunrei ? syllables[i].kunrei : syllables[i].hepburn);
    return false;
}

size_t
romaji_write(struct slice kana, enum romaji_style style, char *out, size_t room)
{
    struct maker maker = {.out = out,
                          .room = room,
                          .is_kunrei = style == ROMAJI_KUNREI || style == ROMAJI_KUNREI_SHORT,
                          .is_short = style == ROMAJI_HEPBURN_SHORT || style == ROMAJI_KUNREI_SHORT};
    for (uint32_t at = 0; at < kana.bytes;)
        if (!write_kana(&maker, hiragana_of(utf8_next(kana, &at))))
            return 0;
    return maker.count;
}
