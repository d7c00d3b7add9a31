/* Parts of files: what they seem to be, and conversion of many short texts with one converter. */
#include <stdlib.h>

#include <unicode/ucnv.h>

#include "base/assert.h"
#include "text/charset.h"
#include "text/charset_cp932.h"
#include "text/utf8.h"

#define STEP_UNITS 1024

struct charset_codec {
    UConverter *cp932;
};

/* --- guessing ------------------------------------------------------------------------------------------------------
 */

/* Bytes of the UTF-8 character at `at`; 0 = none. A character that the end cuts counts as whole. */
static size_t
utf8_unit(const uint8_t *at, const uint8_t *end)
{
    size_t length = utf8_length(*at);

    if (*at >= 0x80 && (*at < 0xC2 || *at > 0xF4))
        return 0;
    for (size_t i = 1; i < length && at + i < end; i++)
        if (!utf8_is_inside(at[i]))
            return 0;
    return length;
}

/* The same for CP932: halfwidth katakana are one byte, other characters two. */
static size_t
cp932_unit(const uint8_t *at, const uint8_t *end)
{
    bool is_lead = (*at >= 0x81 && *at <= 0x9F) || (*at >= 0xE0 && *at <= 0xFC);

    if (*at < 0x80 || (*at >= 0xA1 && *at <= 0xDF))
        return 1;
    if (!is_lead || (at + 1 < end && (at[1] < 0x40 || at[1] == 0x7F || at[1] > 0xFC)))
        return 0;
    return 2;
}

static size_t
count_bad(struct slice sample, size_t (*unit)(const uint8_t *, const uint8_t *))
{
    const uint8_t *at = sample.data, *end = sample.data + sample.bytes;
    size_t bad = 0;

    while (at < end) {
        size_t bytes = *at < 0x80 ? 1 : unit(at, end);

        bad += bytes == 0;
        at += bytes == 0 ? 1 : bytes;
    }
    return bad;
}

bool
charset_guess(struct slice sample, enum charset *charset_out)
{
    size_t ascii = 0, bad;

    while (ascii < sample.bytes && sample.data[ascii] < 0x80)
        ascii++;
    if (ascii == sample.bytes)
        return false;
    bad = count_bad(sample, utf8_unit);
    *charset_out = bad > 0 && count_bad(sample, cp932_unit) < bad ? CHARSET_CP932 : CHARSET_UTF8;
    return true;
}

/* --- the codec -----------------------------------------------------------------------------------------------------
 */

enum status
charset_codec_create(struct charset_codec **codec_out)
{
    struct charset_codec *codec = calloc(1, sizeof *codec);
    UErrorCode error = U_ZERO_ERROR;

    if (codec == NULL)
        return STATUS_NO_MEMORY;
    codec->cp932 = ucnv_open(CP932_CONVERTER, &error);
    if (U_SUCCESS(error)) {
        ucnv_setToUCallBack(codec->cp932, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
        ucnv_setSubstChars(codec->cp932, "\x81\xac", 2, &error); /* 〓 */
    }
    if (U_FAILURE(error)) {
        charset_codec_destroy(&codec);
        return STATUS_INTERNAL;
    }
    *codec_out = codec;
    return STATUS_OK;
}

void
charset_codec_destroy(struct charset_codec **codec)
{
    if (*codec == NULL)
        return;
    ucnv_close((*codec)->cp932);
    free(*codec);
    *codec = NULL;
}

enum status
charset_from_cp932(struct charset_codec *codec, struct slice raw, struct buffer *utf8)
{
    size_t start = utf8->bytes;
    enum status status;

    ucnv_reset(codec->cp932);
    status = cp932_append_utf8(codec->cp932, raw, utf8);
    if (status != STATUS_OK)
        utf8->bytes = start;
    return utf8->failed ? STATUS_NO_MEMORY : status;
}

/* The character at `*at`, moved behind it; a cut or bad one counts as one byte of U+FFFD. */
static uint32_t
next_character(const uint8_t **at, const uint8_t *end)
{
    unsigned length = utf8_length(**at);
    const uint8_t *start = *at;

    if (length > (size_t)(end - start) || utf8_is_inside(*start)) {
        *at += 1;
        return 0xFFFD;
    }
    *at += length;
    return utf8_decode(start, length);
}

static unsigned
put_units(uint32_t character, UChar out[2])
{
    if (character < 0x10000) {
        out[0] = (UChar)character;
        return 1;
    }
    out[0] = (UChar)(0xD800 + ((character - 0x10000) >> 10));
    out[1] = (UChar)(0xDC00 + ((character - 0x10000) & 0x3FF));
    return 2;
}

static void
append_utf16(enum charset charset, const UChar *units, size_t count, struct buffer *out)
{
    uint8_t *bytes = buffer_reserve(out, 2 * count);
    unsigned low = charset == CHARSET_UTF16LE ? 0 : 1;

    if (bytes == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        bytes[2 * i + low] = (uint8_t)(units[i] & 0xFF);
        bytes[2 * i + 1 - low] = (uint8_t)(units[i] >> 8);
    }
    out->bytes += 2 * count;
}

/* The way back of control_of_windows() in charset.c. */
static UChar
control_of_ibm(UChar unit)
{
    switch (unit) {
    case 0x7F:
        return 0x1A;
    case 0x1A:
        return 0x1C;
    case 0x1C:
        return 0x7F;
    default:
        return unit;
    }
}

static bool
append_cp932(struct charset_codec *codec, UChar *units, size_t count, struct buffer *out)
{
    const UChar *source = units;
    UErrorCode error = U_ZERO_ERROR;
    uint8_t *bytes = buffer_reserve(out, 2 * count + 4);
    char *target = (char *)bytes;

    if (bytes == NULL)
        return true; /* the buffer says so */
    for (size_t i = 0; i < count; i++)
        units[i] = control_of_ibm(units[i]);
    ucnv_fromUnicode(codec->cp932, &target, target + 2 * count + 4, &source, units + count, NULL, true, &error);
    out->bytes += (size_t)(target - (char *)bytes);
    return U_SUCCESS(error);
}

enum status
charset_to(struct charset_codec *codec, enum charset charset, struct slice utf8, struct buffer *out)
{
    const uint8_t *at = utf8.data, *end = utf8.data + utf8.bytes;
    UChar units[STEP_UNITS];

    if (charset == CHARSET_UTF8 || charset == CHARSET_UTF8_BOM) {
        buffer_append(out, utf8.data, utf8.bytes);
        return out->failed ? STATUS_NO_MEMORY : STATUS_OK;
    }
    while (at < end) {
        size_t count = 0;

        while (at < end && count + 2 <= STEP_UNITS)
            count += put_units(next_character(&at, end), units + count);
        if (charset != CHARSET_CP932)
            append_utf16(charset, units, count, out);
        else if (!append_cp932(codec, units, count, out))
            return STATUS_INTERNAL;
    }
    return out->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

void
charset_append_mark(enum charset charset, struct buffer *out)
{
    if (charset == CHARSET_UTF8_BOM)
        buffer_append_text(out, "\xEF\xBB\xBF");
    else if (charset == CHARSET_UTF16LE)
        buffer_append_text(out, "\xFF\xFE");
    else if (charset == CHARSET_UTF16BE)
        buffer_append_text(out, "\xFE\xFF");
}
