/* tests/wire/test_envelope.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/envelope.h"

#define VARINT 0
#define FIXED64 1
#define LENGTH 2
#define GROUP_START 3
#define GROUP_END 4
#define FIXED32 5
#define TAG(number, type) (char)((number) << 3 | (type))

/* Scans a copy of exactly this size, so that a sanitizer sees every byte read too many. */
static enum status
scan(const void *bytes, size_t count, struct envelope *envelope)
{
    uint8_t *copy = malloc(count ? count : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, count);
    enum status status = envelope_scan((struct slice){copy, count}, envelope);
    free(copy);
    return status;
}

static void
refuses(const void *bytes, size_t count)
{
    struct envelope envelope = {.deadline_ms = 77};
    assert_int_equal(scan(bytes, count, &envelope), STATUS_INVALID);
    assert_int_equal(envelope.deadline_ms, 77);
}

#define REFUSES(...) refuses((const char[]){__VA_ARGS__}, sizeof((const char[]){__VA_ARGS__}))
#define ACCEPTS(...) accepts((const char[]){__VA_ARGS__}, sizeof((const char[]){__VA_ARGS__}))

/* The slices of the answer are dangling, its numbers are not. */
static struct envelope
accepts(const void *bytes, size_t count)
{
    struct envelope envelope = {0};
    assert_int_equal(scan(bytes, count, &envelope), STATUS_OK);
    return envelope;
}

static const char whole[] = {TAG(1, LENGTH),
                             3,
                             'a',
                             0,
                             'b',
                             TAG(2, LENGTH),
                             4,
                             'c',
                             'i',
                             't',
                             'y',
                             TAG(3, VARINT),
                             (char)0xE8,
                             0x07,
                             TAG(4, LENGTH),
                             2,
                             'p',
                             'q',
                             TAG(5, LENGTH),
                             1,
                             'x',
                             TAG(5, LENGTH),
                             0,
                             TAG(6, VARINT),
                             1};

static void
the_four_fields_are_read(void **state)
{
    struct envelope envelope;
    (void)state;
    assert_int_equal(envelope_scan((struct slice){(const uint8_t *)whole, sizeof whole}, &envelope), STATUS_OK);
    assert_true(slice_equal(envelope.request_id, SLICE_LITERAL("a\0b")));
    assert_true(slice_equal(envelope.policy_id, SLICE_LITERAL("city")));
    assert_true(slice_equal(envelope.purpose, SLICE_LITERAL("pq")));
    assert_int_equal(envelope.deadline_ms, 1000);
    assert_int_equal(envelope.message_count, 2);
    assert_ptr_equal(envelope.request_id.data, whole + 2);
}

static void
nothing_is_an_empty_request(void **state)
{
    (void)state;
    struct envelope envelope;
    assert_int_equal(envelope_scan((struct slice){NULL, 0}, &envelope), STATUS_OK);
    assert_int_equal(envelope.request_id.bytes, 0);
    assert_int_equal(envelope.message_count, 0);
}

static void
fields_may_come_in_any_order(void **state)
{
    (void)state;
    struct envelope envelope = ACCEPTS(TAG(5, LENGTH), 0, TAG(4, LENGTH), 0, TAG(3, VARINT), 9, TAG(1, LENGTH), 0);
    assert_int_equal(envelope.deadline_ms, 9);
    assert_int_equal(envelope.message_count, 1);
    assert_int_equal(envelope.deadline_field.bytes, 2); /* with their tags */
    assert_int_equal(envelope.id_field.bytes, 2);
    assert_int_equal(envelope.id_field.data - envelope.deadline_field.data, 2);
}

static void
repeated_fields_are_refused(void **state)
{
    (void)state;
    REFUSES(TAG(1, LENGTH), 1, 'a', TAG(1, LENGTH), 1, 'a');
    REFUSES(TAG(2, LENGTH), 1, 'a', TAG(5, LENGTH), 0, TAG(2, LENGTH), 1, 'b');
    REFUSES(TAG(3, VARINT), 0, TAG(3, VARINT), 0);
    REFUSES(TAG(4, LENGTH), 0, TAG(4, LENGTH), 0);
}

static void
mistyped_fields_are_refused(void **state)
{
    (void)state;
    for (char number = 1; number <= 5; number++) {
        bool is_number = number == 3;
        REFUSES(TAG(number, FIXED32), 0, 0, 0, 0);
        REFUSES(TAG(number, FIXED64), 0, 0, 0, 0, 0, 0, 0, 0);
        REFUSES(TAG(number, is_number ? LENGTH : VARINT), 0);
    }
}

static void
unknown_fields_are_skipped(void **state)
{
    (void)state;
    static const char fields[] = {TAG(9, FIXED32),
                                  1,
                                  2,
                                  3,
                                  4,
                                  TAG(9, FIXED64),
                                  1,
                                  2,
                                  3,
                                  4,
                                  5,
                                  6,
                                  7,
                                  8,
                                  TAG(9, LENGTH),
                                  2,
                                  TAG(2, LENGTH),
                                  9,
                                  TAG(9, VARINT),
                                  (char)0xFF,
                                  1,
                                  TAG(2, LENGTH),
                                  1,
                                  'k'};
    struct envelope envelope;
    assert_int_equal(envelope_scan((struct slice){(const uint8_t *)fields, sizeof fields}, &envelope), STATUS_OK);
    assert_true(slice_equal(envelope.policy_id, SLICE_LITERAL("k")));
}

static void
groups_and_foreign_wire_types_are_refused(void **state)
{
    (void)state;
    REFUSES(TAG(9, GROUP_START), TAG(9, GROUP_END));
    REFUSES(TAG(9, GROUP_END));
    REFUSES(TAG(9, 6), 0);
    REFUSES(TAG(9, 7), 0);
}

static void
field_number_zero_is_refused(void **state)
{
    (void)state;
    REFUSES(TAG(0, VARINT), 0);
    REFUSES((char)0x80, 0, 0);
}

static void
long_varints_are_refused(void **state)
{
    const char f = (char)0xFF;
    (void)state;
    ACCEPTS(TAG(9, VARINT), f, f, f, f, f, f, f, f, f, 1);
    REFUSES(TAG(9, VARINT), f, f, f, f, f, f, f, f, f, 2);
    REFUSES(TAG(9, VARINT), f, f, f, f, f, f, f, f, f, f, 1);
    REFUSES(f, f, f, f, f, 1, 0);
    REFUSES(TAG(3, VARINT), f, f, f, f, 0x1F);
    assert_int_equal(ACCEPTS(TAG(3, VARINT), f, f, f, f, 0x0F).deadline_ms, UINT32_MAX);
}

static void
lengths_beyond_the_payload_are_refused(void **state)
{
    const char f = (char)0xFF;
    (void)state;
    REFUSES(TAG(1, LENGTH), 1);
    REFUSES(TAG(9, LENGTH), 3, 1, 2);
    REFUSES(TAG(1, LENGTH), f, f, f, f, f, f, f, f, f, 1);
    REFUSES(TAG(9, FIXED32), 1, 2, 3);
    REFUSES(TAG(9, FIXED64), 1, 2, 3, 4, 5, 6, 7);
}

static void
every_truncation_is_refused_or_shorter(void **state)
{
    struct envelope envelope;
    (void)state;
    for (size_t bytes = 0; bytes < sizeof whole; bytes++) {
        /* where a field ends, the rest is simply not there */
        bool is_border =
            bytes == 0 || bytes == 5 || bytes == 11 || bytes == 14 || bytes == 18 || bytes == 21 || bytes == 23;
        assert_int_equal(scan(whole, bytes, &envelope), is_border ? STATUS_OK : STATUS_INVALID);
    }
}

static void
more_than_256_fields_are_refused(void **state)
{
    char fields[2 * 257];
    (void)state;
    for (size_t i = 0; i < 257; i++) {
        fields[2 * i] = TAG(5, LENGTH);
        fields[2 * i + 1] = 0;
    }
    struct envelope envelope = accepts(fields, 2 * 256);
    assert_int_equal(envelope.message_count, 256);
    refuses(fields, 2 * 257);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"the four fields are read", the_four_fields_are_read},
        {"nothing is an empty request", nothing_is_an_empty_request},
        {"fields may come in any order", fields_may_come_in_any_order},
        {"repeated fields are refused", repeated_fields_are_refused},
        {"mistyped fields are refused", mistyped_fields_are_refused},
        {"unknown fields are skipped", unknown_fields_are_skipped},
        {"groups and foreign wire types are refused", groups_and_foreign_wire_types_are_refused},
        {"field number zero is refused", field_number_zero_is_refused},
        {"long varints are refused", long_varints_are_refused},
        {"lengths beyond the payload are refused", lengths_beyond_the_payload_are_refused},
        {"every truncation is refused or shorter", every_truncation_is_refused_or_shorter},
        {"more than 256 fields are refused", more_than_256_fields_are_refused},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
