#include "one_city.h"

/* Texts are invented. */
static const struct meant facts[] = {
    {"私はうつ病で休職中です。税の減免はありますか", "うつ病", SUBJECT_SELF},
    {"乳がんの手術を受けたばかりで、重い物が持てません", "乳がん", SUBJECT_SELF},
    {"僕は発達障害があって並ぶのが苦手です", "発達障害", SUBJECT_SELF},
    {"被差別部落の出身だと言って断られました", "被差別部落の出身", SUBJECT_SELF},
    {"ペースメーカーを入れているのでゲートが心配です", "ペースメーカー", SUBJECT_SELF},
    {"アルコール依存症の治療中です", "アルコール依存症", SUBJECT_SELF},
    {"息子の自閉症のことで保育園と話し合いたい", "自閉症", SUBJECT_FAMILY},
    {"祖母は天理教の信者です", "天理教", SUBJECT_FAMILY},
    {"妹が性被害に遭いました", "性被害", SUBJECT_FAMILY},
    {"隣の田村さんは躁うつ病だそうです", "躁うつ病", SUBJECT_OTHER},
    {"向かいの奥さんは統一教会に入っています", "統一教会", SUBJECT_OTHER},
    {"あの店の主人はアル中です", "アル中", SUBJECT_OTHER},
    {"自治会長は日蓮正宗の信者で、集会所を使っています", "日蓮正宗", SUBJECT_OTHER},
    {"実は性同一性障害です。投票所入場券の性別欄はどうなりますか", "性同一性障害", SUBJECT_SELF},
    {"強迫性障害を抱えています", "強迫性障害", SUBJECT_SELF},
    {"ギャンブル依存症から立ち直りたいです", "ギャンブル依存症", SUBJECT_SELF},
    {"性被害を受けました。警察に言うべきでしょうか", "性被害", SUBJECT_SELF},
    {"若いころ刑務所に入っていました", "刑務所", SUBJECT_SELF},
    {"抗がん剤の副作用で髪が抜けました", "抗がん剤", SUBJECT_SELF},
    {"ダウン症の娘が通える放課後デイはありますか", "ダウン症", SUBJECT_FAMILY},
    {"妻はカトリックです", "カトリック", SUBJECT_FAMILY},
    {"姪は難聴で補聴器を使っています", "難聴", SUBJECT_FAMILY},
    {"となりの山崎さんは精神病院に入っていたそうです", "精神病院", SUBJECT_OTHER},
    {"課の先輩がパニック障害で休職しました", "パニック障害", SUBJECT_OTHER},
    {"知り合いが梅毒にかかりました", "梅毒", SUBJECT_OTHER},
    {"ママ友の岸さんは乳がんです", "乳がん", SUBJECT_OTHER},
    {"うちの会社の守衛さんは幸福の科学の信者です", "幸福の科学", SUBJECT_OTHER},
    {"ロービジョンなので大きな文字の資料をください", "ロービジョン", SUBJECT_SELF},
    {"昔暴走族で補導されたことがあります", "暴走族で補導", SUBJECT_SELF},
    {"空き巣に入られました。住民票の閲覧制限はできますか", "空き巣に入られ", SUBJECT_SELF},
    {"罰金刑を受けた過去がありますが、立候補できますか", "罰金刑", SUBJECT_SELF},
    {"睡眠薬を飲まないと眠れません", "睡眠薬", SUBJECT_SELF},
    {"うちの夫は若年性アルツハイマーです", "若年性アルツハイマー", SUBJECT_FAMILY},
    {"母がPTSDに苦しんでいます", "PTSD", SUBJECT_FAMILY},
    {"義理の母は真言宗の僧侶です", "真言宗", SUBJECT_FAMILY},
    {"お向かいの大塚さんは統合失調症で入退院を繰り返しています", "統合失調症", SUBJECT_OTHER},
    {"息子の友達が白血病で入院しています", "白血病", SUBJECT_OTHER},
    {"課長の奥さんがうつで自殺未遂をした", "うつ", SUBJECT_OTHER},
    {"バイト先の店長が痴漢で逮捕された", "痴漢", SUBJECT_OTHER},
};

static const char *const topics[] = {
    "乳がん検診の予約はどこでできますか",
    "糖尿病予防教室の日程は",
    "身体障害者用の駐車場はどこですか",
    "神社のお祭りはいつですか",
    "うつ病の本は図書館にありますか",
    "がんになったら使える制度はありますか",
    "前科があると市営住宅に入れませんか",
    "健康診断の結果はいつ届きますか",
    "万引き防止のポスターはどこでもらえますか",
    "肺炎球菌ワクチンの接種券が届きません",
    "アレルギー対応の給食はありますか",
    "アルツハイマー病の講演会に参加したいです",
    "透析ができる病院の一覧はありますか",
    "保護司になるにはどうすればいいですか",
    "不妊治療の助成金の申請期限はいつですか",
    "盲導犬は市役所に入れますか",
    "発達障害の子どもの支援について知りたいです",
    "痴漢防止の看板を立ててほしい",
    "障害のある子の就学相談はいつですか",
    "お墓参りのバスは出ますか",
    "メンタルヘルスの講座はありますか",
    "コロナの後遺症外来はありますか",
    "父の介護保険証が届きません",
    "子宮頸がんワクチンの対象年齢は",
    "難病患者の見舞金はありますか",
    "性教育の講演会を開いてほしい",
    "クリスマス会の会場を教えて",
    "統合失調症とはどんな病気ですか",
    "ひきこもりの人の居場所はありますか",
    "不審者情報のメールを登録したい",
    "障害福祉課の電話番号を教えてください",
    "帰化の申請は市役所でできますか",
    "家族の介護で使える休暇はありますか",
    "感染症の発生状況を教えて",
    "夫の療育手帳の更新の書類をなくしました",
};

static const struct meant offices[] = {
    {"町内会の班長をしています。回覧板のことで", "班長", SUBJECT_SELF},
    {"私は老人クラブの会計です", "会計", SUBJECT_SELF},
    {"夫は建設会社の専務です", "専務", SUBJECT_FAMILY},
    {"商工会の理事の沢田さんがそう言っていました", "理事", SUBJECT_OTHER},
    {"税務課の係長の戸田さんに伺いました", "係長", SUBJECT_OFFICIAL},
    {"マンション管理組合の理事長をしております", "理事長", SUBJECT_SELF},
    {"自主防災組織の隊長を拝命しました", "隊長", SUBJECT_SELF},
    {"主人は消防団の副団長を務めています", "副団長", SUBJECT_FAMILY},
    {"町内会の会計の若林さんがお金を集めています", "会計", SUBJECT_OTHER},
    {"老人クラブの副会長をしている高瀬さんが転びました", "副会長", SUBJECT_OTHER},
    {"市教育委員会の指導主事の菊地さんに相談しました", "指導主事", SUBJECT_OFFICIAL},
    {"消防団の部長をやっております", "部長", SUBJECT_SELF},
    {"義父は区の自治会長でした", "自治会長", SUBJECT_FAMILY},
    {"写真クラブの代表の久米さんが入院した", "代表", SUBJECT_OTHER},
    {"遠山院長の診察を受けました", "院長", SUBJECT_OTHER},
    {"中央図書館の館長の杉本さんに会いたい", "館長", SUBJECT_OFFICIAL},
};

static const char *const bare_offices[] = {
    "班長の仕事は何ですか",
    "部長会議の議事録は公開されていますか",
    "自治会長の任期は何年ですか",
    "代表電話の番号を教えて",
    "書記は必要ですか",
    "団長を決める会議はいつですか",
    "監督の資格は必要ですか",
    "係長級の昇任試験はいつですか",
    "社長になるには許可が要りますか",
    "組合長会議の日程は",
    "保護司になりたい",
    "主任児童委員とは何ですか",
    "町内会の会計が合いません",
};

static void
assert_found(const struct meant *rows, size_t count, enum info_type type)
{
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = touching(scan(rows[i].text), rows[i].text, rows[i].meant, type);
        if (!finding || finding->subject != rows[i].subject)
            fail_msg("%s: %s", rows[i].text, finding ? subject_word(finding->subject) : "not found");
    }
}

static void
a_fact_about_a_person_is_found(void **state)
{
    (void)state;
    assert_found(facts, sizeof facts / sizeof *facts, INFO_SPECIAL_CARE);
}

static void
a_topic_alone_is_none(void **state)
{
    (void)state;
    assert_none(topics, sizeof topics / sizeof *topics, INFO_SPECIAL_CARE);
}

static void
an_office_that_describes_a_person_is_found(void **state)
{
    (void)state;
    assert_found(offices, sizeof offices / sizeof *offices, INFO_JOB_TITLE);
}

static void
an_office_alone_is_none(void **state)
{
    (void)state;
    assert_none(bare_offices, sizeof bare_offices / sizeof *bare_offices, INFO_JOB_TITLE);
}

/* The span is the words that state the fact. */
static void
the_span_is_the_fact(void **state)
{
    (void)state;
    static const char text[] = "叔父は関節リウマチを患っています";
    const struct finding *finding = touching(scan(text), text, "関節リウマチ", INFO_SPECIAL_CARE);
    assert_non_null(finding);
    assert_int_equal(finding->span.start, strlen("叔父は"));
    assert_int_equal(finding->span.end, strlen("叔父は関節リウマチ"));
    assert_int_equal(finding->action, ACTION_REDACT);
}

static void
more_evidence_makes_it_likelier(void **state)
{
    (void)state;
    static const char told[] = "母は糖尿病です", bare[] = "糖尿病なので甘い物は食べません";
    const struct finding *sure = touching(scan(told), told, "糖尿病", INFO_SPECIAL_CARE);
    assert_non_null(sure);
    unsigned likelihood = sure->likelihood;
    const struct finding *unsure = touching(scan(bare), bare, "糖尿病", INFO_SPECIAL_CARE);
    assert_non_null(unsure);
    assert_true(unsure->likelihood < likelihood);
}

static void
facts_in_a_row_are_all_found(void **state)
{
    (void)state;
    static const char text[] = "父は糖尿病と高血圧を患っています";
    const struct verdict *verdict = scan(text);
    assert_non_null(touching(verdict, text, "糖尿病", INFO_SPECIAL_CARE));
    assert_non_null(touching(verdict, text, "高血圧", INFO_SPECIAL_CARE));
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
        {"a fact about a person is found", a_fact_about_a_person_is_found, NULL, NULL, NULL},
        {"a topic alone is none", a_topic_alone_is_none, NULL, NULL, NULL},
        {"an office that describes a person is found", an_office_that_describes_a_person_is_found, NULL, NULL, NULL},
        {"an office alone is none", an_office_alone_is_none, NULL, NULL, NULL},
        {"the span is the fact", the_span_is_the_fact, NULL, NULL, NULL},
        {"more evidence makes it likelier", more_evidence_makes_it_likelier, NULL, NULL, NULL},
        {"facts in a row are all found", facts_in_a_row_are_all_found, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests_name("special", tests, open_fixture, close_city);
}
