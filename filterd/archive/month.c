#include "archive/month.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FIRST_YEAR 1990
#define LAST_YEAR 2099
#define JAPAN_MINUTES (9 * 60)
#define DAY_MINUTES (24 * 60)

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Takes at most `most` digits from the front; how many there were. */
static unsigned
take_number(struct slice *rest, unsigned most, uint64_t *number_out)
{
    unsigned digits = 0;

    *number_out = 0;
    for (; digits < most && rest->bytes > 0 && is_digit(*rest->data); digits++) {
        *number_out = *number_out * 10 + (*rest->data++ - '0');
        rest->bytes--;
    }
    return digits;
}

static bool
take_text(struct slice *rest, const char *text)
{
    size_t bytes = strlen(text);

    if (rest->bytes < bytes || memcmp(rest->data, text, bytes) != 0)
        return false;
    *rest = (struct slice){rest->data + bytes, rest->bytes - bytes};
    return true;
}

/* What may stand between the numbers of a date: a sign, or 年 and 月 in any charset. */
static void
skip_between(struct slice *rest)
{
    for (unsigned skipped = 0; skipped < 4 && rest->bytes > 0 && !is_digit(*rest->data); skipped++)
        *rest = (struct slice){rest->data + 1, rest->bytes - 1};
}

static unsigned
month_from(uint64_t year, uint64_t month)
{
    bool is_good = year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12;

    return is_good ? (unsigned)(year * 12 + month - 1) : MONTH_UNKNOWN;
}

static unsigned
days_of(uint64_t year, uint64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* --- clocks ------------------------------------------------------------------------------------------------------- */

static unsigned
month_of_seconds(uint64_t seconds)
{
    uint64_t days = (seconds + JAPAN_MINUTES * 60) / (DAY_MINUTES * 60), year = 1970, month = 1;

    for (; year <= LAST_YEAR && days >= 365u + (days_of(year, 2) == 29); year++)
        days -= 365u + (days_of(year, 2) == 29);
    for (; month < 12 && days >= days_of(year, month); month++)
        days -= days_of(year, month);
    return month_from(year, month);
}

/* Digits alone: a date without signs, or a clock. */
static unsigned
month_of_digits(struct slice digits)
{
    struct slice rest = digits;
    uint64_t number, year, month;
    unsigned count = take_number(&rest, 17, &number);

    if (count == 9 || count == 10)
        return month_of_seconds(number);
    if (count == 13)
        return month_of_seconds(number / 1000);
    if (count == 16)
        return month_of_seconds(number / 1000000);
    if (count != 6 && count != 8 && count != 12 && count != 14)
        return MONTH_UNKNOWN;
    rest = digits;
    take_number(&rest, 4, &year);
    take_number(&rest, 2, &month);
    return month_from(year, month);
}

/* --- dates -------------------------------------------------------------------------------------------------------- */

/* Minutes east of Greenwich at the front of `rest`: Z, +09:00, +0900. */
static bool
take_zone(struct slice *rest, int *minutes_out)
{
    uint64_t hours, minutes = 0;
    bool is_west;

    *minutes_out = 0;
    if (take_text(rest, "Z") || take_text(rest, "z"))
        return true;
    is_west = take_text(rest, "-");
    if (!is_west && !take_text(rest, "+"))
        return false;
    if (take_number(rest, 2, &hours) != 2)
        return false;
    take_text(rest, ":");
    take_number(rest, 2, &minutes);
    *minutes_out = (int)(hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
}

/* The same moment in Japan, where `rest` (behind the day) says the hour and the zone. */
static unsigned
in_japan(uint64_t year, uint64_t month, uint64_t day, struct slice rest)
{
    unsigned local = month_from(year, month);
    uint64_t hour, minute, ignored;
    int zone, at;

    if (local == MONTH_UNKNOWN || day < 1 || !(take_text(&rest, "T") || take_text(&rest, " ")) ||
        take_number(&rest, 2, &hour) != 2 || !take_text(&rest, ":") || take_number(&rest, 2, &minute) != 2)
        return local;
    if (take_text(&rest, ":"))
        take_number(&rest, 2, &ignored);
    if (take_text(&rest, ".") || take_text(&rest, ","))
        take_number(&rest, 9, &ignored);
    take_text(&rest, " ");
    if (!take_zone(&rest, &zone))
        return local;
    at = (int)((day - 1) * DAY_MINUTES + hour * 60 + minute) - zone + JAPAN_MINUTES;
    if (at < 0)
        local--;
    else if (at >= (int)days_of(year, month) * DAY_MINUTES)
        local++;
    return month_from(local / 12, local % 12 + 1);
}

/* The year before the first one of an era; 0 = no era stands there. */
static unsigned
take_era(struct slice *rest)
{
    static const struct {
        const char *name;
        unsigned before;
    } eras[] = {{"令和", 2018}, {"平成", 1988}, {"R", 2018}, {"H", 1988}};

    for (size_t i = 0; i < sizeof eras / sizeof eras[0]; i++)
        if (take_text(rest, eras[i].name))
            return eras[i].before;
    return 0;
}

unsigned
month_of(struct slice time)
{
    uint64_t year, month, day = 0;
    struct slice rest;
    unsigned era, digits;

    while (time.bytes > 0 && (*time.data == '"' || *time.data == ' '))
        time = (struct slice){time.data + 1, time.bytes - 1};
    while (time.bytes > 0 && (time.data[time.bytes - 1] == '"' || time.data[time.bytes - 1] == ' '))
        time.bytes--;
    rest = time;
    era = take_era(&rest);
    digits = take_number(&rest, 17, &year);
    if (rest.bytes == 0 && era == 0)
        return month_of_digits(time);
    if (era > 0 && digits == 0 && take_text(&rest, "元"))
        year = 1;
    else if (era == 0 ? digits != 4 : digits < 1 || digits > 2)
        return MONTH_UNKNOWN;
    skip_between(&rest);
    if (take_number(&rest, 2, &month) == 0)
        return MONTH_UNKNOWN;
    if (rest.bytes > 0 && *rest.data != 'T')
        skip_between(&rest);
    take_number(&rest, 2, &day);
    return in_japan(year + era, month, day, rest);
}

void
month_text(unsigned month, char out[MONTH_TEXT_BYTES])
{
    if (month == MONTH_UNKNOWN)
        snprintf(out, MONTH_TEXT_BYTES, "-");
    else
        snprintf(out, MONTH_TEXT_BYTES, "%04u-%02u", month / 12 % 10000, month % 12 + 1);
}
