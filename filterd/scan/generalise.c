#include "scan/generalise.h"

#include <stdio.h>

#include "text/intake.h"

enum { OLDEST_BAND = 90, MAX_AGE = 130, KEPT_DECIMALS = 2, KEPT_POSTAL_DIGITS = 3, MUNICIPALITY_MAX_CHARACTERS = 16 };

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static enum status
write_text(char *out, size_t *bytes_out, const char *text)
{
    *bytes_out = strlen(text);
    memcpy(out, text, *bytes_out);
    return STATUS_OK;
}

static enum status
age_band(struct slice value, char *out, size_t *bytes_out)
{
    unsigned age = 0;
    size_t at = 0;
    while (at < value.bytes && at < 3 && is_digit(value.data[at]))
        age = age * 10 + (unsigned)(value.data[at++] - '0');
    if (at == 0 || age > MAX_AGE)
        return STATUS_NOT_FOUND;
    if (age < 10)
        return write_text(out, bytes_out, "10歳未満");
    if (age >= OLDEST_BAND)
        return write_text(out, bytes_out, "90歳以上");
    char band[16];
    snprintf(band, sizeof band, "%u代", age / 10 * 10);
    return write_text(out, bytes_out, band);
}

/* The longest beginning that is 柏市, 千葉県柏市 or a prefecture: towns and numbers behind it are left out. */
static enum status
municipality(struct slice value, const struct facts *facts, char *out, size_t *bytes_out)
{
    uint32_t at = 0, known = 0, begin = 0;
    for (unsigned i = 0; facts && i < MUNICIPALITY_MAX_CHARACTERS && at < value.bytes; i++) {
        utf8_next(value, &at);
        if (table_get(facts->municipalities, (struct slice){value.data + begin, at - begin}) == TABLE_NONE)
            continue;
        bool first = known == 0;
        known = at;
        if (first)
            begin = at; /* a municipality may stand behind the prefecture; only one step */
    }
    if (known == 0 || known > GENERALISED_MAX_BYTES)
        return STATUS_NOT_FOUND;
    memcpy(out, value.data, known);
    *bytes_out = known;
    return STATUS_OK;
}

/* What may stand before the number of a year: an era, as the patterns of birth dates know it. */
static size_t
era_at(struct slice value)
{
    static const char *const eras[] = {"明治", "大正", "昭和", "平成", "令和", "明", "大", "昭",
                                       "平",   "令",   "m",    "t",    "s",    "h",  "r"};
    size_t at = 0;
    for (size_t i = 0; i < sizeof eras / sizeof *eras && at == 0; i++)
        at = slice_begins(value, slice_of(eras[i])) ? strlen(eras[i]) : 0;
    while (at > 0 && at < value.bytes && strchr(" .(", value.data[at]))
        at++;
    return at;
}

static size_t
digits_at(struct slice value, size_t at)
{
    size_t end = at;
    while (end < value.bytes && is_digit(value.data[end]))
        end++;
    return end - at;
}

/* Where a date without 年 has its year: four digits wherever they stand, else the number that it begins with. */
static struct span
year_in_numbers(struct slice value)
{
    for (size_t at = 0; at < value.bytes; at++) {
        size_t digits = digits_at(value, at);
        if (digits == 4 || (digits == 8 && at == 0)) /* 19880501 */
            return (struct span){(uint32_t)at, (uint32_t)at + 4};
        at += digits;
    }
    size_t era = era_at(value), digits = digits_at(value, era), end = era + digits;
    bool is_month = slice_begins((struct slice){value.data + end, value.bytes - end}, SLICE_LITERAL("月"));
    return digits == 1 || digits == 2 ? (struct span){0, is_month ? 0 : (uint32_t)end} : (struct span){0, 0};
}

/* 昭和63年5月1日 -> 昭和63年; 1988/5/1, 1/5/1988, 19880501 -> 1988年; s63.5.1 -> s63年; 5月1日 has no year. */
static enum status
year(struct slice value, char *out, size_t *bytes_out)
{
    static const char sign[] = "年";
    const uint8_t *end = memmem(value.data, value.bytes, sign, sizeof sign - 1);
    struct span year = end ? (struct span){0, (uint32_t)(end - value.data)} : year_in_numbers(value);
    size_t bytes = year.end - year.start;
    if (bytes == 0 || bytes > 32)
        return STATUS_NOT_FOUND;
    memcpy(out, value.data + year.start, bytes);
    memcpy(out + bytes, sign, sizeof sign - 1);
    *bytes_out = bytes + sizeof sign - 1;
    return STATUS_OK;
}

/* Cuts the decimals of every number; anything but numbers, signs and separators has another form of precision. */
static enum status
coordinates(struct slice value, char *out, size_t *bytes_out)
{
    size_t used = 0, decimals = 0, pairs = 0;
    bool fraction = false;
    if (value.bytes > GENERALISED_MAX_BYTES)
        return STATUS_NOT_FOUND;
    for (size_t i = 0; i < value.bytes; i++) {
        uint8_t byte = value.data[i];
        if (byte == '.') {
            fraction = true;
            decimals = 0;
            pairs++;
        } else if (!is_digit(byte)) {
            if (!strchr(" ,-+()", byte))
                return STATUS_NOT_FOUND;
            fraction = false;
        } else if (fraction && decimals++ >= KEPT_DECIMALS) {
            continue;
        }
        out[used++] = (char)byte;
    }
    *bytes_out = used;
    return pairs == 2 ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status
postal_area(struct slice value, char *out, size_t *bytes_out)
{
    char digits[KEPT_POSTAL_DIGITS + 1] = {0}, area[32];
    size_t found = 0;
    for (size_t i = 0; i < value.bytes && found < KEPT_POSTAL_DIGITS; i++)
        if (is_digit(value.data[i]))
            digits[found++] = (char)value.data[i];
    if (found < KEPT_POSTAL_DIGITS)
        return STATUS_NOT_FOUND;
    snprintf(area, sizeof area, "%s-＊＊＊＊", digits);
    return write_text(out, bytes_out, area);
}

enum status
generalise(enum info_type type, struct slice value, const struct facts *facts, char *out, size_t *bytes_out)
{
    switch (type) {
    case INFO_AGE:
        return age_band(value, out, bytes_out);
    case INFO_ADDRESS:
        return municipality(value, facts, out, bytes_out);
    case INFO_BIRTH_DATE:
        return year(value, out, bytes_out);
    case INFO_GEO:
        return coordinates(value, out, bytes_out);
    case INFO_POSTAL_CODE:
        return postal_area(value, out, bytes_out);
    default:
        return STATUS_NOT_FOUND;
    }
}
