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

/* 昭和63年5月1日 -> 昭和63年; 1988/5/1, 1988-05-01, 19880501 -> 1988年; s63.5.1 -> s63年 */
static enum status
year(struct slice value, char *out, size_t *bytes_out)
{
    static const char sign[] = "年";
    const uint8_t *end = memmem(value.data, value.bytes, sign, sizeof sign - 1);
    size_t at = 0;
    if (end) {
        at = (size_t)(end - value.data);
    } else {
        while (at < value.bytes && !is_digit(value.data[at]))
            at++;
        size_t digits = at;
        while (at < value.bytes && is_digit(value.data[at]))
            at++;
        if (at - digits == 8 && digits == 0) /* 19880501 */
            at = 4;
        else if (at - digits > 4)
            return STATUS_NOT_FOUND;
    }
    if (at == 0 || at > 32)
        return STATUS_NOT_FOUND;
    memcpy(out, value.data, at);
    memcpy(out + at, sign, sizeof sign - 1);
    *bytes_out = at + sizeof sign - 1;
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
