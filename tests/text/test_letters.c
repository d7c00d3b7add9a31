#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/intake.h"
#include "text/letters.h"
#include "view_fixture.h"

static struct letters
letters_of(const char *text)
{
    struct intake intake;
    struct view plain;
    struct letters letters;
    arena_reset(arena);
    assert_int_equal(intake_run(arena, slice_of(text), 1 << 20, &intake), STATUS_OK);
    assert_int_equal(view_make_plain(tables, arena, intake.text, NULL, 0, &plain), STATUS_OK);
    assert_int_equal(letters_make(tables, arena, plain.text, &letters), STATUS_OK);
    uint32_t end = 0;
    for (size_t i = 0; i < letters.count; i++) { /* in order, disjoint, within the text */
        assert_true(letters.items[i].start >= end && letters.items[i].start < letters.items[i].end);
        end = letters.items[i].end;
    }
    assert_true(end <= plain.text.bytes);
    return letters;
}

/* Both read as the same letters, a masked one as any. */
static void
assert_same(const char *one, const char *two)
{
    uint32_t codes[64];
    struct letters letters = letters_of(one);
    size_t count = letters.count;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++)
        codes[i] = letters.items[i].code;
    letters = letters_of(two);
    if (letters.count != count)
        fail_msg("%s: %zu letters, %s: %zu", one, count, two, letters.count);
    for (size_t i = 0; i < count; i++)
        if (letters.items[i].code != codes[i] && letters.items[i].code != LETTER_ANY)
            fail_msg("%s, %s: letter %zu is %x, %x", one, two, i, codes[i], letters.items[i].code);
}

static void
a_disguise_reads_as_the_word(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ポンコツ", "ぽんこつ"},   {"ポンコツ", "ﾎﾟﾝｺﾂ"},
        {"ポンコツ", "ポソユシ"},   {"ロボット", "口ボット"},
        {"マヌケ", "ㄇ又ケ"},       {"マヌケ", "マㄆㄡケ"},
        {"マヌケ", "マ○ケ"},        {"マヌケ", "マxケ"},
        {"マヌケ", "マーヌ〜〜ケ"}, {"マヌケ", "マァヌケケケ"},
        {"マヌケ", "マ\nヌ\nケ"},   {"マヌケ", "マ💢ヌ💢ケ"},
        {"ボケ", "ホ゛ケ"},         {"ボケ", "ﾎ・ﾞ・ｹ"},
        {"オナニー", "才ナ二一"},   {"しね", "ιね"},
        {"ボケ", "ホ\"ケ"},         {"バカ", "八゛カ"},
        {"むのう", "む、の！う"},   {"むのう", "むwwwの(笑)う"},
        {"むのう", "む・う"},       {"むのう", "む…う"},
        {"うけこ", "うﾚﾅこ"},       {"なめんな", "ﾅょめωﾅょ"},
        {"ブス", "フ″ス"},          {"ブス", "ブ又"},
        {"ヌケ", "又ケ"},           {"デリヘル", "デリヘ儿"},
        {"オナニー", "オナニ―"},    {"オナニーし", "オナニ-し"},
        {"ハーフ", "ハ—フ"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_same(pairs[i][0], pairs[i][1]);
}

static void
other_letters_stay_apart(void **state)
{
    (void)state;
    assert_int_equal(letters_of("はハ").count, 2); /* two kinds of kana are no repetition */
    assert_int_equal(letters_of("1000").count, 4);
    assert_int_equal(letters_of("box").items[2].code, 'x');
    assert_int_equal(letters_of("").count, 0);
}

static void
only_signs_of_disguise_call_for_a_look(void **state)
{
    (void)state;
    assert_false(letters_of("図書館の開館時間を教えてください").is_disguised);
    assert_false(letters_of("ここに書いた").is_disguised);
    assert_false(letters_of("A4 box 12").is_disguised);
    assert_true(letters_of("マ○ケ").is_disguised);
    assert_true(letters_of("マヌヌケ").is_disguised);
    assert_true(letters_of("は゛か").is_disguised);
    assert_true(letters_of("図書\n館").is_disguised);
}

static void
gal_moji_is_read_sign_by_sign(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t codes[3];
    } signs[] = {{"ﾚヽ", {0x3044}},           /* い */
                 {"ﾚ丶か", {0x3044, 0x304B}}, /* いか */
                 {"カ〃", {0x304C}},          /* が */
                 {"йё", {0x306D}},            /* ね */
                 {"ма σ", {0x307E, 0x306E}}}; /* まの */
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        struct letters letters = letters_of(signs[i].text);
        for (size_t l = 0; l < letters.count; l++)
            assert_int_equal(letters.items[l].code, signs[i].codes[l]);
        assert_true(letters.count > 0 && letters.count < 3 && letters.is_disguised);
    }
    assert_false(letters_of("レなど").is_disguised);
}

static void
a_keycap_is_an_ornament_only_in_a_view(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t letters;
    } rows[] = {{"む1️⃣の", 2}, {"む1の", 3}, {"む１の", 3}, {"1️⃣の", 2}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct intake intake;
        struct view plain;
        struct letters letters;
        arena_reset(arena);
        assert_int_equal(intake_run(arena, slice_of(rows[i].text), 1 << 20, &intake), STATUS_OK);
        assert_int_equal(view_make_plain(tables, arena, intake.text, NULL, 0, &plain), STATUS_OK);
        assert_int_equal(letters_of_view(tables, arena, &plain, &letters), STATUS_OK);
        assert_int_equal(letters.count, rows[i].letters);
        assert_int_equal(letters_of(rows[i].text).count, i == 3 ? 2 : 3);
    }
}

static void
punctuation_between_others_stays(void **state)
{
    (void)state;
    assert_false(letters_of("はい。 いいえ!").is_disguised);
    assert_false(letters_of("(笑)いました").is_disguised);
    assert_int_equal(letters_of("awwb").count, 4);
    assert_int_equal(letters_of("か?").items[1].code, '?');
    assert_int_equal(letters_of("カ・ト").count, 2); /* names are parted so */
    assert_int_equal(letters_of("か-と-う").count, 3);
    assert_int_equal(letters_of("カ―ト―ウ").items[0].traits & LETTER_LONG, 0);
    assert_int_equal(letters_of("ジャン-ポール").items[2].traits & LETTER_LONG, 0);
}

static void
positions_cover_what_was_taken_together(void **state)
{
    (void)state;
    struct letters letters = letters_of("アボーーケ");
    assert_int_equal(letters.count, 3);
    assert_int_equal(letters.items[1].start, 3);
    assert_int_equal(letters.items[1].end, 12);
    assert_true(letters.items[1].traits & LETTER_LONG);
    letters = letters_of("ホ ゛ケ");
    assert_int_equal(letters.items[0].own, 0x30DC); /* ボ */
    assert_true(letters.items[0].traits & LETTER_APART);
}

/* Letters are read four at once: it makes no difference which four. */
static void
a_letter_is_the_same_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "ポソコツなまぬけ", "マーヌケケケとばーか", "むのう。やめろ！よ", "カヽしぬﾚヽぬっつ",
        "ばか゛しね゛よ",   "死ね○ね□人×殺し",      "才ナ二一の八゛カ",   "んそつしぬすんつぬ",
        "の😀ろ😀ま",         "一つ一つ一一ハ一フ",   "ｱﾎｳﾊﾞｶﾞｲﾙ",          "うそつきのひとたち"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct letter here[64];
        struct letters letters = letters_of(texts[i]);
        size_t count = letters.count;
        assert_true(count <= 64);
        memcpy(here, letters.items, count * sizeof *here);
        for (uint32_t shift = 3; shift <= 12; shift += 3) {
            char shifted[256] = "山川海空";
            memcpy(shifted + shift, texts[i], strlen(texts[i]) + 1);
            letters = letters_of(shifted);
            assert_int_equal(letters.count, count + shift / 3);
            for (size_t k = 0; k < count; k++) {
                const struct letter *there = &letters.items[shift / 3 + k];
                assert_int_equal(there->code, here[k].code);
                assert_int_equal(there->own, here[k].own);
                assert_int_equal(there->start, here[k].start + shift);
                assert_int_equal(there->end, here[k].end + shift);
                assert_int_equal(there->traits, here[k].traits);
                assert_int_equal(there->extra, here[k].extra);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a disguise reads as the word", a_disguise_reads_as_the_word, NULL, NULL, NULL},
        {"other letters stay apart", other_letters_stay_apart, NULL, NULL, NULL},
        {"only signs of disguise call for a look", only_signs_of_disguise_call_for_a_look, NULL, NULL, NULL},
        {"gal-moji is read sign by sign", gal_moji_is_read_sign_by_sign, NULL, NULL, NULL},
        {"a keycap is an ornament only in a view", a_keycap_is_an_ornament_only_in_a_view, NULL, NULL, NULL},
        {"punctuation between others stays", punctuation_between_others_stays, NULL, NULL, NULL},
        {"positions cover what was taken together", positions_cover_what_was_taken_together, NULL, NULL, NULL},
        {"a letter is the same wherever it stands", a_letter_is_the_same_wherever_it_stands, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
