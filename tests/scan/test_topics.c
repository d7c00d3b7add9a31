/* The topic model: texts of new wordings, none of them made from its templates. */
#include "one_city.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "rules/topics.h"
#include "scan/trace.h"
#include "text/view.h"

struct sample {
    enum category category; /* CATEGORY_NONE: no topic may reach the floor */
    const char *text;
};

#include "scan/topic_samples.h"

static bool
is_topic(const struct finding *finding)
{
    return strncmp(finding->rule, "topic.", 6) == 0;
}

static void
prohibited_texts_in_new_words_are_blocked(void **state)
{
    (void)state;
    size_t wanted = 0, right = 0;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        bool found = false;
        if (samples[i].category == CATEGORY_NONE)
            continue;
        const struct verdict *verdict = scan(samples[i].text);
        for (size_t f = 0; f < verdict->finding_count; f++)
            found |= verdict->findings[f].category == samples[i].category;
        wanted++;
        right += found && verdict->action == ACTION_BLOCK;
        if (!found || verdict->action != ACTION_BLOCK)
            print_message("not blocked as %s: %s\n", category_word(samples[i].category), samples[i].text);
    }
    assert_true(right * 100 >= wanted * TOPIC_MARK_PERCENT);
}

static void
near_misses_are_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (samples[i].category != CATEGORY_NONE)
            continue;
        const struct verdict *verdict = scan(samples[i].text);
        for (size_t f = 0; f < verdict->finding_count; f++)
            if (is_topic(&verdict->findings[f]) && verdict->findings[f].likelihood >= 60)
                fail_msg("%s: %s", verdict->findings[f].rule, samples[i].text);
    }
}

static void
the_same_text_has_the_same_likelihood(void **state)
{
    (void)state;
    const char *text = samples[0].text;
    unsigned first = 0;
    for (int round = 0; round < 3; round++) {
        unsigned sum = 0;
        const struct verdict *verdict = scan(text);
        for (size_t f = 0; f < verdict->finding_count; f++)
            sum = sum * 101 + verdict->findings[f].likelihood;
        assert_true(round == 0 || sum == first);
        first = sum;
    }
}

/* The margin of a whole text, row by row. */
static unsigned
likelihood_by_rows(struct slice skeleton, unsigned lane)
{
    const struct topic_model *model = fixture.common->topics;
    int32_t sum = 0;
    uint64_t rows = 0;
    for (uint32_t at = 0; at < skeleton.bytes; topic_next(skeleton.data, &at)) {
        uint64_t hash = TOPIC_HASH_START;
        uint32_t end = at;
        for (unsigned n = 0; n < TOPIC_GRAM_MAX && end < skeleton.bytes; n++) {
            uint32_t character = topic_next(skeleton.data, &end);
            if (character == TOPIC_OPAQUE)
                break;
            hash = topic_hash(hash, character);
            uint32_t slot = topic_slot(hash, model->numbers.slots);
            if (model->checks[slot] == topic_check(hash))
                sum += model->weights[(size_t)slot * TOPIC_LANES + lane];
            rows++;
        }
    }
    uint32_t norm = topic_root(rows * TOPIC_NORM * TOPIC_NORM);
    return topic_likelihood(&model->numbers, lane, topic_margin(&model->numbers, lane, sum, norm));
}

/* Up to 60 what stands beside them may lift two categories, or cap what is short. */
static size_t
same_likelihoods(const struct view_tables *tables, struct arena *arena, const char *text)
{
    struct slice plain, skeleton;
    size_t same = 0;
    arena_reset(arena);
    assert_int_equal(view_fold_literal(tables, arena, slice_of(text), &plain, &skeleton), STATUS_OK);
    const struct verdict *verdict = scan(text);
    for (size_t f = 0; f < verdict->finding_count; f++) {
        const struct finding *finding = &verdict->findings[f];
        if (!is_topic(finding) || finding->likelihood <= 60)
            continue;
        assert_int_equal(finding->likelihood, likelihood_by_rows(skeleton, finding->category - CATEGORY_ILLEGAL));
        same++;
    }
    return same;
}

static void
rows_read_together_weigh_what_each_does(void **state)
{
    (void)state;
    static const char *const between[] = {"", "7", "b ", "\xF0\x9F\x98\x80", "https://a.example/b1 "};
    struct view_tables *tables;
    struct arena *arena;
    char text[512];
    size_t same = 0;
    assert_int_equal(view_tables_create(&tables), STATUS_OK);
    assert_int_equal(arena_create(1 << 20, &arena), STATUS_OK);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (size_t b = 0; b < sizeof between / sizeof *between; b++)
            for (int before = 0; before <= 18; before += 3) { /* bytes: the samples begin with kana and kanji */
                snprintf(text, sizeof text, "%.*s%s%s", before, samples[i].text, between[b], samples[i].text + before);
                same += same_likelihoods(tables, arena, text);
            }
    assert_true(same > 300);
    arena_destroy(&arena);
    view_tables_destroy(&tables);
}

static void
a_topic_covers_the_passage_it_speaks_of(void **state)
{
    (void)state;
    char text[4096] = "";
    for (int i = 0; i < 20; i++)
        strcat(text, "今日は天気がよくて、家族と散歩をしました。");
    size_t before = strlen(text);
    strcat(text, TOPIC_LONE_SENTENCE);
    const struct verdict *verdict = scan(text);
    size_t topics = 0;
    for (size_t f = 0; f < verdict->finding_count; f++) {
        if (!is_topic(&verdict->findings[f]))
            continue;
        topics++;
        assert_true(verdict->findings[f].span.start > 0 && verdict->findings[f].span.start <= before);
        assert_int_equal(verdict->findings[f].span.end, strlen(text));
    }
    assert_true(topics > 0);
}

static void
shown(void *context, const struct trace_event *event)
{
    *(unsigned *)context += event->note && strcmp(event->note, "speaks for the topic") == 0 && event->span.end > 0;
}

static void
explain_shows_what_speaks_for_it(void **state)
{
    (void)state;
    unsigned grams = 0;
    const struct verdict *verdict = NULL;
    struct trace trace = {shown, &grams};
    struct message message = {.text = slice_of(TOPIC_LONE_SENTENCE), .trace = &trace};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    assert_in_range(grams, 1, 10);
}

static void
a_damaged_model_is_refused(void **state)
{
    (void)state;
    char dir[] = "/tmp/topics-XXXXXX", path[64];
    struct buffer file;
    struct topic_model *model = NULL;
    struct fault fault = {0};
    buffer_init(&file);
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/topics.model", dir);
    assert_int_equal(topic_model_read(dir, &model, &fault), STATUS_INVALID);
    assert_string_equal(fault.file, path);
    assert_string_equal(fault.reason, "the model is missing: prohibited content would be missed");
    assert_int_equal(file_read("models/topics/topics.model", 4 << 20, &file), STATUS_OK);
    for (unsigned damage = 0; damage < 3; damage++) {
        FILE *out = fopen(path, "wb");
        assert_non_null(out);
        file.data[0] ^= damage == 1; /* no such format */
        file.data[8] ^= damage == 2; /* another number of slots than there are */
        fwrite(file.data, 1, file.bytes - (damage == 0), out);
        fclose(out);
        assert_int_equal(topic_model_read(dir, &model, &fault), STATUS_INVALID);
        assert_null(model);
        file.data[0] ^= damage == 1;
    }
    unlink(path);
    rmdir(dir);
    buffer_fini(&file);
}

static void
likelihood_rises_with_the_margin(void **state)
{
    (void)state;
    const struct topic_numbers *numbers = &fixture.common->topics->numbers;
    for (unsigned topic = 0; topic < TOPIC_COUNT; topic++) {
        unsigned last = 0;
        for (int64_t margin = -20000; margin < 20000; margin += 50) {
            unsigned likelihood = topic_likelihood(numbers, topic, margin);
            assert_in_range(likelihood, last, 100);
            last = likelihood;
        }
        assert_int_equal(last, numbers->likelihoods[TOPIC_KNOTS - 1]);
    }
}

static int
open_all(void **state)
{
    (void)state;
    open_city("default");
    assert_non_null(fixture.common->topics);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"prohibited texts in new words are blocked", prohibited_texts_in_new_words_are_blocked},
        {"near misses are left alone", near_misses_are_left_alone},
        {"the same text has the same likelihood", the_same_text_has_the_same_likelihood},
        {"rows read together weigh what each does", rows_read_together_weigh_what_each_does},
        {"a topic covers the passage it speaks of", a_topic_covers_the_passage_it_speaks_of},
        {"explain shows what speaks for it", explain_shows_what_speaks_for_it},
        {"a damaged model is refused", a_damaged_model_is_refused},
        {"likelihood rises with the margin", likelihood_rises_with_the_margin},
    };
    return cmocka_run_group_tests(tests, open_all, close_city);
}
