/* The words around a hit, with the small dictionaries of tests/rules/data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "scan/around.h"

static struct common *common;

/* A message whose plain view is `text`, padded as views are. */
static struct state
state_of(const char *text)
{
    static uint8_t bytes[512];
    size_t count = strlen(text);
    assert_true(count + 64 < sizeof bytes);
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, text, count);
    return (struct state){.common = common, .plain.text = {bytes, count}};
}

static uint32_t
place_of(const struct state *state, const char *text)
{
    const uint8_t *found = memmem(state->plain.text.data, state->plain.text.bytes, text, strlen(text));
    assert_non_null(found);
    return (uint32_t)(found - state->plain.text.data);
}

static void
the_longest_phrase_counts(void **unused)
{
    (void)unused;
    struct state state = state_of("市の窓口の人は");
    assert_int_equal(around_at(&state, place_of(&state, "窓口"), PHRASES_AIM_TARGET), strlen("窓口の人"));
    assert_int_equal(around_before(&state, place_of(&state, "は"), PHRASES_AIM_TARGET), strlen("窓口の人"));
    assert_int_equal(around_before(&state, place_of(&state, "の人"), PHRASES_AIM_TARGET), strlen("窓口"));
}

static void
nothing_is_found_beside_it_or_in_other_lists(void **unused)
{
    (void)unused;
    struct state state = state_of("お前は窓");
    assert_int_equal(around_at(&state, place_of(&state, "前"), PHRASES_AIM_TARGET), 0);
    assert_int_equal(around_at(&state, place_of(&state, "窓"), PHRASES_AIM_TARGET), 0);
    assert_int_equal(around_at(&state, (uint32_t)state.plain.text.bytes, PHRASES_AIM_TARGET), 0);
    assert_int_equal(around_before(&state, 0, PHRASES_AIM_TARGET), 0);
    assert_int_equal(around_at(&state, 0, PHRASES_AIM_SELF), 0);
    assert_int_equal(around_at(&state, 0, PHRASES_AIM_TARGET), strlen("お前"));
}

static void
a_phrase_stands_in_a_span_as_a_whole(void **unused)
{
    (void)unused;
    struct state state = state_of("あ窓口い");
    assert_true(around_anywhere(&state, PHRASES_AIM_TARGET));
    assert_true(around_in(&state, (struct span){1, 9}, PHRASES_AIM_TARGET)); /* begins within あ */
    assert_false(around_in(&state, (struct span){3, 8}, PHRASES_AIM_TARGET));
    assert_false(around_in(&state, (struct span){4, 12}, PHRASES_AIM_TARGET));
    assert_false(around_in(&state, (struct span){0, 0}, PHRASES_AIM_TARGET));
}

static void
a_sentence_ends_where_its_mark_or_line_does(void **unused)
{
    (void)unused;
    struct state state = state_of("暑い。窓口は遠い!\nはい");
    struct span sentence = around_sentence(&state, place_of(&state, "遠"));
    assert_int_equal(sentence.start, strlen("暑い。"));
    assert_int_equal(sentence.end, strlen("暑い。窓口は遠い"));
}

static void
every_list_is_explained_and_has_phrases(void **unused)
{
    (void)unused;
    static const char *const names[PHRASES_COUNT] = {
#define NAME(id, word) [PHRASES_##id] = word,
        PHRASE_LISTS(NAME)
#undef NAME
    };
    struct buffer docs, table;
    char row[96];
    buffer_init(&docs);
    buffer_init(&table);
    assert_int_equal(file_read("docs/phrases.md", 1u << 20, &docs), STATUS_OK);
    assert_int_equal(file_read("dictionaries/common/phrases.csv", 1u << 20, &table), STATUS_OK);
    for (size_t i = 0; i < PHRASES_COUNT; i++) {
        int bytes = snprintf(row, sizeof row, "\n| `%s` |", names[i]);
        if (!memmem(docs.data, docs.bytes, row, (size_t)bytes))
            fail_msg("docs/phrases.md does not explain %s", names[i]);
        bytes = snprintf(row, sizeof row, ",%s,", names[i]);
        if (!memmem(table.data, table.bytes, row, (size_t)bytes))
            fail_msg("phrases.csv has nothing for %s", names[i]);
    }
    buffer_fini(&docs);
    buffer_fini(&table);
}

static int
set_up(void **unused)
{
    (void)unused;
    struct fault fault = {0};
    return common_build("tests/rules/data/common", NULL, &common, &fault) == STATUS_OK ? 0 : -1;
}

static int
tear_down(void **unused)
{
    (void)unused;
    common_destroy(&common);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_phrase_counts),
        cmocka_unit_test(nothing_is_found_beside_it_or_in_other_lists),
        cmocka_unit_test(a_phrase_stands_in_a_span_as_a_whole),
        cmocka_unit_test(a_sentence_ends_where_its_mark_or_line_does),
        cmocka_unit_test(every_list_is_explained_and_has_phrases),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
