#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault_words.h"
#include "base/status.h"

static void
expect(const char *english, const char *japanese)
{
    char out[256];

    assert_string_equal(fault_words_japanese(english, out, sizeof out), japanese);
}

static void
test_exact_rows(void **state)
{
    (void)state;
    expect("add it", "書き足してください");
    expect("unknown key", "知らないキーです");
    expect("nested too deep", "入れ子が深すぎます");
    expect("a tab stands in the indentation", "字下げにタブがあります");
    expect("unknown column", "知らない列です"); /* though "unknown %s" stands before it */
}

static void
test_conversions_carry_over(void **state)
{
    (void)state;
    expect("the key 'covers' is missing", "キー covers がありません"); /* a row of its own, before the general one */
    expect("the key 'cite' is missing", "キー cite がありません");
    expect("write a whole number from 0 to 100", "0 から 100 までの整数を書いてください");
    expect("line 12 of terms.csv has the same term, category and match",
           "12 行(terms.csv)に同じ語句・分類・一致の行があります");
    expect("unknown category", "知らない分類です");
    expect("unknown flavour", "知らないflavourです");
}

static void
test_errors_of_the_system(void **state)
{
    (void)state;
    expect(strerror(ENOSPC), "空き容量がありません");
    expect(status_word(STATUS_NO_MEMORY), "メモリーが足りません");
    for (int i = 0; i < STATUS_COUNT; i++) {
        char out[256];

        if (i != STATUS_OK)
            assert_string_not_equal(fault_words_japanese(status_word(i), out, sizeof out), status_word(i));
    }
}

static void
test_unknown_text_stays(void **state)
{
    (void)state;
    expect("no row says this", "no row says this");
    expect("", "");
}

static void
test_cut_at_a_character(void **state)
{
    (void)state;
    char out[8];

    assert_string_equal(fault_words_japanese("add it", out, sizeof out), "書き");
}

static void
test_whole_fault(void **state)
{
    (void)state;
    struct fault fault;
    char out[FAULT_TEXT_BYTES];

    fault_set(&fault, "terms.csv", 3, 2, "category", "ひぼう", "unknown category", "did you mean DEFAMATION?");
    assert_string_equal(fault_text_japanese(&fault, out, sizeof out),
                        "terms.csv:3:2: 分類: 'ひぼう': 知らない分類です (DEFAMATION のことですか?)");
    fault_set(&fault, "policy.yaml", 9, 5, "severity", "x", "unknown severity", "add it");
    assert_string_equal(fault_text_japanese(&fault, out, sizeof out),
                        "policy.yaml:9:5: severity: 'x': 知らない強さです (書き足してください)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_rows),         cmocka_unit_test(test_conversions_carry_over),
        cmocka_unit_test(test_unknown_text_stays), cmocka_unit_test(test_cut_at_a_character),
        cmocka_unit_test(test_whole_fault),        cmocka_unit_test(test_errors_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
