#include "tune/bench_rules.h"

#include <stdlib.h>
#include <string.h>

const char *const bench_kind_ids[BENCH_KIND_COUNT] = {"pattern", "term", "city_term", "built_in"};
const char *const bench_drop_ids[BENCH_DROP_COUNT] = {
    [BENCH_DROP_EXCEPTION] = "exception",
    [BENCH_DROP_EXCLUSION] = "exclusion",
    [BENCH_DROP_CONTEXT] = "negative_context",
    [BENCH_DROP_WORD] = "inside_another_word",
    [BENCH_DROP_OVERLAP] = "overlap_lost",
    [BENCH_DROP_FLOOR] = "below_floor",
    [BENCH_DROP_OTHER] = "other",
};

/* The words of the trace; what is not here is OTHER. */
static const struct {
    const char *note;
    enum bench_drop drop;
} notes[] = {
    {"exception", BENCH_DROP_EXCEPTION},
    {"official or public", BENCH_DROP_EXCEPTION},
    {"allowed by the request", BENCH_DROP_EXCEPTION},
    {"another kind of number", BENCH_DROP_EXCLUSION},
    {"no evidence", BENCH_DROP_CONTEXT},
    {"reported", BENCH_DROP_CONTEXT},
    {"a topic, or nobody is meant", BENCH_DROP_CONTEXT},
    {"inside another word", BENCH_DROP_WORD},
    {"another word", BENCH_DROP_WORD},
    {"two words", BENCH_DROP_WORD},
    {"other writing", BENCH_DROP_WORD},
    {"inside a better reading", BENCH_DROP_OVERLAP},
    {"united", BENCH_DROP_OVERLAP},
    {"known already", BENCH_DROP_OVERLAP},
    {"too unsure", BENCH_DROP_FLOOR},
};

static enum bench_drop
drop_of(const char *note)
{
    for (size_t i = 0; note != NULL && i < sizeof notes / sizeof *notes; i++)
        if (strcmp(notes[i].note, note) == 0)
            return notes[i].drop;
    return BENCH_DROP_OTHER;
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

static enum status
add_rule(struct bench_rules *rules, const struct bench_rule *rule)
{
    enum status status = table_put(rules->by_id, slice_of(rule->id), (uint32_t)bench_rules_count(rules));

    if (status == STATUS_INVALID)
        return STATUS_OK; /* two rows of one meaning, but for rare chance: counted as one */
    buffer_append(&rules->list, rule, sizeof *rule);
    return rules->list.failed ? STATUS_NO_MEMORY : status;
}

static enum status
add_terms(struct bench_rules *rules, enum bench_rule_kind kind, const struct term *terms, size_t count)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = add_rule(rules, &(struct bench_rule){.kind = kind,
                                                      .index = (uint32_t)i,
                                                      .id = terms[i].rule,
                                                      .plain = terms[i].plain,
                                                      .category = terms[i].category});
    return status;
}

static enum status
add_patterns(struct bench_rules *rules, const struct common *common)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < common->pattern_count && status == STATUS_OK; i++)
        status = add_rule(rules, &(struct bench_rule){.kind = BENCH_PATTERN,
                                                      .index = (uint32_t)i,
                                                      .id = common->patterns[i].rule,
                                                      .info = common->patterns[i].info,
                                                      .category = common->patterns[i].category});
    return status;
}

/* The rule of a finding; one that no file lists is added. NULL: out of memory. */
static struct bench_rule *
rule_of(struct bench_rules *rules, const char *id)
{
    uint32_t index = table_get(rules->by_id, slice_of(id));

    if (index == TABLE_NONE) {
        index = (uint32_t)bench_rules_count(rules);
        if (add_rule(rules, &(struct bench_rule){.kind = BENCH_BUILT_IN, .index = index, .id = id}) != STATUS_OK) {
            rules->failed = true;
            return NULL;
        }
    }
    return &bench_rules_items(rules)[index];
}

/* --- events ------------------------------------------------------------------------------------------------------- */

static void
note_pattern(struct bench_rule *rule, const struct trace_event *event)
{
    rule->hits++;
    if (event->likelihood == 0)
        rule->drops[drop_of(event->note)]++;
    else
        rule->confirmed++;
}

static void
note_drop(struct bench_rule *rule, const struct trace_event *event)
{
    enum bench_drop drop = drop_of(event->note);

    rule->drops[drop]++;
    if (event->likelihood < 0)
        rule->refused++;
    else
        rule->lost++;
    rule->shadowed += drop == BENCH_DROP_OVERLAP;
}

static void
on_event(void *context, const struct trace_event *event)
{
    struct bench_rules *rules = context;
    bool is_term = event->note != NULL && strcmp(event->note, "term") == 0;
    struct bench_rule *rule;

    if (event->stage == TRACE_VIEW && strcmp(event->rule, "plain") == 0)
        rules->plain = event->shown;
    if (event->rule == NULL ||
        (event->stage != TRACE_PATTERN && event->stage != TRACE_DROP && !(event->stage == TRACE_LITERAL && is_term)))
        return;
    rule = rule_of(rules, event->rule);
    if (rule == NULL)
        return;
    if (event->stage == TRACE_LITERAL)
        rule->literal_hits++;
    else if (event->stage == TRACE_DROP)
        note_drop(rule, event);
    else
        note_pattern(rule, event);
}

/* --- after a text ------------------------------------------------------------------------------------------------- */

static bool
decides_the_same(const struct finding *other, const struct finding *finding)
{
    if (other->action != finding->action)
        return false;
    for (unsigned i = 0; i < finding->clause_count; i++) {
        bool has = false;

        for (unsigned j = 0; j < other->clause_count; j++)
            has |= other->clauses[j] == finding->clauses[i];
        if (!has)
            return false;
    }
    return true;
}

static bool
is_shadowed(const struct verdict *verdict, const struct finding *finding)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *other = &verdict->findings[i];

        if (strcmp(other->rule, finding->rule) != 0 && span_contains(other->span, finding->span) &&
            decides_the_same(other, finding))
            return true;
    }
    return false;
}

static enum status
count_tries(struct bench_rules *rules)
{
    const struct common *common = rules->ruleset->common;
    size_t max = rules->plain.bytes * common->searched_count + 64, count = 0;
    enum status status;

    if (max > rules->max_hits) {
        free(rules->hits);
        rules->max_hits = 0;
        rules->hits = malloc(max * sizeof *rules->hits);
        if (rules->hits == NULL)
            return STATUS_NO_MEMORY;
        rules->max_hits = max;
    }
    status = multi_scan(common->pattern_multi, rules->scratch, rules->plain, rules->hits, max, &count);
    for (size_t i = 0; i < count; i++) {
        struct bench_rule *rule = rule_of(rules, common->patterns[rules->hits[i].id].rule);

        if (rule != NULL)
            rule->tried++;
    }
    return status;
}

enum status
bench_rules_note(struct bench_rules *rules, const struct verdict *verdict, bool searched)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        struct bench_rule *rule = rule_of(rules, finding->rule);

        if (rule == NULL)
            return STATUS_NO_MEMORY;
        if (finding->clause_count > 0)
            rule->decided++;
        else
            rule->drops[BENCH_DROP_FLOOR]++;
        rule->shadowed += is_shadowed(verdict, finding);
        rule->over_budget += (finding->evidence & EVIDENCE_BUDGET) != 0;
        if (rule->kind == BENCH_BUILT_IN)
            rule->info = finding->info_type, rule->category = finding->category;
        rule->lost++; /* accounted for */
    }
    if (searched && rules->ruleset->common->searched_count > 0)
        return count_tries(rules);
    return rules->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

void
bench_rules_finish(struct bench_rules *rules)
{
    for (size_t i = 0; i < bench_rules_count(rules); i++) {
        struct bench_rule *rule = &bench_rules_items(rules)[i];
        uint64_t seen = rule->refused + rule->lost;

        if (rule->kind != BENCH_PATTERN) {
            rule->hits = rule->literal_hits > seen ? rule->literal_hits : seen;
            rule->confirmed = rule->hits - rule->refused;
        } else if (rule->confirmed < rule->lost) { /* over budget: found without a trace of its own */
            rule->hits += rule->lost - rule->confirmed;
            rule->confirmed = rule->lost;
        }
        /* a hit that took over the name of a surer one of its kind inside it */
        if ((rule->info != INFO_NONE || rule->category != CATEGORY_NONE) && rule->confirmed > rule->lost) {
            rule->drops[BENCH_DROP_OVERLAP] += rule->confirmed - rule->lost;
            rule->shadowed += rule->confirmed - rule->lost;
        }
    }
}

bool
bench_rule_is_shadowed(const struct bench_rule *rule)
{
    return rule->kind != BENCH_BUILT_IN && rule->confirmed > 0 && rule->shadowed >= rule->confirmed;
}

bool
bench_rule_is_silent(const struct bench_rule *rule)
{
    return rule->kind != BENCH_BUILT_IN && rule->hits == 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

enum status
bench_rules_init(const struct ruleset *ruleset, struct bench_rules *rules_out)
{
    const struct common *common = ruleset->common;
    enum status status;

    *rules_out = (struct bench_rules){.ruleset = ruleset, .trace = {on_event, rules_out}};
    buffer_init(&rules_out->list);
    status = table_create(common->term_count + ruleset->term_count + common->pattern_count, &rules_out->by_id);
    if (status == STATUS_OK)
        status = add_patterns(rules_out, common);
    if (status == STATUS_OK)
        status = add_terms(rules_out, BENCH_COMMON_TERM, common->terms, common->term_count);
    if (status == STATUS_OK)
        status = add_terms(rules_out, BENCH_CITY_TERM, ruleset->terms, ruleset->term_count);
    if (status == STATUS_OK)
        status = multi_scratch_create(&rules_out->scratch);
    if (status == STATUS_OK && common->searched_count > 0)
        status = multi_scratch_grow(rules_out->scratch, common->pattern_multi);
    return status;
}

void
bench_rules_fini(struct bench_rules *rules)
{
    multi_scratch_destroy(&rules->scratch);
    free(rules->hits);
    table_destroy(&rules->by_id);
    buffer_fini(&rules->list);
    *rules = (struct bench_rules){0};
}
