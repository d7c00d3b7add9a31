#include "rules/variant.h"

#include "rules/sample.h"
#include "scan/scanner.h"

static struct common *common;
static struct ruleset *city;

static const char terms_csv[] = "term,category,match,severity,exceptions,note,added_on\n"
                                "ぽぬぽぬ,DEFAMATION,phrase,high,,,\n"
                                "もげもげ,DEFAMATION,phrase,high,,,\n";

static int
build_shared(void **state)
{
    struct fault fault = {0};

    (void)state;
    common = sample_common(SAMPLE_COMMON, NULL);
    return sample_city(common, slice_of(terms_csv), slice_of(""), &city, &fault) == STATUS_OK ? 0 : -1;
}

static int
destroy_shared(void **state)
{
    (void)state;
    ruleset_destroy(&city);
    common_destroy(&common);
    return 0;
}

/* Whether `rule` is among the findings of the text. */
static bool
finds(const struct ruleset *ruleset, const char *text, const char *rule)
{
    struct message message = {.text = slice_of(text)};
    const struct verdict *verdict;
    struct scanner *scanner;
    bool is_found = false;

    assert_int_equal(scanner_create(ruleset->common, SCANNER_DEFAULT_MAX_TEXT_BYTES, &scanner), STATUS_OK);
    assert_int_equal(scanner_run(scanner, ruleset, &message, &verdict), STATUS_OK);
    for (size_t i = 0; i < verdict->finding_count; i++)
        is_found |= strcmp(verdict->findings[i].rule, rule) == 0;
    scanner_destroy(&scanner);
    return is_found;
}

static const char *
rule_of(const struct term *terms, size_t count, const char *plain)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(terms[i].plain, slice_of(plain)))
            return terms[i].rule;
    fail_msg("no term %s", plain);
    return NULL;
}

static bool *
flags(size_t count, bool value)
{
    bool *flags = malloc(count + 1);

    assert_non_null(flags);
    memset(flags, value, count + 1);
    return flags;
}

static void
a_term_left_out_is_not_found_and_its_neighbour_is(void **state)
{
    bool *own = flags(city->term_count, false), *shared = flags(common->term_count, true);
    struct left_out left_out = {.common_terms = shared, .city_terms = own};
    struct variant *variant;
    const char *first = rule_of(city->terms, city->term_count, "ぽぬぽぬ"),
               *second = rule_of(city->terms, city->term_count, "もげもげ"),
               *insult = rule_of(common->terms, common->term_count, "ばか者");

    (void)state;
    own[0] = strcmp(city->terms[0].rule, first) == 0;
    own[1] = !own[0];
    assert_true(finds(city, "ぽぬぽぬ", first) && finds(city, "もげもげ", second) && finds(city, "ばか者", insult));
    assert_int_equal(variant_create(city, &left_out, &variant), STATUS_OK);
    assert_false(finds(variant_ruleset(variant), "ぽぬぽぬ", first));
    assert_true(finds(variant_ruleset(variant), "もげもげ", second));
    assert_false(finds(variant_ruleset(variant), "ばか者", insult));
    assert_false(finds(variant_ruleset(variant), "ば○者", insult)); /* nor under a disguise */
    variant_destroy(&variant);
    assert_null(variant);
    free(own);
    free(shared);
}

static void
a_pattern_left_out_is_not_found_and_the_others_keep_their_places(void **state)
{
    bool *patterns = flags(common->pattern_count, false);
    struct left_out left_out = {.patterns = patterns};
    struct variant *variant;

    (void)state;
    assert_string_equal(common->patterns[0].rule, "pii.test.mobile");
    patterns[0] = true;
    assert_true(finds(city, "電話番号は 090-1234-5678", "pii.test.mobile"));
    assert_int_equal(variant_create(city, &left_out, &variant), STATUS_OK);
    assert_false(finds(variant_ruleset(variant), "電話番号は 090-1234-5678", "pii.test.mobile"));
    assert_int_equal(variant_ruleset(variant)->common->pattern_count, common->pattern_count - 1);
    assert_int_equal(variant_ruleset(variant)->common->searched_count, common->searched_count - 1);
    assert_string_equal(variant_ruleset(variant)->common->patterns[0].rule, common->patterns[1].rule);
    variant_destroy(&variant);
    free(patterns);
}

static void
with_nothing_left_out_all_is_made_anew_and_finds_the_same(void **state)
{
    bool *patterns = flags(common->pattern_count, false), *shared = flags(common->term_count, false),
         *own = flags(city->term_count, false);
    struct left_out left_out = {patterns, shared, own};
    struct variant *variant;

    (void)state;
    assert_int_equal(variant_create(city, &left_out, &variant), STATUS_OK);
    assert_ptr_not_equal(variant_ruleset(variant)->common->pattern_multi, common->pattern_multi);
    assert_ptr_not_equal(variant_ruleset(variant)->common->literals.lexicon, common->literals.lexicon);
    assert_int_equal(variant_ruleset(variant)->common->literals.count, common->literals.count);
    assert_int_equal(variant_ruleset(variant)->common->searched_count, common->searched_count);
    assert_true(finds(variant_ruleset(variant), "電話番号は 090-1234-5678", "pii.test.mobile"));
    assert_true(finds(variant_ruleset(variant), "もげもげ", rule_of(city->terms, city->term_count, "もげもげ")));
    variant_destroy(&variant);
    free(patterns);
    free(shared);
    free(own);
}

static void
with_no_pattern_at_all_nothing_is_searched(void **state)
{
    bool *patterns = flags(common->pattern_count, true);
    struct left_out left_out = {.patterns = patterns};
    struct variant *variant;

    (void)state;
    assert_int_equal(variant_create(city, &left_out, &variant), STATUS_OK);
    assert_int_equal(variant_ruleset(variant)->common->searched_count, 0);
    assert_false(finds(variant_ruleset(variant), "電話番号は 090-1234-5678", "pii.test.mobile"));
    variant_destroy(&variant);
    free(patterns);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a term left out is not found, and its neighbour is", a_term_left_out_is_not_found_and_its_neighbour_is, NULL,
         NULL, NULL},
        {"a pattern left out is not found, and the others keep their places",
         a_pattern_left_out_is_not_found_and_the_others_keep_their_places, NULL, NULL, NULL},
        {"with nothing left out all is made anew, and finds the same",
         with_nothing_left_out_all_is_made_anew_and_finds_the_same, NULL, NULL, NULL},
        {"with no pattern at all nothing is searched", with_no_pattern_at_all_nothing_is_searched, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, build_shared, destroy_shared);
}
