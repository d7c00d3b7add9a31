/* tune/wordlist.h - the everyday words of Japanese, from the sources of mecab-ipadic.
 *
 * Debian's package mecab-ipadic puts its CSV files (EUC-JP: writing, left id, right id, cost, …; a low cost is a
 * common word) into WORDLIST_DIR. Names of persons, symbols and numbers are left out: they are no everyday words.
 * Threads: one owner. Errors: STATUS_NOT_FOUND: the package is not installed.
 */
#ifndef TUNE_WORDLIST_H
#define TUNE_WORDLIST_H

#include "base/buffer.h"
#include "base/span.h"
#include "base/status.h"

#define WORDLIST_DIR "/usr/share/mecab/dic/ipadic"

struct wordlist {
    struct buffer text;  /* UTF-8 of all files */
    struct slice *words; /* common words first; a word may stand twice */
    size_t count;
};

/* `wordlist_out` is to be released with wordlist_fini, also after an error. */
STATUS_CHECKED enum status wordlist_read(const char *dir, struct wordlist *wordlist_out);
void wordlist_fini(struct wordlist *wordlist);

#endif
