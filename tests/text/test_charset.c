#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/charset.h"

static void
assert_decodes(struct slice raw, enum charset expected_charset, const char *expected)
{
    struct buffer utf8;
    enum charset charset = CHARSET_UTF8;
    unsigned line = 0;
    buffer_init(&utf8);
    buffer_append_text(&utf8, "before");
    assert_int_equal(charset_decode(raw, &utf8, &charset, &line), STATUS_OK);
    assert_int_equal(charset, expected_charset);
    assert_int_equal(utf8.bytes, 6 + strlen(expected));
    assert_memory_equal(utf8.data, "before", 6);
    assert_memory_equal(utf8.data + 6, expected, strlen(expected));
    buffer_fini(&utf8);
}

static void
assert_refuses(struct slice raw, unsigned expected_line)
{
    struct buffer utf8;
    enum charset charset = CHARSET_UTF16BE;
    unsigned line = 0;
    buffer_init(&utf8);
    assert_int_equal(charset_decode(raw, &utf8, &charset, &line), STATUS_INVALID);
    assert_int_equal(line, expected_line);
    assert_int_equal(utf8.bytes, 0);
    buffer_fini(&utf8);
}

static void
utf8_is_recognised(void **state)
{
    (void)state;
    assert_decodes(SLICE_LITERAL(""), CHARSET_UTF8, "");
    assert_decodes(SLICE_LITERAL("市役所\n"), CHARSET_UTF8, "市役所\n");
    assert_decodes(SLICE_LITERAL("\xEF\xBB\xBF市役所"), CHARSET_UTF8_BOM, "市役所");
    assert_decodes(SLICE_LITERAL("\xEF\xBB\xBF"), CHARSET_UTF8_BOM, "");
}

static void
utf16_is_recognised_by_its_mark(void **state)
{
    (void)state;
    assert_decodes(SLICE_LITERAL("\xFF\xFE"
                                 "a\0\x02\x5E\x3D\xD8\x00\xDE"),
                   CHARSET_UTF16LE, "a市😀");
    assert_decodes(SLICE_LITERAL("\xFE\xFF"
                                 "\0a\x5E\x02\xD8\x3D\xDE\x00"),
                   CHARSET_UTF16BE, "a市😀");
}

static void
cp932_decodes_as_windows_does(void **state)
{
    (void)state;
    assert_decodes(SLICE_LITERAL("\x8E\x73\x96\xF0\x8F\x8A"), CHARSET_CP932, "市役所");
    assert_decodes(SLICE_LITERAL("\x81\x60\x81\x61\x81\x7C"), CHARSET_CP932, "\uFF5E\u2225\uFF0D");
    assert_decodes(SLICE_LITERAL("\xC0\xDE\\~"), CHARSET_CP932, "ﾀﾞ\\~");
    assert_decodes(SLICE_LITERAL("\xFA\xB1\xFB\xFC\x87\x40"), CHARSET_CP932, "﨑髙①");
}

static void
a_long_cp932_file_is_decoded_whole(void **state)
{
    (void)state;
    struct buffer raw;
    struct buffer utf8;
    enum charset charset;
    unsigned line;
    buffer_init(&raw);
    buffer_init(&utf8);
    for (size_t i = 0; i < 5000; i++)
        buffer_append_text(&raw, i % 7 == 0 ? "x" : "\x8E\x73");
    assert_int_equal(charset_decode(buffer_slice(&raw), &utf8, &charset, &line), STATUS_OK);
    assert_int_equal(utf8.bytes, 5000 / 7 + 1 + 3 * (5000 - 5000 / 7 - 1));
    buffer_fini(&utf8);
    buffer_fini(&raw);
}

static void
what_is_neither_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refuses(SLICE_LITERAL("a\nb\r\nc\x81"), 3);
    assert_refuses(SLICE_LITERAL("\x8E\x73\n\xFF\n"), 2);
    assert_refuses(SLICE_LITERAL("\x80"), 1);
    assert_refuses(SLICE_LITERAL("a\r\xA0"), 2);
    assert_refuses(SLICE_LITERAL("\xEF\xBB\xBF"
                                 "a\n\n\x8E\x73"),
                   3);
}

static void
broken_utf16_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refuses(SLICE_LITERAL("\xFF\xFE"
                                 "a\0\n\0b"),
                   2);
    assert_refuses(SLICE_LITERAL("\xFF\xFE"
                                 "\n\0\n\0\x3D\xD8"
                                 "a\0"),
                   3);
    assert_refuses(SLICE_LITERAL("\xFE\xFF\xDE\x00"), 1);
    assert_refuses(SLICE_LITERAL("\xFE\xFF\xD8\x3D"), 1);
}

static void
charsets_have_names(void **state)
{
    (void)state;
    assert_string_equal(charset_name(CHARSET_UTF8), "UTF-8");
    assert_string_equal(charset_name(CHARSET_UTF8_BOM), "UTF-8 with BOM");
    assert_string_equal(charset_name(CHARSET_UTF16LE), "UTF-16LE");
    assert_string_equal(charset_name(CHARSET_UTF16BE), "UTF-16BE");
    assert_string_equal(charset_name(CHARSET_CP932), "CP932");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"UTF-8 is recognised", utf8_is_recognised, NULL, NULL, NULL},
        {"UTF-16 is recognised by its mark", utf16_is_recognised_by_its_mark, NULL, NULL, NULL},
        {"CP932 decodes as Windows does", cp932_decodes_as_windows_does, NULL, NULL, NULL},
        {"a long CP932 file is decoded whole", a_long_cp932_file_is_decoded_whole, NULL, NULL, NULL},
        {"what is neither is refused with its line", what_is_neither_is_refused_with_its_line, NULL, NULL, NULL},
        {"broken UTF-16 is refused with its line", broken_utf16_is_refused_with_its_line, NULL, NULL, NULL},
        {"charsets have names", charsets_have_names, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
