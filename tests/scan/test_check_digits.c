#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scan/check_digits.h"

#define VALID(check, text) assert_true(check_holds(check, slice_of(text)))
#define INVALID(check, text) assert_false(check_holds(check, slice_of(text)))

static void
my_number_accepts_every_remainder(void **state)
{
    (void)state;
    VALID(CHECK_MY_NUMBER, "123456789050"); /* remainder 0 */
    VALID(CHECK_MY_NUMBER, "123456789000"); /* remainder 1 */
    VALID(CHECK_MY_NUMBER, "123456789069");
    VALID(CHECK_MY_NUMBER, "1234 5678 9018");
    VALID(CHECK_MY_NUMBER, "123456789131"); /* remainder 10 */
}

static void
my_number_refuses_wrong_digits_and_all_same(void **state)
{
    (void)state;
    INVALID(CHECK_MY_NUMBER, "123456789012");
    INVALID(CHECK_MY_NUMBER, "000000000000");
    INVALID(CHECK_MY_NUMBER, "12345678901");
    INVALID(CHECK_MY_NUMBER, "1234567890181");
}

static void
corporate_number_checks_its_first_digit(void **state)
{
    (void)state;
    VALID(CHECK_CORPORATE, "7000012050002");
    VALID(CHECK_CORPORATE, "5835678256246");
    INVALID(CHECK_CORPORATE, "8000012050002");
    INVALID(CHECK_CORPORATE, "9999999999999");
}

static void
licence_checks_its_eleventh_digit(void **state)
{
    (void)state;
    VALID(CHECK_LICENSE, "309012345620");
    VALID(CHECK_LICENSE, "309912345910"); /* remainder 0 gives 1 */
    VALID(CHECK_LICENSE, "309912345400"); /* remainder 1 gives 0 */
    INVALID(CHECK_LICENSE, "309012345630");
}

static void
resident_code_checks_its_last_digit(void **state)
{
    (void)state;
    VALID(CHECK_RESIDENT, "12345678903");
    VALID(CHECK_RESIDENT, "12345678970");
    INVALID(CHECK_RESIDENT, "12345678904");
}

static void
cards_follow_luhn(void **state)
{
    (void)state;
    VALID(CHECK_LUHN, "4111 1111 1111 1111");
    VALID(CHECK_LUHN, "3782-822463-10005");
    VALID(CHECK_LUHN, "30569309025904");
    INVALID(CHECK_LUHN, "4567890123456789");
    INVALID(CHECK_LUHN, "0000000000000000");
    INVALID(CHECK_LUHN, "1700000000000"); /* 13 digits: a timestamp */
}

static void
phones_have_ten_digits_or_eleven_of_a_mobile(void **state)
{
    (void)state;
    VALID(CHECK_PHONE, "090-1234-5678");
    VALID(CHECK_PHONE, "+81 90 1234 5678");
    VALID(CHECK_PHONE, "+81 (0)3-1234-5678");
    VALID(CHECK_PHONE, "(04)7123-4567");
    INVALID(CHECK_PHONE, "090-1234-567");
    INVALID(CHECK_PHONE, "1234567890");
    INVALID(CHECK_PHONE, "0312345678901");
}

static void
dates_exist_and_eras_keep_their_bounds(void **state)
{
    (void)state;
    VALID(CHECK_DATE, "1988年5月1日");
    VALID(CHECK_DATE, "昭和六十三年五月一日");
    VALID(CHECK_DATE, "昭和64年1月7日");
    INVALID(CHECK_DATE, "昭和64年1月8日"); /* that day was 平成 */
    VALID(CHECK_DATE, "平成元年1月8日");
    INVALID(CHECK_DATE, "令和元年4月30日");
    VALID(CHECK_DATE, "s63.5.1");
    VALID(CHECK_DATE, "19880501");
    VALID(CHECK_DATE, "西暦2000年2月29日");
    INVALID(CHECK_DATE, "1900年2月29日");
    INVALID(CHECK_DATE, "1988年13月1日");
    INVALID(CHECK_DATE, "1888年5月1日");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"my number accepts every remainder", my_number_accepts_every_remainder, NULL, NULL, NULL},
        {"my number refuses wrong digits and all-same", my_number_refuses_wrong_digits_and_all_same, NULL, NULL, NULL},
        {"corporate number checks its first digit", corporate_number_checks_its_first_digit, NULL, NULL, NULL},
        {"licence checks its eleventh digit", licence_checks_its_eleventh_digit, NULL, NULL, NULL},
        {"resident code checks its last digit", resident_code_checks_its_last_digit, NULL, NULL, NULL},
        {"cards follow Luhn", cards_follow_luhn, NULL, NULL, NULL},
        {"phones have ten digits, or eleven of a mobile", phones_have_ten_digits_or_eleven_of_a_mobile, NULL, NULL,
         NULL},
        {"dates exist and eras keep their bounds", dates_exist_and_eras_keep_their_bounds, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("check_digits", tests, NULL, NULL);
}
