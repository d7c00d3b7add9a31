#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "text/intake.h"

static struct arena *arena;

static int
set_up(void **state)
{
    (void)state;
    return arena_create((size_t)1 << 20, &arena) != STATUS_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static struct intake
take_in(struct slice raw)
{
    struct intake intake;
    assert_int_equal(intake_run(arena, raw, 65536, &intake), STATUS_OK);
    return intake;
}

/* The expected text, with '?' for each U+FFFD; none of the cases holds a real '?'. */
static void
assert_repaired(struct slice raw, const char *expected)
{
    uint8_t seen[64];
    size_t bytes = 0;
    struct intake intake = take_in(raw);
    for (uint32_t at = 0; at < intake.text.bytes;) {
        uint32_t code_point = utf8_next(intake.text, &at);
        seen[bytes++] = code_point == 0xFFFD ? '?' : (uint8_t)code_point;
    }
    assert_int_equal(bytes, strlen(expected));
    assert_memory_equal(seen, expected, bytes);
    assert_true(intake.repaired);
    assert_false(utf8_is_valid(raw));
    assert_true(utf8_is_valid(intake.text));
}
#define REPAIRED(raw, expected) assert_repaired(SLICE_LITERAL(raw), expected)

static void
valid_text_stays_as_it_is(void **state)
{
    (void)state;
    const struct slice texts[] = {SLICE_LITERAL(""), SLICE_LITERAL("a"), SLICE_LITERAL("市役所😀é"),
                                  SLICE_LITERAL("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xF0\x90\x80\x80"),
                                  SLICE_LITERAL("\xEF\xBF\xBE\xC2\x80\xDF\xBF\xE0\xA0\x80")};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct intake intake = take_in(texts[i]);
        assert_false(intake.repaired);
        assert_true(slice_equal(intake.text, texts[i]));
        for (size_t j = 0; j < INTAKE_PADDING_BYTES; j++)
            assert_int_equal(intake.text.data[intake.text.bytes + j], 0);
    }
}

static void
nul_is_text(void **state)
{
    (void)state;
    struct intake intake = take_in(SLICE_LITERAL("a\0b\0"));
    assert_int_equal(intake.text.bytes, 4);
    assert_memory_equal(intake.text.data, "a\0b\0", 4);
    assert_false(intake.repaired);
}

static void
overlong_forms_are_repaired(void **state)
{
    (void)state;
    REPAIRED("x\xC0\x80y", "x??y");
    REPAIRED("\xC1\xBF", "??");
    REPAIRED("\xE0\x80\xAF", "???");
    REPAIRED("\xE0\x9F\xBF", "???");
    REPAIRED("\xF0\x80\x80\xAF", "????");
    REPAIRED("\xF0\x8F\xBF\xBF", "????");
}

static void
surrogates_are_repaired(void **state)
{
    (void)state;
    REPAIRED("\xED\xA0\x80", "???");
    REPAIRED("\xED\xBF\xBF", "???");
}

static void
what_lies_beyond_unicode_is_repaired(void **state)
{
    (void)state;
    REPAIRED("\xF4\x90\x80\x80", "????");
    REPAIRED("\xF5\x80\x80\x80", "????");
    REPAIRED("\xFE\xFF", "??");
}

/* The examples of Unicode 15, tables 3-8 to 3-11. */
static void
each_maximal_subpart_becomes_one(void **state)
{
    (void)state;
    REPAIRED("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "????A");
    REPAIRED("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "?????A??B");
    REPAIRED("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "????????A");
    REPAIRED("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "????????A");
}

static void
truncated_characters_are_repaired(void **state)
{
    (void)state;
    REPAIRED("a\xE3\x81", "a?");
    REPAIRED("a\xF0\x9F\x98", "a?");
    REPAIRED("\xC3", "?");
    REPAIRED("\x80", "?");
    REPAIRED("\xE3\x81(", "?(");
}

/* A bad character at each place of a 16-byte block and across its border. */
static void
faults_are_found_at_every_place(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80", "\xC3", "\xE3\x81", "\xED\xA0\x80", "\xF0\x9F\x98", "\xF4\x90\x80\x80"};
    for (size_t place = 0; place < 40; place++) {
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            uint8_t text[64];
            memset(text, 'a', sizeof(text));
            memcpy(text + place, bad[i], strlen(bad[i]));
            assert_false(utf8_is_valid((struct slice){text, sizeof(text)}));
            assert_false(utf8_is_valid((struct slice){text, place + strlen(bad[i])}));
            memcpy(text + place, "\xF0\x9F\x98\x80", 4);
            assert_true(utf8_is_valid((struct slice){text, sizeof(text)}));
            assert_false(utf8_is_valid((struct slice){text, place + 3}));
        }
    }
}

static bool
is_valid_by_definition(uint32_t a, uint32_t b, uint32_t c)
{
    bool inside_b = b >= 0x80 && b <= 0xBF;
    bool inside_c = c >= 0x80 && c <= 0xBF;
    if (a < 0x80)
        return (b < 0x80 && c < 0x80) || (b >= 0xC2 && b <= 0xDF && inside_c);
    if (a >= 0xC2 && a <= 0xDF)
        return inside_b && c < 0x80;
    return a >= 0xE0 && a <= 0xEF && inside_b && inside_c && (a != 0xE0 || b >= 0xA0) && (a != 0xED || b <= 0x9F);
}

static void
all_texts_of_three_bytes_are_judged_right(void **state)
{
    (void)state;
    for (uint32_t bytes = 0; bytes < 0x1000000; bytes++) {
        uint8_t text[3] = {(uint8_t)(bytes >> 16), (uint8_t)(bytes >> 8), (uint8_t)bytes};
        if (utf8_is_valid((struct slice){text, 3}) != is_valid_by_definition(text[0], text[1], text[2]))
            fail_msg("%06x is judged wrong", bytes);
    }
}

static void
longer_text_is_refused_not_cut(void **state)
{
    (void)state;
    struct intake intake = {.repaired = true};
    assert_int_equal(intake_run(arena, SLICE_LITERAL("12345"), 4, &intake), STATUS_TOO_LARGE);
    assert_int_equal(intake_run(arena, SLICE_LITERAL("1234"), 4, &intake), STATUS_OK);
    assert_int_equal(intake.text.bytes, 4);
}

static void
a_full_arena_is_too_large(void **state)
{
    (void)state;
    struct arena *small = NULL;
    struct intake intake;
    uint8_t *raw = calloc(1, 8192);
    assert_non_null(raw);
    assert_int_equal(arena_create(4096, &small), STATUS_OK);
    assert_int_equal(intake_run(small, (struct slice){raw, 8192}, 65536, &intake), STATUS_TOO_LARGE);
    arena_destroy(&small);
    free(raw);
}

static void
cursors_go_forth_and_back(void **state)
{
    (void)state;
    struct slice text = SLICE_LITERAL("a\xC3\xA9\xE5\xB8\x82\xF0\x9F\x98\x80");
    const uint32_t expected[] = {'a', 0xE9, 0x5E02, 0x1F600};
    const uint32_t places[] = {0, 1, 3, 6, 10};
    uint32_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        uint8_t bytes[4];
        assert_int_equal(utf8_next(text, &at), expected[i]);
        assert_int_equal(at, places[i + 1]);
        assert_int_equal(utf8_put(expected[i], bytes), places[i + 1] - places[i]);
        assert_memory_equal(bytes, text.data + places[i], places[i + 1] - places[i]);
    }
    for (size_t i = 4; i > 0; i--) {
        assert_int_equal(utf8_previous(text, &at), expected[i - 1]);
        assert_int_equal(at, places[i - 1]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"valid text stays as it is", valid_text_stays_as_it_is, NULL, NULL, NULL},
        {"NUL is text", nul_is_text, NULL, NULL, NULL},
        {"overlong forms are repaired", overlong_forms_are_repaired, NULL, NULL, NULL},
        {"surrogates are repaired", surrogates_are_repaired, NULL, NULL, NULL},
        {"what lies beyond Unicode is repaired", what_lies_beyond_unicode_is_repaired, NULL, NULL, NULL},
        {"each maximal subpart becomes one", each_maximal_subpart_becomes_one, NULL, NULL, NULL},
        {"truncated characters are repaired", truncated_characters_are_repaired, NULL, NULL, NULL},
        {"faults are found at every place", faults_are_found_at_every_place, NULL, NULL, NULL},
        {"all texts of three bytes are judged right", all_texts_of_three_bytes_are_judged_right, NULL, NULL, NULL},
        {"longer text is refused, not cut", longer_text_is_refused_not_cut, NULL, NULL, NULL},
        {"a full arena is too large", a_full_arena_is_too_large, NULL, NULL, NULL},
        {"cursors go forth and back", cursors_go_forth_and_back, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
