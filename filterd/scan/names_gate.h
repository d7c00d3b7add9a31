/* scan/names_gate.h - where names may begin: sums of weights of pairs, triples and types of characters.
 *
 * Read by every message, so it is a few table look-ups for each character; the tagger reads only what passes. Threads:
 * none shared. Errors: none.
 */
#ifndef SCAN_NAMES_GATE_H
#define SCAN_NAMES_GATE_H

#include "rules/model.h"
#include "scan/names_text.h"

enum { NAMES_GATE_CELLS = 3 };

/* The cells that `at` brings; weight k of each speaks about a name that begins at at + 2 - k. Reads six places on. */
void names_gate_cells(const struct names_text *text, int32_t at, unsigned bits, uint32_t cells[NAMES_GATE_CELLS]);

/* Fills text->begins; returns the highest of them, INT32_MIN for an empty text. */
int32_t names_gate_run(const struct name_model *model, const struct names_text *text);

#endif
