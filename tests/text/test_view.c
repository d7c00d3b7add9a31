#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "text/intake.h"
#include "view_fixture.h"

static struct slice
take_in(const char *text, size_t bytes)
{
    struct intake intake;
    assert_int_equal(intake_run(arena, (struct slice){(const uint8_t *)text, bytes}, 1 << 20, &intake), STATUS_OK);
    return intake.text;
}

static struct view
plain_of(struct slice text)
{
    struct view view;
    assert_int_equal(view_make_plain(tables, arena, text, NULL, 0, &view), STATUS_OK);
    return view;
}

static struct view
skeleton_of(const struct view *plain)
{
    struct view view;
    assert_int_equal(view_make_skeleton(tables, arena, plain, &view), STATUS_OK);
    return view;
}

static void
assert_text(struct slice actual, const char *expected)
{
    if (!slice_equal(actual, slice_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)actual.bytes, (const char *)actual.data, expected);
}

static void
assert_plain(const char *text, const char *expected)
{
    struct view view = plain_of(take_in(text, strlen(text)));
    assert_text(view.text, expected);
    assert_text(plain_of(view.text).text, expected);
}

static void
assert_skeleton(const char *text, const char *expected)
{
    struct view plain = plain_of(take_in(text, strlen(text)));
    assert_text(skeleton_of(&plain).text, expected);
}

/* `found` in the view leads back to `expected` in the parent. */
static void
assert_leads(const struct view *view, struct slice parent, const char *found, const char *expected)
{
    const uint8_t *at = memmem(view->text.data, view->text.bytes, found, strlen(found));
    assert_non_null(at);
    uint32_t start = (uint32_t)(at - view->text.data);
    struct span span = view_to_parent(view, (struct span){start, start + (uint32_t)strlen(found)});
    assert_text(slice_sub(parent, span), expected);
}

static void
assert_plain_leads(const char *text, const char *found, const char *expected)
{
    struct slice parent = take_in(text, strlen(text));
    struct view view = plain_of(parent);
    assert_leads(&view, parent, found, expected);
}

static void
assert_skeleton_leads(const char *text, const char *found, const char *expected)
{
    struct slice parent = take_in(text, strlen(text));
    struct view plain = plain_of(parent);
    struct view skeleton = skeleton_of(&plain);
    assert_leads(&skeleton, plain.text, found, expected);
}

static void
plain_text_is_its_own_view(void **state)
{
    (void)state;
    const char *const texts[] = {
        "", "こんにちは、abc 123-45 です。\n", "サーバー", "三丁目の一軒家", "データーー", "𠮷野家😀"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct slice text = take_in(texts[i], strlen(texts[i]));
        struct view view = plain_of(text);
        assert_null(view.from);
        assert_null(view.to);
        assert_ptr_equal(view.text.data, text.data);
        assert_int_equal(view.text.bytes, text.bytes);
        assert_int_equal(view.parent_bytes, text.bytes);
    }
}

static void
widths_and_compatibility_forms_are_folded(void **state)
{
    (void)state;
    assert_plain("ＡＢＣ　１２３", "abc 123");
    assert_plain("ﾀﾞｲｼﾞ ﾊﾟﾝ ｳﾞ", "ダイジ パン ヴ");
    assert_plain("㍻㈱①㌀", "平成(株)1アパート");
    assert_plain("か\u3099は\u309A", "がぱ");
    assert_plain("E\u0301", "\u00E9");
    assert_plain("e\u0323\u0301", "\u1EB9\u0301");
    assert_plain("\u1112\u1161\u11AB", "\uD55C");
    assert_plain("Straße", "strasse");
    assert_plain("\uFDFA", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 "
                           "\u0648\u0633\u0644\u0645");
}

static void
invisible_characters_are_left_out(void **state)
{
    (void)state;
    assert_plain("ば\u200Bか", "ばか");
    assert_plain("soft\u00ADhyphen", "softhyphen");
    assert_plain("藤\U000E0103", "藤");
    assert_plain("\uFEFFa\u2060b", "ab");
    assert_plain("1\uFE0F\u20E32\uFE0F\u20E3", "12");
    assert_plain("👨\u200D👩\u200D👧", "👨👩👧");
}

static void
maps_lead_back_to_whole_characters(void **state)
{
    (void)state;
    assert_plain_leads("xﾀﾞy", "ダ", "ﾀﾞ");
    assert_plain_leads("x㍻y", "成", "㍻");
    assert_plain_leads("x㈱y", "株", "㈱");
    assert_plain_leads("x\uFDFAy", "\u0644\u0649", "\uFDFA");
    assert_plain_leads("ば\u200Bか", "ばか", "ば\u200Bか");
    assert_plain_leads("ば\u200Bか", "ば", "ば");
    assert_plain_leads("佐藤\U000E0103様", "佐藤", "佐藤\U000E0103");
    assert_plain_leads("a8\uFE0F\u20E3b", "8", "8\uFE0F\u20E3");
    assert_plain_leads("soft\u00ADhyphen", "softh", "soft\u00ADh");
    assert_plain_leads("Ae\u0323\u0301b", "\u1EB9", "e\u0323\u0301");
    assert_plain_leads("👨\u200D👩x", "👨", "👨\u200D");
    assert_plain_leads("Ｘ０９０ー１２３４Ｘ", "090-1234", "０９０ー１２３４");
}

static void
an_empty_span_stays_empty(void **state)
{
    (void)state;
    struct slice text = take_in("Ａｂ", strlen("Ａｂ"));
    struct view view = plain_of(text);
    struct span start = view_to_parent(&view, (struct span){1, 1});
    struct span end = view_to_parent(&view, (struct span){2, 2});
    assert_int_equal(start.start, 3);
    assert_int_equal(start.end, 3);
    assert_int_equal(end.start, text.bytes);
    assert_int_equal(end.end, text.bytes);
}

static void
dashes_fold_beside_digits_only(void **state)
{
    (void)state;
    assert_plain("090-1234－5678", "090-1234-5678");
    assert_plain("090ー1234ｰ5678", "090-1234-5678");
    assert_plain("090−1234‐5678", "090-1234-5678");
    assert_plain("090‑1234‒5678", "090-1234-5678");
    assert_plain("090–1234—5678", "090-1234-5678");
    assert_plain("090―1234─5678", "090-1234-5678");
    assert_plain("090━1234⎯5678", "090-1234-5678");
    assert_plain("090\u20431234\uFE635678", "090-1234-5678");
    assert_plain("090\u23E41234\uFE585678", "090-1234-5678");
    assert_plain("090〜1234", "090〜1234");
    assert_plain("サーバー2台、ー", "サーバー2台、ー");
    assert_plain("第2ステージ", "第2ステージ");
    assert_plain("−5度", "-5度");
    assert_plain("1\u200Bー\u200B2", "1-2");
}

static void
kanji_digits_fold_in_numbers_only(void **state)
{
    (void)state;
    assert_plain("〇九〇―一二三四―五六七八", "090-1234-5678");
    assert_plain("一二三番地", "123番地");
    assert_plain("3二1", "321");
    assert_plain("1二三", "123");
    assert_plain("一丁目二番三号", "一丁目二番三号");
    assert_plain("二十三日", "二十三日");
    assert_plain("三百千万", "三百千万");
    assert_plain("二〇年", "二〇年");
    assert_plain("一―2", "一-2");
    assert_plain("一二―三", "12-3");
    assert_plain("〇〇〇さん", "〇〇〇さん");
    assert_plain("〇〇小学校", "〇〇小学校");
}

static void
kanji_digits_may_begin_a_name(void **state)
{
    (void)state;
    assert_plain("〒031-8686八戸市", "〒031-8686八戸市");
    assert_plain("②三郷市", " 三郷市");
    assert_plain("②三丁目", " 三丁目");
    assert_plain("令和5一般会計", "令和5一般会計");
    assert_plain("5丁目1一番", "5丁目11番");
    assert_plain("1〇月", "10月");
    assert_plain("①二③", "123");
    assert_plain("090①二三四", "0901234");
}

static void
opaque_spans_are_left_out(void **state)
{
    (void)state;
    struct slice text = take_in("09(ok)0Ａ(ok)", strlen("09(ok)0Ａ(ok)"));
    const struct view_gap opaque[] = {{2, 6}, {10, 14}};
    struct view view;
    assert_int_equal(view_make_plain(tables, arena, text, opaque, 2, &view), STATUS_OK);
    assert_text(view.text, "090a");
    assert_leads(&view, text, "90", "9(ok)0");
    assert_leads(&view, text, "a", "Ａ");
}

static void
a_border_parts_what_stands_beside_it(void **state)
{
    (void)state;
    struct slice text = take_in("かﾞ(ok)\u3099死一2", strlen("かﾞ(ok)\u3099死一2"));
    const struct view_gap gaps[] = {{6, 10, .is_border = true}};
    struct view plain;
    assert_int_equal(view_make_plain(tables, arena, text, gaps, 1, &plain), STATUS_OK);
    assert_text(plain.text, "が\uE000\u3099死12");
    assert_leads(&plain, text, "\uE000", "(ok)");
    assert_text(skeleton_of(&plain).text, "が\uE000死12");
}

static void
a_mark_behind_an_opaque_span_joins_what_is_before(void **state)
{
    (void)state;
    struct slice text = take_in("xe(ok)\u0301y", strlen("xe(ok)\u0301y"));
    const struct view_gap opaque[] = {{2, 6}};
    struct view view;
    assert_int_equal(view_make_plain(tables, arena, text, opaque, 1, &view), STATUS_OK);
    assert_text(view.text, "x\u00E9y");
    assert_leads(&view, text, "\u00E9", "e(ok)\u0301");
}

static void
combining_marks_are_bounded(void **state)
{
    (void)state;
    enum { MARKS = 32768 };
    char *text = malloc(2 * MARKS + 1);
    assert_non_null(text);
    text[0] = 'q';
    for (size_t i = 0; i < MARKS; i++)
        memcpy(text + 1 + 2 * i, i % 2 == 0 ? "\u0301" : "\u0323", 2);
    struct slice parent = take_in(text, 2 * MARKS + 1);
    struct view view = plain_of(parent);
    assert_int_equal(view.text.bytes, 1 + 2 * 30);
    assert_int_equal(view.from[1], 0);
    assert_int_equal(view.to[view.text.bytes - 1], parent.bytes);
    struct view again = plain_of(view.text);
    assert_true(slice_equal(again.text, view.text));
    free(text);
    arena_reset(arena);
}

static void
the_worst_growth_fits(void **state)
{
    (void)state;
    enum { COUNT = 21845 };
    char *text = malloc(3 * COUNT);
    assert_non_null(text);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + 3 * i, "\uFDFA", 3);
    struct slice parent = take_in(text, 3 * COUNT);
    struct view view = plain_of(parent);
    assert_int_equal(view.text.bytes, 33 * COUNT);
    assert_int_equal(view.from[33 * 7 + 5], 3 * 7);
    assert_int_equal(view.to[33 * 7 + 5], 3 * 8);
    free(text);
    arena_reset(arena);
}

static void
a_full_arena_is_too_large(void **state)
{
    (void)state;
    struct arena *small = NULL;
    struct view view;
    assert_int_equal(arena_create(4096, &small), STATUS_OK);
    uint8_t text[1024 + INTAKE_PADDING_BYTES] = {0};
    memset(text, 'A', 1024);
    assert_int_equal(view_make_plain(tables, small, (struct slice){text, 1024}, NULL, 0, &view), STATUS_TOO_LARGE);
    arena_destroy(&small);
}

static void
skeleton_folds_kana(void **state)
{
    (void)state;
    assert_skeleton("カタカナ", "かたかな");
    assert_skeleton("ｶﾞｷﾞｸﾞ", "がぎぐ");
    assert_skeleton("ちょっと", "ちよつと");
    assert_skeleton("カ゛ギ゛ハ゜", "がぎぱ");
    assert_skeleton("あ゛", "あ");
    assert_skeleton("ヴァイオリン", "ゔあいおりん");
    assert_skeleton("か・゛", "が");
    assert_skeleton("か〃は°", "がぱ");
}

static void
skeleton_leaves_out_what_separates(void **state)
{
    (void)state;
    assert_skeleton("ば か", "ばか");
    assert_skeleton("ば　・★😀か", "ばか");
    assert_skeleton("ば\u0336か", "ばか");
    assert_skeleton("ば\tか\x01", "ばか");
    assert_skeleton("こ\nの\n\n薬\r\n物", "この薬物");
    assert_skeleton("この薬\n物\nを", "この薬物を");
    assert_skeleton("行け\nばか", "行け\nばか");
    assert_skeleton("あ\nあ\nあ\n！", "あ!");
    assert_skeleton("ば、か。", "ば、か。");
    assert_skeleton("「ば」『か』（！？）", "「ば」『か』(!?)");
    assert_skeleton("ば\nか", "ばか");
    assert_skeleton("a@b.c-d", "a@bcd");
}

static void
skeleton_collapses_repeats(void **state)
{
    (void)state;
    assert_skeleton("ばばばばか", "ばか");
    assert_skeleton("ばばか", "ばばか");
    assert_skeleton("ばーーか", "ばーか");
    assert_skeleton("ば〜ー～か", "ばーか");
    assert_skeleton("か゛か゛か゛", "が");
    assert_skeleton("か゛がｶﾞ", "が");
    assert_skeleton("wwww！！！", "w!");
    assert_skeleton("1000円", "1000円");
    assert_skeleton("ば・ば・ば", "ば");
}

static void
skeleton_folds_look_alikes(void **state)
{
    (void)state;
    assert_skeleton("р\u0430ypal", "paypal");
    assert_skeleton("\u5DFF役所", "市役所");
    assert_skeleton("髙橋 﨑", "高橋崎");
    assert_skeleton("僞造の藥、雜魚", "偽造の薬、雑魚");
    assert_skeleton("caf\u00E9", "cafe");
}

static void
skeleton_maps_cover_what_was_taken_together(void **state)
{
    (void)state;
    assert_skeleton_leads("xば・かy", "ばか", "ば・か");
    assert_skeleton_leads("xばばばばかy", "ばか", "ばばばばか");
    assert_skeleton_leads("xばーーーかy", "ばーか", "ばーーーか");
    assert_skeleton_leads("xカ゛y", "が", "カ \u3099");
    assert_skeleton_leads("テスト", "すと", "スト");
}

static void
a_literal_folds_as_it_does_in_a_message(void **state)
{
    (void)state;
    const char *const texts[] = {"バーーーカ", "ｽﾊﾟﾑ", "〇九〇―一二三四", "タ ヒ ね", ""};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct slice plain;
        struct slice skeleton;
        struct view expected = plain_of(take_in(texts[i], strlen(texts[i])));
        assert_int_equal(view_fold_literal(tables, arena, slice_of(texts[i]), &plain, &skeleton), STATUS_OK);
        assert_true(slice_equal(plain, expected.text));
        assert_true(slice_equal(skeleton, skeleton_of(&expected).text));
    }
}

/* 🅐 🅰 🄐 ⒜ as that letter; 0 for others. */
static char
ornate_latin(uint32_t code_point)
{
    uint32_t first = code_point < 0x1F110   ? 0x249C
                     : code_point < 0x1F150 ? 0x1F110
                                            : 0x1F150 + code_point / 0x1F170 * 32;
    return code_point >= first && code_point - first < 26 ? (char)('a' + code_point - first) : 0;
}

/* What ICU makes of one code point; the boxes of keycaps are left out by us alone, and all circled digits and ornate
 * letters folded. */
static struct slice
icu_fold(const UNormalizer2 *normalizer, uint32_t code_point, char out[128])
{
    UErrorCode error = U_ZERO_ERROR;
    UChar source[2];
    UChar target[32];
    int32_t units = 0;
    int32_t bytes = 0;
    if (code_point >= 0x2460 && code_point < 0x2800 &&
        u_getIntPropertyValue((UChar32)code_point, UCHAR_NUMERIC_TYPE) == U_NT_DIGIT) {
        out[0] = (char)('0' + (int)u_getNumericValue((UChar32)code_point));
        return (struct slice){(const uint8_t *)out, 1};
    }
    if (ornate_latin(code_point)) {
        out[0] = ornate_latin(code_point);
        return (struct slice){(const uint8_t *)out, 1};
    }
    U16_APPEND_UNSAFE(source, units, code_point);
    int32_t count = unorm2_normalize(normalizer, source, units, target, 32, &error);
    u_strToUTF8(out, 128, &bytes, target, code_point == 0x20E3 ? 0 : count, &error);
    assert_true(U_SUCCESS(error));
    return (struct slice){(const uint8_t *)out, (size_t)bytes};
}

static void
every_code_point_folds_as_icu_says(void **state)
{
    (void)state;
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&error);
    for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
        uint8_t text[4 + INTAKE_PADDING_BYTES] = {0};
        char expected[128];
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            continue;
        unsigned length = utf8_put(code_point, text);
        memset(text + length, 0, sizeof(text) - length);
        struct view plain = plain_of((struct slice){text, length});
        if (!slice_equal(plain.text, icu_fold(normalizer, code_point, expected)))
            fail_msg("U+%04X differs", code_point);
        struct view skeleton = skeleton_of(&plain);
        assert_true(slice_equal(skeleton_of(&skeleton).text, skeleton.text));
        arena_reset(arena);
    }
}

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Texts of characters that interact, by a fixed seed. */
static size_t
random_text(uint32_t *seed, char *out, size_t pieces)
{
    static const char *const parts[] = {
        "か", "カ", "ｶ",  "ﾞ",      "ﾟ",      "\u3099", "゛",     "ー",     "―",      "-",      "1",      "９",
        "一", "〇", "三", "\u200B", "\uFE0F", "\u20E3", "㍻",     "E",      "\u0301", "\u0323", "は",     " ",
        "~",  "！", "あ", "\n",     "\u1100", "\u1161", "\u11A8", "\uFDFA", "ß",      "😀",      "\u00AD", "\u0344",
    };
    size_t bytes = 0;
    for (size_t i = 0; i < pieces; i++) {
        const char *part = parts[next_random(seed) % (sizeof(parts) / sizeof(parts[0]))];
        memcpy(out + bytes, part, strlen(part));
        bytes += strlen(part);
    }
    return bytes;
}

static void
assert_monotone(const struct view *view)
{
    for (size_t i = 0; view->from != NULL && i < view->text.bytes; i++) {
        assert_true(view->from[i] < view->to[i] && view->to[i] <= view->parent_bytes);
        assert_true(i == 0 || (view->from[i - 1] <= view->from[i] && view->to[i - 1] <= view->to[i]));
    }
}

static void
twice_is_once_for_random_texts(void **state)
{
    (void)state;
    uint32_t seed = 20261121;
    char text[1024];
    for (unsigned round = 0; round < 20000; round++) {
        size_t bytes = random_text(&seed, text, 1 + next_random(&seed) % 24);
        struct view plain = plain_of(take_in(text, bytes));
        struct view skeleton = skeleton_of(&plain);
        assert_true(slice_equal(plain_of(plain.text).text, plain.text));
        assert_true(slice_equal(skeleton_of(&skeleton).text, skeleton.text));
        assert_monotone(&plain);
        assert_monotone(&skeleton);
        arena_reset(arena);
    }
}

static void
the_version_names_what_the_tables_come_from(void **state)
{
    (void)state;
    assert_non_null(strstr(view_tables_version(), "icu "));
    assert_non_null(strstr(view_tables_version(), " unicode "));
    assert_non_null(strstr(view_tables_version(), " folds "));
}

/* Where `view` shows `shift` bytes more before the same as `other`, which lead back as far away. */
static void
assert_shifted(const struct view *view, const struct view *other, uint32_t shift)
{
    assert_int_equal(view->text.bytes, other->text.bytes + shift);
    assert_memory_equal(view->text.data + shift, other->text.data, other->text.bytes);
    for (uint32_t i = 0; i < other->text.bytes; i++) {
        struct span here = view_to_parent(view, (struct span){i + shift, i + shift + 1});
        struct span there = view_to_parent(other, (struct span){i, i + 1});
        assert_int_equal(here.start, there.start + shift);
        assert_int_equal(here.end, there.end + shift);
    }
    assert_int_equal(view->may_disguise, other->may_disguise);
}

/* Characters are read four at once: it makes no difference which four. */
static void
a_text_is_the_same_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const texts[] = {"市役所の窓口",
                                        "カタカナばかり",
                                        "ちょっとまって、ください。",
                                        "かかか゛きくけこ",
                                        "ハ゛スてﾞいく",
                                        "ははははははは",
                                        "かカかカか",
                                        "サーーーバー2台",
                                        "電話は〇九〇ー一二三四です",
                                        "高﨑市の巿役所",
                                        "あ　い・う…え",
                                        "👍いいね👍🏽すごい",
                                        "ﬁnでㇰﾗｽ",
                                        "ẾかếかA大B小",
                                        "バス~~停〜前",
                                        "か\u3099き\u3099く",
                                        "た\nす\nけ\nて\nください",
                                        "ﷺのﷺを",
                                        "一二三四五六七八九",
                                        "むむ\u200Dむむむ"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct slice text = take_in(texts[i], strlen(texts[i]));
        struct view plain = plain_of(text), skeleton = skeleton_of(&plain);
        for (uint32_t shift = 3; shift <= 12; shift += 3) {
            char shifted[256] = "山川海空";
            memcpy(shifted + shift, texts[i], strlen(texts[i]) + 1);
            struct view plain_there = plain_of(take_in(shifted, strlen(shifted)));
            struct view skeleton_there = skeleton_of(&plain_there);
            assert_shifted(&plain_there, &plain, shift);
            assert_shifted(&skeleton_there, &skeleton, shift);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"plain text is its own view", plain_text_is_its_own_view, NULL, NULL, NULL},
        {"widths and compatibility forms are folded", widths_and_compatibility_forms_are_folded, NULL, NULL, NULL},
        {"invisible characters are left out", invisible_characters_are_left_out, NULL, NULL, NULL},
        {"maps lead back to whole characters", maps_lead_back_to_whole_characters, NULL, NULL, NULL},
        {"an empty span stays empty", an_empty_span_stays_empty, NULL, NULL, NULL},
        {"dashes fold beside digits only", dashes_fold_beside_digits_only, NULL, NULL, NULL},
        {"kanji digits fold in numbers only", kanji_digits_fold_in_numbers_only, NULL, NULL, NULL},
        {"kanji digits may begin a name", kanji_digits_may_begin_a_name, NULL, NULL, NULL},
        {"opaque spans are left out", opaque_spans_are_left_out, NULL, NULL, NULL},
        {"a border parts what stands beside it", a_border_parts_what_stands_beside_it, NULL, NULL, NULL},
        {"a mark behind an opaque span joins what is before", a_mark_behind_an_opaque_span_joins_what_is_before, NULL,
         NULL, NULL},
        {"combining marks are bounded", combining_marks_are_bounded, NULL, NULL, NULL},
        {"the worst growth fits", the_worst_growth_fits, NULL, NULL, NULL},
        {"a full arena is too large", a_full_arena_is_too_large, NULL, NULL, NULL},
        {"skeleton folds kana", skeleton_folds_kana, NULL, NULL, NULL},
        {"skeleton leaves out what separates", skeleton_leaves_out_what_separates, NULL, NULL, NULL},
        {"skeleton collapses repeats", skeleton_collapses_repeats, NULL, NULL, NULL},
        {"skeleton folds look-alikes", skeleton_folds_look_alikes, NULL, NULL, NULL},
        {"skeleton maps cover what was taken together", skeleton_maps_cover_what_was_taken_together, NULL, NULL, NULL},
        {"a literal folds as it does in a message", a_literal_folds_as_it_does_in_a_message, NULL, NULL, NULL},
        {"every code point folds as ICU says", every_code_point_folds_as_icu_says, NULL, NULL, NULL},
        {"twice is once for random texts", twice_is_once_for_random_texts, NULL, NULL, NULL},
        {"the version names what the tables come from", the_version_names_what_the_tables_come_from, NULL, NULL, NULL},
        {"a text is the same wherever it stands", a_text_is_the_same_wherever_it_stands, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
