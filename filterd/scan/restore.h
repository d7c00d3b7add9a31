/* scan/restore.h - whether the message reads better with a term where something like it stands.
 *
 * むのう, う け こ and ば👍か may be 無能, 受け子 and ばか, or parts of words that met by chance. MeCab knows what a
 * text of its words costs: where the text with the term is dearer than the text as it stands, chance is the better
 * reading.
 */
#ifndef SCAN_RESTORE_H
#define SCAN_RESTORE_H

#include "scan/state.h"

struct restored {
    bool begins, ends; /* with the term MeCab sees a word begin where it begins, and end where it ends */
    bool is_gapped;    /* something else stands between its letters */
    bool is_exception; /* one of its exceptions stands there then */
    int64_t saved;     /* what the text costs less with the term than as it stands; negative: more */
};

/* `plain`: what stands for the term. Costs two runs of MeCab on some 150 bytes. */
STATUS_CHECKED enum status restore_term(struct state *state, struct span plain, const struct term *term,
                                        struct restored *restored_out);

#endif
