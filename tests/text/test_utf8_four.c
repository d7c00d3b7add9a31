#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/intake.h"
#include "text/utf8.h"
#include "text/utf8_four.h"

static void
every_character_of_three_bytes_is_read(void **state)
{
    (void)state;
    for (uint32_t c = 0x800; c < 0x10000; c++) {
        if (c >= 0xD800 && c < 0xE000) /* half of a pair: no character */
            continue;
        uint8_t text[UTF8_FOUR_BYTES + INTAKE_PADDING_BYTES] = {0};
        uint32_t others[UTF8_FOUR] = {0x3042, 0x30FC, 0x5C71, 0xFF01}, four[UTF8_FOUR];
        others[c % UTF8_FOUR] = c;
        for (unsigned i = 0; i < UTF8_FOUR; i++)
            assert_int_equal(utf8_encode(others[i], text + 3 * i), 3);
        __m128i read;
        assert_true(utf8_four(text, &read));
        _mm_storeu_si128((__m128i *)(void *)four, read);
        assert_memory_equal(four, others, sizeof four);
    }
}

static void
others_are_refused_wherever_they_stand(void **state)
{
    static const uint32_t others[] = {'a', ' ', 0xE9, 0x20BB7, 0x1F600};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (unsigned at = 0; at < UTF8_FOUR; at++) {
            uint8_t text[UTF8_FOUR * 4 + INTAKE_PADDING_BYTES] = {0};
            for (unsigned k = 0, bytes = 0; k < UTF8_FOUR; k++)
                bytes += utf8_encode(k == at ? others[i] : 0x3042, text + bytes);
            __m128i read;
            assert_false(utf8_four(text, &read));
        }
}

static void
the_end_of_a_text_is_refused(void **state)
{
    (void)state;
    for (unsigned count = 0; count < UTF8_FOUR; count++) {
        uint8_t text[UTF8_FOUR_BYTES + INTAKE_PADDING_BYTES] = {0};
        for (unsigned k = 0; k < count; k++)
            utf8_encode(0x3042, text + 3 * k);
        __m128i read;
        assert_false(utf8_four(text, &read));
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        {"every character of three bytes is read", every_character_of_three_bytes_is_read, NULL, NULL, NULL},
        {"others are refused wherever they stand", others_are_refused_wherever_they_stand, NULL, NULL, NULL},
        {"the end of a text is refused", the_end_of_a_text_is_refused, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("utf8_four", tests, NULL, NULL);
}
