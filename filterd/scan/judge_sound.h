/* scan/judge_sound.h - does what a word stands in sound prohibited at all?
 *
 * Most words of terms/ have a harmless use that no list of exceptions ends (試合で相手を完封, 道具がバカになる). The
 * topic model has heard many texts: where all categories are far from what stands around the word, it is not meant.
 *
 * Not asked for threats, which count by their words; nor for words of a city's own list, whose author wants them found;
 * nor in texts too short to tell. Only for scan/judge.c. Threads: none shared. Cost: about a microsecond, only when a
 * word was found.
 */
#ifndef SCAN_JUDGE_SOUND_H
#define SCAN_JUDGE_SOUND_H

#include "scan/state.h"

bool judge_sound_is_harmless(const struct state *state, const struct term *term, struct span plain);

#endif
