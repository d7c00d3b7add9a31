#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/status.h"

static void
every_status_has_its_own_word(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        assert_non_null(status_word((enum status)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(status_word((enum status)i), status_word((enum status)j));
    }
    assert_string_equal(status_word(STATUS_OK), "ok");
    assert_string_equal(status_word(STATUS_TOO_LARGE), "too large");
}

static void
a_foreign_value_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(status_word(STATUS_COUNT), "unknown");
    assert_string_equal(status_word((enum status)4711), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every status has its own word", every_status_has_its_own_word, NULL, NULL, NULL},
        {"a foreign value is unknown", a_foreign_value_is_unknown, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
