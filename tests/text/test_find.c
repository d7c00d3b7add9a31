#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/find.h"

#define ROOM 200

static const char *const words[] = {"a", "の", "職員", "市役所", "に行きたいのに", "ab", "バカ", "\xE3\x81", ""};
#define WORDS (sizeof(words) / sizeof(words[0]))

/* So many bytes of Japanese with `word` at `at`, as far as it has room there, and zeros behind. */
static struct slice
text_with(uint8_t memory[ROOM + INTAKE_PADDING_BYTES], const char *word, size_t at, size_t bytes)
{
    static const char filler[] = "のにをが";
    memset(memory, 0, ROOM + INTAKE_PADDING_BYTES);
    for (size_t i = 0; i < bytes; i++)
        memory[i] = (uint8_t)filler[i % (sizeof(filler) - 1)];
    for (size_t i = 0; i < strlen(word) && at + i < bytes; i++)
        memory[at + i] = (uint8_t)word[i];
    return (struct slice){memory, bytes};
}

static void
found_where_a_plain_search_finds(void **state)
{
    uint8_t memory[ROOM + INTAKE_PADDING_BYTES];
    (void)state;
    for (size_t w = 0; w < WORDS; w++) {
        for (size_t bytes = 0; bytes < 70; bytes++) {
            for (size_t at = 0; at <= bytes; at++) {
                struct slice text = text_with(memory, words[w], at, bytes);
                const uint8_t *plain = memmem(memory, bytes, words[w], strlen(words[w]));
                assert_int_equal(find_word(text, slice_of(words[w])), plain != NULL);
            }
        }
    }
}

static void
nothing_is_found_behind_the_end(void **state)
{
    uint8_t memory[ROOM + INTAKE_PADDING_BYTES];
    (void)state;
    struct slice text = text_with(memory, "市役所", 30, 60);
    for (size_t bytes = 0; bytes <= text.bytes; bytes++)
        assert_int_equal(find_word((struct slice){memory, bytes}, SLICE_LITERAL("市役所")), bytes >= 39);
}

static void
a_word_stands_where_all_of_it_does(void **state)
{
    uint8_t memory[ROOM + INTAKE_PADDING_BYTES];
    (void)state;
    struct slice text = text_with(memory, "市役所", 30, 60);
    for (size_t at = 0; at <= text.bytes; at++)
        assert_int_equal(find_stands_at(memory + at, "市役所"), at == 30);
    text = text_with(memory, "市役所", 30, 36); /* cut short: the zeros behind it are no part of a word */
    assert_false(find_stands_at(memory + 30, "市役所"));
    assert_true(find_stands_at(memory + 30, "市役"));
    assert_true(find_stands_at(memory + text.bytes, ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"found where a plain search finds", found_where_a_plain_search_finds, NULL, NULL, NULL},
        {"nothing is found behind the end", nothing_is_found_behind_the_end, NULL, NULL, NULL},
        {"a word stands where all of it does", a_word_stands_where_all_of_it_does, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
