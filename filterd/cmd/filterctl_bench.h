/* cmd/filterctl_bench.h - one run of filterctl bench: what was measured, for the table, the JSON and the chart.
 *
 * Threads: one. Errors: told the user.
 */
#ifndef CMD_FILTERCTL_BENCH_H
#define CMD_FILTERCTL_BENCH_H

#include "cmd/filterctl.h"
#include "tune/bench_cost.h"
#include "tune/bench_observe.h"

#define BENCH_BUILDS 5 /* of a city: compile time is their median */

/* How long a ruleset took to build (processor time), and what it takes. */
struct bench_build {
    double common_ms; /* once, without a store */
    double city_ms;
    bool shares_common; /* with the other side: common_* are that one's */
    size_t patterns_bytes, common_words_bytes, city_words_bytes;
    int64_t common_rss_bytes, city_rss_bytes; /* by which resident memory grew; may be negative */
};

struct bench_entry {
    const char *operand; /* as given */
    struct load *load;   /* its own, for a whole tree; else NULL */
    struct places places;
    struct city city;
    struct bench_build build;
    struct bench_side side;
    struct bench_observation observation;
    struct bench_speed speed;
    struct bench_cost cost;
    uint64_t unshadowed; /* texts that are decided otherwise without all shadowed rules: they shadow each other */
};

struct bench {
    const struct call *call;
    struct load *load; /* of --dictionaries, for cities and folders */
    struct places places;
    double common_ms;
    int64_t common_rss_bytes;
    struct bench_entry entries[BENCH_MAX_SIDES];
    size_t count;
    struct bench_corpus corpus;
    struct bench_difference slower; /* by which share of A's time B takes longer; two sides only */
    unsigned rounds, timings, top;
};

extern const char *const bench_sides[BENCH_MAX_SIDES]; /* "A", "B" */

/* Whether the two decided otherwise about a text of this index. */
bool bench_differs(const struct bench *bench, size_t text);

/* Rules with a cost that was measured, the costliest first; `order` has room for all rules of the entry. */
size_t bench_costly_rules(const struct bench_entry *entry, uint32_t *order);

/* --- filterctl_bench_print.c, filterctl_bench_json.c, filterctl_bench_chart.c --- */

void bench_print(const struct bench *bench);
void bench_print_json(const struct bench *bench);
/* False: told the user. */
bool bench_draw(const struct bench *bench, const char *path);

#endif
