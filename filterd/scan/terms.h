/* scan/terms.h - dictionary hits become candidates, where writing, word boundaries and exceptions allow.
 *
 * The literal scan works on the skeleton, which forgets kana kinds, spaces and symbols; here the match mode of the row
 * is held against the plain view. What the skeleton had to forget to find the word is evidence (spaced, hidden,
 * folded), and raises severity by one. What a cue of role report follows is told, asked or opposed by the writer, not
 * said: no candidate. A word that needs an aim and has none (scan/aim.h) keeps a low likelihood.
 */
#ifndef SCAN_TERMS_H
#define SCAN_TERMS_H

#include "scan/state.h"

STATUS_CHECKED enum status terms_verify(struct state *state);

/* A candidate for `term` at `plain`, unless it is reported. `tricks`: evidence of how it was written. */
STATUS_CHECKED enum status terms_add(struct state *state, struct span plain, const struct term *term, uint32_t tricks);

/* Whether not the word is spaced but the text around it: い い 天 気. */
bool terms_are_spaced_throughout(const struct state *state, struct span plain);

/* Whether `exception` stands in the text so that it covers the word. */
bool terms_covers(struct slice text, struct span word, struct slice exception);

#endif
