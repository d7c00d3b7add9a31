#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/domain.h"

static struct domain_list *list;

static int
set_up(void **state)
{
    (void)state;
    return domain_list_create(&list) != STATUS_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    domain_list_destroy(&list);
    assert_null(list);
    return 0;
}

static void
a_name_has_one_form(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"Example.JP", "example.jp"},
                                           {"example.jp.", "example.jp"},
                                           {"日本語.jp", "xn--wgv71a119e.jp"},
                                           {"ｅｘａｍｐｌｅ．ｊｐ", "example.jp"},
                                           {"xn--wgv71a119e.jp", "xn--wgv71a119e.jp"}};
    static const char *const none[] = {
        "", "jp", "a..jp", "-a.jp", "a-.jp", "203.0.113.7", "a b.jp", "xn--\xff.jp", "a_b.jp", "https://example.jp"};
    char out[DOMAIN_MAX_BYTES];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(domain_normalise(list, slice_of(names[i][0]), out), STATUS_OK);
        assert_string_equal(out, names[i][1]);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(domain_normalise(list, slice_of(none[i]), out), STATUS_INVALID);
    char unicode[DOMAIN_MAX_UNICODE_BYTES];
    assert_int_equal(domain_to_unicode(list, "xn--wgv71a119e.jp", unicode), STATUS_OK);
    assert_string_equal(unicode, "日本語.jp");
}

static void
what_was_registered_is_found_below_any_suffix(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"www.example.co.jp", "example.co.jp"},
                                           {"a.b.example.jp", "example.jp"},
                                           {"www.city.hachinohe.aomori.jp", "city.hachinohe.aomori.jp"},
                                           {"someone.github.io", "someone.github.io"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(domain_registrable(list, names[i][0]), names[i][1]);
    assert_null(domain_registrable(list, "co.jp"));
    assert_null(domain_registrable(list, "jp"));
}

static void
below_means_whole_labels(void **state)
{
    (void)state;
    assert_true(domain_is_within("example.jp", "example.jp"));
    assert_true(domain_is_within("www.example.jp", "example.jp"));
    assert_false(domain_is_within("badexample.jp", "example.jp"));
    assert_false(domain_is_within("example.jp", "www.example.jp"));
    assert_false(domain_is_within("example.jp.example.com", "example.jp"));
}

static void
only_governments_are_official(void **state)
{
    (void)state;
    static const char *const official[] = {"www.city.kashiwa.lg.jp", "www.city.hachinohe.aomori.jp",
                                           "pref.aomori.jp",         "www.metro.tokyo.jp",
                                           "www.soumu.go.jp",        "city.kawasaki.jp"};
    static const char *const others[] = {"city.kashiwa.lg.jp.example.com",
                                         "lg.jp",
                                         "city.example.co.jp",
                                         "city.co.jp",
                                         "citykashiwalg.jp",
                                         "city.example.jp"};
    for (size_t i = 0; i < sizeof(official) / sizeof(official[0]); i++)
        if (!domain_is_official(list, official[i]))
            fail_msg("%s is official", official[i]);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (domain_is_official(list, others[i]))
            fail_msg("%s is not official", others[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a name has one form", a_name_has_one_form, NULL, NULL, NULL},
        {"what was registered is found below any suffix", what_was_registered_is_found_below_any_suffix, NULL, NULL,
         NULL},
        {"below means whole labels", below_means_whole_labels, NULL, NULL, NULL},
        {"only governments are official", only_governments_are_official, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
