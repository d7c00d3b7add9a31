/* tests/base/test_pages.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

static void
tables_begin_a_line_and_can_be_written(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 64, 65, PAGES_LARGE_BYTES - 1, PAGES_LARGE_BYTES, (2u << 20) + 1};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint8_t *table = pages_alloc(sizes[i]);
        assert_non_null(table);
        assert_int_equal((uintptr_t)table % 64, 0);
        if (sizes[i] >= PAGES_LARGE_BYTES)
            assert_int_equal((uintptr_t)table % (2u << 20), 0);
        memset(table, 0x5A, sizes[i]);
        free(table);
    }
}

static void
more_than_there_is_is_refused(void **state)
{
    (void)state;
    assert_null(pages_alloc(SIZE_MAX));
    assert_null(pages_alloc(SIZE_MAX - (1u << 20)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"tables begin a line and can be written", tables_begin_a_line_and_can_be_written, NULL, NULL, NULL},
        {"more than there is, is refused", more_than_there_is_is_refused, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
