/* How often combinations of facts stand in an archive: what is counted, and what is not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "archive/share.h"
#include "rules/policy.h"

#define NOBODY "0000000000000001"

static void
combinations_and_facts_are_counted(void **state)
{
    struct share share = {.k = 5};

    (void)state;
    assert_int_equal(share_begin(&share), STATUS_OK);
    assert_int_equal(share_add(&share, slice_of("00000000000000aa " NOBODY " 00000000000000bb\n"
                                                "00000000000000aa " NOBODY "\n")),
                     STATUS_OK);
    assert_int_equal(share_add(&share, slice_of("{\"status\":\"INTERNAL\"}\n")), STATUS_OK);
    assert_int_equal(share_count(&share, 0xaa), 2);
    assert_int_equal(share_count(&share, 0xbb), 1);
    assert_int_equal(share_count(&share, 0xcc), 0);
    share_fini(&share);
}

static void
linked_records_count_once_per_sender(void **state)
{
    struct share share = {.k = 5, .links = true};

    (void)state;
    assert_int_equal(share_begin(&share), STATUS_OK);
    for (unsigned i = 0; i < 9; i++)
        assert_int_equal(share_add(&share, slice_of("00000000000000aa 0000000000000011\n")), STATUS_OK);
    assert_int_equal(share_add(&share, slice_of("00000000000000aa 0000000000000012\n")), STATUS_OK);
    assert_int_equal(share_count(&share, 0xaa), 2);
    assert_false(share_is_described(&share, 0x11));
    assert_int_equal(share_add(&share, slice_of("00000000000000ab 0000000000000011\n")), STATUS_OK);
    assert_true(share_is_described(&share, 0x11));
    assert_false(share_is_described(&share, 0x12));
    assert_true(share_is_described(&share, 0x13)); /* nobody counted it */
    share_fini(&share);
}

static void
an_answer_that_is_none_is_refused(void **state)
{
    static const char *const bad[] = {"\n",
                                      "00000000000000aa\n",
                                      "00000000000000aa 00000000000000AB\n",
                                      "0000000000000000 " NOBODY "\n",
                                      "00000000000000aa " NOBODY " 1\n",
                                      "text\n"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct share share = {.k = 5};

        assert_int_equal(share_begin(&share), STATUS_OK);
        assert_int_equal(share_add(&share, slice_of(bad[i])), STATUS_INVALID);
        share_fini(&share);
    }
}

static void
keys_are_destroyed(void **state)
{
    static const struct secret_key nothing;
    static const struct hash empty;
    struct share share = {0};

    (void)state;
    assert_int_equal(share_begin(&share), STATUS_OK);
    assert_memory_not_equal(&share.link_key, &nothing, sizeof nothing);
    share_fini(&share);
    assert_memory_equal(&share.link_key, &nothing, sizeof nothing);
    assert_memory_equal(&share.key, &empty, sizeof empty);
}

static void
the_strict_policy_is_one_and_lets_nothing_stand(void **state)
{
    struct policy *policy;
    struct buffer text;
    struct fault fault;

    (void)state;
    buffer_init(&text);
    share_policy("kashiwa", &text);
    assert_int_equal(policy_parse(buffer_slice(&text), "share", "kashiwa", &policy, &fault), STATUS_OK);
    assert_true(policy->composite && policy->special_care);
    for (unsigned type = 1; type < INFO_COUNT; type++)
        assert_true(policy->info_types >> type & 1);
    policy_destroy(&policy);
    buffer_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combinations_and_facts_are_counted),
        cmocka_unit_test(linked_records_count_once_per_sender),
        cmocka_unit_test(an_answer_that_is_none_is_refused),
        cmocka_unit_test(keys_are_destroyed),
        cmocka_unit_test(the_strict_policy_is_one_and_lets_nothing_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
