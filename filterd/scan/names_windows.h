/* scan/names_windows.h - the parts of a message that the tagger reads: around cues, and where the gate sees a name
 * begin.
 *
 * The tagger costs a microsecond a character; most characters of most messages stand far from any name. A window has
 * enough around it that what the tagger sees of its inside is what it would see in the whole text.
 */
#ifndef SCAN_NAMES_WINDOWS_H
#define SCAN_NAMES_WINDOWS_H

#include "rules/model.h"
#include "scan/names_text.h"
#include "scan/state.h"

/* Marks what is to be read: one byte per character, 1 or 0, in the arena; NULL when it is full. */
uint8_t *names_windows_mark(const struct state *state, const struct name_model *model, const struct names_text *text);

/* The next window from `*at` on, as a text of its own whose edges are the real neighbours; moves *at behind it. False
 * at the end. */
bool names_windows_next(const struct names_text *text, const uint8_t *marks, uint32_t *at,
                        struct names_text *window_out, uint32_t *start_out);

#endif
