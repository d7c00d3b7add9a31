#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/fault.h"

static void
all_parts_are_shown(void **state)
{
    (void)state;
    struct fault fault;
    char out[FAULT_TEXT_BYTES];
    fault_set(&fault, "terms.csv", 12, 3, "severity", "strnog", "unknown word", "write LOW, MEDIUM or HIGH");
    assert_string_equal(fault_text(&fault, out, sizeof(out)),
                        "terms.csv:12:3: severity: 'strnog': unknown word (write LOW, MEDIUM or HIGH)");
}

static void
missing_parts_are_left_out(void **state)
{
    (void)state;
    struct fault fault;
    char out[FAULT_TEXT_BYTES];
    fault_set(&fault, "policy.yaml", 0, 0, NULL, NULL, "the file is empty", NULL);
    assert_string_equal(fault_text(&fault, out, sizeof(out)), "policy.yaml: the file is empty");
    fault_set(&fault, "policy.yaml", 7, 0, "id", NULL, "missing", "");
    assert_string_equal(fault_text(&fault, out, sizeof(out)), "policy.yaml:7: id: missing");
    fault_set(&fault, NULL, 0, 5, "-o", "x", "bad", NULL);
    assert_string_equal(fault_text(&fault, out, sizeof(out)), "-o: 'x': bad");
}

static void
long_parts_are_cut_at_a_character(void **state)
{
    (void)state;
    struct fault fault;
    char value[400];
    for (size_t i = 0; i < 133; i++)
        memcpy(value + 3 * i, "市", 4);
    fault_set(&fault, "a", 1, 1, "", value, "", "");
    assert_int_equal(strlen(fault.value), 126);
    fault_set(&fault, "a", 1, 1, value, "", value, "");
    assert_int_equal(strlen(fault.item), 93);
    assert_int_equal(strlen(fault.reason), 255);
}

static void
the_longest_fault_fits(void **state)
{
    (void)state;
    struct fault fault;
    char part[400];
    char out[FAULT_TEXT_BYTES];
    memset(part, 'x', sizeof(part) - 1);
    part[sizeof(part) - 1] = '\0';
    fault_set(&fault, part, 4294967295u, 4294967295u, part, part, part, part);
    (void)fault_text(&fault, out, sizeof(out));
    assert_int_equal(out[strlen(out) - 1], ')');
}

static void
a_small_place_gets_the_beginning(void **state)
{
    (void)state;
    struct fault fault;
    char out[8];
    fault_set(&fault, "市役所", 1, 1, "", "", "", "");
    assert_string_equal(fault_text(&fault, out, sizeof(out)), "市役");
    assert_string_equal(fault_text(&fault, out, 1), "");
    assert_string_equal(fault_text(&fault, out, 0), "");
}

static void
control_characters_are_replaced(void **state)
{
    (void)state;
    struct fault fault;
    char out[FAULT_TEXT_BYTES];
    fault_set(&fault, "f", 1, 0, "", "a\nb\x1B[31m\x7F\xC2\x9B\u202Ec\u2066d\u2028", "r", "");
    assert_string_equal(fault_text(&fault, out, sizeof(out)), "f:1: 'a?b?[31m???c?d?': r");
}

static void
nobody_needs_to_care(void **state)
{
    (void)state;
    fault_set(NULL, "f", 1, 1, "i", "v", "r", "m");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"all parts are shown", all_parts_are_shown, NULL, NULL, NULL},
        {"missing parts are left out", missing_parts_are_left_out, NULL, NULL, NULL},
        {"long parts are cut at a character", long_parts_are_cut_at_a_character, NULL, NULL, NULL},
        {"the longest fault fits", the_longest_fault_fits, NULL, NULL, NULL},
        {"a small place gets the beginning", a_small_place_gets_the_beginning, NULL, NULL, NULL},
        {"control characters are replaced", control_characters_are_replaced, NULL, NULL, NULL},
        {"nobody needs to care", nobody_needs_to_care, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
