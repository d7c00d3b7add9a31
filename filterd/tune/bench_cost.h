/* tune/bench_cost.h - what each rule costs: measured by leaving it out.
 *
 * A group of rules is left out, the databases are made anew, and both rulesets look at the same texts in turn. A group
 * whose absence makes no difference that can be measured is cleared at once; of the others the costliest is halved
 * first, until single rules are left or the timings are spent. The rules that the engine reports most often begin
 * alone. A cost is what would be saved by this rule alone: what several need (the engine's pass itself) is no single
 * rule's, and is the difference between what all of a part cost and what its rules explain.
 *
 * Noise is the larger of what the rounds spread and what a ruleset made anew with nothing left out seems to differ by.
 * Threads: one owner. Errors: STATUS_NO_MEMORY, or the engine's.
 */
#ifndef TUNE_BENCH_COST_H
#define TUNE_BENCH_COST_H

#include "tune/bench_rules.h"

enum bench_part { BENCH_PART_PATTERNS, BENCH_PART_TERMS, BENCH_PART_NAMES, BENCH_PART_COUNT };
extern const char *const bench_part_ids[BENCH_PART_COUNT]; /* "patterns" */

struct bench_part_cost {
    double all_ns, noise_ns;           /* of the part left out as a whole */
    double control_ns;                 /* what "nothing left out" seems to cost: the resolution of this part */
    double explained_ns;               /* by rules measured alone, and by groups that time was too short for */
    unsigned measured, below, grouped; /* rules */
};

struct bench_cost {
    struct bench_sample sample;
    struct bench_part_cost parts[BENCH_PART_COUNT];
    double term_hit_ns; /* all terms with hits, per hit of one; 0 = too little to measure */
    unsigned timings;   /* spent */
    bool is_complete;   /* no group was left to be halved */
};

struct bench_cost_options {
    unsigned rounds;   /* of each timing */
    unsigned timings;  /* at most; fewer than BENCH_MIN_TIMINGS: none */
    uint64_t pass_ns;  /* of processor time for one pass: bounds the sample */
    double message_ns; /* what a message costs with all rules: costs are shares of it */
    void (*progress)(void *context, unsigned spent, unsigned at_most); /* may be NULL */
    void *context;
};
#define BENCH_MIN_TIMINGS                                                                       \
    9 /* two controls, the three parts as a whole, and two groups of patterns and of terms each \
       */

/* Fills the costs of `rules`, which must be finished. */
STATUS_CHECKED enum status bench_cost_measure(const struct bench_side *side, const struct bench_corpus *corpus,
                                              const struct bench_cost_options *options, struct bench_rules *rules,
                                              struct bench_cost *cost_out);

#endif
