/* Rows of tables: where they end, their fields, and that a field written is the field read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive/rows.h"

/* The values of a row, each followed by "|". */
static void
assert_values(const char *row, const char *expected)
{
    struct row_field fields[ROWS_MAX_FIELDS];
    size_t count = row_fields(row_content(slice_of(row)), ',', fields);
    struct buffer seen;

    buffer_init(&seen);
    for (size_t i = 0; i < count; i++) {
        row_field_value(&fields[i], &seen);
        buffer_append_byte(&seen, '|');
    }
    buffer_append_byte(&seen, 0);
    assert_string_equal((const char *)seen.data, expected);
    buffer_fini(&seen);
}

static void
fields_say_what_stands_in_marks(void **state)
{
    (void)state;
    assert_values("a,b,c\r\n", "a|b|c|");
    assert_values("\"a,b\",\"c\r\nd\",\"e\"\"f\"\n", "a,b|c\r\nd|e\"f|");
    assert_values(",,\n", "|||");
    assert_values("\n", "|");
    assert_values("5\" disk,\"x\"y,\"\"\n", "5\" disk|xy||");
}

static void
rows_end_at_line_feeds_outside_of_marks(void **state)
{
    bool open;

    (void)state;
    assert_int_equal(row_length(slice_of("a,\"b\nc\"\nd\n"), ',', &open), 8);
    assert_int_equal(row_length(slice_of("a,b"), ',', &open), 0);
    assert_false(open);
    assert_int_equal(row_length(slice_of("a,\"b\n"), ',', &open), 0);
    assert_true(open);
    assert_int_equal(row_length(slice_of("a,\"b\"\"\n"), ',', &open), 0);
    assert_true(open);
}

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

/* Any bytes: rows cover the data, their fields and separators are the row, and none is read past its end. */
static void
every_byte_of_any_data_has_its_place(void **state)
{
    static const char letters[] = ",\"\n\ra\x83";
    uint32_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t bytes = next_random(&seed) % 40;
        uint8_t *data = malloc(bytes + 1);
        struct row_field fields[ROWS_MAX_FIELDS];
        bool open;

        for (size_t i = 0; i < bytes; i++)
            data[i] = (uint8_t)letters[next_random(&seed) % (sizeof letters - 1)];
        for (size_t at = 0; at < bytes;) {
            size_t row = row_length((struct slice){data + at, bytes - at}, ',', &open);
            struct slice content = row_content((struct slice){data + at, row == 0 ? bytes - at : row});
            size_t count = row_fields(content, ',', fields), sum = count - 1;

            for (size_t i = 0; i < count; i++)
                sum += fields[i].raw.bytes;
            assert_int_equal(sum, content.bytes);
            at += row == 0 ? bytes - at : row;
        }
        free(data);
    }
}

static void
a_field_that_is_written_is_the_field_that_is_read(void **state)
{
    static const char letters[] = ",\"\n\ra\t ";
    uint32_t seed = 2;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t value[16];
        size_t bytes = next_random(&seed) % sizeof value;
        struct row_field fields[ROWS_MAX_FIELDS];
        struct buffer row, read;

        for (size_t i = 0; i < bytes; i++)
            value[i] = (uint8_t)letters[next_random(&seed) % (sizeof letters - 1)];
        buffer_init(&row);
        buffer_init(&read);
        row_append_field(&row, (struct slice){value, bytes}, ',', round % 2 == 0);
        buffer_append_text(&row, ",end\n");
        assert_int_equal(row_fields(row_content(buffer_slice(&row)), ',', fields), 2);
        row_field_value(&fields[0], &read);
        assert_true(slice_equal(buffer_slice(&read), (struct slice){value, bytes}));
        buffer_fini(&row);
        buffer_fini(&read);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"fields say what stands in marks", fields_say_what_stands_in_marks, NULL, NULL, NULL},
        {"rows end at line feeds outside of marks", rows_end_at_line_feeds_outside_of_marks, NULL, NULL, NULL},
        {"every byte of any data has its place", every_byte_of_any_data_has_its_place, NULL, NULL, NULL},
        {"a field that is written is the field that is read", a_field_that_is_written_is_the_field_that_is_read, NULL,
         NULL, NULL},
    };

    return cmocka_run_group_tests_name("archive/rows", tests, NULL, NULL);
}
