#include "tune/bench_observe.h"

#include <stdlib.h>
#include <string.h>

#include "rules/variant.h"

/* --- scores ------------------------------------------------------------------------------------------------------- */

static double
share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1;
}

double
bench_precision(const struct bench_score *score)
{
    return share(score->right, score->right + score->wrong);
}

double
bench_recall(const struct bench_score *score)
{
    return share(score->found, score->wanted);
}

double
bench_f1(const struct bench_score *score)
{
    double precision = bench_precision(score), recall = bench_recall(score);

    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

static void
score_spans(struct bench_quality *quality, const struct gold *gold, const struct verdict *verdict)
{
    for (size_t i = 0; i < gold->count; i++) {
        const struct gold_span *span = &gold->spans[i];
        bool is_met = gold_is_met(span, verdict);

        quality->traps += span->is_trap;
        quality->traps_hit += span->is_trap && is_met;
        if (span->is_trap || span->ignored)
            continue;
        quality->info[span->info].wanted++;
        quality->info[span->info].found += is_met;
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        int judged;

        if (gold_is_unlabelled(finding->info_type))
            continue;
        judged = gold_judge(gold, finding->info_type, gold_characters_before(verdict->text, finding->span.start),
                            gold_characters_before(verdict->text, finding->span.end));
        quality->info[finding->info_type].right += judged > 0;
        quality->info[finding->info_type].wrong += judged == 0;
    }
}

static void
score_class(struct bench_score *score, bool wanted, bool found)
{
    score->wanted += wanted;
    score->found += wanted && found;
    score->right += wanted && found;
    score->wrong += !wanted && found;
}

static void
score_label(struct bench_quality *quality, const struct gold *gold, const struct verdict *verdict, enum action action)
{
    uint32_t found = 0;

    if (gold->label == ACTION_NONE)
        return;
    score_class(&quality->block, gold->label == ACTION_BLOCK, action == ACTION_BLOCK);
    if (gold->label == ACTION_BLOCK && gold->categories == 0)
        return; /* it does not say which */
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].clause_count > 0)
            found |= 1u << verdict->findings[i].category;
    for (unsigned category = CATEGORY_NONE + 1; category < CATEGORY_COUNT; category++)
        score_class(&quality->category[category], gold->label == ACTION_BLOCK && gold->categories >> category & 1,
                    found >> category & 1);
}

/* --- decisions ---------------------------------------------------------------------------------------------------- */

static enum action
action_of(const struct verdict *verdict)
{
    return verdict->observed != ACTION_NONE ? verdict->observed : verdict->action;
}

static uint64_t
hash_findings(const struct verdict *verdict)
{
    uint64_t sum = verdict->finding_count;

    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        const uint64_t parts[] = {sum,
                                  finding->span.start,
                                  finding->span.end,
                                  finding->info_type,
                                  finding->category,
                                  finding->action,
                                  finding->transform};

        sum = hash_fast((struct slice){(const uint8_t *)parts, sizeof parts});
    }
    return sum;
}

static struct bench_decision
decision_of(const struct verdict *verdict)
{
    return (struct bench_decision){true, action_of(verdict), hash_findings(verdict)};
}

bool
bench_decided_alike(const struct bench_decision *a, const struct bench_decision *b)
{
    return a->is_judged == b->is_judged && a->action == b->action && a->findings == b->findings;
}

/* --- the pass ----------------------------------------------------------------------------------------------------- */

static enum status
observe_text(const struct bench_side *side, const struct bench_text *text, struct bench_observation *observation,
             struct bench_decision *decision, struct hasher *fed)
{
    uint64_t before = scanner_counts(side->scanner)->patterns;
    const struct verdict *verdict;
    struct gold gold;

    if (bench_side_run(side, text, &observation->rules.trace, &verdict) != STATUS_OK) {
        observation->unjudged++;
        return STATUS_OK;
    }
    bench_text_hash(fed, text);
    observation->judged++;
    *decision = decision_of(verdict);
    observation->verdicts[decision->action]++;
    if (text->marks.bytes > 0 && gold_read(text->marks, &gold) == STATUS_OK) {
        if (gold.has_spans)
            score_spans(&observation->quality, &gold, verdict);
        score_label(&observation->quality, &gold, verdict, decision->action);
    }
    return bench_rules_note(&observation->rules, verdict, scanner_counts(side->scanner)->patterns > before);
}

/* What `now` counts more than `before`. */
static struct scanner_counts
counted(const struct scanner_counts *now, const struct scanner_counts *before)
{
    return (struct scanner_counts){
        .messages = now->messages - before->messages,
        .not_inert = now->not_inert - before->not_inert,
        .literal_hit = now->literal_hit - before->literal_hit,
        .patterns = now->patterns - before->patterns,
        .confirmed = now->confirmed - before->confirmed,
        .tokens = now->tokens - before->tokens,
        .names = now->names - before->names,
        .acted = now->acted - before->acted,
    };
}

/* Without the trace, which makes stages work that would not otherwise. */
static void
count_stages(const struct bench_side *side, const struct bench_corpus *corpus, struct scanner_counts *reached)
{
    struct scanner_counts before = *scanner_counts(side->scanner);
    const struct verdict *verdict;

    for (size_t i = 0; i < corpus->count; i++)
        (void)!bench_side_run(side, &corpus->items[i], NULL, &verdict); /* observe_text() counts what fails */
    *reached = counted(scanner_counts(side->scanner), &before);
}

enum status
bench_observe(const struct bench_side *side, const struct bench_corpus *corpus,
              struct bench_observation *observation_out)
{
    struct bench_observation *observation = observation_out;
    struct hasher fed;
    enum status status;

    *observation = (struct bench_observation){0};
    status = bench_rules_init(side->ruleset, &observation->rules);
    observation->decisions = calloc(corpus->count + 1, sizeof *observation->decisions);
    if (status == STATUS_OK && observation->decisions == NULL)
        status = STATUS_NO_MEMORY;
    hasher_init(&fed);
    for (size_t i = 0; i < corpus->count && status == STATUS_OK; i++)
        status = observe_text(side, &corpus->items[i], observation, &observation->decisions[i], &fed);
    hasher_finish(&fed, &observation->fed);
    if (status != STATUS_OK)
        return status;
    bench_rules_finish(&observation->rules);
    count_stages(side, corpus, &observation->reached);
    return STATUS_OK;
}

/* --- leaving out -------------------------------------------------------------------------------------------------- */

/* Flags of one kind of rules, true where left out; NULL: out of memory, or none of them is. `failed` tells which. */
static bool *
flags_of(const struct bench_rules *rules, enum bench_rule_kind kind, bool (*is_left_out)(const struct bench_rule *rule),
         bool *failed)
{
    const struct bench_rule *items = bench_rules_items(rules);
    size_t count = bench_rules_count(rules);
    bool *flags = calloc(count + 1, sizeof *flags), any = false;

    *failed |= flags == NULL;
    for (size_t i = 0; i < count && flags != NULL; i++)
        if (items[i].kind == kind && is_left_out(&items[i]))
            any = flags[items[i].index] = true;
    if (!any) {
        free(flags);
        flags = NULL;
    }
    return flags;
}

static uint64_t
count_changes(const struct bench_side *side, const struct bench_corpus *corpus, const struct bench_decision *decisions)
{
    const struct verdict *verdict;
    uint64_t changed = 0;

    for (size_t i = 0; i < corpus->count; i++) {
        struct bench_decision decision = {0};

        if (bench_side_run(side, &corpus->items[i], NULL, &verdict) == STATUS_OK)
            decision = decision_of(verdict);
        changed += !bench_decided_alike(&decision, &decisions[i]);
    }
    return changed;
}

enum status
bench_count_changes(const struct bench_side *side, const struct bench_corpus *corpus,
                    const struct bench_observation *observation, bool (*is_left_out)(const struct bench_rule *rule),
                    uint64_t *changed_out)
{
    bool *flags[BENCH_CITY_TERM + 1], failed = false;
    struct variant *variant = NULL;
    struct bench_side without = {0};
    enum status status = STATUS_OK;

    for (unsigned kind = 0; kind <= BENCH_CITY_TERM; kind++)
        flags[kind] = flags_of(&observation->rules, kind, is_left_out, &failed);
    if (failed)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = variant_create(side->ruleset,
                                &(struct left_out){.patterns = flags[BENCH_PATTERN],
                                                   .common_terms = flags[BENCH_COMMON_TERM],
                                                   .city_terms = flags[BENCH_CITY_TERM]},
                                &variant);
    if (status == STATUS_OK)
        status = bench_side_init(variant_ruleset(variant), side->purpose, &without);
    if (status == STATUS_OK)
        *changed_out = count_changes(&without, corpus, observation->decisions);
    bench_side_fini(&without);
    variant_destroy(&variant);
    for (unsigned kind = 0; kind <= BENCH_CITY_TERM; kind++)
        free(flags[kind]);
    return status;
}

void
bench_observation_fini(struct bench_observation *observation)
{
    bench_rules_fini(&observation->rules);
    free(observation->decisions);
    *observation = (struct bench_observation){0};
}
