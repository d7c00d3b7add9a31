#include "fixture.h"

/* Whose data it is. Texts are invented; `meant` is the value, of type `type`. */
static struct fixture fixture;
static struct ruleset *ruleset;

static const struct {
    const char *text;
    const char *meant;
    enum info_type type;
    enum subject subject;
} rows[] = {
    {"私、日下部 朋子といいます。講座の申し込みです", "日下部 朋子", INFO_PERSON, SUBJECT_SELF},
    {"はじめまして、有賀と申します", "有賀", INFO_PERSON, SUBJECT_SELF},
    {"細野です。先日はありがとうございました", "細野", INFO_PERSON, SUBJECT_SELF},
    {"こちら猪瀬 康平です。窓口の件で", "猪瀬 康平", INFO_PERSON, SUBJECT_SELF},
    {"私の携帯は090-2244-7713です", "090-2244-7713", INFO_PHONE, SUBJECT_SELF},
    {"連絡先は080-2244-7714です。平日昼間にお願いします", "080-2244-7714", INFO_PHONE, SUBJECT_SELF},
    {"本人の戸田 真理です、住所変更したい", "戸田 真理", INFO_PERSON, SUBJECT_SELF},
    {"申込者は土屋 大、本人です", "土屋 大", INFO_PERSON, SUBJECT_SELF},
    {"住所は柏市高柳1丁目4-22です。引っ越したので", "柏市高柳1丁目4-22", INFO_ADDRESS, SUBJECT_SELF},
    {"わたしは昭和55年2月2日生まれです", "昭和55年2月2日", INFO_BIRTH_DATE, SUBJECT_SELF},
    {"僕の名前は北見 悠斗です", "北見 悠斗", INFO_PERSON, SUBJECT_SELF},
    {"当方、目黒区原町1-15-3に住んでおります", "目黒区原町1-15-3", INFO_ADDRESS, SUBJECT_SELF},
    {"うちは門真市幸福町8番2号です。ごみ置き場について", "門真市幸福町8番2号", INFO_ADDRESS, SUBJECT_SELF},
    {"自分のマイナンバーが211848733319で合っているか", "211848733319", INFO_MY_NUMBER, SUBJECT_SELF},
    {"折り返しは0178-22-7713までお願いします", "0178-22-7713", INFO_PHONE, SUBJECT_SELF},
    {"メールはkusaka@example.jpに送ってください", "kusaka@example.jp", INFO_EMAIL, SUBJECT_SELF},
    {"八戸市白銀3丁目8-14に住んでいる者です", "八戸市白銀3丁目8-14", INFO_ADDRESS, SUBJECT_SELF},
    {"還付金はみずほ銀行柏支店 普通 7712208にお願いします", "7712208", INFO_BANK_ACCOUNT, SUBJECT_SELF},
    {"市民の久野です。要望があります", "久野", INFO_PERSON, SUBJECT_SELF},
    {"名前は陣内 美咲です。予約お願いします", "陣内 美咲", INFO_PERSON, SUBJECT_SELF},
    {"67歳の女です。一人暮らしです", "67歳", INFO_AGE, SUBJECT_SELF},
    {"わたくし榎本と言いますが", "榎本", INFO_PERSON, SUBJECT_SELF},
    {"家の電話0285-84-2217にかけてください", "0285-84-2217", INFO_PHONE, SUBJECT_SELF},
    {"インスタは@moka_hanakoです、フォローしてね", "moka_hanako", INFO_SNS_HANDLE, SUBJECT_SELF},
    {"娘は平成27年8月3日生まれです", "平成27年8月3日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"うちの長男大雅の入学について", "大雅", INFO_PERSON, SUBJECT_FAMILY},
    {"妻の旧姓は小暮です", "小暮", INFO_PERSON, SUBJECT_FAMILY},
    {"主人の携帯は070-2244-7715です", "070-2244-7715", INFO_PHONE, SUBJECT_FAMILY},
    {"夫(隆之)の扶養に入っています", "隆之", INFO_PERSON, SUBJECT_FAMILY},
    {"孫の陽翔くんの保育園", "陽翔", INFO_PERSON, SUBJECT_FAMILY},
    {"祖母の住所は真岡市台町2415-3です", "真岡市台町2415-3", INFO_ADDRESS, SUBJECT_FAMILY},
    {"子どもの名前は湊斗です", "湊斗", INFO_PERSON, SUBJECT_FAMILY},
    {"代理で申請します。本人は叔母の谷川 ハルです", "谷川 ハル", INFO_PERSON, SUBJECT_FAMILY},
    {"成年後見人です。被後見人は古賀 昭です", "古賀 昭", INFO_PERSON, SUBJECT_FAMILY},
    {"兄が柏市逆井4-19-7に住んでいます", "柏市逆井4-19-7", INFO_ADDRESS, SUBJECT_FAMILY},
    {"妹の沙耶が出産しました", "沙耶", INFO_PERSON, SUBJECT_FAMILY},
    {"義父の保険証は記号31 番号4471です", "31 番号4471", INFO_HEALTH_INSURANCE, SUBJECT_FAMILY},
    {"実家の母の電話は0193-22-7741です", "0193-22-7741", INFO_PHONE, SUBJECT_FAMILY},
    {"姉夫婦の長谷さんの家に同居します", "長谷", INFO_PERSON, SUBJECT_FAMILY},
    {"弟は32歳で無職です", "32歳", INFO_AGE, SUBJECT_FAMILY},
    {"隣の家の室井さんが毎晩うるさい", "室井", INFO_PERSON, SUBJECT_OTHER},
    {"向かいの谷口さんちの犬が吠える", "谷口", INFO_PERSON, SUBJECT_OTHER},
    {"上の階の根岸さんの足音", "根岸", INFO_PERSON, SUBJECT_OTHER},
    {"近所に住む堀さんが倒れていました", "堀", INFO_PERSON, SUBJECT_OTHER},
    {"友人の平野 愛に勧められました", "平野 愛", INFO_PERSON, SUBJECT_OTHER},
    {"友達の佑香ちゃんも参加します", "佑香", INFO_PERSON, SUBJECT_OTHER},
    {"ママ友の安西さんから聞きました", "安西", INFO_PERSON, SUBJECT_OTHER},
    {"元夫の芦田が家に来ます", "芦田", INFO_PERSON, SUBJECT_OTHER},
    {"元旦那の住所は柏市花野井720-5です", "柏市花野井720-5", INFO_ADDRESS, SUBJECT_OTHER},
    {"上司の国分から暴言を受けています", "国分", INFO_PERSON, SUBJECT_OTHER},
    {"職場の蓮見さんにコロナが出た", "蓮見", INFO_PERSON, SUBJECT_OTHER},
    {"同じクラスの黒木くんにたたかれた", "黒木", INFO_PERSON, SUBJECT_OTHER},
    {"大家の柿沼さんの連絡先を知りたい", "柿沼", INFO_PERSON, SUBJECT_OTHER},
    {"町内会長の郡司さんに頼まれました", "郡司", INFO_PERSON, SUBJECT_OTHER},
    {"不動産屋の益子さんが対応してくれた", "益子", INFO_PERSON, SUBJECT_OTHER},
    {"自治会の班長は石塚さんです", "石塚", INFO_PERSON, SUBJECT_OTHER},
    {"知り合いの電話は090-2244-7719です", "090-2244-7719", INFO_PHONE, SUBJECT_OTHER},
    {"犯人は宇野だと思う", "宇野", INFO_PERSON, SUBJECT_OTHER},
    {"落とし物の財布に宮内 翔さんの免許証が入っていました", "宮内 翔", INFO_PERSON, SUBJECT_OTHER},
    {"彼氏の洋平が殴る", "洋平", INFO_PERSON, SUBJECT_OTHER},
    {"下の階の人の車は野田 300 さ 44-21です", "野田 300 さ 44-21", INFO_PLATE, SUBJECT_OTHER},
    {"相手の番号は080-2244-7720でした", "080-2244-7720", INFO_PHONE, SUBJECT_OTHER},
    {"斜め向かいの鶴見さん宅が空き家です", "鶴見", INFO_PERSON, SUBJECT_OTHER},
    {"店長の片桐さんに言われました", "片桐", INFO_PERSON, SUBJECT_OTHER},
    {"担任の羽田先生と話したい", "羽田", INFO_PERSON, SUBJECT_OTHER},
    {"大橋市長に伝えてください", "大橋", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市長の大橋 信也氏の発言について", "大橋 信也", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市民課の保坂さんに対応していただきました", "保坂", INFO_PERSON, SUBJECT_OFFICIAL},
    {"窓口の小柳さんが親切でした", "小柳", INFO_PERSON, SUBJECT_OFFICIAL},
    {"担当の手嶋さんはいらっしゃいますか", "手嶋", INFO_PERSON, SUBJECT_OFFICIAL},
    {"民生委員の金丸さんに相談した", "金丸", INFO_PERSON, SUBJECT_OFFICIAL},
    {"教育長の垣内先生へ", "垣内", INFO_PERSON, SUBJECT_OFFICIAL},
    {"図書館の電話は0285-84-6151ですか", "0285-84-6151", INFO_PHONE, SUBJECT_OFFICIAL},
    {"子育て支援課の係長白石様", "白石", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市議の田沼さんのチラシ", "田沼", INFO_PERSON, SUBJECT_OFFICIAL},
    {"三枝副市長の挨拶", "三枝", INFO_PERSON, SUBJECT_OFFICIAL},
    {"職員の浦田さんの説明", "浦田", INFO_PERSON, SUBJECT_OFFICIAL},
    {"保健師の今泉さんが訪問してくれた", "今泉", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市役所（柏市柏5-10-1）の駐車場", "柏市柏5-10-1", INFO_ADDRESS, SUBJECT_OFFICIAL},
    {"新井議員の質問", "新井", INFO_PERSON, SUBJECT_OFFICIAL},
    {"ケースワーカーの矢島さんが来ない", "矢島", INFO_PERSON, SUBJECT_OFFICIAL},
    {"消防署の岩瀬署長", "岩瀬", INFO_PERSON, SUBJECT_OFFICIAL},
    {"生活福祉課の菅沼です。書類が届きました", "菅沼", INFO_PERSON, SUBJECT_OFFICIAL},
    {"夏目漱石の本はありますか", "夏目漱石", INFO_PERSON, SUBJECT_PUBLIC},
    {"大谷翔平選手の寄贈したグローブ", "大谷翔平", INFO_PERSON, SUBJECT_PUBLIC},
    {"渋沢栄一の展示", "渋沢栄一", INFO_PERSON, SUBJECT_PUBLIC},
    {"宮沢賢治記念館の割引", "宮沢賢治", INFO_PERSON, SUBJECT_PUBLIC},
    {"棟方志功の作品展", "棟方志功", INFO_PERSON, SUBJECT_PUBLIC},
    {"藤井聡太棋士が来るんですか", "藤井聡太", INFO_PERSON, SUBJECT_PUBLIC},
    {"画家の葛飾北斎", "葛飾北斎", INFO_PERSON, SUBJECT_PUBLIC},
    {"村上春樹の新刊", "村上春樹", INFO_PERSON, SUBJECT_PUBLIC},
    {"織田信長の命日", "織田信長", INFO_PERSON, SUBJECT_PUBLIC},
    {"歌手の松任谷由実さん", "松任谷由実", INFO_PERSON, SUBJECT_PUBLIC},
    {"アインシュタインの伝記", "アインシュタイン", INFO_PERSON, SUBJECT_PUBLIC},
    {"090-2244-7730", "090-2244-7730", INFO_PHONE, SUBJECT_UNKNOWN},
    {"真岡市並木町3-12-8", "真岡市並木町3-12-8", INFO_ADDRESS, SUBJECT_UNKNOWN},
    {"佐野さん", "佐野", INFO_PERSON, SUBJECT_UNKNOWN},
    {"昭和50年5月5日生まれ 確認", "昭和50年5月5日", INFO_BIRTH_DATE, SUBJECT_UNKNOWN},
    {"石井 隆、080-2244-7731", "石井 隆", INFO_PERSON, SUBJECT_UNKNOWN},
    {"八戸市長苗代2-5-11 水漏れ", "八戸市長苗代2-5-11", INFO_ADDRESS, SUBJECT_UNKNOWN},
    {"0178-44-7712 不在", "0178-44-7712", INFO_PHONE, SUBJECT_UNKNOWN},
};

static const struct verdict *
scan(const char *text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = slice_of(text)};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    return verdict;
}

static const struct finding *
touching(const struct verdict *verdict, struct span span, enum info_type type)
{
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].info_type == type && span_overlaps(verdict->findings[i].span, span))
            return &verdict->findings[i];
    return NULL;
}

static void
the_sentence_shows_whose_data_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = strstr(rows[i].text, rows[i].meant);
        assert_non_null(at);
        uint32_t start = (uint32_t)(at - rows[i].text);
        struct span span = {start, start + (uint32_t)strlen(rows[i].meant)};
        const struct finding *finding = touching(scan(rows[i].text), span, rows[i].type);
        if (!finding && rows[i].type == INFO_PERSON)
            continue; /* which names are found is for test_names.c to say */
        if (!finding || finding->subject != rows[i].subject)
            fail_msg("%s: %s", rows[i].text, finding ? subject_word(finding->subject) : "not found");
    }
}

/* The number of an office is no personal data; what stands beside an office's name may still be somebody's. */
static void
only_the_number_of_an_office_stays(void **state)
{
    static const char *const stay[] = {"図書館の電話は0285-84-6151ですか", "市民課（電話 0178-43-2111）に聞きました",
                                       "保健センター（04-7128-8166）につながらない",
                                       "柏市役所（柏市柏5丁目10番1号）へ行きたい"};
    static const char *const go[] = {"課長の090-1234-5678に電話した", "図書館で聞いた私の電話は0285-84-6151です",
                                     "市民課さん、電話は0285-84-6151です", "学校の隣の柏市柏5丁目10番1号です"};
    (void)state;
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        if (scan(stay[i])->action != ACTION_ALLOW)
            fail_msg("%s", stay[i]);
    for (size_t i = 0; i < sizeof go / sizeof *go; i++)
        if (scan(go[i])->action != ACTION_REDACT)
            fail_msg("%s", go[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"the sentence shows whose data it is", the_sentence_shows_whose_data_it_is, NULL, NULL, NULL},
        {"only the number of an office stays", only_the_number_of_an_office_stays, NULL, NULL, NULL},
    };
    fixture_open(&fixture);
    ruleset = fixture_ruleset(&fixture, "default");
    int failed = cmocka_run_group_tests_name("subject", tests, NULL, NULL);
    ruleset_destroy(&ruleset);
    fixture_close(&fixture);
    return failed;
}
