/* rules/disguises.h - terms by their letters (text/letters.h), also with some of them masked.
 *
 * The lexicon finds what the skeleton shows; this finds what stands under a disguise. It is asked only around the signs
 * of one, so a hash table of a few entries per term does, at the cost of one look per place and length.
 *
 * Threads: immutable after literals_finish, shared. Errors: STATUS_NO_MEMORY.
 */
#ifndef RULES_DISGUISES_H
#define RULES_DISGUISES_H

#include "rules/build.h"
#include "rules/ruleset.h"
#include "text/letters.h"

#define DISGUISE_MAX_LETTERS 16
#define DISGUISE_MIN_MASKED 3 /* letters of a word of which one may be masked */

/* Fills `literals->disguises` with the literals that have a use as term or as its reading. */
STATUS_CHECKED enum status disguises_build(struct build *build, struct literals *literals);

/* What every search reads first of them, whole lines of the cache, to be put into `memory`, which begins a line: as
 * lexicon_move_front(). */
size_t disguises_front_bytes(const struct disguises *disguises);
void disguises_move_front(struct disguises **disguises, void *memory);

/* The hash of a row of letters, one after the other. Start with 0. */
static inline uint32_t
disguise_hash(uint32_t hash, uint32_t code)
{
    hash = (hash ^ code) * 0x9E3779B1u;
    return hash ^ hash >> 15;
}

/* The first of the letters from `from` up to `to` with which some term may begin; `to` when none does. */
size_t disguises_next_begin(const struct disguises *disguises, const struct letters *letters, size_t from, size_t to);

/* Whether some term may begin with the letters of this hash: three to DISGUISE_BEGIN_LETTERS. */
#define DISGUISE_BEGIN_LETTERS 4
bool disguises_may_go_on(const struct disguises *disguises, uint32_t hash);

/* Asks for what is asked first to be brought into the cache: before a search with few terms, seldom used. */
void disguises_prefetch(const struct disguises *disguises);

/* The literals of this hash of so many letters, one after the other: start with *cursor = 0. False when there is no
 * more. Two rows of letters may share a hash: compare. */
bool disguises_next(const struct disguises *disguises, uint32_t hash, size_t letters, uint32_t *cursor,
                    uint32_t *literal_out);

#endif
