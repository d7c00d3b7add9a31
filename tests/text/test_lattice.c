#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <mecab.h>
#include <stdio.h>
#include <string.h>

#include "text/lattice.h"

static struct dictionary dictionary;
static struct lattice *lattice;
static mecab_model_t *model;
static mecab_t *tagger;
static mecab_lattice_t *reference;

static int
set_up(void **state)
{
    (void)state;
    model = mecab_model_new2("-r /dev/null -d " TOKENS_DICTIONARY);
    tagger = model != NULL ? mecab_model_new_tagger(model) : NULL;
    reference = model != NULL ? mecab_model_new_lattice(model) : NULL;
    return reference == NULL || dictionary_open(TOKENS_DICTIONARY, &dictionary) != STATUS_OK ||
           lattice_create(&dictionary, &lattice) != STATUS_OK;
}

static int
tear_down(void **state)
{
    (void)state;
    lattice_destroy(&lattice);
    assert_null(lattice);
    dictionary_close(&dictionary);
    mecab_lattice_destroy(reference);
    mecab_destroy(tagger);
    mecab_model_destroy(model);
    return 0;
}

/* The same words with the same features, at the same cost. */
static void
assert_as_mecab(const char *text)
{
    struct token tokens[LATTICE_TEXT_BYTES];
    size_t count, i = 0;
    int64_t cost;
    assert_int_equal(lattice_run(lattice, slice_of(text), tokens, &count, &cost), STATUS_OK);
    mecab_lattice_set_sentence(reference, text);
    assert_int_equal(mecab_parse_lattice(tagger, reference), 1);
    const mecab_node_t *node = mecab_lattice_get_bos_node(reference)->next;
    for (; node->stat != MECAB_EOS_NODE; node = node->next, i++) {
        if (i == count || tokens[i].span.start != (uint32_t)(node->surface - text) ||
            tokens[i].span.end != tokens[i].span.start + node->length || strcmp(tokens[i].feature, node->feature) != 0)
            fail_msg("word %zu of %s", i, text);
    }
    assert_int_equal(i, count);
    assert_int_equal(cost, node->cost);
    mecab_lattice_clear(reference);
}

static void
sentences_are_read_as_mecab_reads_them(void **state)
{
    static const char *const texts[] = {"山田 太郎は市役所に行く。",     "すもももももももものうち",
                                        "2026年11月23日(月)に申請した",  "スマホでｗｗｗ",
                                        "わーーーーーーーい！！！",      "a b\tc",
                                        "東京都に住んでいます😀😀",        "ゴミの収集日を教えてください",
                                        "〒277-8505 柏市柏五丁目10番1号"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_as_mecab(texts[i]);
}

/* Of one kind, around the length from which MeCab takes them apart. */
static void
long_runs_are_read_as_mecab_reads_them(void **state)
{
    static const char *const letters[] = {"ー", "ァ", "w", "漢", "あ", "。", "7", "α", "я", "一", "😀", "ﾞ", "ヶ"};
    (void)state;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        char text[LATTICE_TEXT_BYTES + 1] = "";
        for (unsigned count = 1; count <= 60; count++) {
            memcpy(text + strlen(text), letters[i], strlen(letters[i]) + 1);
            assert_as_mecab(text);
        }
    }
}

static uint32_t
next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33);
}

static void
any_text_is_read_as_mecab_reads_it(void **state)
{
    static const char *const parts[] = {
        "の",   "は",       "に",       "が",   "し",   "て",   "た",   "ん",       "っ",   "い",   "か",
        "う",   "ー",       "ァ",       "ン",   "ト",   "ワ",   "山",   "田",       "市",   "行",   "人",
        "生",   "一",       "二",       "々",   "〆",   "ヶ",   "w",    "a",        "7",    ".",    "-",
        "。",   "、",       "「",       "」",   "!",    "?",    "☆",    "😀",        "é",    "α",    "я",
        "ﾞ",    "\xC2\xA5", "한",       " ",    "\n",   "\t",   "です", "ます",     "から", "ない", "東京",
        "日本", "クソ",     "ください", "お前", "いう", "こと", "高校", "スーパー", "ある", "さん"};
    enum { PARTS = sizeof(parts) / sizeof(parts[0]), TEXTS = 20000 };
    uint64_t random = 20261123;
    (void)state;
    for (unsigned i = 0; i < TEXTS; i++) {
        char text[LATTICE_TEXT_BYTES + 1] = "";
        size_t bytes = 0, wanted = 1 + next_random(&random) % (i % 50 == 0 ? 490 : 80);
        while (bytes < wanted) {
            const char *part = parts[next_random(&random) % PARTS];
            memcpy(text + bytes, part, strlen(part));
            bytes += strlen(part);
        }
        memcpy(text + bytes, "。", sizeof("。")); /* no space at its end */
        assert_as_mecab(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"sentences are read as MeCab reads them", sentences_are_read_as_mecab_reads_them, NULL, NULL, NULL},
        {"long runs are read as MeCab reads them", long_runs_are_read_as_mecab_reads_them, NULL, NULL, NULL},
        {"any text is read as MeCab reads it", any_text_is_read_as_mecab_reads_it, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("lattice", tests, set_up, tear_down);
}
