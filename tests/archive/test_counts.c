/* Counts of a block, written by a worker and added up by the owner of the run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "archive/counts.h"

enum { NOUN, VERB, KINDS };

static int
by_kind_then_count(const void *a, const void *b)
{
    const struct count *x = a, *y = b;

    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : x->count > y->count ? -1 : x->count < y->count;
}

static void
answers_add_up_and_samples_stay_few(void **state)
{
    struct counts counts;
    const struct count *list;
    size_t count;

    (void)state;
    assert_int_equal(counts_begin(&counts, KINDS), STATUS_OK);
    assert_int_equal(counts_add(&counts, slice_of("1\t2\tgo\tone\ttwo\n0\t1\tgo\n")), STATUS_OK);
    assert_int_equal(counts_add(&counts, slice_of("{\"status\":\"INTERNAL\"}\n1\t9\tgo\ttwo\tthree\tfour")), STATUS_OK);
    list = counts_sort(&counts, by_kind_then_count, &count);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].kind, NOUN);
    assert_string_equal(list[1].key, "go");
    assert_int_equal(list[1].count, 11);
    assert_true(slice_equal(list[1].samples[0], slice_of("one")));
    assert_true(slice_equal(list[1].samples[1], slice_of("two")));
    assert_true(slice_equal(list[1].samples[2], slice_of("three")));
    counts_fini(&counts);
}

static void
an_answer_that_is_none_is_refused(void **state)
{
    static const struct slice bad[] = {SLICE_LITERAL("2\t1\tx\n"),  SLICE_LITERAL("x\t1\tx\n"),
                                       SLICE_LITERAL("1\t\tx\n"),   SLICE_LITERAL("1\t1\t\n"),
                                       SLICE_LITERAL("1\n"),        SLICE_LITERAL("\n"),
                                       SLICE_LITERAL("1\t-1\tx\n"), SLICE_LITERAL("1\t1\tx\0y\n"),
                                       SLICE_LITERAL("1\t1\t"),     SLICE_LITERAL("1\t9999999999999999999\tx\n")};
    struct counts counts;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(counts_begin(&counts, KINDS), STATUS_OK);
        assert_int_equal(counts_add(&counts, bad[i]), STATUS_INVALID);
        counts_fini(&counts);
    }
}

static void
what_is_too_much_for_a_block_is_counted_as_the_rest_of_its_kind(void **state)
{
    static struct block_counts counts;
    char key[16];

    (void)state;
    for (unsigned i = 0; i < 3 * BLOCK_MAX_COUNTS; i++) {
        snprintf(key, sizeof key, "%u", i);
        block_counts_of(&counts, i % KINDS, key)->count++;
    }
    assert_in_range(counts.count, 2, BLOCK_MAX_COUNTS);
    for (unsigned kind = 0; kind < KINDS; kind++)
        assert_in_range(block_counts_of(&counts, kind, "-")->count, BLOCK_MAX_COUNTS, 3 * BLOCK_MAX_COUNTS);
    assert_int_equal(block_counts_of(&counts, 1, "1")->count, 1);
}

static void
a_sample_is_cut_short_and_holds_nothing_that_ends_a_field(void **state)
{
    static struct block_counts counts;
    struct block_count *count = block_counts_of(&counts, NOUN, "x");
    struct buffer text;

    (void)state;
    buffer_init(&text);
    buffer_append_text(&text, "a\tb\nc\xC2\x85");
    for (unsigned i = 0; i < COUNT_SAMPLE_CHARACTERS; i++)
        buffer_append_text(&text, "あ");
    block_count_sample(count, (struct slice){0});
    for (unsigned i = 0; i < 2 * COUNT_SAMPLES; i++)
        block_count_sample(count, buffer_slice(&text));
    assert_int_equal(count->sample_count, COUNT_SAMPLES);
    assert_memory_equal(count->samples.data, "\ta b c あ", 10);
    assert_int_equal(count->samples.bytes,
                     COUNT_SAMPLES * (1 + 6 + (COUNT_SAMPLE_CHARACTERS - 6) * strlen("あ") + strlen("…")));
    buffer_fini(&text);
    buffer_fini(&count->samples);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_add_up_and_samples_stay_few),
        cmocka_unit_test(an_answer_that_is_none_is_refused),
        cmocka_unit_test(what_is_too_much_for_a_block_is_counted_as_the_rest_of_its_kind),
        cmocka_unit_test(a_sample_is_cut_short_and_holds_nothing_that_ends_a_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
