/* text/letters.h - a text as a row of letters, each taken for what it may stand for: for words in disguise.
 *
 * Coarser than the skeleton: letters of other scripts, kanji and kana that look like a kana are that kana (千ビ,
 * ポソコツ, ㄇヌケ); a repeated letter, ー and a small vowel that only draws out stand once (マヌヌケ, バーカ, ばぁか);
 * line breaks and what is wedged between two letters (無、能) are left out; a sign written for a letter (マ○ケ) is
 * LETTER_ANY. Meant for few places of few texts: whoever finds a word here holds it against the plain view letter by
 * letter.
 *
 * Threads: as view.h. Errors: STATUS_TOO_LARGE when the arena is full. Positions are bytes of the text given.
 */
#ifndef TEXT_LETTERS_H
#define TEXT_LETTERS_H

#include "text/view.h"

#define LETTER_ANY 1u /* code of a masked letter */

enum letter_trait {
    LETTER_GAP = 1,       /* separators were left out before it */
    LETTER_BREAK = 2,     /* a line break among them */
    LETTER_LIKE = 4,      /* only looks like its code */
    LETTER_LONG = 8,      /* drawn out by ー or a small vowel, or repeated */
    LETTER_DISGUISE = 16, /* worth a look: a word here may be in disguise */
    LETTER_APART = 32,    /* its voiced mark stood apart */
    LETTER_WEDGE = 64,    /* laughter (www), a keycap or what parts sentences was left out before it */
    LETTER_STOP = 128,    /* the last of these: 、 。 ! */
    LETTER_FAINT = 256,   /* LETTER_ANY of a sign that seldom hides a letter: ? - ・ ... */
    LETTER_STROKE = 512   /* LETTER_LONG by what only looks like ー: 一 ― */
};

struct letter {
    uint32_t code;       /* code point of what it is taken for; hiragana for kana */
    uint32_t own;        /* as it is written, voiced marks composed */
    uint32_t start, end; /* with all that draws it out */
    uint16_t traits;     /* enum letter_trait */
    uint8_t extra;       /* how much draws it out: ー and hiragana count 1, others 2; 255 = more */
};

struct letters {
    const struct letter *items;
    size_t count;
    bool is_disguised; /* one of them has LETTER_DISGUISE */
};

/* `text` in plain form. */
STATUS_CHECKED enum status letters_make(const struct view_tables *tables, struct arena *arena, struct slice text,
                                        struct letters *letters_out);

/* Of a plain view: a digit that was a keycap or another ornament (1️⃣) is wedged in too. */
STATUS_CHECKED enum status letters_of_view(const struct view_tables *tables, struct arena *arena,
                                           const struct view *plain, struct letters *letters_out);

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
    return (c >= 0x30A1 && c <= 0x30FA) || c == 0x30FC;
}

static inline bool
letter_is_kanji(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3005;
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
    uint32_t i = letter_kana(kana), y = behind >= 0x30A1 ? behind - 0x60 : behind;
    bool is_small_y = y == 0x3083 || y == 0x3085 || y == 0x3087;
    return is_small_y && (i == 0x304D || i == 0x304E || i == 0x3057 || i == 0x3058 || i == 0x3061 || i == 0x3062 ||
                          i == 0x306B || (i >= 0x3072 && i <= 0x3074) || i == 0x307F || i == 0x308A); /* き … り */
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
