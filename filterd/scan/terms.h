/* scan/terms.h - dictionary hits become candidates, where writing, word boundaries and exceptions allow.
 *
 * The literal scan works on the skeleton, which forgets kana kinds, spaces and symbols; here the match mode of the row
 * is held against the plain view. What the skeleton had to forget to find the word is evidence (spaced, hidden,
 * folded), and raises severity by one. Whether the word is meant, scan/judge.h decides.
 */
#ifndef SCAN_TERMS_H
#define SCAN_TERMS_H

#include "scan/state.h"

STATUS_CHECKED enum status terms_verify(struct state *state);

/* Whether not the word is spaced but the text around it: い い 天 気. */
bool terms_are_spaced_throughout(const struct state *state, struct span plain);

/* Whether words of katakana stand before `at` that are no part of an insult there, also several of them: アイツマジ. */
bool terms_have_emphasis_before(const struct state *state, uint32_t at);

/* Whether `exception` stands in the text so that it covers the word. */
bool terms_covers(struct slice text, struct span word, struct slice exception);

#endif
