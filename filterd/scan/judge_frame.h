/* scan/judge_frame.h - the judge of doubtful words: does what stands around make it an insult, an offer or a threat?
 *
 * はげ, くず and かす are words of every day, 死● and バ○ may be anything; このはげ、 担当の奴くずすぎる and 市長は馬✕
 * are not. Asked only of words that a stricter look has refused; what stands before the word and what stands behind it
 * must both fit. Lists: frame.* of phrases.csv.
 *
 * Threads: no state. Errors: none.
 */
#ifndef SCAN_JUDGE_FRAME_H
#define SCAN_JUDGE_FRAME_H

#include "scan/state.h"

/* `word`: span of the plain view. `bare`: the word alone will do, with nothing beside it that names or asks anybody.
 * Words of categories that are not said of or to somebody have no frame. */
bool judge_frame_fits(const struct state *state, struct span word, enum category category, bool bare);

#endif
