/* scan/judge.h - may this hit stand? Asked once for every word of terms/, in whatever writing it was found.
 *
 * The searchers (terms.h, writings.h, disguise.h) know how the letters stand there. Whether the word is meant, six
 * judges know, each by what stands around it:
 *
 *   judge_report    told, asked or opposed, not said: refuses it.
 *
 *   judge_frame     said of or to somebody: refuses terms of match framed that are not, and may overrule a searcher
 *                   that finds the writing doubtful.
 *
 *   judge_reading   no letters that met by chance: asked by searchers where the letters are not the row's own.
 *
 *   judge_aim       meant for somebody, not for the rain: lets terms of aim needed stand below every floor.
 *
 *   judge_play      of a game, a tale or at vermin: lets violence and contempt stand below every floor.
 *
 *   judge_sound     in what sounds like nothing prohibited at all: lets any but a threat stand below every floor.
 *
 * Threads: none shared. Errors: STATUS_TOO_LARGE when the arena is full.
 */
#ifndef SCAN_JUDGE_H
#define SCAN_JUDGE_H

#include "scan/state.h"

enum { JUDGE_UNMEANT_LIKELIHOOD = 30 /* of a word that is not meant: reported, below what clauses act on */ };

/* A candidate for `term` at `plain`, unless a judge refuses it. `tricks`: evidence of how it was written, which raises
 * the severity by one and spares the word the question whom it is meant for. */
STATUS_CHECKED enum status judge_hit(struct state *state, struct span plain, const struct term *term, uint32_t tricks);

#endif
