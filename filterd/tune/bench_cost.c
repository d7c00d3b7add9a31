#include "tune/bench_cost.h"

#include <stdlib.h>
#include <string.h>

#include "rules/variant.h"

#define ALONE 6 /* rules of each part that are left out one by one at first */

const char *const bench_part_ids[BENCH_PART_COUNT] = {"patterns", "terms", "names"};

/* Rules order[first .. first + count) of a part. */
struct group {
    enum bench_part part;
    size_t first, count;
    double ns, noise_ns;
};

struct search {
    const struct bench_side *side;
    const struct bench_cost_options *options;
    struct bench_rules *rules;
    struct bench_cost *cost;
    uint32_t *order[BENCH_PART_NAMES]; /* indices of rules, the most busy first */
    size_t order_count[BENCH_PART_NAMES];
    bool *flags[BENCH_CITY_TERM + 1]; /* what is left out, by kind */
    struct buffer open;               /* struct group: measured, to be halved */
};

/* --- one timing --------------------------------------------------------------------------------------------------- */

static size_t
flag_count(const struct bench_side *side, enum bench_rule_kind kind)
{
    const struct common *common = side->ruleset->common;

    return kind == BENCH_PATTERN       ? common->pattern_count
           : kind == BENCH_COMMON_TERM ? common->term_count
                                       : side->ruleset->term_count;
}

/* Times the ruleset against one without what the flags say. `part` NAMES: without the tagger. */
static enum status
time_without(struct search *search, enum bench_part part, double *ns_out, double *noise_ns_out)
{
    struct bench_difference difference = {0};
    struct left_out left_out = {0};
    struct variant *variant = NULL;
    struct bench_side without = {0};
    enum status status;

    if (part == BENCH_PART_PATTERNS)
        left_out.patterns = search->flags[BENCH_PATTERN];
    else if (part == BENCH_PART_TERMS)
        left_out.common_terms = search->flags[BENCH_COMMON_TERM], left_out.city_terms = search->flags[BENCH_CITY_TERM];
    else
        left_out.names = true;
    status = variant_create(search->side->ruleset, &left_out, &variant);
    if (status == STATUS_OK)
        status = bench_side_init(variant_ruleset(variant), search->side->purpose, &without);
    if (status == STATUS_OK)
        status = bench_difference_measure(search->side, &without, &search->cost->sample, search->options->rounds,
                                          &difference);
    *ns_out = difference.share * search->options->message_ns;
    *noise_ns_out = difference.noise * search->options->message_ns;
    bench_side_fini(&without);
    variant_destroy(&variant);
    search->cost->timings++;
    if (search->options->progress != NULL)
        search->options->progress(search->options->context, search->cost->timings, search->options->timings);
    return status;
}

static void
set_flags(struct search *search, const struct group *group, bool value)
{
    for (size_t i = group->first; i < group->first + group->count; i++) {
        const struct bench_rule *rule = &bench_rules_items(search->rules)[search->order[group->part][i]];

        search->flags[rule->kind][rule->index] = value;
    }
}

static double
larger(double a, double b)
{
    return a > b ? a : b;
}

static enum status
time_group(struct search *search, struct group *group)
{
    enum status status;

    set_flags(search, group, true);
    status = time_without(search, group->part, &group->ns, &group->noise_ns);
    set_flags(search, group, false);
    group->noise_ns = larger(group->noise_ns, search->cost->parts[group->part].control_ns);
    return status;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static void
settle(struct search *search, const struct group *group, enum bench_cost_state state)
{
    struct bench_part_cost *part = &search->cost->parts[group->part];
    bool is_below = state == BENCH_COST_BELOW;

    part->explained_ns += is_below ? 0 : group->ns;
    part->measured += state == BENCH_COST_MEASURED;
    part->below += is_below ? (unsigned)group->count : 0;
    part->grouped += state == BENCH_COST_GROUP ? (unsigned)group->count : 0;
    for (size_t i = group->first; i < group->first + group->count; i++) {
        struct bench_rule *rule = &bench_rules_items(search->rules)[search->order[group->part][i]];

        rule->cost_state = state;
        rule->group_size = (unsigned)group->count;
        rule->cost_ns = is_below ? 0 : group->ns;
        rule->noise_ns = is_below ? group->noise_ns + larger(group->ns, 0) : group->noise_ns;
    }
}

static enum status
try_group(struct search *search, struct group group)
{
    enum status status = group.count == 0 ? STATUS_OK : time_group(search, &group);

    /* of many rules one seems to cost something by chance: what is told is a second figure, made for that rule alone */
    if (status == STATUS_OK && group.count == 1 && group.ns > group.noise_ns)
        status = time_group(search, &group);
    if (status != STATUS_OK || group.count == 0)
        return status;
    if (group.ns <= group.noise_ns)
        settle(search, &group, BENCH_COST_BELOW);
    else if (group.count == 1)
        settle(search, &group, BENCH_COST_MEASURED);
    else
        buffer_append(&search->open, &group, sizeof group);
    return search->open.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Takes the costliest group out of those that are open; false: there is none. */
static bool
take_costliest(struct search *search, struct group *group_out)
{
    struct group *groups = (void *)search->open.data;
    size_t count = search->open.bytes / sizeof *groups, best = 0;

    if (count == 0)
        return false;
    for (size_t i = 1; i < count; i++)
        best = groups[i].ns > groups[best].ns ? i : best;
    *group_out = groups[best];
    groups[best] = groups[count - 1];
    search->open.bytes -= sizeof *groups;
    return true;
}

static bool
has_timings(const struct search *search, unsigned needed)
{
    return search->cost->timings + needed <= search->options->timings;
}

static enum status
halve_groups(struct search *search)
{
    struct group group;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && has_timings(search, 4) && take_costliest(search, &group)) {
        struct group first = group, second = group;

        first.count = group.count / 2;
        second.first += first.count;
        second.count -= first.count;
        status = try_group(search, first);
        if (status == STATUS_OK)
            status = try_group(search, second);
    }
    search->cost->is_complete = search->open.bytes == 0;
    while (status == STATUS_OK && take_costliest(search, &group))
        settle(search, &group, BENCH_COST_GROUP);
    return status;
}

/* --- parts -------------------------------------------------------------------------------------------------------- */

static enum bench_part
part_of(const struct bench_rule *rule)
{
    return rule->kind == BENCH_PATTERN ? BENCH_PART_PATTERNS : BENCH_PART_TERMS;
}

static uint64_t
load_of(const struct bench_rule *rule)
{
    return rule->tried + rule->hits;
}

static int
load_order(const void *a, const void *b, void *context)
{
    const struct bench_rule *items = context, *x = &items[*(const uint32_t *)a], *y = &items[*(const uint32_t *)b];

    if (load_of(x) != load_of(y))
        return load_of(x) > load_of(y) ? -1 : 1;
    return x->index != y->index ? (x->index > y->index) - (x->index < y->index) : (int)x->kind - (int)y->kind;
}

static enum status
order_rules(struct search *search)
{
    const struct bench_rule *items = bench_rules_items(search->rules);
    size_t count = bench_rules_count(search->rules);

    for (unsigned part = 0; part < BENCH_PART_NAMES; part++) {
        search->order[part] = calloc(count + 1, sizeof **search->order);
        if (search->order[part] == NULL)
            return STATUS_NO_MEMORY;
        for (size_t i = 0; i < count; i++)
            if (items[i].kind != BENCH_BUILT_IN && part_of(&items[i]) == part)
                search->order[part][search->order_count[part]++] = (uint32_t)i;
        qsort_r(search->order[part], search->order_count[part], sizeof **search->order, load_order, (void *)items);
    }
    for (unsigned kind = 0; kind <= BENCH_CITY_TERM; kind++) {
        search->flags[kind] = calloc(flag_count(search->side, kind) + 1, sizeof(bool));
        if (search->flags[kind] == NULL)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

/* First what "nothing" seems to cost, then all of the part. False costs end here. */
static enum status
time_part(struct search *search, enum bench_part part)
{
    struct bench_part_cost *cost = &search->cost->parts[part];
    struct group all = {.part = part, .count = part < BENCH_PART_NAMES ? search->order_count[part] : 0};
    double control_ns = 0, noise_ns = 0;
    enum status status = STATUS_OK;

    if (part < BENCH_PART_NAMES) {
        status = time_without(search, part, &control_ns, &noise_ns);
        cost->control_ns = larger(control_ns, -control_ns) + noise_ns;
    }
    if (status == STATUS_OK && part < BENCH_PART_NAMES)
        set_flags(search, &all, true);
    if (status == STATUS_OK)
        status = time_without(search, part, &cost->all_ns, &cost->noise_ns);
    if (part < BENCH_PART_NAMES)
        set_flags(search, &all, false);
    cost->noise_ns = larger(cost->noise_ns, cost->control_ns);
    if (status == STATUS_OK && cost->all_ns <= cost->noise_ns && all.count > 0) {
        all.ns = cost->all_ns;
        all.noise_ns = cost->noise_ns;
        settle(search, &all, BENCH_COST_BELOW);
    }
    return status;
}

/* All terms with hits at once: what they cost per hit. The table itself stays, so this is the hits' own cost. False
 * costs end here too. */
static enum status
time_busy_terms(struct search *search, size_t busy, bool *is_cleared)
{
    const struct bench_rule *items = bench_rules_items(search->rules);
    struct group group = {.part = BENCH_PART_TERMS, .count = busy};
    enum status status = time_group(search, &group);
    uint64_t hits = 0;

    *is_cleared = status == STATUS_OK && group.ns <= group.noise_ns;
    if (*is_cleared)
        settle(search, &group, BENCH_COST_BELOW);
    for (size_t i = 0; i < busy; i++)
        hits += items[search->order[BENCH_PART_TERMS][i]].hits;
    if (status == STATUS_OK && !*is_cleared && hits > 0)
        search->cost->term_hit_ns = group.ns * (double)search->cost->sample.corpus->count / (double)hits;
    return status;
}

/* The busiest rules one by one, the others in two groups: those with hits and those without. */
static enum status
begin_part(struct search *search, enum bench_part part)
{
    const struct bench_rule *items = bench_rules_items(search->rules);
    const struct bench_part_cost *cost = &search->cost->parts[part];
    size_t count = search->order_count[part], alone = 0, busy = 0;
    unsigned left = 4 * (BENCH_PART_NAMES - part) + 1; /* the groups of this part and of those behind it */
    bool is_cleared = false;
    enum status status = STATUS_OK;

    if (cost->all_ns <= cost->noise_ns)
        return STATUS_OK;
    while (busy < count && load_of(&items[search->order[part][busy]]) > 0)
        busy++;
    if (part == BENCH_PART_TERMS && busy > 0)
        status = time_busy_terms(search, busy, &is_cleared);
    if (is_cleared)
        alone = busy;
    while (status == STATUS_OK && alone < busy && alone < ALONE && has_timings(search, 2 + left))
        status = try_group(search, (struct group){.part = part, .first = alone++, .count = 1});
    if (status == STATUS_OK)
        status = try_group(search, (struct group){.part = part, .first = alone, .count = busy - alone});
    if (status == STATUS_OK)
        status = try_group(search, (struct group){.part = part, .first = busy, .count = count - busy});
    return status;
}

static void
end_search(struct search *search)
{
    for (unsigned part = 0; part < BENCH_PART_NAMES; part++)
        free(search->order[part]);
    for (unsigned kind = 0; kind <= BENCH_CITY_TERM; kind++)
        free(search->flags[kind]);
    buffer_fini(&search->open);
}

enum status
bench_cost_measure(const struct bench_side *side, const struct bench_corpus *corpus,
                   const struct bench_cost_options *options, struct bench_rules *rules, struct bench_cost *cost_out)
{
    struct search search = {.side = side, .options = options, .rules = rules, .cost = cost_out};
    enum status status;

    *cost_out = (struct bench_cost){.is_complete = true};
    if (options->timings < BENCH_MIN_TIMINGS || corpus->count == 0)
        return STATUS_OK;
    buffer_init(&search.open);
    cost_out->sample = bench_sample_for(corpus, side, options->pass_ns);
    status = order_rules(&search);
    for (unsigned part = 0; part < BENCH_PART_COUNT && status == STATUS_OK; part++)
        status = time_part(&search, part);
    for (unsigned part = 0; part < BENCH_PART_NAMES && status == STATUS_OK; part++)
        status = begin_part(&search, part);
    if (status == STATUS_OK)
        status = halve_groups(&search);
    end_search(&search);
    return status;
}
