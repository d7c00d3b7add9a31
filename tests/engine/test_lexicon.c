/* tests/engine/test_lexicon.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/lexicon.h"

#define MAX_HITS 4096

struct found {
    struct lexicon_hit hits[MAX_HITS];
    size_t count;
    enum status status;
};

/* What stands behind the text must not matter. */
static struct found
scan_before(const struct lexicon *lexicon, struct slice text, size_t max, uint8_t behind)
{
    struct found found = {.count = 0};
    uint8_t *copy = malloc(text.bytes + LEXICON_PADDING_BYTES);
    assert_non_null(copy);
    memset(copy + text.bytes, behind, LEXICON_PADDING_BYTES);
    if (text.bytes > 0)
        memcpy(copy, text.data, text.bytes);
    found.status = lexicon_scan(lexicon, (struct slice){copy, text.bytes}, found.hits, max, &found.count);
    free(copy);
    return found;
}

static struct found
scan(const struct lexicon *lexicon, struct slice text)
{
    return scan_before(lexicon, text, MAX_HITS, 0);
}

static struct lexicon *
lexicon_of(const struct slice *words, size_t count)
{
    struct lexicon *lexicon = NULL;
    size_t bad = 0;
    assert_int_equal(lexicon_create(words, count, &lexicon, &bad), STATUS_OK);
    return lexicon;
}

static void
assert_hit(const struct found *found, size_t i, uint32_t id, uint32_t start, uint32_t end)
{
    assert_true(i < found->count);
    assert_int_equal(found->hits[i].id, id);
    assert_int_equal(found->hits[i].span.start, start);
    assert_int_equal(found->hits[i].span.end, end);
}

static void
an_empty_lexicon_finds_nothing(void **state)
{
    struct lexicon *lexicon = lexicon_of(NULL, 0);
    (void)state;
    assert_int_equal(scan(lexicon, SLICE_LITERAL("なんでも anything")).count, 0);
    lexicon_destroy(&lexicon);
    assert_null(lexicon);
    lexicon_destroy(&lexicon);
}

static void
an_empty_text_has_no_hits(void **state)
{
    struct slice words[] = {SLICE_LITERAL("a"), SLICE_LITERAL("\0")};
    struct lexicon *lexicon = lexicon_of(words, 2);
    (void)state;
    assert_int_equal(scan(lexicon, (struct slice){NULL, 0}).count, 0);
    lexicon_destroy(&lexicon);
}

static void
words_that_begin_each_other_are_all_found_the_longer_first(void **state)
{
    struct slice words[] = {SLICE_LITERAL("電"),       SLICE_LITERAL("電話番号簿"), SLICE_LITERAL("電話"),
                            SLICE_LITERAL("電話番号"), SLICE_LITERAL("電話番組"),   SLICE_LITERAL("話番")};
    struct lexicon *lexicon = lexicon_of(words, 6);
    (void)state;
    struct found found = scan(lexicon, SLICE_LITERAL("電話番号"));
    assert_int_equal(found.count, 4);
    assert_hit(&found, 0, 3, 0, 12);
    assert_hit(&found, 1, 2, 0, 6);
    assert_hit(&found, 2, 0, 0, 3);
    assert_hit(&found, 3, 5, 3, 9);
    /* a head of three characters is there, and none of its words */
    found = scan(lexicon, SLICE_LITERAL("電話番"));
    assert_int_equal(found.count, 3);
    assert_hit(&found, 0, 2, 0, 6);
    assert_hit(&found, 1, 0, 0, 3);
    found = scan(lexicon, SLICE_LITERAL("電話番人"));
    assert_int_equal(found.count, 3);
    found = scan(lexicon, SLICE_LITERAL("電気"));
    assert_int_equal(found.count, 1);
    assert_hit(&found, 0, 0, 0, 3);
    lexicon_destroy(&lexicon);
}

static void
every_word_is_found_at_every_place(void **state)
{
    static const char *const fill[] = {"。", "x", "\xF0\x9F\x98\x80"};
    struct slice words[] = {SLICE_LITERAL("x1"),   SLICE_LITERAL("さくら"),      SLICE_LITERAL("0123456789abcdefghij"),
                            SLICE_LITERAL("県"),   SLICE_LITERAL("é"),           SLICE_LITERAL("\xF0\xA9\xB8\xBDの"),
                            SLICE_LITERAL("a\0b"), SLICE_LITERAL("桜の木の下で")};
    size_t count = sizeof words / sizeof *words;
    struct lexicon *lexicon = lexicon_of(words, count);
    char text[1024];
    (void)state;
    for (size_t word = 0; word < count; word++)
        for (size_t place = 0; place <= 150; place++) {
            size_t at = 0;
            while (at < place) {
                const char *one = fill[(place + at) % 3];
                memcpy(text + at, one, strlen(one));
                at += strlen(one);
            }
            memcpy(text + at, words[word].data, words[word].bytes);
            struct found found = scan_before(lexicon, (struct slice){(uint8_t *)text, at + words[word].bytes}, MAX_HITS,
                                             (uint8_t) "\0a\xE3"[place % 3]);
            assert_int_equal(found.count, 1);
            assert_hit(&found, 0, (uint32_t)word, (uint32_t)at, (uint32_t)(at + words[word].bytes));
        }
    lexicon_destroy(&lexicon);
}

/* --- against a search without any idea ---------------------------------------------------------------------------- */

enum { WORD_BYTES = 32, TEXT_CHARACTERS = 250 /* several rows of places */ };

static uint32_t
draw(uint32_t *chance, uint32_t below)
{
    *chance = *chance * 1664525u + 1013904223u;
    return (*chance >> 8) % below;
}

static size_t
draw_text(uint32_t *chance, unsigned characters, uint8_t *out)
{
    static const char *const letters[] = {"あ", "い", "電", "話", "a", "1", "é", "\xF0\x9F\x98\x80"};
    size_t bytes = 0;
    for (unsigned i = 0; i < characters; i++) {
        const char *letter = letters[draw(chance, draw(chance, 3) ? 4 : 8)];
        memcpy(out + bytes, letter, strlen(letter));
        bytes += strlen(letter);
    }
    return bytes;
}

/* Every word at every place, by start and the longer first. */
static size_t
search_plainly(const struct slice *words, size_t count, struct slice text, struct lexicon_hit *hits)
{
    size_t found = 0;
    for (uint32_t at = 0; at < text.bytes; at++)
        for (size_t bytes = text.bytes - at < WORD_BYTES ? text.bytes - at : WORD_BYTES; bytes > 0; bytes--)
            for (size_t i = 0; i < count; i++)
                if (words[i].bytes == bytes && memcmp(words[i].data, text.data + at, bytes) == 0)
                    hits[found++] = (struct lexicon_hit){(uint32_t)i, {at, at + (uint32_t)bytes}};
    return found;
}

static void
a_lexicon_finds_what_a_plain_search_finds(void **state)
{
    static uint8_t store[400][WORD_BYTES];
    static struct slice words[400];
    static struct lexicon_hit expected[MAX_HITS];
    uint32_t chance = 1;
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        size_t count = 0, wanted = (size_t)1 + 30 * round;
        while (count < wanted && count < 400) {
            struct slice word = {store[count], draw_text(&chance, 1 + draw(&chance, 7), store[count])};
            bool known = false;
            for (size_t i = 0; i < count; i++)
                known |= slice_equal(words[i], word);
            if (!known)
                words[count++] = word;
        }
        struct lexicon *lexicon = lexicon_of(words, count);
        for (unsigned i = 0; i < 60; i++) {
            uint8_t text[4 * TEXT_CHARACTERS + LEXICON_PADDING_BYTES];
            struct slice drawn = {text, draw_text(&chance, draw(&chance, TEXT_CHARACTERS), text)};
            struct found found = scan_before(lexicon, drawn, MAX_HITS, 'a');
            assert_int_equal(found.status, STATUS_OK);
            assert_int_equal(found.count, search_plainly(words, count, drawn, expected));
            assert_memory_equal(found.hits, expected, found.count * sizeof *expected);
        }
        lexicon_destroy(&lexicon);
    }
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

static void
the_padding_is_enough_at_the_end_of_a_page(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct slice words[] = {SLICE_LITERAL("aa"), SLICE_LITERAL("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")};
    struct lexicon *lexicon = lexicon_of(words, 2);
    struct lexicon_hit hits[MAX_HITS];
    size_t count = 0;
    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    memset(pages, 'a', page);
    for (size_t bytes = 1; bytes <= 200; bytes++) {
        struct slice text = {pages + page - LEXICON_PADDING_BYTES - bytes, bytes};
        assert_int_equal(lexicon_scan(lexicon, text, hits, MAX_HITS, &count), STATUS_OK);
        assert_int_equal(count, bytes - 1);
    }
    lexicon_destroy(&lexicon);
    munmap(pages, 2 * page);
}

static void
one_hit_too_many_is_never_clean(void **state)
{
    struct slice words[] = {SLICE_LITERAL("あ"), SLICE_LITERAL("ああ")};
    struct lexicon *lexicon = lexicon_of(words, 2);
    (void)state;
    struct found exact = scan_before(lexicon, SLICE_LITERAL("あああ"), 5, 0);
    assert_int_equal(exact.status, STATUS_OK);
    assert_int_equal(exact.count, 5);
    struct found more = scan_before(lexicon, SLICE_LITERAL("あああ"), 4, 0);
    assert_int_equal(more.status, STATUS_BUDGET);
    assert_int_equal(more.count, 4);
    assert_int_equal(scan_before(lexicon, SLICE_LITERAL("あ"), 0, 0).status, STATUS_BUDGET);
    lexicon_destroy(&lexicon);
}

static void
empty_and_repeated_words_are_refused(void **state)
{
    struct lexicon *lexicon = NULL;
    size_t bad = 99;
    struct slice empty[] = {SLICE_LITERAL("a"), {NULL, 0}};
    struct slice repeated[] = {SLICE_LITERAL("a"), SLICE_LITERAL("b"), SLICE_LITERAL("a")};
    (void)state;
    assert_int_equal(lexicon_create(empty, 2, &lexicon, &bad), STATUS_INVALID);
    assert_int_equal(bad, 1);
    assert_int_equal(lexicon_create(repeated, 3, &lexicon, &bad), STATUS_INVALID);
    assert_int_equal(bad, 2);
    assert_null(lexicon);
}

static void
a_front_that_was_moved_finds_the_same(void **state)
{
    const struct slice words[] = {SLICE_LITERAL("あ"), SLICE_LITERAL("あい"), SLICE_LITERAL("あいうえ")};
    struct lexicon *lexicon = lexicon_of(words, 3), *made = lexicon;
    size_t bytes = lexicon_front_bytes(lexicon);
    void *front = aligned_alloc(64, bytes);
    (void)state;
    assert_non_null(front);
    assert_int_equal(bytes % 64, 0);
    lexicon_move_front(&lexicon, front);
    assert_ptr_equal(lexicon, front);
    memset(made, 0xFF, bytes); /* nobody reads there any more */
    struct found found = scan(lexicon, SLICE_LITERAL("うあいうえ"));
    assert_int_equal(found.count, 3);
    assert_hit(&found, 0, 2, 3, 15);
    assert_hit(&found, 2, 0, 3, 6);
    lexicon_destroy(&lexicon);
    free(front);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"an empty lexicon finds nothing", an_empty_lexicon_finds_nothing},
        {"an empty text has no hits", an_empty_text_has_no_hits},
        {"words that begin each other are all found, the longer first",
         words_that_begin_each_other_are_all_found_the_longer_first},
        {"every word is found at every place", every_word_is_found_at_every_place},
        {"a lexicon finds what a plain search finds", a_lexicon_finds_what_a_plain_search_finds},
        {"the padding is enough at the end of a page", the_padding_is_enough_at_the_end_of_a_page},
        {"one hit too many is never clean", one_hit_too_many_is_never_clean},
        {"a front that was moved finds the same", a_front_that_was_moved_finds_the_same},
        {"empty and repeated words are refused", empty_and_repeated_words_are_refused},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
