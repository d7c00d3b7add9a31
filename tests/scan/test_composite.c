#include "one_city.h"

/* Texts are invented. */
static const struct meant persons[] = {
    {"北浜町の豆腐屋の三代目で、左利きです", "北浜町", SUBJECT_SELF},
    {"鍛冶町の寺の次女で、農協に勤めています", "鍛冶町", SUBJECT_SELF},
    {"川向こうの集落でただ一人の助産師です", "川向こうの集落", SUBJECT_SELF},
    {"市営住宅の最上階に住む元力士です", "市営住宅の最上階", SUBJECT_SELF},
    {"うちの娘は西小の6年1組で車椅子を使っています", "西小", SUBJECT_FAMILY},
    {"港町の酒屋の次男で金髪の人を見かけました", "港町", SUBJECT_OTHER},
    {"五丁目のアパートの元警察官で杖をついた人が毎日来ます", "五丁目のアパート", SUBJECT_OTHER},
    {"寺町の長屋に住む82歳の元大工で耳の遠い方が迷っています", "寺町の長屋", SUBJECT_OTHER},
    {"西町の床屋の赤い車に乗っている人です", "西町", SUBJECT_OTHER},
    {"ネパール出身でカレー屋を営み、三つ子がいます", "ネパール出身", SUBJECT_SELF},
    {"山手町に住む盲導犬を連れたピアノ調律師です", "山手町", SUBJECT_SELF},
    {"旭町の角の洋食屋で働くフィンランド人です", "旭町の角の洋食屋", SUBJECT_SELF},
    {"娘は東幼稚園の年長で、双子の姉のほうです", "東幼稚園", SUBJECT_FAMILY},
    {"本町の金物屋の若旦那で坊主頭の方が財布を落としました", "本町の金物屋", SUBJECT_OTHER},
    {"川沿いの平屋に猫を十匹飼っている元看護師がいます", "川沿いの平屋", SUBJECT_OTHER},
    {"製材所の跡取りで金髪の20代の男が暴走しています", "製材所", SUBJECT_OTHER},
    {"寺の裏の長屋の片足を引きずる傘職人が亡くなりました", "寺の裏の長屋", SUBJECT_OTHER},
    {"西高の1年3組で、父がネパール人です", "西高", SUBJECT_SELF},
    {"石川団地で六匹の猫と暮らす元バスガイドです", "石川団地", SUBJECT_SELF},
    {"上野台地区の民生委員で、盲導犬を連れています", "上野台地区", SUBJECT_SELF},
    {"祖父は川西の寺の前住職で101歳です", "川西の寺", SUBJECT_FAMILY},
    {"三丁目の文房具店の長女で松葉杖の子が困っていました", "三丁目の文房具店", SUBJECT_OTHER},
    {"沼のほとりの洋館に一人で住む女流画家が亡くなったらしい", "沼のほとりの洋館", SUBJECT_OTHER},
    {"峠の牧場の三男坊がスキーのジャンプ選手です", "峠の牧場", SUBJECT_OTHER},
};

static const char *const questions[] = {
    "西町に住んでいます。ごみの日はいつですか",
    "双子の育児サークルはありますか",
    "吹奏楽部の演奏会はいつですか",
    "元教師です。ボランティアをしたいです",
    "消防団に入りたいのですが",
    "港町の公園の遊具が壊れています",
    "赤い車が公園の前に止まっています",
    "外国出身の人の日本語教室はありますか",
    "市内の小学校に通う3年生の子どもの転校手続きは",
    "三つ子の育児支援はありますか",
    "高校2年の子どもの奨学金について聞きたいです",
    "消防署の向かいの信号が消えています",
    "農協の裏の道が陥没しています",
    "生徒会長の選挙について取材したいです",
    "神社の境内で犬の散歩はできますか",
    "四代目市長は誰ですか",
    "床屋の料金を教えてください",
    "柳町の印刷屋さんに発注してもいいですか",
    "歯科医の休日当番を教えてください",
    "川西の寺の除夜の鐘はつけますか",
    "商店街の時計店の電話番号を知りたい",
    "元町のマンションの工事の音がうるさい",
    "画家の展覧会のチケットはどこで買えますか",
    "牧場のソフトクリームはいくらですか",
    "父と二人暮らしです。高齢者世帯の助成はありますか",
    "転勤で大阪から引っ越してきました。転入届の持ち物は",
};

static void
parts_that_single_a_person_out_are_found_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof persons / sizeof *persons; i++) {
        const struct verdict *verdict = scan(persons[i].text);
        uint32_t group = 0;
        if (count_of(verdict, INFO_COMPOSITE) < 2)
            fail_msg("%s: %zu parts", persons[i].text, count_of(verdict, INFO_COMPOSITE));
        for (size_t f = 0; f < verdict->finding_count; f++) {
            const struct finding *finding = &verdict->findings[f];
            if (finding->info_type != INFO_COMPOSITE)
                continue;
            assert_true(finding->group > 0 && (group == 0 || finding->group == group));
            group = finding->group;
            if (finding->subject != persons[i].subject)
                fail_msg("%s: %s", persons[i].text, subject_word(finding->subject));
            assert_int_equal(finding->action, ACTION_REDACT);
        }
    }
}

static void
a_question_is_about_nobody(void **state)
{
    (void)state;
    assert_none(questions, sizeof questions / sizeof *questions, INFO_COMPOSITE);
}

static void
who_is_named_needs_no_parts(void **state)
{
    (void)state;
    assert_int_equal(count_of(scan("西町の畳屋の末っ子の佐藤花子さんが困っていました"), INFO_COMPOSITE), 0);
}

/* 78歳 alone is allowed; as a part of the whole it is not. */
static void
an_age_becomes_a_part(void **state)
{
    (void)state;
    static const char text[] = "浜町の豆腐屋の隠居で78歳です";
    const struct finding *age = touching(scan(text), text, "78歳", INFO_COMPOSITE);
    assert_non_null(age);
    assert_int_equal(age->alternative_count, 1);
    assert_int_equal(age->alternatives[0].info_type, INFO_AGE);
}

static void
a_policy_without_composite_finds_none(void **state)
{
    (void)state;
    struct ruleset *off = fixture_ruleset(&fixture, "kadoma"), *on = ruleset;
    ruleset = off;
    for (size_t i = 0; i < sizeof persons / sizeof *persons; i++)
        assert_int_equal(count_of(scan(persons[i].text), INFO_COMPOSITE), 0);
    ruleset = on;
    ruleset_destroy(&off);
}

static int
open_fixture(void **state)
{
    (void)state;
    return open_city("hachinohe");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"parts that single a person out are found together", parts_that_single_a_person_out_are_found_together, NULL,
         NULL, NULL},
        {"a question is about nobody", a_question_is_about_nobody, NULL, NULL, NULL},
        {"who is named needs no parts", who_is_named_needs_no_parts, NULL, NULL, NULL},
        {"an age becomes a part", an_age_becomes_a_part, NULL, NULL, NULL},
        {"a policy without composite finds none", a_policy_without_composite_finds_none, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("composite", tests, open_fixture, close_city);
}
