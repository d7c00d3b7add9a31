/* scan/around.h - the words around a hit: what stands right before or behind it, or somewhere in its sentence.
 *
 * Places and spans are bytes of the plain view. Lists are those of phrases.csv (rules/phrases.h); their words are in
 * plain form, so width and case never matter, kinds of kana do. Threads: none shared. Errors: none.
 */
#ifndef SCAN_AROUND_H
#define SCAN_AROUND_H

#include "rules/phrases.h"
#include "scan/state.h"

/* Bytes of the longest phrase of the list that begins at `at`, or ends at `end`; 0 = none. */
size_t around_at(const struct state *state, uint32_t at, enum phrase_list list);
size_t around_before(const struct state *state, uint32_t end, enum phrase_list list);
/* Whether a phrase of the list stands in `span`, which may begin or end within a character. */
bool around_in(const struct state *state, struct span span, enum phrase_list list);
/* The first of them, the longest there. False, and *found_out untouched: none. */
bool around_find(const struct state *state, struct span span, enum phrase_list list, struct span *found_out);
/* … in the whole message. */
bool around_anywhere(const struct state *state, enum phrase_list list);

/* The same for a single word, where the rule is about that word. */
bool around_text_at(const struct state *state, uint32_t at, const char *text);
bool around_text_before(const struct state *state, uint32_t end, const char *text);
bool around_text_in(const struct state *state, struct span span, const char *text);

/* Whether `c` ends a sentence. */
static inline bool
around_ends_sentence(uint32_t c)
{
    return c == u'。' || c == '!' || c == '?' || c == '\n';
}

/* The sentence around byte `at`: from behind the last 。!? or line break to the next one (left out). */
struct span around_sentence(const struct state *state, uint32_t at);

/* `plain` with up to `bytes` more on each side, whole characters. */
struct span around_context(const struct state *state, struct span plain, uint32_t bytes);

#endif
