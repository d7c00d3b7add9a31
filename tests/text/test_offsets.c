#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/offsets.h"

/* a, é (2 bytes), 市 (3), 😀 (4, a surrogate pair), b */
static const char text[] = "a\xC3\xA9\xE5\xB8\x82\xF0\x9F\x98\x80"
                           "b";
static const struct {
    uint32_t byte, code_point, utf16;
} places[] = {{0, 0, 0}, {1, 1, 1}, {3, 2, 2}, {6, 3, 3}, {10, 4, 5}, {11, 5, 6}};
#define PLACES (sizeof(places) / sizeof(places[0]))

static void
assert_place(const struct offsets *offsets, size_t i)
{
    assert_int_equal(offsets->byte, places[i].byte);
    assert_int_equal(offsets->code_point, places[i].code_point);
    assert_int_equal(offsets->utf16, places[i].utf16);
}

static void
units_agree_going_forward(void **state)
{
    (void)state;
    struct offsets offsets;
    offsets_init(&offsets, SLICE_LITERAL(text));
    for (size_t i = 0; i < PLACES; i++) {
        offsets_seek(&offsets, places[i].byte);
        assert_place(&offsets, i);
    }
}

static void
going_back_is_allowed(void **state)
{
    (void)state;
    struct offsets offsets;
    offsets_init(&offsets, SLICE_LITERAL(text));
    for (size_t i = PLACES; i > 0; i--) {
        offsets_seek(&offsets, places[i - 1].byte);
        assert_place(&offsets, i - 1);
    }
}

static void
beyond_the_end_is_the_end(void **state)
{
    (void)state;
    struct offsets offsets;
    offsets_init(&offsets, SLICE_LITERAL(text));
    offsets_seek(&offsets, 4000);
    assert_place(&offsets, PLACES - 1);
}

static void
utf16_offsets_lead_back(void **state)
{
    (void)state;
    uint32_t byte;
    for (size_t i = 0; i < PLACES; i++) {
        assert_int_equal(offsets_byte_of_utf16(SLICE_LITERAL(text), places[i].utf16, &byte), STATUS_OK);
        assert_int_equal(byte, places[i].byte);
    }
}

static void
half_a_pair_is_invalid(void **state)
{
    (void)state;
    uint32_t byte = 77;
    assert_int_equal(offsets_byte_of_utf16(SLICE_LITERAL(text), 4, &byte), STATUS_INVALID);
    assert_int_equal(offsets_byte_of_utf16(SLICE_LITERAL(text), 7, &byte), STATUS_NOT_FOUND);
    assert_int_equal(offsets_byte_of_utf16(SLICE_LITERAL(""), 1, &byte), STATUS_NOT_FOUND);
    assert_int_equal(byte, 77);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"units agree going forward", units_agree_going_forward, NULL, NULL, NULL},
        {"going back is allowed", going_back_is_allowed, NULL, NULL, NULL},
        {"beyond the end is the end", beyond_the_end_is_the_end, NULL, NULL, NULL},
        {"UTF-16 offsets lead back", utf16_offsets_lead_back, NULL, NULL, NULL},
        {"half a pair is invalid", half_a_pair_is_invalid, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
