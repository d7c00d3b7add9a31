/* Every pattern of the repository's dictionaries, on its own examples. */
#include "rules/sample.h"

#include "differential.h"

#define SCRATCH_BYTES (1u << 20)

static struct common *common;
static struct arena *arena;
static struct regex_scratch *scratch;

static int
build_common(void **state)
{
    (void)state;
    common = sample_common("dictionaries/common", NULL);
    return arena_create(SCRATCH_BYTES, &arena) == STATUS_OK && regex_scratch_create(&scratch) == STATUS_OK ? 0 : -1;
}

static int
destroy_common(void **state)
{
    (void)state;
    regex_scratch_destroy(&scratch);
    arena_destroy(&arena);
    common_destroy(&common);
    return 0;
}

static struct slice
fold(struct slice text)
{
    struct slice plain, skeleton;
    arena_reset(arena);
    assert_int_equal(view_fold_literal(common->views, arena, text, &plain, &skeleton), STATUS_OK);
    return plain;
}

/* A searched pattern may match anywhere, another one at its first byte. */
static enum status
find(const struct pattern *pattern, struct slice plain, struct regex_match *match)
{
    return regex_find(pattern->regex, scratch, plain, 0, pattern->after_label || pattern->at_start, match);
}

static void
every_pattern_matches_its_hits(void **state)
{
    (void)state;
    struct regex_match match;
    unsigned failures = 0;
    for (size_t i = 0; i < common->pattern_count; i++) {
        const struct pattern *pattern = &common->patterns[i];
        for (size_t h = 0; h < pattern->hit_count; h++) {
            if (find(pattern, fold(pattern->hits[h]), &match) != STATUS_OK ||
                match.groups[pattern->group].end <= match.groups[pattern->group].start) {
                print_error("%s does not match %s\n", pattern->rule, (const char *)pattern->hits[h].data);
                failures++;
            }
        }
    }
    assert_int_equal(failures, 0);
}

static void
no_pattern_matches_its_misses(void **state)
{
    (void)state;
    struct regex_match match;
    unsigned failures = 0;
    for (size_t i = 0; i < common->pattern_count; i++) {
        const struct pattern *pattern = &common->patterns[i];
        for (size_t m = 0; m < pattern->miss_count; m++) {
            if (find(pattern, fold(pattern->misses[m]), &match) != STATUS_NOT_FOUND) {
                print_error("%s matches %s\n", pattern->rule, (const char *)pattern->misses[m].data);
                failures++;
            }
        }
    }
    assert_int_equal(failures, 0);
}

static void
every_pattern_has_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < common->pattern_count; i++)
        assert_true(common->patterns[i].hit_count > 0);
}

/* Whether the text holds one of the characters or words, where it should. */
static bool
holds_one(const struct requires *holds, struct slice plain)
{
    for (size_t i = 0; i < plain.bytes; i++) {
        uint8_t c = plain.data[i], before = i > 0 ? plain.data[i - 1] : 0x80;
        if (holds->is_behind && (before >= 128 || !(holds->before[before / 64] >> before % 64 & 1)))
            continue;
        if (c < 128 && (holds->ascii[c / 64] >> c % 64 & 1))
            return true;
        for (uint32_t w = 0; w < holds->word_count; w++)
            if (strncmp((const char *)plain.data + i, holds->words[w], strlen(holds->words[w])) == 0)
                return true;
    }
    return !holds->one_of;
}

static bool
trigger_fires(const struct trigger *trigger, struct slice plain)
{
    bool first = false, required = trigger->required < 0;
    uint32_t ascii = 0, digits = 0;
    for (size_t i = 0; i < plain.bytes; i++) {
        first |= trigger->first[plain.data[i] / 8] >> (plain.data[i] % 8) & 1;
        required |= plain.data[i] == trigger->required;
        digits += plain.data[i] >= '0' && plain.data[i] <= '9';
        ascii += plain.data[i] < 128;
    }
    return first && required && digits >= trigger->holds.digits && ascii >= trigger->holds.ascii_bytes &&
           holds_one(&trigger->holds, plain);
}

/* Whether some trigger that asks for nothing else fires. */
static bool
any_fires(const char *text)
{
    bool fires = false;
    for (size_t t = 0; t < common->searched_count; t++)
        fires |= common->triggers[t].need == NEEDS_NOTHING && trigger_fires(&common->triggers[t], fold(slice_of(text)));
    return fires;
}

static void
a_unit_counts_behind_a_number_alone(void **state)
{
    (void)state;
    assert_false(any_fires("あと3つで市の番です"));
    assert_true(any_fires("柏の5の10です"));
    assert_false(any_fires("3つの案、それぞれ円で"));
    assert_true(any_fires("300円です"));
}

static void
every_hit_fires_the_trigger_of_its_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < common->searched_count; i++) {
        const struct pattern *pattern = &common->patterns[i];
        for (size_t h = 0; h < pattern->hit_count; h++) {
            struct slice plain = fold(pattern->hits[h]);
            bool fires = false;
            for (size_t t = 0; t < common->searched_count; t++)
                fires |= common->triggers[t].pattern == i && trigger_fires(&common->triggers[t], plain);
            assert_true(fires);
        }
    }
}

static void
ordinary_japanese_fires_no_trigger(void **state)
{
    (void)state;
    struct slice plain = fold(slice_of("こんにちは。ごみの日はいつですか？ 教えてください、よろしくお願いします！"));
    for (size_t t = 0; t < common->searched_count; t++)
        assert_false(trigger_fires(&common->triggers[t], plain));
}

/* What a pattern is said to require stands in each of its own examples, whatever other triggers say. */
static void
every_hit_holds_what_its_pattern_requires(void **state)
{
    (void)state;
    for (size_t i = 0; i < common->searched_count; i++) {
        struct trigger alone = {.required = -1};
        memset(alone.first, 0xFF, sizeof(alone.first));
        requires_read(common->patterns[i].expression, &alone.holds);
        for (size_t h = 0; h < common->patterns[i].hit_count; h++)
            assert_true(trigger_fires(&alone, fold(common->patterns[i].hits[h])));
    }
}

static void
both_engines_agree_at_every_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < common->searched_count; i++) {
        const struct pattern *pattern = &common->patterns[i];
        for (size_t h = 0; h < pattern->hit_count; h++) {
            char sample[1024];
            struct slice plain = fold(pattern->hits[h]);
            assert_true(plain.bytes < sizeof(sample));
            memcpy(sample, plain.data, plain.bytes);
            sample[plain.bytes] = '\0';
            differential_sweep(pattern->expression, sample);
        }
    }
}

static void
both_engines_agree_on_the_misses(void **state)
{
    (void)state;
    for (size_t i = 0; i < common->searched_count; i++) {
        const struct pattern *pattern = &common->patterns[i];
        for (size_t m = 0; m < pattern->miss_count; m++) {
            struct slice plain = fold(pattern->misses[m]);
            differential_check(pattern->expression, &plain, 1);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every pattern has examples", every_pattern_has_examples, NULL, NULL, NULL},
        {"every pattern matches its hits", every_pattern_matches_its_hits, NULL, NULL, NULL},
        {"no pattern matches its misses", no_pattern_matches_its_misses, NULL, NULL, NULL},
        {"every hit fires the trigger of its pattern", every_hit_fires_the_trigger_of_its_pattern, NULL, NULL, NULL},
        {"a unit counts behind a number alone", a_unit_counts_behind_a_number_alone, NULL, NULL, NULL},
        {"ordinary Japanese fires no trigger", ordinary_japanese_fires_no_trigger, NULL, NULL, NULL},
        {"every hit holds what its pattern requires", every_hit_holds_what_its_pattern_requires, NULL, NULL, NULL},
        {"both engines agree at every place", both_engines_agree_at_every_place, NULL, NULL, NULL},
        {"both engines agree on the misses", both_engines_agree_on_the_misses, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, build_common, destroy_common);
}
