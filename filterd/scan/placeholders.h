/* scan/placeholders.h - what an earlier redaction wrote is no personal data, and no evidence: twice is once.
 *
 * 【電話番号】 becomes one border of the plain view: no label, word, number or name goes across it or is read out of
 * it. Not where it heads a line of a form and a value follows (【電話番号】090-…): citizens write that, and it is a
 * label. ＊＊＊＊ stays, since people write it into words too; personal data found with ＊＊ at its begin or end is
 * dropped.
 */
#ifndef SCAN_PLACEHOLDERS_H
#define SCAN_PLACEHOLDERS_H

#include "scan/state.h"

/* Adds a border for each placeholder (transform_written_type) to state->gaps, which holds the client's opaque ranges:
 * theirs stand where both touch. Before the views. STATUS_TOO_LARGE when the arena is full. */
STATUS_CHECKED enum status placeholders_find(struct state *state);

/* Whether 【氏名】 stands in `plain`. */
bool placeholders_name_somebody(const struct state *state, struct span plain);

/* Drops every candidate that is nothing but placeholders, or begins or ends with a mask, and what topics suspect of a
 * text whose data is redacted. */
void placeholders_spare(struct state *state);

#endif
