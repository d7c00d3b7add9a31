#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tune/bench_cost.h"
#include "tune/bench_observe.h"

/* Half of the texts hold one term of the city, the other half a phone number. */
#define TEXTS 40

static struct common *common;
static struct ruleset *city;
static struct bench_corpus corpus;

static void
add_text(struct buffer *file, unsigned number)
{
    if (number % 2 == 0)
        buffer_appendf(file, "{\"id\":\"t%u\",\"text\":\"もげもげと言う\",\"label\":\"block\"}\n", number);
    else
        buffer_appendf(file, "{\"text\":\"電話番号は 090-1234-5678\"}\n");
}

/* A file of records, read as a corpus. */
static enum status
read_records(const struct buffer *records, struct bench_corpus *corpus_out)
{
    char path[] = "/tmp/test_bench.XXXXXX";
    struct reading reading = {.fields.is_default = true};
    struct inputs inputs;
    struct bench_reading how = {.reading = &reading, .inputs = &inputs, .format = ARCHIVE_JSONL};
    struct fault fault = {0};
    enum status status;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, records->data, records->bytes), records->bytes);
    close(fd);
    inputs_init(&inputs);
    assert_int_equal(inputs_add(&inputs, path), STATUS_OK);
    assert_int_equal(fields_add(&reading.fields, "text"), STATUS_OK);
    assert_int_equal(field_init(&reading.id_field, "id"), STATUS_OK);
    status = bench_corpus_read(&how, corpus_out, &fault);
    inputs_fini(&inputs);
    unlink(path);
    return status;
}

static int
build_shared(void **state)
{
    struct city_files files = {.id = "sample", .folder = "sample"};
    struct buffer records;
    struct fault fault = {0};

    (void)state;
    buffer_init(&files.policy);
    buffer_init(&files.terms);
    buffer_init(&files.names);
    buffer_init(&files.cases);
    buffer_append_text(&files.policy, "format: 1\nid: sample\nname: 試験市\nclauses:\n"
                                      "  - {id: a, cite: a, heading: a, covers: [DEFAMATION], action: block}\n"
                                      "  - {id: b, cite: b, heading: b, covers: [personal_data], action: redact}\n");
    buffer_append_text(&files.terms, "term,category,match,severity,exceptions,note,added_on\n"
                                     "もげもげ,DEFAMATION,phrase,high,,,\nぽぬぽぬ,DEFAMATION,phrase,high,,,\n");
    assert_int_equal(common_build("tests/rules/data/common", NULL, &common, &fault), STATUS_OK);
    assert_int_equal(ruleset_build(common, &files, &city, &fault), STATUS_OK);
    city_files_fini(&files);
    buffer_init(&records);
    for (unsigned i = 0; i < TEXTS; i++)
        add_text(&records, i);
    buffer_append_text(&records, "no JSON\n");
    assert_int_equal(read_records(&records, &corpus), STATUS_OK);
    buffer_fini(&records);
    return 0;
}

static int
destroy_shared(void **state)
{
    (void)state;
    bench_corpus_fini(&corpus);
    ruleset_destroy(&city);
    common_destroy(&common);
    return 0;
}

static void
a_corpus_keeps_texts_ids_and_what_people_said(void **state)
{
    (void)state;
    assert_int_equal(corpus.count, TEXTS);
    assert_int_equal(corpus.records, TEXTS + 1);
    assert_int_equal(corpus.refused, 1);
    assert_int_equal(corpus.labelled, TEXTS / 2);
    assert_true(slice_equal(corpus.items[2].id, slice_of("\"t2\"")));
    assert_true(slice_equal(corpus.items[3].id, slice_of("\"3\""))); /* its number, where it has none */
    assert_true(slice_equal(corpus.items[2].text, slice_of("もげもげと言う")));
    assert_true(corpus.items[2].marks.bytes > 0 && corpus.items[3].marks.bytes == 0);
}

static struct bench_rule *
rule_of(const struct bench_observation *observation, const char *plain)
{
    for (size_t i = 0; i < bench_rules_count(&observation->rules); i++)
        if (slice_equal(bench_rules_items(&observation->rules)[i].plain, slice_of(plain)))
            return &bench_rules_items(&observation->rules)[i];
    fail_msg("no term %s", plain);
    return NULL;
}

static bool
is_moge(const struct bench_rule *rule)
{
    return slice_equal(rule->plain, slice_of("もげもげ"));
}

static void
an_observation_counts_rules_decisions_and_quality(void **state)
{
    struct bench_side side;
    struct bench_observation observation;
    uint64_t changed = 0;

    (void)state;
    assert_int_equal(bench_side_init(city, NULL, &side), STATUS_OK);
    assert_int_equal(bench_observe(&side, &corpus, &observation), STATUS_OK);
    assert_int_equal(observation.judged, TEXTS);
    assert_int_equal(observation.verdicts[ACTION_BLOCK], TEXTS / 2);
    assert_int_equal(observation.verdicts[ACTION_REDACT], TEXTS / 2);
    assert_int_equal(rule_of(&observation, "もげもげ")->hits, TEXTS / 2);
    assert_int_equal(rule_of(&observation, "もげもげ")->decided, TEXTS / 2);
    assert_true(bench_rule_is_silent(rule_of(&observation, "ぽぬぽぬ")));
    assert_int_equal(observation.quality.block.wanted, TEXTS / 2);
    assert_true(bench_f1(&observation.quality.block) == 1);
    /* without the term those texts, and no others, are decided otherwise; without the silent ones none is */
    assert_int_equal(bench_count_changes(&side, &corpus, &observation, is_moge, &changed), STATUS_OK);
    assert_int_equal(changed, TEXTS / 2);
    assert_int_equal(bench_count_changes(&side, &corpus, &observation, bench_rule_is_silent, &changed), STATUS_OK);
    assert_int_equal(changed, 0);
    bench_observation_fini(&observation);
    bench_side_fini(&side);
}

static void
every_rule_has_a_figure_or_a_bound_and_timings_are_bounded(void **state)
{
    const struct bench_cost_options options = {
        .rounds = BENCH_MIN_ROUNDS, .timings = 16, .pass_ns = 1000000, .message_ns = 1000};
    struct bench_side side;
    struct bench_observation observation;
    struct bench_cost cost;

    (void)state;
    assert_int_equal(bench_side_init(city, NULL, &side), STATUS_OK);
    assert_int_equal(bench_observe(&side, &corpus, &observation), STATUS_OK);
    assert_int_equal(bench_cost_measure(&side, &corpus, &options, &observation.rules, &cost), STATUS_OK);
    assert_in_range(cost.timings, 5, options.timings);
    for (size_t i = 0; i < bench_rules_count(&observation.rules); i++) {
        const struct bench_rule *rule = &bench_rules_items(&observation.rules)[i];

        if (rule->kind == BENCH_BUILT_IN)
            continue;
        assert_int_not_equal(rule->cost_state, BENCH_COST_NONE);
        assert_true(rule->noise_ns > 0);
        if (rule->cost_state != BENCH_COST_BELOW)
            assert_true(rule->cost_ns > rule->noise_ns);
    }
    bench_observation_fini(&observation);
    bench_side_fini(&side);
}

static void
fewer_timings_than_it_takes_are_none(void **state)
{
    const struct bench_cost_options options = {.rounds = BENCH_MIN_ROUNDS, .pass_ns = 1000000, .message_ns = 1000};
    struct bench_side side;
    struct bench_observation observation;
    struct bench_cost cost;

    (void)state;
    assert_int_equal(bench_side_init(city, NULL, &side), STATUS_OK);
    assert_int_equal(bench_observe(&side, &corpus, &observation), STATUS_OK);
    assert_int_equal(bench_cost_measure(&side, &corpus, &options, &observation.rules, &cost), STATUS_OK);
    assert_int_equal(cost.timings, 0);
    assert_int_equal(rule_of(&observation, "もげもげ")->cost_state, BENCH_COST_NONE);
    bench_observation_fini(&observation);
    bench_side_fini(&side);
}

static void
two_rulesets_that_see_the_same_texts_have_one_hash(void **state)
{
    struct bench_side side;
    struct bench_observation first, second;
    struct bench_corpus shorter = corpus;

    (void)state;
    shorter.count--;
    assert_int_equal(bench_side_init(city, NULL, &side), STATUS_OK);
    assert_int_equal(bench_observe(&side, &corpus, &first), STATUS_OK);
    assert_int_equal(bench_observe(&side, &corpus, &second), STATUS_OK);
    assert_memory_equal(&first.fed, &second.fed, sizeof first.fed);
    bench_observation_fini(&second);
    assert_int_equal(bench_observe(&side, &shorter, &second), STATUS_OK);
    assert_memory_not_equal(&first.fed, &second.fed, sizeof first.fed);
    bench_observation_fini(&first);
    bench_observation_fini(&second);
    bench_side_fini(&side);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a corpus keeps texts, ids and what people said", a_corpus_keeps_texts_ids_and_what_people_said, NULL, NULL,
         NULL},
        {"an observation counts rules, decisions and quality", an_observation_counts_rules_decisions_and_quality, NULL,
         NULL, NULL},
        {"every rule has a figure or a bound, and timings are bounded",
         every_rule_has_a_figure_or_a_bound_and_timings_are_bounded, NULL, NULL, NULL},
        {"fewer timings than it takes are none", fewer_timings_than_it_takes_are_none, NULL, NULL, NULL},
        {"two rulesets that see the same texts have one hash", two_rulesets_that_see_the_same_texts_have_one_hash, NULL,
         NULL, NULL},
    };
    return cmocka_run_group_tests(tests, build_shared, destroy_shared);
}
