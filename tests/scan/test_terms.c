/* Words in disguise, each trick beside what only looks like one, and words that are told, not said. */
#include "fixture.h"

#include "scan/disguise.h"

static struct fixture fixture;
static struct ruleset *ruleset;

static const struct verdict *
run(const char *text)
{
    const struct verdict *verdict = NULL;
    struct message message = {.text = slice_of(text)};
    assert_int_equal(scanner_run(fixture.scanner, ruleset, &message, &verdict), STATUS_OK);
    return verdict;
}

struct sample {
    const char *name;
    const char *disguised[8]; /* each blocked, with `evidence` */
    const char *harmless[8];  /* each without a finding that blocks */
    uint32_t evidence;
};

static const struct sample samples[] = {
    {"signs between letters",
     {"この給-料-泥-棒", "マ/ヌ/ケな役所", "ボ.ン.ク.ラ"},
     {"イカ・スイカ", "お手伝いし ねがいます", "ア・ホームラン"},
     EVIDENCE_SPACED},
    {"hard signs between some letters",
     {"くそ😡やろうが", "まぬ★けな担当", "ば👍か職員", "ろくで☆なしが多すぎる"},
     {"行けば😂かわいい", "すごい★かもね", "だまし★ねむい", "ごみ★かす汁"},
     EVIDENCE_SPACED},
    {"punctuation, laughter and keycaps between letters",
     {"お前マジで無、能だな", "爆！弾を仕掛けた", "援www交しませんか", "出来損な(笑)い",
      "頭1️⃣おかしい係長"},
     {"無、能登へ行く", "イカ、スイカ", "第1号から3号まで", "そうだよwwwかすかに", "すごい！ごみが消えた"},
     EVIDENCE_SPACED},
    {"parts of names on both sides of a sign",
     {"ク・ソな役所", "バ★カ職員"},
     {"エピック・ソニー社", "マイケル・ジョーダン", "パーク・ズーの入口", "ロック・ソウル"},
     EVIDENCE_SPACED},
    {"voiced marks of other signs",
     {"ホ\"ケナスが", "八゛カ職員", "ばく力゛いじは来るな"},
     {"\"か\"と\"が\"の違い", "気温は30°くらい", "彼は\"かな\"で書いた"},
     EVIDENCE_SPACED},
    {"punctuation for a letter",
     {"キチ?イだな", "給料?棒", "キチ…イだな", "きちが-い", "ハ?撮り販売"},
     {"えっ？って言った", "これ?それ", "えー…ほんなら", "A-1の件", "ここ…です"},
     0},
    {"another kind of kana",
     {"がいじは来るな", "こかいん欲しい人いますか", "ちゃんころ"},
     {"冷しゃぶを食べた", "にがーい薬", "窓口でぼけっとしていた"},
     EVIDENCE_FOLDED},
    {"emoji between letters",
     {"給料💢泥棒ばかり", "キ💩チ💩ガ💩イ", "このマ🐷ヌ🐷ケ"},
     {"イカ🦑スイカ🍉", "バス🚌カード", "ゴミ🗑袋"},
     EVIDENCE_SPACED},
    {"one letter a line",
     {"窓口は\nマ\nヌ\nケ", "死\nね", "給\n料\n泥\n棒"},
     {"必死\nねえ", "イカ\nスイカ", "市立図書館\n死角はない"},
     EVIDENCE_SPACED},
    {"a sign between all letters of a word that is none by itself",
     {"オ・カ・マが隣に越してきて最悪", "ち く び透けとるで", "メ\nク\nラは外を歩くな"},
     {"オカマの役を演じた俳優", "ア・カ・サの順です", "メ ク ラ は つ り の え さ"},
     EVIDENCE_SPACED},
    {"masked letters",
     {"給料○棒", "マ●ケな担当", "ま●この写真おくって", "ポ□コ□の役所", "この給料泥×", "キチ*イだな"},
     {"○○さんへ", "A案は○、B案は×", "担当○名", "マ○ダ", "回答はア○イ×です", "市のXを見ました"},
     EVIDENCE_MASKED},
    {"two neighbours of a longer word masked",
     {"アホ○○ラ課長", "マリ**ナ売ります", "アンポ●●ン課長"},
     {"アル○○ト募集", "コン○○ター室", "サラ○○マン川柳", "アホ○○○ラ"},
     EVIDENCE_MASKED},
    {"masked in a longer word, or in its reading",
     {"ばく×んを仕掛けた", "ふく×ょうで月50万", "コカ_ン欲しい人いますか", "ヘロイ◆売ります"},
     {"コ○ナの受付", "タ×ト作りの会", "さく●ら市です", "マイナ*バーの件"},
     EVIDENCE_MASKED},
    {"repeated letters",
     {"マヌヌヌケ", "死死死ね", "給料泥泥棒"},
     {"ここここに名前", "ははは、そうですね", "様々な申請"},
     EVIDENCE_REPEATED},
    {"letters drawn out",
     {"お前はボーーケだ", "マーヌーケ", "まーぬーけな対応", "せーふれ探してます", "まああああぬけな担当",
      "くうううずが", "シイイイネお前"},
     {"ブースはどこですか", "あーほんとだ", "あーなるほど", "ビーチの清掃", "たのしいいいねえ", "ああああ、ねむい"},
     EVIDENCE_REPEATED},
    {"kanji that look like kana",
     {"お前は千ビだ", "マ又ケな担当", "力ス野郎め", "市長はブ又だな", "オナニ―したい"},
     {"入口ボタン", "協力スタッフ", "すれば力になる", "千葉駅", "夕方バスで"},
     0},
    {"kana that look like each other",
     {"ポソコツ職員", "ポンコシ職員", "このポソコシ"},
     {"タロウクンの参加", "シンク下の掃除", "ソン市の姉妹都市"},
     EVIDENCE_LOOKALIKE},
    {"bopomofo", {"ㄇヌケ", "マㄆㄡケ", "ポㄣコツ"}, {"ㄅㄆㄇを習う講座", "注音ㄇの本"}, 0},
    {"voiced marks apart",
     {"この木゛ンクラとホ゛ンクラ", "ハ゛カ野郎", "ホ・゛・ン・ク・ラ"},
     {"か゛んばります", "ハ゛スの時刻", "こ゛みの日"},
     EVIDENCE_SPACED},
    {"voiced marks of half the width",
     {"このハ\uFF9Eカ", "は？ハケ\uFF9Eなの？", "ホ\uFF9Eンクラ"},
     {"か\uFF9Eんばります", "\uFF8A\uFF9E\uFF7Dの時刻", "\uFF8A\uFF79\uFF9Eに効く薬はありますか"},
     EVIDENCE_SPACED},
    {"joiners nobody sees",
     {"作ったク\u200Cズは誰や", "む\u200Cの\u200Cうに払う税金はない", "勃\u034F起しちゃった", "アホ\u200Dウの役所"},
     {"辻\U000E0100さんへ", "ク\u200Cズの根", "家族\U0001F468\u200D\U0001F469で行きます"},
     EVIDENCE_HIDDEN},
    {"kana of another kind, said to somebody",
     {"このはげ", "お前ほんとかすだな", "しね", "市長 くず www", "担当の奴ばかすぎる", "課長のくずぶりに呆れる"},
     {"このはげ山の由来", "酒かすの配布", "石垣がくずれそう", "このくずは何ごみですか", "おじさんしねんどの作り方",
      "市長かすみがうらへ"},
     EVIDENCE_FOLDED},
    {"kanji in kana",
     {"うらばいとあります", "このゼイキンドロボウが", "エンコウ募集中", "職員は全員ろうがい",
      "お姉さんぱぱかつしない？"},
     {"えんこうぼうしネットの点検", "ろうがいしゃ（牢外舎）の跡", "むのうやくの野菜"},
     0},
    {"one of two letters masked, said to somebody",
     {"この×ね", "市長 馬✕ www", "お前ほんと無✕だな"},
     {"この店×", "市長 馬○小学校へ", "回答は○ね", "この○ね、いいですね"},
     EVIDENCE_MASKED},
    {"gal-moji", {"この(キチカ〃ィ", "このマ又ヶが"}, {"いろ〃ご案内します", "カゝシを立てました"}, 0},
    {"kanji taken apart",
     {"職員全員タヒね", "歹匕ねよ課長", "まじで木又すぞお前", "杀殳すぞ"},
     {"タヒチ旅行の写真", "木又さんに連絡してください", "日月火の営業時間", "女子会の会場", "ネ申と書いて神と読む"},
     EVIDENCE_SPLIT},
    {"letters of the same sound",
     {"窓口のやつ市ね", "お前四ねよ", "課長は氏んでくれ", "まじで頃すぞ", "56すぞ", "基地外市長"},
     {"柏市ね、いい街だ", "うちの市ねー水がおいしいの", "四ねんまえに引っ越した", "この頃すぐ疲れる",
      "基地外壁の塗装工事", "小4ねこの会", "山田氏ねえ、話が長い"},
     EVIDENCE_HOMOPHONE},
    {"Latin letters",
     {"この manuke が", "お前は kichigai だ", "kusoyarou", "kusoyaro め", "この kitigai", "yamibaito 募集"},
     {"shine という曲", "manuke@example.jp に送って", "https://example.jp/manuke-kun に載っています",
      "omankovic さんという選手", "banana を配ります"},
     EVIDENCE_ROMAJI},
    {"a pause within",
     {"きっもい課長", "のっろま課長", "こっろすぞ市長"},
     {"写真をうつせろと言われた", "トイレがくっさいです", "バッカスの酒", "きつもいで"},
     EVIDENCE_REPEATED},
    {"Latin letters of a whole sentence, and letters that look Latin",
     {"shabu urimasu, yasui", "taima urimasu", "bakayarō", "ᴋɪᴍᴏɪ 課長", "кichigai め"},
     {"shabu shabu no mise", "tokei wo uritai", "konnichiwa, gomi no hi wa itsu desu ka"},
     EVIDENCE_ROMAJI},
    {"kana for kanji",
     {"お前マジでむのうだな", "むのうな担当", "ぜいきんどろぼうが", "えんこうしませんか", "シネバイイのに",
      "ぉまぇむのぅすぎるわ"},
     {"このう回路は通れますか", "必ずやるよ", "ところすっきりした", "出てきたいまの気持ち", "税金のどろどろした話"},
     EVIDENCE_FOLDED},
    {"reversed",
     {"このケヌマが", "この棒泥金税ども", "お前はイガチキだ"},
     {"コンマ一秒", "ケヌマさん", "マケヌマケ大会", "スクッと立つ", "会社と社会"},
     EVIDENCE_REVERSED},
};

static void
is_found(void **state)
{
    const struct sample *sample = *state;
    for (size_t i = 0; i < 8 && sample->disguised[i]; i++) {
        const struct verdict *verdict = run(sample->disguised[i]);
        uint32_t evidence = 0;
        for (size_t f = 0; f < verdict->finding_count; f++)
            evidence |= verdict->findings[f].category ? verdict->findings[f].evidence : 0;
        if (verdict->action != ACTION_BLOCK || (evidence & sample->evidence) != sample->evidence)
            fail_msg("%s: action %d, evidence %x", sample->disguised[i], (int)verdict->action, evidence);
    }
    for (size_t i = 0; i < 8 && sample->harmless[i]; i++)
        if (run(sample->harmless[i])->action == ACTION_BLOCK)
            fail_msg("%s: blocked", sample->harmless[i]);
}

/* Of the insult in the text; what else is found there is none. */
static enum severity
severity_of(const char *text)
{
    const struct verdict *verdict = run(text);
    enum severity severity = SEVERITY_NONE;
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].category == CATEGORY_DEFAMATION)
            severity = verdict->findings[i].severity;
    return severity;
}

static void
a_trick_raises_severity_by_one(void **state)
{
    (void)state;
    assert_int_equal(severity_of("課長はバカだ"), SEVERITY_LOW);
    assert_int_equal(severity_of("課長はバ カだ"), SEVERITY_MEDIUM);
    assert_int_equal(severity_of("課長は無能だ"), SEVERITY_MEDIUM);
    assert_int_equal(severity_of("課長は無💢能だ"), SEVERITY_HIGH);
}

static void
what_is_told_is_not_said(void **state)
{
    (void)state;
    static const char *const told[] = {"隣の人に死ねと言われました",
                                       "「死ね、バカ」と言われて眠れません",
                                       "窓口でバカだと呼ばれた",
                                       "給料泥棒などと書かれた紙がありました",
                                       "死ねよ！と怒鳴られた",
                                       "マ○ケと言われました",
                                       "「ぶっ殺す」を軽々しく口にする子がいます",
                                       "「しばくぞ」「ぶっ殺す」も注意してください",
                                       "古い看板に「給料泥棒」とありました",
                                       "これは裏バイトではないでしょうか",
                                       "ぶっ殺すと孫が言います"};
    static const char *const said[] = {"死ね",
                                       "死ね。役所は何をしている",
                                       "「死ね」と伝えろ、バカ",
                                       "このバカが言うな",
                                       "この「税金泥棒」など要らん",
                                       "死ねと市民が言ってるのが聞こえないのか"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (run(told[i])->action == ACTION_BLOCK)
            fail_msg("%s: blocked", told[i]);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (run(said[i])->action != ACTION_BLOCK)
            fail_msg("%s: not blocked", said[i]);
}

/* "can't read" holds n, t, r; letters of Latin words are no spaced-out word. */
static void
latin_words_do_not_meet(void **state)
{
    (void)state;
    static const char *const harmless[] = {"I can't read kanji.", "I don't remember my number",
                                           "PDFs created by the city", "The hall's door is locked"};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (run(harmless[i])->action == ACTION_BLOCK)
            fail_msg("%s: blocked", harmless[i]);
}

static void
some_words_need_somebody_they_are_meant_for(void **state)
{
    (void)state;
    static const char *const aimed[] = {"クソ",
                                        "バカ！",
                                        "このバカが",
                                        "カスどもが",
                                        "早くしろボケ",
                                        "さっさと出せやカス",
                                        "説明せんかいやボケ",
                                        "市長は無能",
                                        "窓口の対応がクソ",
                                        "田中さんってほんとアホだな",
                                        "クソ！お前らのせいだ",
                                        "無能なのはお前だろう",
                                        "バカなのは君だけ",
                                        "区議のやってることは無能そのもの",
                                        "市長 クソ www",
                                        "ハゲは黙れ",
                                        "デブ、来るなよ",
                                        "うるさいハゲは引っ込め",
                                        "職員さん巨乳",
                                        "エロ本ちょうだい",
                                        "書類なくしたまぬけを出せ",
                                        "私の書類をなくしたマヌケを出せ",
                                        "くそったれな受付だな",
                                        "水道課のばか、また断水かよ",
                                        "バスの運転手のハゲ、急ブレーキばっかり",
                                        "しね課長"};
    static const char *const at_nothing[] = {"今日はクソ寒い",
                                             "くそ、バスに乗り遅れた",
                                             "バカでもわかる年末調整の本",
                                             "アホみたいに並んでいて入れなかった",
                                             "無能な私でも申請できますか",
                                             "俺ってほんと無能",
                                             "このゲームの序盤はカスだった",
                                             "虫がキモい",
                                             "雨でクソ",
                                             "雨やクソ",
                                             "コピー機また紙詰まりか、このクソ",
                                             "ゲーム機がフリーズしたぞボケ",
                                             "エロ漫画の有害図書指定について",
                                             "図書館の本にエロ漫画があった",
                                             "うちのチビは帰れないと泣いていた",
                                             "チビは来るなと店に書いてあって断られた",
                                             "たくさん買ってバカを見た",
                                             "引いて残ったカスを捨てる場所はありますか",
                                             "鍵をなくした馬鹿です。再発行できますか",
                                             "くそったれ、また雨だ",
                                             "弟のバカ、財布なくしてた",
                                             "楽しかったしね。",
                                             "また感染者数も増えてきましたしね。",
                                             "山から下りてきた猿が畑を荒らします",
                                             "溜まったカス、どう捨てますか",
                                             "天ぷらのカス、捨て方は",
                                             "また一緒に楽しもうね課長"};
    for (size_t i = 0; i < sizeof aimed / sizeof *aimed; i++)
        if (run(aimed[i])->action != ACTION_BLOCK)
            fail_msg("%s: not blocked", aimed[i]);
    for (size_t i = 0; i < sizeof at_nothing / sizeof *at_nothing; i++)
        if (run(at_nothing[i])->action == ACTION_BLOCK)
            fail_msg("%s: blocked", at_nothing[i]);
}

static void
emphasis_in_katakana_hides_no_word(void **state)
{
    (void)state;
    assert_int_equal(run("アイツマジチビ")->action, ACTION_BLOCK);
    assert_int_equal(run("オマエバカ")->action, ACTION_BLOCK);
    assert_int_not_equal(run("アルバイトの募集")->action, ACTION_BLOCK);
}

/* Thousands of signs: the checks end, and what is left unchecked counts as found. */
static void
a_flood_of_signs_ends_as_found(void **state)
{
    (void)state;
    static char text[60001];
    static const char part[] = "入口チ"; /* nine bytes; each third letter may be a look-alike */
    for (size_t i = 0; i + sizeof part <= sizeof text; i += sizeof part - 1)
        memcpy(text + i, part, sizeof part);
    assert_int_not_equal(run(text)->action, ACTION_NONE);
}

int
main(void)
{
    enum { SAMPLES = sizeof samples / sizeof samples[0] };
    const struct CMUnitTest named[] = {
        {"a trick raises severity by one", a_trick_raises_severity_by_one, NULL, NULL, NULL},
        {"what is told is not said", what_is_told_is_not_said, NULL, NULL, NULL},
        {"Latin words do not meet", latin_words_do_not_meet, NULL, NULL, NULL},
        {"some words need somebody they are meant for", some_words_need_somebody_they_are_meant_for, NULL, NULL, NULL},
        {"emphasis in katakana hides no word", emphasis_in_katakana_hides_no_word, NULL, NULL, NULL},
        {"a flood of signs ends", a_flood_of_signs_ends_as_found, NULL, NULL, NULL},
    };
    enum { NAMED = sizeof named / sizeof named[0] };
    struct CMUnitTest tests[NAMED + SAMPLES];
    memcpy(tests, named, sizeof named);
    for (size_t i = 0; i < SAMPLES; i++)
        tests[NAMED + i] = (struct CMUnitTest){samples[i].name, is_found, NULL, NULL, (void *)&samples[i]};
    fixture_open(&fixture);
    ruleset = fixture_ruleset(&fixture, "default");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ruleset_destroy(&ruleset);
    fixture_close(&fixture);
    return failed;
}
