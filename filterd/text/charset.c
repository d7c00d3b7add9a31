#include "text/charset.h"

#include <stdbool.h>

#include <unicode/ucnv.h>

#include "text/charset_cp932.h"
#include "text/intake.h"
#include "text/utf8.h"

#define STEP_UNITS 1024

const char *
charset_name(enum charset charset)
{
    switch (charset) {
    case CHARSET_UTF8:
        return "UTF-8";
    case CHARSET_UTF8_BOM:
        return "UTF-8 with BOM";
    case CHARSET_UTF16LE:
        return "UTF-16LE";
    case CHARSET_UTF16BE:
        return "UTF-16BE";
    case CHARSET_CP932:
        return "CP932";
    }
    return "?";
}

static void
append_code_point(struct buffer *utf8, uint32_t code_point)
{
    uint8_t bytes[4];
    unsigned length = utf8_encode(code_point, bytes);

    buffer_append(utf8, bytes, length);
}

/* 1-based number of the line that follows `text`: LF, CR and CR LF end lines. */
static unsigned
line_after(struct slice text)
{
    unsigned line = 1;

    for (size_t i = 0; i < text.bytes; i++) {
        bool ends = text.data[i] == '\n' || (text.data[i] == '\r' && (i + 1 == text.bytes || text.data[i + 1] != '\n'));
        line += ends;
    }
    return line;
}

/* What was appended since `start`. */
static struct slice
appended(const struct buffer *utf8, size_t start)
{
    return utf8->data != NULL ? (struct slice){utf8->data + start, utf8->bytes - start} : SLICE_LITERAL("");
}

static enum status
decode_utf16(struct slice raw, enum charset charset, struct buffer *utf8)
{
    unsigned low = charset == CHARSET_UTF16LE ? 0 : 1;
    uint32_t high_half = 0; /* of a surrogate pair, when its first half was read */

    for (size_t at = 0; at + 1 < raw.bytes; at += 2) {
        uint32_t unit = raw.data[at + low] | ((uint32_t)raw.data[at + 1 - low] << 8);
        bool is_low_half = unit >= 0xDC00 && unit <= 0xDFFF;
        if (is_low_half != (high_half != 0))
            return STATUS_INVALID;
        if (is_low_half) {
            append_code_point(utf8, 0x10000 + ((high_half - 0xD800) << 10) + (unit - 0xDC00));
            high_half = 0;
        } else if (unit >= 0xD800 && unit <= 0xDBFF) {
            high_half = unit;
        } else {
            append_code_point(utf8, unit);
        }
    }
    return high_half != 0 || raw.bytes % 2 != 0 ? STATUS_INVALID : STATUS_OK;
}

/* Bytes that Windows passes through or sends to the private area: in a text file they mean "not CP932". */
static bool
is_foreign_to_cp932(UChar unit)
{
    return (unit >= 0x80 && unit <= 0xA0) || unit == 0xFFFD || (unit >= 0xF8F0 && unit <= 0xF8F3);
}

/* IBM turned three control characters round; Windows did not. */
static UChar
control_of_windows(UChar unit)
{
    switch (unit) {
    case 0x1A:
        return 0x7F;
    case 0x1C:
        return 0x1A;
    case 0x7F:
        return 0x1C;
    default:
        return unit;
    }
}

static enum status
append_units(struct buffer *utf8, const UChar *units, const UChar *end)
{
    for (; units < end; units++) {
        if (is_foreign_to_cp932(*units))
            return STATUS_INVALID;
        append_code_point(utf8, control_of_windows(*units)); /* CP932 has nothing beyond the BMP */
    }
    return STATUS_OK;
}

enum status
cp932_append_utf8(UConverter *converter, struct slice raw, struct buffer *utf8)
{
    UErrorCode error = U_ZERO_ERROR;
    const char *source = raw.bytes > 0 ? (const char *)raw.data : ""; /* nothing may be nowhere, NULL */
    const char *source_end = source + raw.bytes;
    UChar units[STEP_UNITS];

    do {
        UChar *target = units;
        error = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, units + STEP_UNITS, &source, source_end, NULL, true, &error);
        if (append_units(utf8, units, target) != STATUS_OK)
            return STATUS_INVALID;
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    return U_SUCCESS(error) ? STATUS_OK : STATUS_INVALID;
}

static enum status
decode_cp932(struct slice raw, struct buffer *utf8)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(CP932_CONVERTER, &error);

    if (U_FAILURE(error))
        return error == U_MEMORY_ALLOCATION_ERROR ? STATUS_NO_MEMORY : STATUS_INTERNAL;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
    enum status status = U_SUCCESS(error) ? cp932_append_utf8(converter, raw, utf8) : STATUS_INTERNAL;
    ucnv_close(converter);
    return status;
}

/* The charset and how many bytes of byte order mark there are. */
static enum charset
recognise(struct slice raw, size_t *bom_bytes)
{
    static const struct {
        struct slice bom;
        enum charset charset;
    } boms[] = {
        {{(const uint8_t *)"\xEF\xBB\xBF", 3}, CHARSET_UTF8_BOM},
        {{(const uint8_t *)"\xFF\xFE", 2}, CHARSET_UTF16LE},
        {{(const uint8_t *)"\xFE\xFF", 2}, CHARSET_UTF16BE},
    };

    for (size_t i = 0; i < sizeof(boms) / sizeof(boms[0]); i++) {
        size_t bytes = boms[i].bom.bytes;
        if (raw.bytes >= bytes && memcmp(raw.data, boms[i].bom.data, bytes) == 0) {
            *bom_bytes = bytes;
            return boms[i].charset;
        }
    }
    *bom_bytes = 0;
    return utf8_is_valid(raw) ? CHARSET_UTF8 : CHARSET_CP932;
}

/* The first line that is not UTF-8. */
static unsigned
bad_utf8_line(struct slice raw)
{
    struct slice good = {raw.data, 0};

    /* Line by line: a line feed is never inside a character. */
    while (good.bytes < raw.bytes) {
        const uint8_t *start = raw.data + good.bytes;
        const uint8_t *end = memchr(start, '\n', raw.bytes - good.bytes);
        size_t bytes = end != NULL ? (size_t)(end - start) + 1 : raw.bytes - good.bytes;
        if (!utf8_is_valid((struct slice){start, bytes}))
            break;
        good.bytes += bytes;
    }
    return line_after(good);
}

enum status
charset_decode(struct slice raw, struct buffer *utf8, enum charset *charset_out, unsigned *line_out)
{
    size_t bom_bytes;
    size_t start = utf8->bytes;

    raw = raw.bytes > 0 ? raw : SLICE_LITERAL("");
    enum charset charset = recognise(raw, &bom_bytes);
    struct slice body = {raw.data + bom_bytes, raw.bytes - bom_bytes};
    enum status status = STATUS_OK;

    if (charset == CHARSET_UTF16LE || charset == CHARSET_UTF16BE) {
        status = decode_utf16(body, charset, utf8);
    } else if (charset == CHARSET_CP932) {
        status = decode_cp932(body, utf8);
    } else if (charset == CHARSET_UTF8_BOM && !utf8_is_valid(body)) {
        *line_out = bad_utf8_line(body);
        return STATUS_INVALID;
    } else {
        buffer_append(utf8, body.data, body.bytes);
    }
    if (utf8->failed)
        return STATUS_NO_MEMORY;
    if (status == STATUS_INVALID) {
        *line_out = line_after(appended(utf8, start));
        utf8->bytes = start;
    } else if (status == STATUS_OK) {
        *charset_out = charset;
    }
    return status;
}
