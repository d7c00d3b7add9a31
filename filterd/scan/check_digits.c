#include "scan/check_digits.h"

#include <string.h>

#include "text/intake.h"

enum { MAX_DIGITS = 32 /* of a value; those behind are left out */ };

/* --- numbers, as ASCII digits without separators ------------------------------------------------------------------ */

/* Sum of digits times weights, left to right. */
static unsigned
weighted(const uint8_t *digits, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0; weights[i]; i++)
        sum += (unsigned)(digits[i] - '0') * (unsigned)(weights[i] - '0');
    return sum;
}

static bool
all_same(struct slice digits)
{
    for (size_t i = 1; i < digits.bytes; i++)
        if (digits.data[i] != digits.data[0])
            return false;
    return true;
}

/* 11 − sum mod 11, and 0 where the remainder is 0 or 1. */
static unsigned
modulus_11(unsigned sum)
{
    unsigned rest = sum % 11;
    return rest <= 1 ? 0 : 11 - rest;
}

/* 12 digits, the last checks: 平成26年総務省令第85号5条. */
static bool
my_number_is_valid(struct slice digits)
{
    return digits.bytes == 12 && !all_same(digits) &&
           modulus_11(weighted(digits.data, "65432765432")) == (unsigned)(digits.data[11] - '0');
}

/* 11 digits, the last checks: 住民基本台帳法施行規則1条. */
static bool
resident_code_is_valid(struct slice digits)
{
    return digits.bytes == 11 && !all_same(digits) &&
           modulus_11(weighted(digits.data, "5432765432")) == (unsigned)(digits.data[10] - '0');
}

/* 13 digits, the first checks: 平成26年財務省令第70号2条. */
static bool
corporate_number_is_valid(struct slice digits)
{
    return digits.bytes == 13 && !all_same(digits) && digits.data[0] != '0' &&
           9 - weighted(digits.data + 1, "212121212121") % 9 == (unsigned)(digits.data[0] - '0');
}

/* 12 digits, the 11th checks, as published by researchers of the format: there is no official text. */
static bool
drivers_license_is_valid(struct slice digits)
{
    return digits.bytes == 12 && !all_same(digits) &&
           (11 - weighted(digits.data, "5432765432") % 11) % 10 == (unsigned)(digits.data[10] - '0');
}

/* Cards of 14 to 16 digits: ISO/IEC 7812-1. */
static bool
luhn_is_valid(struct slice digits)
{
    if (digits.bytes < 14 || digits.bytes > 16 || all_same(digits))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < digits.bytes; i++) {
        unsigned digit = (unsigned)(digits.data[digits.bytes - 1 - i] - '0');
        unsigned doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += i % 2 ? doubled : digit;
    }
    return sum % 10 == 0;
}

/* 10 digits 0X… of a fixed line or 11 of 050 060 070 080 090; with +81 or 81 in front the trunk 0 may be missing. */
static bool
phone_is_valid(struct slice digits)
{
    const uint8_t *d = digits.data;
    size_t n = digits.bytes;
    if (n > 12 && memcmp(d, "0081", 4) == 0) /* dialled from abroad, or from here with 010 */
        d += 2, n -= 2;
    else if (n > 13 && memcmp(d, "01081", 5) == 0)
        d += 3, n -= 3;
    bool international = n >= 11 && d[0] == '8' && d[1] == '1';
    if (international) {
        d += 2, n -= 2;
        if (d[0] == '0')
            d++, n--;
    } else if (n > 1 && d[0] == '0') {
        d++, n--;
    } else {
        return false;
    }
    /* `d` is now the number without its trunk 0 */
    if (n == 10)
        return d[0] >= '5' && d[1] == '0';
    return n == 9 && d[0] != '0' && !(d[1] == '0' && d[0] >= '5') && !all_same((struct slice){d, n});
}

/* --- dates -------------------------------------------------------------------------------------------------------- */

struct era {
    const char *name, *letter, *kanji;
    int first_year;       /* Gregorian year of its year 1 */
    unsigned first, last; /* yyyymmdd */
};

/* 元号法 and the imperial ordinances before it; 明治 counts from the solar calendar of its year 6. */
static const struct era eras[] = {
    {"明治", "m", "明", 1868, 18730101, 19120729}, {"大正", "t", "大", 1912, 19120730, 19261224},
    {"昭和", "s", "昭", 1926, 19261225, 19890107}, {"平成", "h", "平", 1989, 19890108, 20190430},
    {"令和", "r", "令", 2019, 20190501, 20991231},
};

static bool
skip_text(struct slice value, uint32_t *at, const char *text)
{
    size_t bytes = strlen(text);
    if (value.bytes - *at < bytes || memcmp(value.data + *at, text, bytes) != 0)
        return false;
    *at += (uint32_t)bytes;
    return true;
}

static const struct era *
read_era(struct slice value, uint32_t *at)
{
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
        if (skip_text(value, at, eras[i].name) || skip_text(value, at, eras[i].letter) ||
            skip_text(value, at, eras[i].kanji))
            return &eras[i];
    return NULL;
}

/* Value of one kanji numeral, 10 for 十, -1 for anything else. */
static int
kanji_digit(uint32_t c)
{
    static const uint32_t numerals[] = {u'〇', u'一', u'二', u'三', u'四', u'五', u'六', u'七', u'八', u'九', u'十'};
    for (int i = 0; i <= 10; i++)
        if (numerals[i] == c)
            return i;
    return -1;
}

/* A number in ASCII digits (at most `max_digits`) or kanji numerals up to 九十九; 元 is 1. -1 = none. */
static int
read_number(struct slice value, uint32_t *at, unsigned max_digits)
{
    if (skip_text(value, at, "元"))
        return 1;
    int number = -1;
    unsigned count = 0;
    while (*at < value.bytes && count < max_digits && value.data[*at] >= '0' && value.data[*at] <= '9') {
        number = (number < 0 ? 0 : number) * 10 + (value.data[(*at)++] - '0');
        count++;
    }
    while (count == 0 && *at < value.bytes) {
        uint32_t next = *at;
        int digit = kanji_digit(utf8_next(value, &next));
        if (digit < 0)
            break;
        if (digit == 10)
            number = (number <= 0 ? 1 : number) * 10;
        else
            number = (number < 0 ? 0 : number % 10 == 0 ? number : number * 10) + digit;
        *at = next;
    }
    return number;
}

static void
skip_separators(struct slice value, uint32_t *at)
{
    static const char *const separators[] = {" ", "年", "月", "日", "-", "/", ".", "・", ",", "、", "の", "(", ")"};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (skip_text(value, at, separators[i]))
            i = (size_t)-1;
}

static bool
day_exists(unsigned year, unsigned month, unsigned day)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool
date_is_valid(struct slice value)
{
    uint32_t at = 0;
    skip_text(value, &at, "西暦");
    const struct era *era = read_era(value, &at);
    skip_separators(value, &at);
    int year = read_number(value, &at, 4);
    skip_separators(value, &at);
    int month = read_number(value, &at, 2);
    skip_separators(value, &at);
    int day = read_number(value, &at, 2);
    if (year < 1 || month < 0 || day < 0)
        return false;
    unsigned full = (unsigned)(era ? era->first_year + year - 1 : year);
    unsigned stamp = full * 10000 + (unsigned)month * 100 + (unsigned)day;
    return day_exists(full, (unsigned)month, (unsigned)day) &&
           (era ? stamp >= era->first && stamp <= era->last : full >= 1900 && full <= 2099);
}

bool
check_holds(enum check check, struct slice value)
{
    if (check == CHECK_DATE)
        return date_is_valid(value);
    uint8_t digits[MAX_DIGITS];
    struct slice found = {digits, 0};
    for (size_t i = 0; i < value.bytes && found.bytes < MAX_DIGITS; i++)
        if (value.data[i] >= '0' && value.data[i] <= '9')
            digits[found.bytes++] = value.data[i];
    switch (check) {
    case CHECK_MY_NUMBER:
        return my_number_is_valid(found);
    case CHECK_LUHN:
        return luhn_is_valid(found);
    case CHECK_PHONE:
        return phone_is_valid(found);
    case CHECK_CORPORATE:
        return corporate_number_is_valid(found);
    case CHECK_LICENSE:
        return drivers_license_is_valid(found);
    case CHECK_RESIDENT:
        return resident_code_is_valid(found);
    default:
        return false;
    }
}
