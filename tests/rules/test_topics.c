#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/topics.h"

static void
cells_of_four_are_those_of_each(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x10000; c += 7) {
        uint32_t characters[] = {c, c + 1, 0x3042, TOPIC_NUMBER}, cells[4], before = c ^ 0x5C71;
        __m128i four = _mm_loadu_si128((const __m128i *)(const void *)characters);
        _mm_storeu_si128((__m128i *)(void *)cells, topic_gate_cells(before, four));
        for (unsigned i = 0; i < 4; i++) {
            assert_int_equal(cells[i], topic_gate_cell(before, characters[i]));
            before = characters[i];
        }
    }
}

static void
the_gate_asks_more_of_longer_texts(void **state)
{
    struct topic_numbers numbers = {.gate_floor = 60, .gate_bytes = 36};
    (void)state;
    assert_int_equal(topic_gate_floor(&numbers, 0), 60);
    assert_int_equal(topic_gate_floor(&numbers, 36), 60);
    assert_int_equal(topic_gate_floor(&numbers, 4 * 36), 2 * 60);
    assert_int_equal(topic_gate_floor(&numbers, 256), 160);
    assert_int_equal(topic_gate_floor(&numbers, 65536), 160); /* which is read by passages */
    numbers.gate_bytes = 0;
    assert_int_equal(topic_gate_floor(&numbers, 65536), 60);
}

static void
roots_are_rounded_down(void **state)
{
    (void)state;
    for (uint64_t root = 0; root < 5000; root++) {
        assert_int_equal(topic_root(root * root), root);
        assert_int_equal(topic_root(root * root + 2 * root), root);
    }
    assert_int_equal(topic_root(UINT64_MAX), UINT32_MAX);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        {"cells of four are those of each", cells_of_four_are_those_of_each, NULL, NULL, NULL},
        {"the gate asks more of longer texts", the_gate_asks_more_of_longer_texts, NULL, NULL, NULL},
        {"roots are rounded down", roots_are_rounded_down, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
