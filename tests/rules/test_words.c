#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rules/vocabulary.h"
#include "rules/words.h"

static void
every_number_but_none_has_a_word(void **state)
{
    (void)state;
    const struct vocabulary *const all[] = {&vocabulary_info_type, &vocabulary_category,  &vocabulary_severity,
                                            &vocabulary_subject,   &vocabulary_direction, &vocabulary_surface,
                                            &vocabulary_action,    &vocabulary_transform, &vocabulary_match_mode};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        assert_null(all[i]->words[0].english);
        for (unsigned number = 1; number < all[i]->count; number++) {
            unsigned parsed = 0;
            assert_non_null(all[i]->words[number].english);
            assert_true(vocabulary_parse(all[i], slice_of(all[i]->words[number].english), &parsed));
            assert_int_equal(parsed, number);
        }
    }
}

static void
japanese_words_name_the_same_numbers(void **state)
{
    (void)state;
    enum category category = CATEGORY_NONE;
    unsigned match = MATCH_NONE, severity = SEVERITY_NONE;
    enum action action = ACTION_NONE;
    enum direction direction = DIRECTION_NONE;
    assert_true(category_parse(slice_of("誹謗中傷"), &category));
    assert_int_equal(category, CATEGORY_DEFAMATION);
    assert_true(vocabulary_parse(&vocabulary_match_mode, slice_of("読み"), &match));
    assert_int_equal(match, MATCH_READING);
    assert_true(vocabulary_parse(&vocabulary_match_mode, slice_of("文脈"), &match));
    assert_int_equal(match, MATCH_FRAMED);
    assert_true(vocabulary_parse(&vocabulary_severity, slice_of("強"), &severity));
    assert_int_equal(severity, SEVERITY_HIGH);
    assert_true(action_parse(slice_of("伏せ字"), &action));
    assert_int_equal(action, ACTION_REDACT);
    assert_true(direction_parse(slice_of("送信"), &direction));
    assert_int_equal(direction, DIRECTION_OUTBOUND);
}

static void
english_words_are_read_in_any_case(void **state)
{
    (void)state;
    enum info_type type = INFO_NONE;
    assert_true(info_type_parse(slice_of("my_number"), &type));
    assert_int_equal(type, INFO_MY_NUMBER);
    enum surface surface = SURFACE_NONE;
    assert_true(surface_parse(slice_of("Message_Text"), &surface));
    assert_int_equal(surface, SURFACE_MESSAGE_TEXT);
}

static void
an_unknown_word_changes_nothing(void **state)
{
    (void)state;
    enum action action = ACTION_BLOCK;
    assert_false(action_parse(slice_of("permit"), &action));
    assert_false(action_parse(slice_of(""), &action));
    assert_false(action_parse(slice_of("?"), &action));
    assert_int_equal(action, ACTION_BLOCK);
}

static void
a_foreign_number_is_a_question_mark(void **state)
{
    (void)state;
    assert_string_equal(info_type_word((enum info_type)999), "?");
    assert_string_equal(info_type_word(INFO_NONE), "?");
    assert_string_equal(category_label(CATEGORY_COUNT), "?");
    assert_string_equal(action_word(ACTION_NONE), "?");
}

static void
labels_show_what_was_replaced(void **state)
{
    (void)state;
    assert_string_equal(info_type_label(INFO_PHONE), "電話番号");
    for (unsigned i = 1; i < INFO_COUNT; i++)
        assert_string_not_equal(info_type_label((enum info_type)i), "?");
    for (unsigned i = 1; i < CATEGORY_COUNT; i++)
        assert_string_not_equal(category_label((enum category)i), "?");
}

static void
identifiers_are_the_seven_codes(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned i = 0; i < INFO_COUNT; i++)
        count += info_type_is_identifier((enum info_type)i);
    assert_int_equal(count, 7);
    assert_true(info_type_is_identifier(INFO_MY_NUMBER));
    assert_false(info_type_is_identifier(INFO_PHONE));
}

static void
a_near_word_is_suggested(void **state)
{
    (void)state;
    char mend[512];
    assert_string_equal(vocabulary_mend(&vocabulary_action, slice_of("blokc"), mend, sizeof(mend)),
                        "did you mean block?");
    assert_string_equal(vocabulary_mend(&vocabulary_action, slice_of("no"), mend, sizeof(mend)),
                        "write one of allow, redact, block");
    char tiny[8];
    vocabulary_mend(&vocabulary_category, slice_of("x"), tiny, sizeof(tiny));
    assert_int_equal(strlen(tiny), 7);
}

static void
distance_counts_edits_up_to_its_limit(void **state)
{
    (void)state;
    assert_int_equal(word_distance(slice_of("cover"), slice_of("covers"), 2), 1);
    assert_int_equal(word_distance(slice_of("COVERS"), slice_of("covers"), 2), 0);
    assert_int_equal(word_distance(slice_of("action"), slice_of("review"), 2), 3);
    assert_int_equal(word_distance(slice_of(""), slice_of("ab"), 2), 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"every number but NONE has a word", every_number_but_none_has_a_word, NULL, NULL, NULL},
        {"Japanese words name the same numbers", japanese_words_name_the_same_numbers, NULL, NULL, NULL},
        {"English words are read in any case", english_words_are_read_in_any_case, NULL, NULL, NULL},
        {"an unknown word changes nothing", an_unknown_word_changes_nothing, NULL, NULL, NULL},
        {"a foreign number is a question mark", a_foreign_number_is_a_question_mark, NULL, NULL, NULL},
        {"labels show what was replaced", labels_show_what_was_replaced, NULL, NULL, NULL},
        {"identifiers are the seven codes", identifiers_are_the_seven_codes, NULL, NULL, NULL},
        {"a near word is suggested", a_near_word_is_suggested, NULL, NULL, NULL},
        {"distance counts edits up to its limit", distance_counts_edits_up_to_its_limit, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
