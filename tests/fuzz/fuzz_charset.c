/* CP932 and UTF-16 there and back: what one way gives, the other way takes, and nothing is lost that the charset has.
 */
#include <string.h>

#include "base/assert.h"
#include "text/charset.h"
#include "text/intake.h"

#define MAX_BYTES ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct charset_codec *codec;

/* Of bytes that are CP932: the characters survive the way back (some have two codes, so bytes need not). */
static void
check_cp932(struct slice raw)
{
    struct buffer utf8, back, again;

    buffer_init(&utf8);
    buffer_init(&back);
    buffer_init(&again);
    buffer_append_text(&utf8, "before");
    const enum status status = charset_from_cp932(codec, raw, &utf8);
    ASSERT(utf8.bytes >= 6 && memcmp(utf8.data, "before", 6) == 0);
    if (status == STATUS_OK) {
        const struct slice text = {utf8.data + 6, utf8.bytes - 6};
        ASSERT(utf8_is_valid(text));
        ASSERT(charset_to(codec, CHARSET_CP932, text, &back) == STATUS_OK);
        ASSERT(charset_from_cp932(codec, buffer_slice(&back), &again) == STATUS_OK);
        ASSERT(slice_equal(buffer_slice(&again), text));
    } else {
        ASSERT(status == STATUS_INVALID && utf8.bytes == 6);
    }
    buffer_fini(&utf8);
    buffer_fini(&back);
    buffer_fini(&again);
}

/* Of text: UTF-16 with its mark is read as the same text. */
static void
check_utf16(struct slice text, enum charset charset)
{
    struct buffer file, read;
    enum charset found;
    unsigned line;

    buffer_init(&file);
    buffer_init(&read);
    charset_append_mark(charset, &file);
    ASSERT(charset_to(codec, charset, text, &file) == STATUS_OK);
    ASSERT(charset_decode(buffer_slice(&file), &read, &found, &line) == STATUS_OK);
    ASSERT(found == charset && slice_equal(buffer_slice(&read), text));
    buffer_fini(&file);
    buffer_fini(&read);
}

/* Text that CP932 does not have comes out as something that is CP932 all the same. */
static void
check_to_cp932(struct slice text)
{
    struct buffer file, read;

    buffer_init(&file);
    buffer_init(&read);
    ASSERT(charset_to(codec, CHARSET_CP932, text, &file) == STATUS_OK);
    ASSERT(charset_from_cp932(codec, buffer_slice(&file), &read) == STATUS_OK);
    buffer_fini(&file);
    buffer_fini(&read);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice raw = {data, size};
    enum charset guess;

    if (codec == NULL)
        ASSERT(charset_codec_create(&codec) == STATUS_OK);
    if (size > MAX_BYTES)
        return 0;
    check_cp932(raw);
    if (charset_guess(raw, &guess))
        ASSERT(guess == CHARSET_UTF8 || guess == CHARSET_CP932);
    if (utf8_is_valid(raw)) {
        check_to_cp932(raw);
        check_utf16(raw, CHARSET_UTF16LE);
        check_utf16(raw, CHARSET_UTF16BE);
    }
    return 0;
}
