/* tune/bench_rules.h - what each rule did with the texts of a bench, and what it costs.
 *
 * Hits and what became of them come from the trace (scan/trace.h); what the engine of patterns reported before any
 * expression was tried, from the engine itself. Costs are filled by tune/bench_cost.h.
 *
 * Threads: one owner. Errors: STATUS_NO_MEMORY. Privacy: counts and rules only, no text.
 */
#ifndef TUNE_BENCH_RULES_H
#define TUNE_BENCH_RULES_H

#include "base/table.h"
#include "scan/trace.h"
#include "tune/bench_time.h"

enum bench_rule_kind {
    BENCH_PATTERN,
    BENCH_COMMON_TERM,
    BENCH_CITY_TERM,
    BENCH_BUILT_IN, /* written in C: names, topics, words of special care … */
    BENCH_KIND_COUNT
};

/* Why a hit decided nothing. */
enum bench_drop {
    BENCH_DROP_EXCEPTION, /* a row's own exception, or a contact or public name of the city */
    BENCH_DROP_EXCLUSION, /* another kind of number (an `excludes` pattern) */
    BENCH_DROP_CONTEXT,   /* words beside it speak against it, or nothing speaks for it */
    BENCH_DROP_WORD,      /* inside another word, or two words that only meet */
    BENCH_DROP_OVERLAP,   /* another finding of the place won */
    BENCH_DROP_FLOOR,     /* too unsure, or below the floor of every clause */
    BENCH_DROP_OTHER,
    BENCH_DROP_COUNT
};
extern const char *const bench_drop_ids[BENCH_DROP_COUNT]; /* "negative_context" */
extern const char *const bench_kind_ids[BENCH_KIND_COUNT]; /* "pattern" */

enum bench_cost_state {
    BENCH_COST_NONE,     /* not asked, or written in C */
    BENCH_COST_MEASURED, /* cost_ns, give or take noise_ns */
    BENCH_COST_BELOW,    /* less than noise_ns */
    BENCH_COST_GROUP,    /* one of a group of group_size that costs cost_ns together: no time to go on */
};

struct bench_rule {
    enum bench_rule_kind kind;
    uint32_t index; /* of its kind */
    const char *id;
    struct slice plain; /* a term as it is written */
    enum info_type info;
    enum category category;
    uint64_t tried;     /* patterns: ends of matches that the engine reported, each a place to look at closely */
    uint64_t hits;      /* patterns: values that matched exactly; terms: places where the word stands */
    uint64_t confirmed; /* hits that became a candidate */
    uint64_t decided;   /* findings that a clause of the policy takes up */
    uint64_t drops[BENCH_DROP_COUNT];
    uint64_t over_budget; /* findings not tried to their end within the limits: they count as hits */
    uint64_t shadowed;    /* findings under another rule's that decides the same, and hits that lost against one */
    enum bench_cost_state cost_state;
    unsigned group_size;
    double cost_ns, noise_ns;             /* per message of the corpus */
    uint64_t literal_hits, refused, lost; /* while counting */
};

struct bench_rules {
    const struct ruleset *ruleset;
    struct buffer list; /* struct bench_rule */
    struct table *by_id;
    struct multi_scratch *scratch;
    struct multi_hit *hits; /* of the engine, for the longest text so far */
    size_t max_hits;
    struct slice plain; /* view of the text being looked at; valid until the scanner's next run */
    struct trace trace;
    bool failed;
};

/* `rules_out` must stay where it is; it is to be released with bench_rules_fini, also after an error. */
STATUS_CHECKED enum status bench_rules_init(const struct ruleset *ruleset, struct bench_rules *rules_out);
void bench_rules_fini(struct bench_rules *rules);

/* After a run with rules->trace. `searched`: the patterns' engine has run. */
STATUS_CHECKED enum status bench_rules_note(struct bench_rules *rules, const struct verdict *verdict, bool searched);
/* After the last text. */
void bench_rules_finish(struct bench_rules *rules);

static inline struct bench_rule *
bench_rules_items(const struct bench_rules *rules)
{
    return (struct bench_rule *)(void *)rules->list.data;
}

static inline size_t
bench_rules_count(const struct bench_rules *rules)
{
    return rules->list.bytes / sizeof(struct bench_rule);
}

/* Every hit lies under a finding of another rule that decides the same: alone, it is left out without loss here. */
bool bench_rule_is_shadowed(const struct bench_rule *rule);
/* Nothing on this corpus, of a rule that somebody wrote. */
bool bench_rule_is_silent(const struct bench_rule *rule);

#endif
