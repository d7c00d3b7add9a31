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

#include "text/letter.h"
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
    LETTER_STROKE = 512,  /* LETTER_LONG by what only looks like ー: 一 ― */
    LETTER_GAL = 1024     /* a sign of gal-moji, or with a mark of it */
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
    bool is_disguised;    /* one of them has LETTER_DISGUISE */
    bool may_be_gal_moji; /* gal_moji.h tells */
};

/* `text` in plain form. */
STATUS_CHECKED enum status letters_make(const struct view_tables *tables, struct arena *arena, struct slice text,
                                        struct letters *letters_out);

/* Of a plain view: a digit that was a keycap or another ornament (1️⃣) is wedged in too. */
STATUS_CHECKED enum status letters_of_view(const struct view_tables *tables, struct arena *arena,
                                           const struct view *plain, struct letters *letters_out);

#endif
