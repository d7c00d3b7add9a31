/* scan/judge_play.h - the judge of violence and contempt in play: of a game or a tale, or at vermin and things?
 *
 * 格ゲーで敵を爆破する, 昼ドラの主人公が鬼畜, ゴキブリを皆殺しにしたい and 花粉死ね are meant for nobody. They are for
 * somebody where one is named or addressed, and where real people, places or times stand beside the game (作者, 会場,
 * 明日). Lists: play.* of phrases.csv.
 *
 * Threads: none shared. Errors: none.
 */
#ifndef SCAN_JUDGE_PLAY_H
#define SCAN_JUDGE_PLAY_H

#include "scan/state.h"

/* Whether `span` of the plain view tells of a game, a tale or vermin, and of nobody real. */
bool judge_play_is_told(const struct state *state, struct span span);

/* Whether the word of violence or contempt at `plain` is said in such a sentence, or to a thing right beside it. */
bool judge_play_is_meant(const struct state *state, struct span plain, enum category category);

#endif
