/* scan/judge_aim.h - the judge of abuse and lust: is the word meant for somebody?
 *
 * バカ, クソ, 無能, エロい are said of things, games and oneself far more often than to or about people (クソ寒い,
 * 無能な私). Common terms that say aim = needed count where the sentence has a target (お前, 市長, 窓口, 田中さん),
 * where they are called out (早くしろボケ, このバカが), where words of lust or gore ask for something
 * (エロ本ちょうだい), or where nothing else is said. Lists: aim.* of phrases.csv.
 *
 * Threads: none shared. Errors: none.
 */
#ifndef SCAN_JUDGE_AIM_H
#define SCAN_JUDGE_AIM_H

#include "scan/state.h"

/* Whether `term` needs an aim and nothing but it is said at `plain`: 能無し, ねくらwww. */
bool judge_aim_is_outcry(const struct state *state, const struct term *term, struct span plain);

/* Whether `span` of the plain view names or addresses somebody: a person, an office, the reader. */
bool judge_aim_has_target(const struct state *state, struct span span);

/* Whether `plain` names whoever did something: 書類をなくした…、出てこい. */
bool judge_aim_is_doer(const struct state *state, struct span plain);

/* Whether `plain` names whoever works at an office or in a trade: 水道課のばか、… */
bool judge_aim_is_of_staff(const struct state *state, struct span plain);

/* Whether `term`, found at `plain`, needs an aim and has none. */
bool judge_aim_is_missing(const struct state *state, const struct term *term, struct span plain);

#endif
