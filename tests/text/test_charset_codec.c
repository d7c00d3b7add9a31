/* Parts of files: what they seem to be, and the way back into their charset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/charset.h"

static void
assert_guess(const char *sample, enum charset expected)
{
    enum charset charset;

    assert_true(charset_guess(slice_of(sample), &charset));
    assert_int_equal(charset, expected);
}

static void
fewer_bad_bytes_decide(void **state)
{
    enum charset charset;

    (void)state;
    assert_false(charset_guess(slice_of("id,text\n1,a\n"), &charset));
    assert_guess("日本語", CHARSET_UTF8);
    assert_guess("日本語\xff、一字だけ壊れている", CHARSET_UTF8);
    assert_guess("日本語\xe6\x97", CHARSET_UTF8); /* cut */
    assert_guess("\x93\xfa\x96\x7b\x8c\xea", CHARSET_CP932);
    assert_guess("\xba\xc1\xd7", CHARSET_CP932); /* halfwidth katakana */
    assert_guess("a\xff", CHARSET_UTF8);
}

static void
assert_written(enum charset charset, const char *utf8, const char *expected, size_t bytes)
{
    struct charset_codec *codec;
    struct buffer out;

    assert_int_equal(charset_codec_create(&codec), STATUS_OK);
    buffer_init(&out);
    assert_int_equal(charset_to(codec, charset, slice_of(utf8), &out), STATUS_OK);
    assert_int_equal(out.bytes, bytes);
    assert_memory_equal(out.data, expected, bytes);
    buffer_fini(&out);
    charset_codec_destroy(&codec);
    assert_null(codec);
}

static void
text_goes_back_into_its_charset(void **state)
{
    (void)state;
    assert_written(CHARSET_CP932, "～【氏名】", "\x81\x60\x81\x79\x8e\x81\x96\xbc\x81\x7a", 10);
    assert_written(CHARSET_CP932, "a😀b",
                   "a\x81\xac"
                   "b",
                   4);
    assert_written(CHARSET_UTF16LE, "あ😀", "\x42\x30\x3d\xd8\x00\xde", 6);
    assert_written(CHARSET_UTF16BE, "あ\xed\xa0\xbd", "\x30\x42\xd8\x3d", 4);
    assert_written(CHARSET_UTF8_BOM, "あ", "あ", 3);
}

static void
long_text_is_converted_in_steps(void **state)
{
    struct charset_codec *codec;
    struct buffer text, raw, back;

    (void)state;
    assert_int_equal(charset_codec_create(&codec), STATUS_OK);
    buffer_init(&text);
    buffer_init(&raw);
    buffer_init(&back);
    for (unsigned i = 0; i < 5000; i++)
        buffer_append_text(&text, "あａｱ");
    assert_int_equal(charset_to(codec, CHARSET_CP932, buffer_slice(&text), &raw), STATUS_OK);
    assert_int_equal(raw.bytes, 5000 * 5);
    assert_int_equal(charset_from_cp932(codec, buffer_slice(&raw), &back), STATUS_OK);
    assert_true(slice_equal(buffer_slice(&text), buffer_slice(&back)));
    assert_int_equal(charset_from_cp932(codec, slice_of("a\x81"), &back), STATUS_INVALID);
    assert_int_equal(back.bytes, text.bytes);
    buffer_fini(&text);
    buffer_fini(&raw);
    buffer_fini(&back);
    charset_codec_destroy(&codec);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"fewer bad bytes decide", fewer_bad_bytes_decide, NULL, NULL, NULL},
        {"text goes back into its charset", text_goes_back_into_its_charset, NULL, NULL, NULL},
        {"long text is converted in steps", long_text_is_converted_in_steps, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("text/charset_codec", tests, NULL, NULL);
}
