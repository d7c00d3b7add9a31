/* scan/danger.h - somebody's life or safety is in danger (escalate): who says so, what it keeps, what it does not
 * cover.
 *
 * Words of danger (role `danger`) and the topic model say so; a text that the model takes for a threat is none, unless
 * another passage tells of danger. Who is in danger is never blocked, and where they are and how to reach them is kept
 * however it is written: whatever reads, overlaps or was taken for a place or a number (danger_keeps()).
 *
 * Abuse that only mentions danger (死にたいならさっさと…) is blocked all the same. Two witnesses must agree, since a
 * victim repeats the words that were used on them: a term of high severity stands in the text (of medium, if danger is
 * only felt in it) that outweighs danger in every passage by its category, or danger is only felt; and nobody speaks of
 * themselves, their family, a need or what was said to them. Such a message is not escalated, but marked for review: a
 * person should look.
 *
 * Threads: no state. Errors: none.
 */
#ifndef SCAN_DANGER_H
#define SCAN_DANGER_H

#include "scan/state.h"

enum danger {
    DANGER_NONE,
    DANGER_FELT, /* by the model alone, not surely: a wrong one must not leave more than place and number */
    DANGER_TOLD
};

enum danger danger_of(const struct state *state);

/* Whether a finding that would block is abuse which a mention of danger does not cover. */
bool danger_is_outweighed(const struct state *state, const struct finding *finding);

/* Whether `findings[index]`, personal data that a clause would redact, stays in the text. Not for an identifier
 * (個人識別符号) that a label or check digit proves. */
bool danger_keeps(enum danger danger, const struct finding *findings, size_t count, size_t index);

#endif
