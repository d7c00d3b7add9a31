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
#define DISGUISE_MIN_PAIR 5   /* … and of which two neighbours may be */
#define DISGUISE_MAX_PAIR 8

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

/* Asks for what disguises_begins() looks up for these letters to be brought into the cache. */
void disguises_prefetch_begins(const struct disguises *disguises, const struct letters *letters, size_t from,
                               size_t to);

/* Those of the letters from `from` up to `to`, at most DISGUISE_MAX_LETTERS, with which some term may begin, in order;
 * returns how many. */
size_t disguises_begins(const struct disguises *disguises, const struct letters *letters, size_t from, size_t to,
                        size_t begins_out[DISGUISE_MAX_LETTERS]);

/* A row of letters that probably is a term. */
struct disguise_row {
    size_t letters;
    uint32_t hash;
    uint32_t cursor; /* of disguises_next() */
};

/* The rows of `least` letters or more that begin with letter `first`, the shortest first; returns how many. */
size_t disguises_rows(const struct disguises *disguises, const struct letters *letters, size_t first, size_t least,
                      struct disguise_row rows_out[DISGUISE_MAX_LETTERS]);

/* The literals of a row, one after the other; false when there is no more. Two rows of letters may share a hash:
 * compare. */
bool disguises_next(const struct disguises *disguises, struct disguise_row *row, uint32_t *literal_out);

/* Asks for what is asked first to be brought into the cache: before a search with few terms, seldom used. */
void disguises_prefetch(const struct disguises *disguises);

#endif
