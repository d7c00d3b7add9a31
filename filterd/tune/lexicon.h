/* tune/lexicon.h - the everyday words of Japanese, from the sources of mecab-ipadic.
 *
 * Debian's package mecab-ipadic puts its CSV files (EUC-JP: writing, left id, right id, cost, …; a low cost is a
 * common word) into LEXICON_DIR. Names of persons, symbols and numbers are left out: they are no everyday words.
 * Threads: one owner. Errors: STATUS_NOT_FOUND: the package is not installed.
 */
#ifndef TUNE_LEXICON_H
#define TUNE_LEXICON_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

#define LEXICON_DIR "/usr/share/mecab/dic/ipadic"

struct lexicon {
    struct buffer text;  /* UTF-8 of all files */
    struct slice *words; /* common words first; a word may stand twice */
    size_t count;
};

/* `lexicon_out` is to be released with lexicon_fini, also after an error. */
STATUS_CHECKED enum status lexicon_read(const char *dir, struct lexicon *lexicon_out);
void lexicon_fini(struct lexicon *lexicon);

#endif
