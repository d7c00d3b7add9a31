#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/table.h"

static void
many_keys_are_found_again(void **state)
{
    (void)state;
    struct table *table = NULL;
    char key[32];
    assert_int_equal(table_create(10, &table), STATUS_OK);
    for (uint32_t i = 0; i < 50000; i++) {
        int bytes = snprintf(key, sizeof(key), "key %u", i);
        assert_int_equal(table_put(table, (struct slice){(uint8_t *)key, (size_t)bytes}, i), STATUS_OK);
    }
    assert_int_equal(table_count(table), 50000);
    for (uint32_t i = 0; i < 100000; i++) {
        int bytes = snprintf(key, sizeof(key), "key %u", i);
        uint32_t value = table_get(table, (struct slice){(uint8_t *)key, (size_t)bytes});
        assert_int_equal(value, i < 50000 ? i : TABLE_NONE);
    }
    table_destroy(&table);
    assert_null(table);
}

static void
the_first_value_stays(void **state)
{
    (void)state;
    struct table *table = NULL;
    assert_int_equal(table_create(0, &table), STATUS_OK);
    assert_int_equal(table_put(table, slice_of("a"), 1), STATUS_OK);
    assert_int_equal(table_put(table, slice_of("a"), 2), STATUS_INVALID);
    assert_int_equal(table_get(table, slice_of("a")), 1);
    assert_int_equal(table_count(table), 1);
    table_destroy(&table);
}

static void
keys_are_any_bytes(void **state)
{
    (void)state;
    struct table *table = NULL;
    assert_int_equal(table_create(4, &table), STATUS_OK);
    assert_int_equal(table_get(table, slice_of("")), TABLE_NONE);
    assert_int_equal(table_put(table, (struct slice){NULL, 0}, 0), STATUS_OK);
    assert_int_equal(table_put(table, SLICE_LITERAL("a\0b"), 7), STATUS_OK);
    assert_int_equal(table_get(table, slice_of("")), 0);
    assert_int_equal(table_get(table, slice_of("a")), TABLE_NONE);
    assert_int_equal(table_get(table, SLICE_LITERAL("a\0b")), 7);
    table_destroy(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"many keys are found again", many_keys_are_found_again, NULL, NULL, NULL},
        {"the first value stays", the_first_value_stays, NULL, NULL, NULL},
        {"keys are any bytes", keys_are_any_bytes, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
