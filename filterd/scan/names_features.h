/* scan/names_features.h - what the name tagger knows about each character: the same code trains and tags.
 *
 * A feature is a hash and the first of the NAME_ROWS positions it speaks about. Characters are those of the plain view;
 * which Latin letters were capital is taken from the text. Threads: none shared. Errors: none; features that a position
 * has too many of are left out, the same ones every time.
 */
#ifndef SCAN_NAMES_FEATURES_H
#define SCAN_NAMES_FEATURES_H

#include "rules/model.h"
#include "text/view.h"

enum { NAMES_EDGE = 8, NAMES_BATCH = 512 }; /* readable characters on both sides of the text */

/* The text as the tagger reads it. All arrays have NAMES_EDGE further entries at both ends: index from -NAMES_EDGE. */
struct names_text {
    uint32_t *characters; /* digits are '0', emoji one character */
    uint8_t *types;       /* enum char_type */
    uint32_t *offsets;    /* first byte in the plain view; [count] = its length */
    uint32_t count;
};

struct feature {
    uint64_t key;
    int32_t at;   /* position of its first row; may be negative */
    uint8_t kind; /* below NAMES_FEATURE_KINDS */
};

struct feature_batch {
    struct feature items[NAMES_BATCH];
    unsigned count;
    void (*flush)(void *context, const struct feature *items, unsigned count);
    void *context;
};

enum { NAMES_FEATURE_KINDS = 25 };
const char *names_feature_word(uint8_t kind); /* "surname and given name": for explain */

/* Bytes that names_text_fill needs for a plain view of `bytes`. */
size_t names_text_bytes(size_t bytes);
void names_text_fill(struct slice text, const struct view *plain, void *memory, struct names_text *out);

/* Every feature of the text goes through batch->flush, in order. `scratch`: names_scratch_bytes(). */
void names_features(const struct name_model *model, const struct names_text *text, uint8_t *scratch,
                    struct feature_batch *batch);
static inline size_t
names_scratch_bytes(uint32_t count)
{
    return 3 * ((size_t)count + 2 * NAMES_EDGE);
}

/* Whether a character of this type ends any name: brackets, stops, line breaks. */
bool names_type_ends(uint8_t type);

enum { NAMES_GATE_CELLS = 3 };

/* The cells that `at` brings; cell[k] speaks about a name that begins at at + 2 - k. */
void names_gate_cells(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS]);

/* Sets begins[i] where the gate gives `threshold` or more to a name that begins at character i, else 0. */
void names_gate_begins(const struct name_model *model, const struct names_text *text, int32_t threshold,
                       uint8_t *begins);

/* The score of the gate: the highest of any position. */
int32_t names_gate_score(const struct name_model *model, const struct names_text *text);

#endif
