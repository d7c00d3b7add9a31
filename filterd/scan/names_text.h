/* scan/names_text.h - a message as the gate and the tagger of names read it: characters, their types, where they stand.
 *
 * Characters are those of the plain view; which Latin letters were capital is taken from the text. Threads: none
 * shared. Errors: none.
 */
#ifndef SCAN_NAMES_TEXT_H
#define SCAN_NAMES_TEXT_H

#include <stdbool.h>

#include "text/view.h"

enum { NAMES_EDGE = 8 }; /* readable characters on both sides of the text */

enum char_type {
    TYPE_EDGE,
    TYPE_BREAK,
    TYPE_SPACE,
    TYPE_HIRAGANA,
    TYPE_KATAKANA,
    TYPE_KANJI,
    TYPE_LATIN,
    TYPE_CAPITAL,
    TYPE_DIGIT,
    TYPE_COMMA,
    TYPE_STOP,
    TYPE_OPEN,
    TYPE_CLOSE,
    TYPE_COLON,
    TYPE_DOT,
    TYPE_OTHER
};

/* A text that is spaced out (や ま だ で す) stands here without its spaces.
 * All arrays have NAMES_EDGE further entries at both ends: index from -NAMES_EDGE. */
struct names_text {
    uint32_t *characters; /* digits are '0', emoji one character */
    uint8_t *types;       /* enum char_type */
    uint32_t *offsets; /* first byte in the plain view; [count] = its length. Spaces left out stand before the next */
    int16_t *begins;   /* how likely a name begins here: names_gate.h fills it */
    uint32_t count;
    bool is_prose; /* has a 。 */
};

/* Bytes that names_text_fill needs for a plain view of `bytes`. */
size_t names_text_bytes(size_t bytes);
void names_text_fill(struct slice text, const struct view *plain, void *memory, struct names_text *out);

/* Whether a character of this type ends any name: brackets, stops, line breaks. */
bool names_type_ends(uint8_t type);

#endif
