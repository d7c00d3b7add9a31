#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"

static void
assert_holds(const struct buffer *buffer, const char *expected)
{
    assert_false(buffer->failed);
    assert_int_equal(buffer->bytes, strlen(expected));
    assert_memory_equal(buffer->data, expected, strlen(expected));
}

static void
appends_add_up(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, "a");
    buffer_append(&buffer, "bcd", 2);
    buffer_append_byte(&buffer, '-');
    buffer_append_uint(&buffer, 0);
    buffer_append_uint(&buffer, UINT64_MAX);
    buffer_appendf(&buffer, "[%s %d]", "x", -5);
    buffer_append(&buffer, NULL, 0);
    assert_holds(&buffer, "abc-018446744073709551615[x -5]");
    assert_true(slice_equal(buffer_slice(&buffer), slice_of("abc-018446744073709551615[x -5]")));
    buffer_fini(&buffer);
    assert_null(buffer.data);
}

static void
growth_keeps_the_content(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    for (unsigned i = 0; i < 100000; i++)
        buffer_append_byte(&buffer, (uint8_t)(i * 7));
    assert_int_equal(buffer.bytes, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)(i * 7));
    buffer_fini(&buffer);
}

static void
clear_keeps_the_capacity_and_wipes(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, "secret");
    size_t capacity = buffer.capacity;
    buffer_clear(&buffer);
    assert_int_equal(buffer.bytes, 0);
    assert_int_equal(buffer.capacity, capacity);
    assert_memory_equal(buffer.data, "\0\0\0\0\0\0", 6);
    buffer_fini(&buffer);
}

static void
reserved_room_can_be_used(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    uint8_t *room = buffer_reserve(&buffer, 1000);
    assert_non_null(room);
    memset(room, 'r', 1000);
    buffer.bytes += 3;
    assert_holds(&buffer, "rrr");
    assert_non_null(buffer_reserve(&buffer, 0));
    buffer_fini(&buffer);
}

static void
an_impossible_append_marks_it_failed(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer);
    buffer_append_text(&buffer, "x");
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.failed);
    buffer_append_text(&buffer, "y");
    assert_int_equal(buffer.bytes, 1);
    assert_null(buffer_reserve(&buffer, 1));
    buffer_clear(&buffer);
    buffer_append_text(&buffer, "z");
    assert_holds(&buffer, "z");
    buffer_fini(&buffer);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"appends add up", appends_add_up, NULL, NULL, NULL},
        {"growth keeps the content", growth_keeps_the_content, NULL, NULL, NULL},
        {"clear keeps the capacity and wipes", clear_keeps_the_capacity_and_wipes, NULL, NULL, NULL},
        {"reserved room can be used", reserved_room_can_be_used, NULL, NULL, NULL},
        {"an impossible append marks it failed", an_impossible_append_marks_it_failed, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
