/* tests/engine/test_regex.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/regex.h"

static struct regex *
compiled(const char *pattern)
{
    struct regex *regex = NULL;
    unsigned column = 0;
    char reason[256] = "";
    assert_int_equal(regex_compile(pattern, &regex, &column, reason), STATUS_OK);
    return regex;
}

static enum status
find(const char *pattern, struct slice subject, uint32_t from, bool anchored, struct regex_match *match)
{
    struct regex *regex = compiled(pattern);
    struct regex_scratch *scratch = NULL;
    assert_int_equal(regex_scratch_create(&scratch), STATUS_OK);
    enum status status = regex_find(regex, scratch, subject, from, anchored, match);
    regex_scratch_destroy(&scratch);
    regex_destroy(&regex);
    return status;
}

static void
finds(const char *pattern, const char *subject, uint32_t from, uint32_t start, uint32_t end)
{
    struct regex_match match;
    assert_int_equal(find(pattern, slice_of(subject), from, false, &match), STATUS_OK);
    assert_int_equal(match.groups[0].start, start);
    assert_int_equal(match.groups[0].end, end);
}

static void
finds_nothing(const char *pattern, const char *subject, uint32_t from, bool anchored)
{
    struct regex_match match;
    assert_int_equal(find(pattern, slice_of(subject), from, anchored, &match), STATUS_NOT_FOUND);
}

static void
the_leftmost_match_is_found(void **state)
{
    (void)state;
    finds("[0-9]+", "ab12cd345", 0, 2, 4);
    finds("[0-9]+", "ab12cd345", 3, 3, 4);
    finds("[0-9]+", "ab12cd345", 4, 6, 9);
    finds_nothing("[0-9]+", "abcd", 0, false);
    finds_nothing("[0-9]+", "", 0, false);
    finds("さ.", "はさみ", 0, 3, 9);
}

static void
an_anchored_match_starts_exactly_there(void **state)
{
    struct regex_match match;
    (void)state;
    finds_nothing("[0-9]+", "ab12", 1, true);
    assert_int_equal(find("[0-9]+", SLICE_LITERAL("ab12"), 2, true, &match), STATUS_OK);
    assert_int_equal(match.groups[0].end, 4);
}

static void
look_behind_sees_the_text_before_the_start(void **state)
{
    (void)state;
    finds_nothing("(?<![0-9])[0-9]{2}", "912", 1, false);
    finds("(?<![0-9])[0-9]{2}", "a12", 1, 1, 3);
    finds_nothing("(?<!番)号", "番号", 3, true);
}

static void
groups_that_took_no_part_are_empty(void **state)
{
    struct regex_match match;
    (void)state;
    assert_int_equal(find("(a)|(b)(c)?|(d)", SLICE_LITERAL("xb"), 0, false, &match), STATUS_OK);
    assert_int_equal(match.groups[1].end, 0);
    assert_int_equal(match.groups[2].start, 1);
    assert_int_equal(match.groups[2].end, 2);
    assert_int_equal(match.groups[3].start, 0);
    assert_int_equal(match.groups[3].end, 0);
    assert_int_equal(match.groups[8].end, 0);
}

static void
a_nul_is_text_like_any_other(void **state)
{
    struct regex_match match;
    (void)state;
    assert_int_equal(find("b\\x00c", SLICE_LITERAL("a\0b\0c"), 0, false, &match), STATUS_OK);
    assert_int_equal(match.groups[0].start, 2);
    assert_int_equal(find("b", (struct slice){NULL, 0}, 0, false, &match), STATUS_NOT_FOUND);
}

static void
a_reached_limit_is_not_a_miss(void **state)
{
    static uint8_t text[400];
    struct regex_match match;
    (void)state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'b';
    assert_int_equal(find("(?:a+)+$", (struct slice){text, sizeof text}, 0, false, &match), STATUS_BUDGET);
    assert_int_equal(find("(?:a|aa)+$", (struct slice){text, sizeof text}, 0, true, &match), STATUS_BUDGET);
}

static void
deep_patterns_work_on_a_whole_window(void **state)
{
    static uint8_t text[REGEX_WINDOW_BYTES];
    struct regex_match match;
    (void)state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'c';
    assert_int_equal(find("(?:(a)|b)*c", (struct slice){text, sizeof text}, 0, false, &match), STATUS_OK);
    assert_int_equal(match.groups[0].end, sizeof text);
}

/* Too deep for the JIT's stack, then for the interpreter's limit. */
static void
a_text_that_is_too_deep_is_not_a_miss(void **state)
{
    static uint8_t text[1200];
    struct regex_match match;
    (void)state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'c';
    assert_int_equal(find("(?:(a)|b)*c", (struct slice){text, sizeof text}, 0, false, &match), STATUS_BUDGET);
}

static void
refuses(const char *pattern, unsigned at_column, const char *words)
{
    struct regex *regex = NULL;
    unsigned column = 0;
    char reason[256] = "";
    assert_int_equal(regex_compile(pattern, &regex, &column, reason), STATUS_INVALID);
    assert_int_equal(column, at_column);
    assert_non_null(strstr(reason, words));
    assert_null(regex);
}

static void
what_cannot_be_bounded_is_refused(void **state)
{
    (void)state;
    refuses("(*LIMIT_MATCH=1)a", 1, "VERB");
    refuses("a(*COMMIT)b", 2, "VERB");
    refuses("a(?C)b", 2, "callouts");
    refuses("a(?C1)b", 2, "callouts");
    refuses("(?R)", 1, "recursion");
    refuses("(a)(?1)", 4, "recursion");
    refuses("(a)(?-1)", 4, "recursion");
    refuses("(?+1)(a)", 1, "recursion");
    refuses("(?<n>a)(?&n)", 8, "recursion");
    refuses("(?P<n>a)(?P>n)", 9, "recursion");
    refuses("(a)\\g<1>", 4, "recursion");
    refuses("(a)\\1", 1, "back-references");
    refuses("(?P<n>a)(?P=n)", 9, "back-references");
    refuses("(a)\\g{1}", 4, "back-references");
    refuses("(?<n>a)\\k<n>", 8, "back-references");
    refuses("(a)?(?(1)b|c)", 5, "conditions");
    refuses("(?#[)(?R)", 1, "comments");
    refuses("(?x)#[\n(?R)", 1, "option x");
    refuses("(?i-sx:a)", 1, "option x");
    refuses("\\Q[\\E(?R)", 1, "\\Q");
    refuses("[\\E]a](?R)", 2, "\\Q");
    refuses("[]a](?R)", 5, "recursion");
    refuses("[^]a](?R)", 6, "recursion");
    refuses("[[:alpha:]](?R)", 12, "recursion");
    refuses("a\\Kb", 2, "\\K");
    refuses("(a)(b)(c)(d)(e)(f)(g)(h)(i)", 1, "groups");
}

static void
faults_name_the_character_and_not_the_byte(void **state)
{
    (void)state;
    refuses("電話(番号", 6, "arenthes");
    refuses("電話(?C)", 3, "callouts");
    refuses("a\\Cb", 4, "disabled");
}

static void
overlong_patterns_are_refused(void **state)
{
    static char pattern[4098];
    (void)state;
    memset(pattern, 'a', 4097);
    refuses(pattern, 1, "4,096");
}

static void
brackets_in_classes_and_escapes_are_no_groups(void **state)
{
    (void)state;
    finds("[(?R)*]+", "x(?R)*", 0, 1, 6);
    finds("\\(\\?R\\)", "(?R)", 0, 0, 4);
    finds("[](?1]+", "(?1]", 0, 0, 4);
    finds("(?<imax>a)(?i:B)(?=c)", "abc", 0, 0, 2);
    finds("[a\\](?C)]+", "](?C", 0, 0, 4);
}

static bool
has_bit(const uint8_t bits[32], unsigned byte)
{
    return bits[byte / 8] >> (byte % 8) & 1;
}

static unsigned
requirements(const char *pattern, uint8_t first[32], int *required)
{
    struct regex *regex = compiled(pattern);
    unsigned bits = 0;
    regex_requires(regex, first, required);
    regex_destroy(&regex);
    for (unsigned byte = 0; byte < 256; byte++)
        bits += has_bit(first, byte);
    return bits;
}

static void
requirements_name_first_and_needed_bytes(void **state)
{
    uint8_t first[32];
    int required = 0;

    (void)state;
    assert_int_equal(requirements("[0-9]{3}-[0-9]{4}", first, &required), 10);
    assert_true(has_bit(first, '0') && has_bit(first, '9'));
    assert_int_equal(required, '-');
    assert_int_equal(requirements("電話", first, &required), 1);
    assert_true(has_bit(first, 0xE9));
    assert_int_equal(requirements("(?<![0-9])0[0-9]{4}", first, &required), 1);
    assert_true(has_bit(first, '0'));
    assert_int_equal(requirements("(?:a|b)[0-9]", first, &required), 2);
    assert_int_equal(required, -1);
}

static void
without_knowledge_every_byte_may_begin_a_match(void **state)
{
    uint8_t first[32];
    int required = 0;

    (void)state;
    assert_int_equal(requirements(".x?", first, &required), 256);
    assert_int_equal(required, -1);
    assert_int_equal(requirements("a*", first, &required), 256);
}

static void
a_caseless_letter_may_stand_in_either_case(void **state)
{
    uint8_t first[32];
    int required = 0;

    (void)state;
    assert_int_equal(requirements("(?i)id[0-9]", first, &required), 2);
    assert_true(has_bit(first, 'i') && has_bit(first, 'I'));
    assert_int_equal(required, -1);
    assert_int_equal(requirements("id[0-9]", first, &required), 1);
    assert_int_equal(required, 'd');
}

/* No byte string of a match may contradict what was promised. */
static void
requirements_hold_for_every_match(void **state)
{
    static const char *const rows[][2] = {
        {"(?i)line[ :]", "LiNe:"}, {"https?://[^ ]+", "http://x"}, {"[ぁ-ん]+さん", "みどりさん"},
        {"(?:a|ｂ)?c", "ｂc"},     {"(?=[0-9])\\w+", "1a"},        {"\\bfoo", "foo"},
        {"(?m)^[0-9]", "\n7"},     {"(?i)k[0-9]", "\u212A1"},      {"(?i:é)x", "Éx"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t first[32];
        int required = 0;
        struct regex_match match;
        requirements(rows[i][0], first, &required);
        assert_int_equal(find(rows[i][0], slice_of(rows[i][1]), 0, false, &match), STATUS_OK);
        assert_true(has_bit(first, (uint8_t)rows[i][1][match.groups[0].start]));
        if (required >= 0)
            assert_non_null(strchr(rows[i][1] + match.groups[0].start, required));
    }
}

static void
the_version_is_known(void **state)
{
    (void)state;
    assert_int_equal(strncmp(regex_version(), "10.", 3), 0);
    (void)regex_jit_is_on();
}

static void
destroying_nothing_is_fine(void **state)
{
    struct regex *regex = NULL;
    struct regex_scratch *scratch = NULL;
    (void)state;
    regex_destroy(&regex);
    regex_scratch_destroy(&scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"the leftmost match is found", the_leftmost_match_is_found},
        {"an anchored match starts exactly there", an_anchored_match_starts_exactly_there},
        {"look-behind sees the text before the start", look_behind_sees_the_text_before_the_start},
        {"groups that took no part are empty", groups_that_took_no_part_are_empty},
        {"a NUL is text like any other", a_nul_is_text_like_any_other},
        {"a reached limit is not a miss", a_reached_limit_is_not_a_miss},
        {"deep patterns work on a whole window", deep_patterns_work_on_a_whole_window},
        {"a text that is too deep is not a miss", a_text_that_is_too_deep_is_not_a_miss},
        {"what cannot be bounded is refused", what_cannot_be_bounded_is_refused},
        {"faults name the character and not the byte", faults_name_the_character_and_not_the_byte},
        {"overlong patterns are refused", overlong_patterns_are_refused},
        {"brackets in classes and escapes are no groups", brackets_in_classes_and_escapes_are_no_groups},
        {"requirements name first and needed bytes", requirements_name_first_and_needed_bytes},
        {"without knowledge every byte may begin a match", without_knowledge_every_byte_may_begin_a_match},
        {"a caseless letter may stand in either case", a_caseless_letter_may_stand_in_either_case},
        {"requirements hold for every match", requirements_hold_for_every_match},
        {"the version is known", the_version_is_known},
        {"destroying nothing is fine", destroying_nothing_is_fine},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
