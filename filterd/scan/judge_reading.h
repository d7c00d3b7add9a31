/* scan/judge_reading.h - the judge of letters that may have met by chance: does the text read better with the term?
 *
 * むのう, う け こ and ば👍か may be 無能, 受け子 and ばか, or parts of words that met by chance. MeCab knows what a
 * text of its words costs: where the text with the term is dearer than the text as it stands, chance is the better
 * reading.
 */
#ifndef SCAN_JUDGE_READING_H
#define SCAN_JUDGE_READING_H

#include "scan/state.h"

struct reading {
    const char *refused; /* why the term is not what is meant; NULL: it is */
    bool is_exception;   /* refused for one of the term's exceptions, which no other judge may overrule */
    bool is_gapped;      /* something else stands between the letters */
};

/* `plain`: what stands for the term. With the term the text must cost `least` less, and the term must begin and end
 * where MeCab sees a word do so (end: only where its row asks for that). Costs two runs of MeCab on some 80 bytes. */
STATUS_CHECKED enum status judge_reading(struct state *state, struct span plain, const struct term *term, int64_t least,
                                         struct reading *reading_out);

#endif
