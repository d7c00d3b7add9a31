#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scan/transform.h"

static struct arena *arena;

static struct finding
redacting(uint32_t start, uint32_t end, enum info_type type, unsigned likelihood, enum transform transform)
{
    return (struct finding){.span = {start, end},
                            .info_type = type,
                            .likelihood = (uint8_t)likelihood,
                            .action = ACTION_REDACT,
                            .transform = transform,
                            .rule = "test"};
}

static void
assert_redacted(const char *text, const struct finding *findings, size_t count, const char *expected,
                size_t replacements_expected)
{
    struct slice redacted;
    struct replacement *replacements;
    size_t replacement_count;
    assert_int_equal(
        transform_text(arena, slice_of(text), findings, count, &redacted, &replacements, &replacement_count),
        STATUS_OK);
    assert_int_equal(replacement_count, replacements_expected);
    assert_int_equal(redacted.bytes, strlen(expected));
    assert_memory_equal(redacted.data, expected, redacted.bytes);
    for (size_t i = 0; i < replacement_count; i++)
        assert_true(replacements[i].output.end <= redacted.bytes && replacements[i].source.end <= strlen(text));
}

static void
each_transform_writes_its_own(void **state)
{
    (void)state;
    struct finding label = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_LABEL);
    struct finding mask = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_MASK);
    struct finding removed = redacting(1, 4, INFO_PHONE, 90, TRANSFORM_REMOVE);
    assert_redacted("a123b", &label, 1, "a【電話番号】b", 1);
    assert_redacted("a123b", &mask, 1, "a＊＊＊＊b", 1);
    assert_redacted("a123b", &removed, 1, "ab", 1);
}

static void
a_mask_does_not_tell_the_length(void **state)
{
    (void)state;
    struct finding shorter = redacting(0, 1, INFO_PHONE, 90, TRANSFORM_MASK);
    struct finding longer = redacting(0, 9, INFO_PHONE, 90, TRANSFORM_MASK);
    assert_redacted("123456789", &shorter, 1, "＊＊＊＊23456789", 1);
    assert_redacted("123456789", &longer, 1, "＊＊＊＊", 1);
}

static void
overlapping_spans_are_covered_as_one(void **state)
{
    (void)state;
    struct finding findings[] = {redacting(0, 5, INFO_PHONE, 80, TRANSFORM_LABEL),
                                 redacting(3, 8, INFO_EMAIL, 95, TRANSFORM_LABEL)};
    assert_redacted("123456789", findings, 2, "【メールアドレス】9", 1);
}

static void
adjacent_spans_leave_nothing_between(void **state)
{
    (void)state;
    struct finding findings[] = {redacting(0, 3, INFO_PHONE, 80, TRANSFORM_REMOVE),
                                 redacting(3, 6, INFO_EMAIL, 95, TRANSFORM_REMOVE)};
    assert_redacted("123456789", findings, 2, "789", 2);
}

static void
what_is_not_redacted_stays(void **state)
{
    (void)state;
    struct finding allowed = redacting(0, 3, INFO_PHONE, 80, TRANSFORM_LABEL);
    allowed.action = ACTION_ALLOW;
    assert_redacted("123", &allowed, 1, "123", 0);
    assert_redacted("", NULL, 0, "", 0);
}

static int
open_arena(void **state)
{
    (void)state;
    return arena_create(1 << 20, &arena) == STATUS_OK ? 0 : -1;
}

static int
close_arena(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"each transform writes its own", each_transform_writes_its_own, NULL, NULL, NULL},
        {"a mask does not tell the length", a_mask_does_not_tell_the_length, NULL, NULL, NULL},
        {"overlapping spans are covered as one", overlapping_spans_are_covered_as_one, NULL, NULL, NULL},
        {"adjacent spans leave nothing between", adjacent_spans_leave_nothing_between, NULL, NULL, NULL},
        {"what is not redacted stays", what_is_not_redacted_stays, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("transform", tests, open_arena, close_arena);
}
