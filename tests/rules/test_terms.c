#include "rules/sample.h"

static struct common *common;

static int
build_common(void **state)
{
    (void)state;
    common = sample_common(SAMPLE_COMMON, NULL);
    return 0;
}

static int
destroy_common(void **state)
{
    (void)state;
    common_destroy(&common);
    return 0;
}

/* --- what is refused --------------------------------------------------------------------------------------------- */

#define HEADER "term,category,match,severity,exceptions,note\n"

struct broken {
    const char *name;
    const char *terms;
    unsigned line, column;
    const char *item, *value, *reason;
};

static const struct broken brokens[] = {
    {"a row without a term", HEADER ",DEFAMATION,word\n", 2, 1, "term", "", "the row has no term"},
    {"a term of a full-width space", HEADER "　,DEFAMATION,word\n", 2, 1, "term", "", "the row has no term"},
    {"one kana", HEADER "あ,DEFAMATION,anywhere\n", 2, 1, "term", "あ",
     "the term is too short once spaces and symbols are left out"},
    {"one letter among symbols", HEADER "☆a☆,DEFAMATION,anywhere\n", 2, 1, "term", "☆a☆",
     "the term is too short once spaces and symbols are left out"},
    {"an unknown category", HEADER "ばか者,INSULT,word\n", 2, 2, "category", "INSULT", "unknown category"},
    {"a row without a category", HEADER "ばか者,,word\n", 2, 2, "category", "", "the row has no category"},
    {"an unknown match", HEADER "ばか者,DEFAMATION,exact\n", 2, 3, "match", "exact", "unknown match"},
    {"an unknown severity", HEADER "ばか者,DEFAMATION,word,9\n", 2, 4, "severity", "9", "unknown severity"},
    {"an exception without the term", HEADER "カス,DEFAMATION,word,,\"カステラ\nケーキ\"\n", 2, 5, "exceptions",
     "ケーキ", "the exception does not contain the term and more"},
    {"an exception that is the term", HEADER "カス,DEFAMATION,word,,ｶｽ\n", 2, 5, "exceptions", "ｶｽ",
     "the exception does not contain the term and more"},
    {"a row twice", HEADER "ばか者,DEFAMATION,word\nカス,DEFAMATION,word\nばか者,誹謗中傷,単語,弱\n", 4, 1, "term",
     "ばか者", "line 2 of terms.csv has the same term, category and match"},
    {"a row twice in another width", HEADER "ｶｽ,DEFAMATION,word\nカス,DEFAMATION,word\n", 3, 1, "term", "カス",
     "line 2 of terms.csv has the same term, category and match"},
    {"an unknown column", "term,category,match,colour\nばか者,DEFAMATION,word,red\n", 1, 4, "header", "colour",
     "unknown column"},
    {"a column of the common files", "term,category,match,aim\nばか者,DEFAMATION,word,needed\n", 1, 4, "header", "aim",
     "unknown column"},
    {"bytes of no charset", HEADER "abc,DEFAMATION,word\n\x81\x20\xFF,DEFAMATION,word\n", 3, 0, "", "",
     "neither UTF-8 nor Shift_JIS (CP932)"},
};

static void
is_refused(void **state)
{
    const struct broken *broken = *state;
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    assert_int_equal(sample_city(common, slice_of(broken->terms), slice_of(""), &ruleset, &fault), STATUS_INVALID);
    assert_null(ruleset);
    assert_string_equal(fault.reason, broken->reason);
    assert_string_equal(fault.file, "sample/terms.csv");
    assert_int_equal(fault.line, broken->line);
    assert_int_equal(fault.column, broken->column);
    assert_string_equal(fault.item, broken->item);
    assert_string_equal(fault.value, broken->value);
    assert_true(fault.mend[0] != '\0');
}

/* --- what is read ------------------------------------------------------------------------------------------------ */

static struct ruleset *
build(const char *terms)
{
    struct ruleset *ruleset = NULL;
    struct fault fault = {0};
    char words[1024];
    if (sample_city(common, slice_of(terms), slice_of(""), &ruleset, &fault) != STATUS_OK)
        fail_msg("%s", fault_text(&fault, words, sizeof(words)));
    return ruleset;
}

static void
a_row_becomes_a_term_and_a_literal(void **state)
{
    (void)state;
    struct ruleset *ruleset =
        build(HEADER "ﾊﾞｶ者,DEFAMATION,anywhere,HIGH,\"バカ者だった頃\r\n\r\n　ばか者ではない \"\n");
    const struct term *term = ruleset->terms;
    assert_int_equal(ruleset->term_count, 1);
    assert_true(slice_equal(term->plain, slice_of("バカ者")));
    assert_int_equal(term->category, CATEGORY_DEFAMATION);
    assert_int_equal(term->match, MATCH_ANYWHERE);
    assert_int_equal(term->severity, SEVERITY_HIGH);
    assert_int_equal(term->likelihood, 90);
    assert_int_equal(term->exception_count, 2);
    assert_true(slice_equal(term->exceptions[0], slice_of("バカ者だった頃")));
    assert_true(slice_equal(term->exceptions[1], slice_of("ばか者ではない")));
    assert_int_equal(ruleset->literals.count, 1);
    assert_int_equal(sample_use(&ruleset->literals, "ばか者", USE_TERM)->index, 0);
    ruleset_destroy(&ruleset);
    assert_null(ruleset);
}

static void
severity_sets_the_likelihood(void **state)
{
    (void)state;
    struct ruleset *ruleset =
        build(HEADER "いち語,DEFAMATION,word,low\nに語,DEFAMATION,word\nさん語,DEFAMATION,word,強\n");
    assert_int_equal(ruleset->terms[0].likelihood, 80);
    assert_int_equal(ruleset->terms[1].likelihood, 85);
    assert_int_equal(ruleset->terms[1].severity, SEVERITY_MEDIUM);
    assert_int_equal(ruleset->terms[2].likelihood, 90);
    ruleset_destroy(&ruleset);
}

static void
columns_and_words_may_be_japanese_in_any_order_and_width(void **state)
{
    (void)state;
    struct ruleset *ruleset = build("一致,メモ,語句,分類\n部分,=1+1,=あやしい,ＤＥＦＡＭＡＴＩＯＮ\n");
    assert_int_equal(ruleset->term_count, 1);
    assert_int_equal(ruleset->terms[0].match, MATCH_ANYWHERE);
    assert_int_equal(ruleset->terms[0].category, CATEGORY_DEFAMATION);
    assert_true(slice_equal(ruleset->terms[0].plain, slice_of("=あやしい"))); /* no formula is ever run */
    ruleset_destroy(&ruleset);
}

static void
what_excel_saves_is_read(void **state)
{
    (void)state;
    static const char utf16[] = "\xFF\xFE\x9E\x8A\xE5\x53\t\0\x06\x52\x5E\x98\t\0\x00\x4E\xF4\x81\n\0"
                                "\xAB\x30\xB9\x30\t\0\xB9\x8A\x17\x8B\x2D\x4E\xB7\x50\t\0\x58\x53\x9E\x8A\n\0";
    static const char cp932[] = "\x8C\xEA\x8B\xE5,\x95\xAA\x97\xDE,\x88\xEA\x92\x76\r\n"
                                "\x83\x4A\x83\x58,\x94\xEE\xE6\x8E\x92\x86\x8F\x9D,\x92\x50\x8C\xEA\r\n";
    const struct slice texts[] = {{(const uint8_t *)utf16, sizeof(utf16) - 1}, SLICE_LITERAL(cp932)};
    for (size_t i = 0; i < 2; i++) {
        struct ruleset *ruleset = NULL;
        struct fault fault = {0};
        char words[1024];
        if (sample_city(common, texts[i], slice_of(""), &ruleset, &fault) != STATUS_OK)
            fail_msg("%zu: %s", i, fault_text(&fault, words, sizeof(words)));
        assert_true(slice_equal(ruleset->terms[0].plain, slice_of("カス")));
        ruleset_destroy(&ruleset);
    }
}

static void
a_rule_id_depends_on_term_category_and_match_alone(void **state)
{
    (void)state;
    struct ruleset *first = build(HEADER "カス,DEFAMATION,word\nばか者,DEFAMATION,word,low,,メモ\n");
    struct ruleset *sorted = build(HEADER "ばか者,誹謗中傷,単語,強\nカス,OBSCENE,word\nカス,DEFAMATION,phrase\n");
    assert_int_equal(strlen(first->terms[1].rule), strlen("term.sample.12345678"));
    assert_memory_equal(first->terms[1].rule, "term.sample.", 12);
    assert_string_equal(first->terms[1].rule, sorted->terms[0].rule);
    assert_string_not_equal(first->terms[0].rule, sorted->terms[1].rule);
    assert_string_not_equal(first->terms[0].rule, sorted->terms[2].rule);
    ruleset_destroy(&first);
    ruleset_destroy(&sorted);
}

static void
one_kanji_is_a_term(void **state)
{
    (void)state;
    struct ruleset *ruleset = build(HEADER "馬,DEFAMATION,word\n𠮟,DEFAMATION,word\n");
    assert_int_equal(ruleset->term_count, 2);
    ruleset_destroy(&ruleset);
}

static void
terms_with_one_skeleton_share_a_literal(void **state)
{
    (void)state;
    struct ruleset *ruleset = build(HEADER "カス,DEFAMATION,word\nかす,DEFAMATION,word\nカス,OBSCENE,word\n");
    assert_int_equal(ruleset->term_count, 3);
    assert_int_equal(ruleset->literals.count, 1);
    assert_int_equal(ruleset->literals.items[0].use_count, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(ruleset->literals.uses[i].index, i);
    ruleset_destroy(&ruleset);
}

int
main(void)
{
    enum { BROKEN = sizeof(brokens) / sizeof(*brokens) };
    const struct CMUnitTest readings[] = {
        {"a row becomes a term and a literal", a_row_becomes_a_term_and_a_literal, NULL, NULL, NULL},
        {"severity sets the likelihood", severity_sets_the_likelihood, NULL, NULL, NULL},
        {"columns and words may be Japanese, in any order and width",
         columns_and_words_may_be_japanese_in_any_order_and_width, NULL, NULL, NULL},
        {"what Excel saves is read", what_excel_saves_is_read, NULL, NULL, NULL},
        {"a rule id depends on term, category and match alone", a_rule_id_depends_on_term_category_and_match_alone,
         NULL, NULL, NULL},
        {"one kanji is a term", one_kanji_is_a_term, NULL, NULL, NULL},
        {"terms with one skeleton share a literal", terms_with_one_skeleton_share_a_literal, NULL, NULL, NULL},
    };
    static char names[BROKEN][128];
    struct CMUnitTest tests[BROKEN];
    for (size_t i = 0; i < BROKEN; i++) {
        snprintf(names[i], sizeof(names[i]), "%s is refused", brokens[i].name);
        tests[i] = (struct CMUnitTest){names[i], is_refused, NULL, NULL, (void *)(uintptr_t)&brokens[i]};
    }
    return cmocka_run_group_tests(tests, build_common, destroy_common) +
           cmocka_run_group_tests(readings, build_common, destroy_common);
}
