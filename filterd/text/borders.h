/* text/borders.h - where every way to part a text into words parts it, without searching for the best way.
 *
 * MeCab chooses among words of its dictionary and unknown ones, which go as far as characters of a kind. A place that
 * none of them can stand across is a border of words whatever it chooses, and this is told from the words that begin
 * before it alone. Threads: a dictionary is immutable and shared.
 */
#ifndef TEXT_BORDERS_H
#define TEXT_BORDERS_H

#include "text/dictionary.h"

/* Whether a word is sure to begin or end at byte `at` of `text`, where a character begins. `from` <= `at`: the begin of
 * the text, or a place of which this is known already. False = only MeCab can tell. */
bool borders_is_sure(const struct dictionary *dictionary, struct slice text, uint32_t from, uint32_t at);

#endif
