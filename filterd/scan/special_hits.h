/* scan/special_hits.h - where the words of special.csv stand, and who is meant around them.
 *
 * Spans are bytes of the plain view. Threads: one owner. Errors: STATUS_TOO_LARGE when the arena is full.
 */
#ifndef SCAN_SPECIAL_HITS_H
#define SCAN_SPECIAL_HITS_H

#include "scan/state.h"

struct special_hit {
    struct span plain; /* with what a suffix, prefix or clause takes in */
    struct span term;  /* the word itself */
    const struct special_word *word;
};

/* By start, then the longer first; exceptions, parts of other words and kinds that this
 * policy does not look for are left out. */
STATUS_CHECKED enum status special_hits(struct state *state, struct special_hit **hits_out, size_t *count_out);

/* Length of the longest word of `kind` that begins at byte `at`; 0 = none. */
size_t special_word_at(const struct state *state, enum special_kind kind, uint32_t at);

/* Everybody who is meant somewhere in the message: 母, 隣, 私. */
struct special_person {
    struct span plain;
    enum subject subject;
    bool is_spoken_to; /* 先生に: who is meant only where the fact follows: 先生に|てんかんの発作が */
};
struct special_persons {
    struct special_person *items; /* in order */
    size_t count;
};
STATUS_CHECKED enum status special_persons(struct state *state, struct special_persons *persons_out);

/* The last person within `span`, which ends where the fact begins, and where; SUBJECT_NONE for nobody. */
enum subject special_person_in(const struct special_persons *persons, struct span span, struct span *where_out);
/* The person who is named right at `at`. */
enum subject special_person_at(const struct state *state, uint32_t at);

#endif
