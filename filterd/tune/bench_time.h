/* tune/bench_time.h - how long rulesets take for the same texts, measured side by side.
 *
 * One round is one pass of each side over the texts, in turn first and last, so that whatever slows the machine slows
 * both. What a pass costs is the processor time of this thread: another program's turn is nobody's cost. Figures are
 * medians over rounds; differences are taken within a round before the median.
 *
 * Threads: one owner. Errors: STATUS_NO_MEMORY.
 */
#ifndef TUNE_BENCH_TIME_H
#define TUNE_BENCH_TIME_H

#include "scan/scanner.h"
#include "tune/bench_corpus.h"

#define BENCH_MIN_ROUNDS 15
#define BENCH_MAX_SIDES 2

/* A ruleset with a scanner of its own. */
struct bench_side {
    const struct ruleset *ruleset;
    const struct purpose *purpose; /* of the ruleset's policy; NULL = chat */
    struct scanner *scanner;
};

STATUS_CHECKED enum status bench_side_init(const struct ruleset *ruleset, const struct purpose *purpose,
                                           struct bench_side *side_out);
void bench_side_fini(struct bench_side *side);

/* The verdict about one text; `trace` may be NULL. Errors are the scanner's. */
STATUS_CHECKED enum status bench_side_run(const struct bench_side *side, const struct bench_text *text,
                                          const struct trace *trace, const struct verdict **verdict_out);

/* Some texts of a corpus, evenly spread: every `step`th. */
struct bench_sample {
    const struct bench_corpus *corpus;
    size_t step;      /* 1 = all */
    unsigned repeats; /* of the texts in one pass: few texts alone would be too short for the clock */
    size_t count;     /* of texts in a pass, each as often as it is repeated */
};

/* As many texts as `side` looks at in at most about `pass_ns` of processor time, and no fewer than 1. */
struct bench_sample bench_sample_for(const struct bench_corpus *corpus, const struct bench_side *side,
                                     uint64_t pass_ns);

struct bench_speed {
    double messages_per_second; /* on one processor */
    double ns;                  /* per message, of processor time */
    double spread_ns;           /* half of what the middle half of the rounds spans */
    double p50_ns, p99_ns;      /* over messages, each with the median of its times */
};

/* Of one or two sides. One more round, the first, warms up and is not counted. */
STATUS_CHECKED enum status bench_speed_measure(const struct bench_side *const *sides, size_t count,
                                               const struct bench_corpus *corpus, unsigned rounds,
                                               struct bench_speed *speeds_out);

/* By which share of its time the first side takes longer than the second; negative when it is the faster. A share,
 * because what makes a machine slower now than a minute ago makes both sides slower by the same factor. `noise`: the
 * half width of the median's interval of confidence (99 %) under the spread of the rounds. */
struct bench_difference {
    double share, noise;
};
STATUS_CHECKED enum status bench_difference_measure(const struct bench_side *first, const struct bench_side *second,
                                                    const struct bench_sample *sample, unsigned rounds,
                                                    struct bench_difference *difference_out);

/* Processor time of this thread so far. */
uint64_t bench_processor_ns(void);

#endif
