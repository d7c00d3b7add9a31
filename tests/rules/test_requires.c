#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/requires.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"digits are proved", digits_are_proved, NULL, NULL, NULL},
        {"what may be absent proves nothing", what_may_be_absent_proves_nothing, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("requires", tests, NULL, NULL);
}
