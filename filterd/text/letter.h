/* text/letter.h - what kind of letter a code point of a plain view is: kana, kanji or Latin.
 *
 * Threads: no state. Errors: none.
 */
#ifndef TEXT_LETTER_H
#define TEXT_LETTER_H

#include <stdbool.h>
#include <stdint.h>

/* Hiragana of kana, large for small; other code points as they are. */
uint32_t letter_kana(uint32_t code_point);

static inline bool
letter_is_hiragana(uint32_t c)
{
    return c >= 0x3041 && c <= 0x309F;
}

static inline bool
letter_is_katakana(uint32_t c)
{
    return (c >= u'ァ' && c <= u'ヺ') || c == u'ー';
}

static inline bool
letter_is_kanji(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == u'々';
}

/* Small letters, as a plain view has them, with or without an accent. */
static inline bool
letter_is_latin(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0x24F) || (c >= 0x1E00 && c <= 0x1EFF);
}

/* What most nouns are written in: common kanji, and katakana with the ・ between them. */
static inline bool
letter_is_of_noun(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= u'ァ' && c <= u'ー');
}

/* A letter or digit of a plain view. */
static inline bool
letter_is_one(uint32_t c)
{
    return letter_is_hiragana(c) || letter_is_katakana(c) || letter_is_kanji(c) || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9');
}

/* Whether ゃ ゅ or ょ makes one syllable with the kana before it: がいじゅ, but not しねょ. */
static inline bool
letter_is_contracted(uint32_t kana, uint32_t behind)
{
    uint32_t i = letter_kana(kana), y = behind >= u'ァ' ? behind - 0x60 : behind;
    bool is_small_y = y == u'ゃ' || y == u'ゅ' || y == u'ょ';
    return is_small_y && (i == u'き' || i == u'ぎ' || i == u'し' || i == u'じ' || i == u'ち' || i == u'ぢ' ||
                          i == u'に' || (i >= u'ひ' && i <= u'ぴ') || i == u'み' || i == u'り');
}

/* り へ べ ぺ are hardly told from リ ヘ ベ ペ. */
static inline bool
letter_looks_same_in_both_kana(uint32_t c)
{
    uint32_t kana = letter_kana(c);
    return kana == u'り' || (kana >= u'へ' && kana <= u'ぺ');
}

enum script { SCRIPT_OTHER, SCRIPT_HIRAGANA, SCRIPT_KATAKANA, SCRIPT_KANJI };

static inline enum script
letter_script(uint32_t c)
{
    return letter_is_hiragana(c)   ? SCRIPT_HIRAGANA
           : letter_is_katakana(c) ? SCRIPT_KATAKANA
           : letter_is_kanji(c)    ? SCRIPT_KANJI
                                   : SCRIPT_OTHER;
}

#endif
