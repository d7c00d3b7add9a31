#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "rules/requires.h"

static bool
requires_digit(const char *expression)
{
    struct requires requires;
    requires_read(expression, &requires);
    return requires.digits > 0;
}

static void
digits_are_proved(void **state)
{
    (void)state;
    assert_true(requires_digit("[0-9]{3}-[0-9]{4}"));
    assert_true(requires_digit("[a-z]{1,2} ?[0-9]{7}"));
    assert_true(requires_digit("(?:a[0-9]|b\\d)c"));
    assert_true(requires_digit("x0?[1-9]"));
    assert_true(requires_digit("(?<name>[0-9]+)円"));
}

static void
what_may_be_absent_proves_nothing(void **state)
{
    (void)state;
    assert_false(requires_digit("[0-9]?a"));
    assert_false(requires_digit("[0-9]{0,3}a"));
    assert_false(requires_digit("(?:[0-9])*a"));
    assert_false(requires_digit("(?:[0-9]|b)c"));
    assert_false(requires_digit("a(?=[0-9])"));
    assert_false(requires_digit("(?<![0-9])a"));
    assert_false(requires_digit("[^0-9]"));
    assert_false(requires_digit("[0-9a]"));
    assert_false(requires_digit("[0-9]|"));
    assert_false(requires_digit("\\p{L}+@"));
}

/* The set as text: its characters, then its words, each behind a comma; "" = nothing is proved. */
static void
assert_one_of(const char *expression, const char *expected)
{
    struct requires requires;
    char set[512] = "";
    size_t used = 0;
    requires_read(expression, &requires);
    for (unsigned c = 0; c < 128; c++)
        if (requires.ascii[c / 64] >> c % 64 & 1)
            set[used++] = (char)c;
    for (uint32_t i = 0; i < requires.word_count; i++)
        used += (size_t)snprintf(set + used, sizeof(set) - used, ",%s", requires.words[i]);
    assert_string_equal(set, expected);
    assert_int_equal(requires.one_of, used > 0);
}

static void
the_rarest_set_is_chosen(void **state)
{
    (void)state;
    assert_one_of("[a-z]+@[a-z]+", "@");
    assert_one_of("[a-z]+ ?(?:@|★|アット(?:マーク)?| at )[a-z]", "@,★,アット, at ");
    assert_one_of("a(?:b|c?)[:;]d", ":;");
    assert_one_of("a[ks]ia[0-9]", ",ia");
    assert_one_of("ab+c", ",ab");
    assert_one_of("あいうえおかきくけこ", ",あいうえお");
    assert_one_of("\\(dot\\)|\\.", ".,(dot)");
}

/* The characters one of which stands right before the set; "" = anything may. */
static void
assert_behind(const char *expression, const char *set, const char *expected)
{
    struct requires requires;
    char before[129] = "";
    size_t used = 0;
    assert_one_of(expression, set);
    requires_read(expression, &requires);
    for (unsigned c = 0; c < 128; c++)
        if (requires.before[c / 64] >> c % 64 & 1)
            before[used++] = (char)c;
    assert_string_equal(before, expected);
    assert_int_equal(requires.is_behind, used > 0);
}

static void
what_stands_before_the_set_is_known(void **state)
{
    (void)state;
    assert_behind("[0-9]+円", ",円", "0123456789");
    assert_behind("[1-3][0-3]{0,2}(?:(?: ?(?:丁目|の|-)[0-9]){1,5}|番地)", "-,丁目,の,番地", " 0123");
    assert_behind("a(?:b|c)?号", ",号", "abc");
    assert_behind("a(?=x)(?<!y)号", ",号", "a");
    assert_behind("[ab](?:c?号|番)", ",号,番", "abc");
}

static void
what_may_stand_anywhere_has_nothing_before_it(void **state)
{
    (void)state;
    assert_behind("号[0-9]", ",号", "");
    assert_behind("[0-9]?号", ",号", "");
    assert_behind("(?:a|)号", ",号", "");
    assert_behind("[0-9あ]号", ",号", "");
    assert_behind("(?:第[0-9]?|[0-9])号", ",号", "");
    assert_behind("[0-9].号", ",号", "");
    assert_behind("[0-9]\\b号", ",号", "");
    assert_behind("(?:[0-9]号|番)a", ",号,番", "");
}

static void
what_proves_no_set(void **state)
{
    (void)state;
    assert_one_of("[^a]", "");
    assert_one_of("[aあ]", "");
    assert_one_of("a?b*", "");
    assert_one_of("(?:a|)", "");
    assert_one_of(".", "");
    assert_one_of("(?=a)(?<!b)", "");
    assert_one_of("(?i)a", "");
    assert_one_of("(*UCP)a", "");
    assert_one_of("\\x41", "");
    assert_one_of("\\pL", "");
    assert_one_of("[[:alpha:]]", "");
}

static void
ascii_is_counted(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        uint32_t bytes;
    } rows[] = {{"[a-f0-9]{32}", 32}, {"u[0-9a-f]{32}x?", 33}, {"ab|c", 1}, {"(?:ab){2,3}", 4},
                {"あいa", 1},         {"[aあ]b", 1},           {".", 0},    {"a(?=bcd)", 1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct requires requires;
        requires_read(rows[i].expression, &requires);
        assert_int_equal(requires.ascii_bytes, rows[i].bytes);
    }
}

static void
digits_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        uint32_t digits;
    } rows[] = {{"[0-9]{3}-?[0-9]{4}", 7}, {"[0-9]{5}|[0-9]{4}-[0-9]{3}", 5}, {"(?:[0-9]{2}[.,]?){1,3}", 2},
                {"0[1-9]\\d[0-9a]", 3},    {"[0-9]+(?:円|0人)", 1},           {"[0-9]{9999999999}", 65536}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct requires requires;
        requires_read(rows[i].expression, &requires);
        assert_int_equal(requires.digits, rows[i].digits);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"digits are proved", digits_are_proved, NULL, NULL, NULL},
        {"what may be absent proves nothing", what_may_be_absent_proves_nothing, NULL, NULL, NULL},
        {"the rarest set is chosen", the_rarest_set_is_chosen, NULL, NULL, NULL},
        {"what stands before the set is known", what_stands_before_the_set_is_known, NULL, NULL, NULL},
        {"what may stand anywhere has nothing before it", what_may_stand_anywhere_has_nothing_before_it, NULL, NULL,
         NULL},
        {"what proves no set", what_proves_no_set, NULL, NULL, NULL},
        {"ASCII is counted", ascii_is_counted, NULL, NULL, NULL},
        {"digits are counted", digits_are_counted, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("requires", tests, NULL, NULL);
}
