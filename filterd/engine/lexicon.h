/* engine/lexicon.h - many words in one pass over a text.
 *
 * Made for words of Japanese: three filters of bits say whether any word may begin with the one, two or three
 * characters at a place; where one says yes, the longest word is looked up and leads to all that it begins with. Most
 * places end at the filters. A lexicon of 14,000 words is made in milliseconds and is scanned faster than a database of
 * Hyperscan; one of 100 words takes a few lines of the cache where a database takes hundreds.
 *
 * Threads: immutable and shared; no scratch. Errors: STATUS_NO_MEMORY, or as each function says. Words and texts are
 * valid UTF-8: a match begins and ends with a character.
 */
#ifndef ENGINE_LEXICON_H
#define ENGINE_LEXICON_H

#include "base/span.h"
#include "base/status.h"

#define LEXICON_PADDING_BYTES 64 /* readable behind a text, whatever they hold */

struct lexicon;

/* The id of a word is its index. STATUS_INVALID with `*bad_out` = index: the word is empty, or stands there twice. */
STATUS_CHECKED enum status lexicon_create(const struct slice *words, size_t count, struct lexicon **lexicon_out,
                                          size_t *bad_out);
void lexicon_destroy(struct lexicon **lexicon);
size_t lexicon_bytes(const struct lexicon *lexicon);

struct lexicon_hit {
    uint32_t id;
    struct span span; /* bytes of the text */
};

/* Every word at every place, ordered by start, the longer first. STATUS_BUDGET with `max` hits written when there are
 * more: a text with more hits than we look at is suspicious, never clean. */
STATUS_CHECKED enum status lexicon_scan(const struct lexicon *lexicon, struct slice text, struct lexicon_hit *hits,
                                        size_t max, size_t *count_out);

/* What every scan reads of a lexicon, whole lines of the cache; a lexicon of 100 words has 12. */
size_t lexicon_front_bytes(const struct lexicon *lexicon);
/* Puts it into `memory`, which begins a line and must outlive the lexicon, beside what else is read then: for one that
 * is seldom used. */
void lexicon_move_front(struct lexicon **lexicon, void *memory);

#endif
