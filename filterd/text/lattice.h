/* text/lattice.h - the cheapest way to part a text into words, as MeCab 0.996 finds it, to the byte and to the cost.
 *
 * Every word that stands in the text, known or not, is a node; a way through them costs what each word does and what it
 * costs that one follows another. Of ways that cost the same the one is taken that MeCab takes. Where MeCab looks for
 * the words of one place after those of another and waits for memory each time, all are looked for in step here.
 * Threads: a dictionary is shared, a lattice belongs to one thread. Errors: STATUS_NO_MEMORY; STATUS_INTERNAL when no
 * way leads to the end.
 */
#ifndef TEXT_LATTICE_H
#define TEXT_LATTICE_H

#include "text/dictionary.h"
#include "text/tokens.h"

enum { LATTICE_TEXT_BYTES = 512 };

struct lattice;

STATUS_CHECKED enum status lattice_create(const struct dictionary *dictionary, struct lattice **lattice_out);
void lattice_destroy(struct lattice **lattice);

/* `text`: 1 to LATTICE_TEXT_BYTES of valid UTF-8, no space at its end. `tokens_out`: room for one per byte; their spans
 * are those of the text. */
STATUS_CHECKED enum status lattice_run(struct lattice *lattice, struct slice text, struct token *tokens_out,
                                       size_t *count_out, int64_t *cost_out);

#endif
