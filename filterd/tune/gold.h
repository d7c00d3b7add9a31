/* tune/gold.h - what people say about a text: the records of labelled files.
 *
 * A JSON object with `text` and, as far as known,
 *     spans     [{start, end, type}]: personal data; code points; `outer` [start, end] = how far a finding may reach;
 *               `public`, `soft` or a type that is none of ours: neither right nor wrong
 *     neg       [{start, end}]: numbers that are nobody's
 *     label     "block" or "allow": what should be decided
 *     labels    [categories] of a text to be blocked, or `category` with one
 *
 * Threads: plain data. Errors: STATUS_INVALID = the line is no JSON text; STATUS_TOO_LARGE = more than GOLD_MAX spans.
 */
#ifndef TUNE_GOLD_H
#define TUNE_GOLD_H

#include "base/status.h"
#include "scan/verdict.h"

#define GOLD_MAX 256

struct gold_span {
    uint32_t start, end;             /* code points */
    uint32_t outer_start, outer_end; /* how far a finding may reach: labels, signs and units around the value */
    unsigned info;                   /* enum info_type */
    bool ignored;                    /* public, soft or OPTIONAL: neither right nor wrong */
    bool is_trap;                    /* `neg`: a number that is nobody's */
};

struct gold {
    struct gold_span spans[GOLD_MAX];
    size_t count;
    bool has_spans;      /* the record says where personal data stands, even if nowhere */
    enum action label;   /* ACTION_BLOCK, ACTION_ALLOW; NONE = it does not say */
    uint32_t categories; /* bit per enum category */
};

STATUS_CHECKED enum status gold_read(struct slice line, struct gold *gold_out);

/* Types that such files do not label. */
bool gold_is_unlabelled(enum info_type info);

/* A finding of `info` between two code points: 1 right, 0 wrong, -1 neither. A name must be cut exactly; another value
 * may lie anywhere within its `outer`. */
int gold_judge(const struct gold *gold, unsigned info, uint32_t start, uint32_t end);

/* Whether a value is covered by findings of its type within its reach; whether anything touches a trap. */
bool gold_is_met(const struct gold_span *span, const struct verdict *verdict);

uint32_t gold_characters_before(struct slice text, uint32_t byte);

#endif
