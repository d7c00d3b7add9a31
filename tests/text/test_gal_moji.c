#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/gal_moji.h"
#include "text/intake.h"
#include "text/letters.h"
#include "view_fixture.h"

static struct view
plain_of(const char *text)
{
    struct intake intake;
    struct view plain;
    arena_reset(arena);
    assert_int_equal(intake_run(arena, slice_of(text), 1 << 20, &intake), STATUS_OK);
    assert_int_equal(view_make_plain(tables, arena, intake.text, NULL, 0, &plain), STATUS_OK);
    return plain;
}

static void
signs_are_read_as_kana(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ぁレまωナニ〃らゎ", "あほんだらわ"},
        {"窓口σ子、ゃらせτょ", "窓口の子、やらせてよ"},
        {"部下レニも笑ゎれτω", "部下にも笑われてん"},
        {"気持ちょ<ナょれるσ", "気持ちょくなれるの"},
        {"ﾚヽつも夕ベσ会議", "いつもたベの会議"},
        {"ム力⊃<ιねばﾚヽﾚヽ", "ム力つくしねばいい"},
        {"キチカ″レヽノヽ″力", "キチガいば力"},
        {"ょ<見夕くナょﾚヽσ", "よく見たくないの"},
        {"ﾚヽつ3ヵ月しょぅぎσファン", "いつ3ヵ月しょうぎのファン"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct view plain = plain_of(pairs[i][0]), kana;
        struct letters letters;
        assert_int_equal(letters_of_view(tables, arena, &plain, &letters), STATUS_OK);
        assert_true(letters.may_be_gal_moji);
        assert_true(gal_moji_is_written(plain.text));
        assert_int_equal(gal_moji_read(arena, &plain, &kana), STATUS_OK);
        if (!slice_equal(kana.text, slice_of(pairs[i][1])))
            fail_msg("%s is read %.*s", pairs[i][0], (int)kana.text.bytes, (const char *)kana.text.data);
    }
}

static void
a_kana_leads_back_to_its_sign(void **state)
{
    (void)state;
    struct view plain = plain_of("ﾅニ〃めτσ"), kana;
    assert_int_equal(gal_moji_read(arena, &plain, &kana), STATUS_OK);
    assert_true(slice_equal(kana.text, SLICE_LITERAL("だめての")));
    struct span sign = view_to_parent(&kana, (struct span){0, 3});
    assert_int_equal(sign.start, 0);
    assert_int_equal(sign.end, sizeof("ﾅニ〃") - 1);
    sign = view_to_parent(&kana, (struct span){6, 12});
    assert_int_equal(sign.start, sizeof("ﾅニ〃め") - 1);
    assert_int_equal(sign.end, plain.parent_bytes);
}

static void
signs_of_one_byte_find_room(void **state)
{
    (void)state;
    char text[4096] = "σωか";
    memset(text + strlen(text), '<', sizeof(text) - 1 - strlen(text));
    struct view plain = plain_of(text), kana;
    assert_true(gal_moji_is_written(plain.text));
    assert_int_equal(gal_moji_read(arena, &plain, &kana), STATUS_OK);
    assert_true(kana.text.bytes > 2 * plain.text.bytes);
}

static void
other_texts_stay(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "角速度ωは2πf、標準偏差は3σです",
        "かわいい(´・ω・`)ですねσ(^_^;)",
        "わーいヽ(´▽`)ノヽ(^o^)ノ",
        "りんご<みかん<ぶどう",
        "「あれか”と“これか”です",
        "北緯35度41分22″、東経139度30″",
        "トイレまで行ってキレました。レニングラード",
        "ナニコレ珍百景、ナニワの夕方",
        "〃 〃 同上です",
        "мама мыла раму",
        "それは違うω",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (gal_moji_is_written(plain_of(texts[i]).text))
            fail_msg("%s", texts[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_are_read_as_kana),
        cmocka_unit_test(a_kana_leads_back_to_its_sign),
        cmocka_unit_test(signs_of_one_byte_find_room),
        cmocka_unit_test(other_texts_stay),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
