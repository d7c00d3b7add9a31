/* text/borders.h - where every way to part a text into words parts it, without searching for the best way.
 *
 * MeCab chooses among words of its dictionary and unknown ones, which go as far as characters of a kind. A place that
 * none of them can stand across is a border of words whatever it chooses, and this is told from the words that begin
 * before it alone. Reads sys.dic (a double array of the words' bytes) and char.bin as MeCab 0.996 wrote them.
 * Threads: immutable, shared. Errors: STATUS_INVALID for a file of another format; STATUS_NOT_FOUND, STATUS_IO.
 */
#ifndef TEXT_BORDERS_H
#define TEXT_BORDERS_H

#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"

struct borders;

STATUS_CHECKED enum status borders_create(const char *dictionary_dir, struct borders **borders_out);
void borders_destroy(struct borders **borders);

/* Whether a word is sure to begin or end at byte `at` of `text`, where a character begins. `from` <= `at`: the begin of
 * the text, or a place of which this is known already. False = only MeCab can tell. */
bool borders_is_sure(const struct borders *borders, struct slice text, uint32_t from, uint32_t at);

/* Asks for what MeCab is going to look up for `text` to be brought into the cache: it looks for the words of one place
 * after those of another and waits each time. */
void borders_prefetch(const struct borders *borders, struct slice text);

#endif
