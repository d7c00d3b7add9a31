#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/tokens.h"

static struct arena *arena;
static struct token_model *model;
static struct tokenizer *tokenizer;

static int
set_up(void **state)
{
    (void)state;
    return arena_create((size_t)64 << 20, &arena) != STATUS_OK || token_model_create(NULL, &model) != STATUS_OK ||
           tokenizer_create(model, &tokenizer) != STATUS_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    tokenizer_destroy(&tokenizer);
    token_model_destroy(&model);
    arena_destroy(&arena);
    assert_null(tokenizer);
    return 0;
}

static struct tokens
tokens_of(struct slice text)
{
    struct tokens tokens;
    assert_int_equal(tokenizer_run(tokenizer, arena, text, &tokens), STATUS_OK);
    return tokens;
}

static bool
is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r' && byte != '\f');
}

/* Tokens are in order and disjoint, and what lies between them is white space. */
static void
assert_covered(struct slice text)
{
    struct tokens tokens = tokens_of(text);
    uint32_t covered = 0;
    for (size_t i = 0; i <= tokens.count; i++) {
        uint32_t start = i < tokens.count ? tokens.items[i].span.start : (uint32_t)text.bytes;
        assert_true(start >= covered);
        for (; covered < start; covered++)
            assert_true(is_space(text.data[covered]));
        if (i < tokens.count) {
            assert_true(tokens.items[i].span.end > start);
            assert_true(strchr(tokens.items[i].feature, ',') != NULL);
            covered = tokens.items[i].span.end;
        }
    }
}

static void
assert_token(const struct tokens *tokens, size_t i, struct slice text, const char *surface, const char *feature)
{
    assert_true(i < tokens->count);
    assert_true(slice_equal(slice_sub(text, tokens->items[i].span), slice_of(surface)));
    assert_memory_equal(tokens->items[i].feature, feature, strlen(feature));
}

static void
words_are_found_with_their_features(void **state)
{
    (void)state;
    struct slice text = slice_of("山田 太郎は市役所に行く。");
    struct tokens tokens = tokens_of(text);
    assert_token(&tokens, 0, text, "山田", "名詞,固有名詞,人名,姓,");
    assert_token(&tokens, 1, text, "太郎", "名詞,固有名詞,人名,名,");
    assert_token(&tokens, 2, text, "は", "助詞,");
    assert_token(&tokens, 3, text, "市役所", "名詞,");
    assert_int_equal(tokens.count, 7);
}

static void
empty_and_blank_texts_have_no_words(void **state)
{
    (void)state;
    assert_int_equal(tokens_of(slice_of("")).count, 0);
    assert_int_equal(tokens_of(slice_of(" \t\r\n\v ")).count, 0);
}

static void
spaces_and_nul_are_no_hiding_place(void **state)
{
    (void)state;
    enum { SPACES = 70000 };
    char *text = malloc(SPACES + 64);
    assert_non_null(text);
    memset(text, ' ', SPACES);
    strcpy(text + SPACES, "犬がいる ");
    struct slice all = {(const uint8_t *)text, SPACES + strlen("犬がいる ")};
    struct tokens tokens = tokens_of(all);
    assert_token(&tokens, 0, all, "犬", "名詞,");
    assert_covered(all);
    assert_covered(SLICE_LITERAL("犬\0猫  \n 鳥"));
    free(text);
}

static void
long_ascii_is_one_word(void **state)
{
    (void)state;
    struct slice text = slice_of("見て https://example.jp/"
                                 "0123456789012345678901234567890123456789012345678901234567890123456789 を");
    struct tokens tokens = tokens_of(text);
    assert_int_equal(tokens.count, 4);
    assert_int_equal(tokens.items[2].span.start, 7);
    assert_int_equal(tokens.items[2].span.end, text.bytes - 4);
    assert_string_equal(tokens.items[2].feature, "名詞,一般,*,*,*,*,*");
    assert_covered(text);
}

static void
every_byte_is_covered_in_long_texts(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "ー", "あ", "漢", "7", "a", "😀", "ﾞ", "。", "今日は", "サーバーを買う", "\u3000", "e\u0301", "a b ", "!?\n"};
    char *text = malloc(8192);
    assert_non_null(text);
    for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
        size_t bytes = 0;
        while (bytes + strlen(parts[part]) < 8000) {
            memcpy(text + bytes, parts[part], strlen(parts[part]));
            bytes += strlen(parts[part]);
        }
        assert_covered((struct slice){(const uint8_t *)text, bytes});
        arena_reset(arena);
    }
    free(text);
}

static void
chunks_end_between_sentences(void **state)
{
    (void)state;
    char text[2048] = "";
    while (strlen(text) < 1500)
        strcat(text, "今日は市役所に行きました。");
    struct slice all = slice_of(text);
    struct tokens tokens = tokens_of(all);
    size_t per_sentence = tokens_of(slice_of("今日は市役所に行きました。")).count;
    assert_int_equal(tokens.count, per_sentence * (all.bytes / strlen("今日は市役所に行きました。")));
}

static void
boundaries_are_those_of_words(void **state)
{
    (void)state;
    struct slice text = slice_of("犬  市役所");
    struct tokens tokens = tokens_of(text);
    assert_int_equal(tokens.count, 2);
    const bool expected[] = {true,  false, false, true,  true,  true,  false, false,
                             false, false, false, false, false, false, true,  true};
    for (uint32_t byte = 0; byte < sizeof(expected); byte++)
        assert_int_equal(tokens_boundary_at(&tokens, byte), expected[byte]);
    assert_true(tokens_boundary_at(&(struct tokens){NULL, 0}, 0));
}

static void
the_first_word_behind_a_byte_is_found(void **state)
{
    (void)state;
    struct tokens tokens = tokens_of(slice_of("天気ゲョポロ"));
    size_t first = tokens_first_behind(&tokens, 3), second = tokens_first_behind(&tokens, 6);
    assert_int_equal(first, 0);
    assert_int_equal(second, 1);
    assert_int_equal(tokens_first_behind(&tokens, 18), tokens.count);
}

/* Whether it is sure without MeCab that words begin or end at `byte`; what is sure must be so. */
static bool
is_sure(struct slice text, const struct tokens *tokens, uint32_t from, uint32_t byte)
{
    bool sure = tokenizer_is_border(tokenizer, text, from, byte);
    assert_true(!sure || tokens_boundary_at(tokens, byte));
    return sure;
}

static void
sure_borders_are_those_that_every_choice_has(void **state)
{
    (void)state;
    static const struct {
        const char *before, *behind;
        bool sure;
    } rows[] = {
        {"", "お前は誰", true},        {"お前", "は誰", true},  {"え、お前", "", true},
        {"ねえ ", "バカ", true},       {"な", "お前は", false}, /* なお */
        {"お前", "田さん", false},                              /* 前田 */
        {"このバカ", "ヤロウ", false},                          /* unknown words of katakana */
        {"sex", "y", false},           {"ab", "は", true},      {"ホゲ", "は", true},
        {"🤔", "🤔", false}, /* unknown words of signs */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "%s%s", rows[i].before, rows[i].behind);
        struct tokens tokens = tokens_of(slice_of(text));
        assert_int_equal(is_sure(slice_of(text), &tokens, 0, (uint32_t)strlen(rows[i].before)), rows[i].sure);
    }
}

/* Pieces in every order that a small generator of numbers makes: MeCab never joins what is said to be apart. */
static void
sure_borders_hold_in_texts_of_any_kind(void **state)
{
    (void)state;
    static const char *const pieces[] = {"お前",
                                         "は",
                                         "が",
                                         "な",
                                         "の",
                                         "バカ",
                                         "アホ",
                                         "ー",
                                         "々",
                                         "前",
                                         "田",
                                         "市役所",
                                         "一二三",
                                         "ヶ",
                                         "ッ",
                                         "ん",
                                         "っ",
                                         "abc",
                                         "7",
                                         " ",
                                         "  ",
                                         "\n",
                                         "。",
                                         "!?",
                                         "…",
                                         "「",
                                         "🤔",
                                         "ð",
                                         "я",
                                         "α",
                                         "死ね",
                                         "モーニング娘。",
                                         "きもい",
                                         "ゔ",
                                         "　",
                                         "ｱ",
                                         "㌔",
                                         "食べ",
                                         "させられた",
                                         "́",
                                         "@",
                                         "ぁ",
                                         "ふ",
                                         "じさん",
                                         "ありがとう",
                                         "すごい",
                                         "https://example.jp/",
                                         "無能",
                                         "な奴"};
    uint32_t number = 1, sure = 0, places = 0;
    for (unsigned round = 0; round < 3000; round++) {
        char text[1024] = "";
        for (unsigned left = 1 + round % 40; left > 0; left--) {
            number = number * 1664525u + 1013904223u;
            strcat(text, pieces[(number >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        struct slice all = slice_of(text);
        struct tokens tokens = tokens_of(all);
        for (uint32_t byte = 0, from = 0; byte <= all.bytes; byte++) {
            if (byte < all.bytes && (all.data[byte] & 0xC0) == 0x80)
                continue;
            bool here = is_sure(all, &tokens, 0, byte);
            assert_int_equal(is_sure(all, &tokens, from, byte), here);
            from = here ? byte : from;
            sure += here;
            places++;
        }
        arena_reset(arena);
    }
    assert_true(sure > places / 4 && sure < places);
}

static void
a_full_arena_is_too_large(void **state)
{
    (void)state;
    struct arena *small = NULL;
    struct tokens tokens;
    char text[3001] = "";
    assert_int_equal(arena_create(4096, &small), STATUS_OK);
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 3 * i, i % 2 == 0 ? "犬" : "は", 3);
    assert_int_equal(tokenizer_run(tokenizer, small, slice_of(text), &tokens), STATUS_TOO_LARGE);
    arena_destroy(&small);
    assert_covered(slice_of("まだ使える"));
}

static void
a_missing_dictionary_is_told(void **state)
{
    (void)state;
    struct token_model *none = NULL;
    assert_int_equal(token_model_create("/nonexistent/dictionary", &none), STATUS_NOT_FOUND);
    assert_null(none);
}

static void
the_version_is_that_of_the_files(void **state)
{
    (void)state;
    struct token_model *again = NULL;
    assert_int_equal(token_model_create("/var/lib/mecab/dic/ipadic-utf8", &again), STATUS_OK);
    assert_string_equal(token_model_version(again), token_model_version(model));
    assert_memory_equal(token_model_version(model), "mecab 0.996 dictionary ", 23);
    token_model_destroy(&again);
    assert_null(again);
}

static void
a_file_written_over_has_another_stamp(void **state)
{
    char dir[] = "/tmp/filterd-tokens-XXXXXX", command[256];
    struct hash before, same, after, removed;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(command, sizeof(command), "cd %s && touch sys.dic matrix.bin char.bin unk.dic dicrc", dir);
    assert_int_equal(system(command), 0);
    tokens_stamp(dir, &before);
    tokens_stamp(dir, &same);
    assert_memory_equal(before.bytes, same.bytes, HASH_BYTES);
    snprintf(command, sizeof(command), "echo 1 > %s/char.bin", dir);
    assert_int_equal(system(command), 0);
    tokens_stamp(dir, &after);
    assert_memory_not_equal(before.bytes, after.bytes, HASH_BYTES);
    snprintf(command, sizeof(command), "rm %s/dicrc", dir);
    assert_int_equal(system(command), 0);
    tokens_stamp(dir, &removed);
    assert_memory_not_equal(after.bytes, removed.bytes, HASH_BYTES);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"words are found with their features", words_are_found_with_their_features, NULL, NULL, NULL},
        {"empty and blank texts have no words", empty_and_blank_texts_have_no_words, NULL, NULL, NULL},
        {"spaces and NUL are no hiding place", spaces_and_nul_are_no_hiding_place, NULL, NULL, NULL},
        {"long ASCII is one word", long_ascii_is_one_word, NULL, NULL, NULL},
        {"every byte is covered in long texts", every_byte_is_covered_in_long_texts, NULL, NULL, NULL},
        {"chunks end between sentences", chunks_end_between_sentences, NULL, NULL, NULL},
        {"boundaries are those of words", boundaries_are_those_of_words, NULL, NULL, NULL},
        {"the first word behind a byte is found", the_first_word_behind_a_byte_is_found, NULL, NULL, NULL},
        {"sure borders are those that every choice has", sure_borders_are_those_that_every_choice_has, NULL, NULL,
         NULL},
        {"sure borders hold in texts of any kind", sure_borders_hold_in_texts_of_any_kind, NULL, NULL, NULL},
        {"a full arena is too large", a_full_arena_is_too_large, NULL, NULL, NULL},
        {"a missing dictionary is told", a_missing_dictionary_is_told, NULL, NULL, NULL},
        {"a file written over has another stamp", a_file_written_over_has_another_stamp, NULL, NULL, NULL},
        {"the version is that of the files", the_version_is_that_of_the_files, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
