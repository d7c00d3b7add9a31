/* tune/bench_observe.h - one look at every text of a corpus: what was decided, by which rules, and how well.
 *
 * Not timed. Two observations can be compared when both saw the same texts: each hashes what it was given a verdict on.
 *
 * Threads: one owner. Errors: STATUS_NO_MEMORY, STATUS_INTERNAL; a text without a verdict is counted, not an error.
 * Privacy: no text is kept.
 */
#ifndef TUNE_BENCH_OBSERVE_H
#define TUNE_BENCH_OBSERVE_H

#include "tune/bench_rules.h"
#include "tune/gold.h"

/* Of one info type or category. */
struct bench_score {
    uint64_t right, wrong;  /* findings, as people see them */
    uint64_t wanted, found; /* what people see */
};
double bench_precision(const struct bench_score *score); /* 1 where nothing was found */
double bench_recall(const struct bench_score *score);    /* 1 where nothing was wanted */
double bench_f1(const struct bench_score *score);

struct bench_quality {
    struct bench_score info[INFO_COUNT], category[CATEGORY_COUNT];
    struct bench_score block; /* the decision itself */
    uint64_t traps, traps_hit;
};

/* Enough to tell whether two decided alike. */
struct bench_decision {
    bool is_judged;
    enum action action;
    uint64_t findings; /* hash of places, types, actions; not of rules */
};

struct bench_observation {
    struct bench_rules rules;
    struct scanner_counts reached;
    uint64_t judged, unjudged;
    uint64_t verdicts[ACTION_COUNT];
    struct hash fed; /* over the texts that have a verdict */
    struct bench_decision *decisions;
    struct bench_quality quality;
};

/* `observation_out` must stay where it is; it is to be released with bench_observation_fini, also after an error. */
STATUS_CHECKED enum status bench_observe(const struct bench_side *side, const struct bench_corpus *corpus,
                                         struct bench_observation *observation_out);
void bench_observation_fini(struct bench_observation *observation);

/* On how many texts something else is decided when all rules that `is_left_out` names are left out together. */
STATUS_CHECKED enum status bench_count_changes(const struct bench_side *side, const struct bench_corpus *corpus,
                                               const struct bench_observation *observation,
                                               bool (*is_left_out)(const struct bench_rule *rule),
                                               uint64_t *changed_out);

bool bench_decided_alike(const struct bench_decision *a, const struct bench_decision *b);

#endif
