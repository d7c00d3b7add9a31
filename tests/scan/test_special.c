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
    {"わたしは左耳がほとんど聞こえないので窓口では大きめの声でお願いします", "聞こえない", SUBJECT_SELF},
    {"右足を失って義足です。駐車場の優先証がほしい", "義足", SUBJECT_SELF},
    {"潰瘍で胃を半分切りました。検診は受けられますか", "胃を半分切", SUBJECT_SELF},
    {"週三回の透析に通っているので平日昼は出られません", "透析", SUBJECT_SELF},
    {"子宮を取りました。婦人科検診は受けなくていいですか", "子宮を取", SUBJECT_SELF},
    {"乳がんの再発がわかり、仕事を辞めることになりました", "乳がん", SUBJECT_SELF},
    {"鬱がひどくて外に出られん", "鬱", SUBJECT_SELF},
    {"うつで会社休んどる。傷病手当の次は何があるん", "うつ", SUBJECT_SELF},
    {"眠剤がないと寝られへん", "眠剤", SUBJECT_SELF},
    {"クローン病なんです。トイレの近い席にしてほしい", "クローン病", SUBJECT_SELF},
    {"双極性障害と診断されて三年、働けていません", "双極性障害", SUBJECT_SELF},
    {"ADHDで書類を書くのがとても苦手です。手伝ってもらえますか", "ADHD", SUBJECT_SELF},
    {"HIV陽性です。歯医者を断られました", "HIV陽性", SUBJECT_SELF},
    {"花粉症じゃなくて喘息もちやから、野焼きの煙がきつい", "喘息", SUBJECT_SELF},
    {"血圧が高くて倒れたことがあるので、草むしりの当番を外してほしい", "血圧が高", SUBJECT_SELF},
    {"去年脳梗塞をやってから右半身がうまく動きません", "脳梗塞", SUBJECT_SELF},
    {"杖なしでは歩けない体です。エレベーターを付けて", "歩けない", SUBJECT_SELF},
    {"しょうがいしゃてちょう2きゅうです。バスのわりびきは？", "てちょう", SUBJECT_SELF},
    {"精神2級の手帳を持ってます。映画館は割引？", "精神2級", SUBJECT_SELF},
    {"身障1級です。タクシー券ください", "身障1級", SUBJECT_SELF},
    {"障害年金で暮らしてます。就労したら止まりますか", "障害年金", SUBJECT_SELF},
    {"パニック発作が出るので満員の会場には入れません", "パニック発作", SUBJECT_SELF},
    {"過去に自殺未遂をしたことがあり、担当者に知っておいてほしい", "自殺未遂", SUBJECT_SELF},
    {"拒食がひどくて38キロしかありません", "拒食", SUBJECT_SELF},
    {"不妊治療中です。助成の締切を教えてください", "不妊治療", SUBJECT_SELF},
    {"流産してしまいました。母子手帳は返すのですか", "流産", SUBJECT_SELF},
    {"健診で便潜血が陽性になりました。次は何をすれば", "便潜血", SUBJECT_SELF},
    {"会社の健診で肝臓の数値がD判定で、市の教室に行きたい", "肝臓の数値", SUBJECT_SELF},
    {"前科があるんですけど市営住宅に申し込めますか", "前科", SUBJECT_SELF},
    {"昔シャブで捕まったことがある。就職の相談に乗ってくれるか", "シャブ", SUBJECT_SELF},
    {"執行猶予中の身です。海外旅行の証明書が要ります", "執行猶予", SUBJECT_SELF},
    {"先月出所しました。住むところがありません", "出所", SUBJECT_SELF},
    {"夫に殴られて家を出ました。住所を隠せますか", "殴られ", SUBJECT_SELF},
    {"高校のとき痴漢にあって電車に乗れません", "痴漢にあ", SUBJECT_SELF},
    {"ロマンス詐欺でお金を失いました", "ロマンス詐欺", SUBJECT_SELF},
    {"ひったくりにあい、かばんを取られました", "ひったくりにあ", SUBJECT_SELF},
    {"イスラム教徒なので給食の豚肉を抜いてください", "イスラム教徒", SUBJECT_SELF},
    {"エホバの証人で輸血はできません", "エホバの証人", SUBJECT_SELF},
    {"共産党の党員です。集会所の予約を断られました", "共産党", SUBJECT_SELF},
    {"うちは代々の日蓮正宗で神社の寄付は出せません", "日蓮正宗", SUBJECT_SELF},
    {"私はムスリムです。お祈りの部屋はありますか", "ムスリム", SUBJECT_SELF},
    {"わたしはトランスジェンダーで、戸籍と見た目が違います", "トランスジェンダー", SUBJECT_SELF},
    {"ゲイなのでパートナーシップ宣誓をしたい", "ゲイ", SUBJECT_SELF},
    {"在日三世で名字が二つあります", "在日三世", SUBJECT_SELF},
    {"日系ブラジル人です。こどもが学校でいじめられました", "日系ブラジル人", SUBJECT_SELF},
    {"同和地区の生まれで結婚を反対されています", "同和地区", SUBJECT_SELF},
    {"生活保護を受けています。医療券はどこで", "生活保護", SUBJECT_SELF},
    {"自己破産してます。保育料の分割はできますか", "自己破産", SUBJECT_SELF},
    {"児童養護施設で育ちました。奨学金はありますか", "児童養護施設", SUBJECT_SELF},
    {"難民申請中で仕事ができません", "難民申請", SUBJECT_SELF},
    {"ハンセン病の元患者です", "ハンセン病", SUBJECT_SELF},
    {"わし、被爆者じゃ。手帳の更新は", "被爆者", SUBJECT_SELF},
    {"色弱で信号の色が見分けにくいんです", "色弱", SUBJECT_SELF},
    {"ストーマなので多目的トイレを増やして", "ストーマ", SUBJECT_SELF},
    {"てんかん持ちで車の運転ができません", "てんかん", SUBJECT_SELF},
    {"甲状腺の病気で薬を飲んでいます", "甲状腺の病気", SUBJECT_SELF},
    {"要介護3です。おむつの支給はありますか", "要介護3", SUBJECT_SELF},
    {"車いすユーザーです。投票所に段差があって入れません", "車いすユーザー", SUBJECT_SELF},
    {"視覚障害があり、封筒に点字を付けてほしい", "視覚障害", SUBJECT_SELF},
    {"わたくし全盲でございます", "全盲", SUBJECT_SELF},
    {"息子が発達障害で、就学相談を受けたい", "発達障害", SUBJECT_FAMILY},
    {"ばあちゃんがボケてきて夜中に歩き回る", "ボケてき", SUBJECT_FAMILY},
    {"父がアル中で、酒を飲むと暴れます", "アル中", SUBJECT_FAMILY},
    {"母は人工透析に週三日通っています", "人工透析", SUBJECT_FAMILY},
    {"娘が拒食症で入院することになりました", "拒食症", SUBJECT_FAMILY},
    {"うちの子卵アレルギーなんだけど給食どうなるの", "卵アレルギー", SUBJECT_FAMILY},
    {"主人は若いとき窃盗で刑務所に入っていました", "窃盗", SUBJECT_FAMILY},
    {"弟が万引きで補導されました", "万引き", SUBJECT_FAMILY},
    {"兄は統合失調症で、近所に迷惑をかけています", "統合失調症", SUBJECT_FAMILY},
    {"姉は創価学会に入っていて選挙のたびに電話してきます", "創価学会", SUBJECT_FAMILY},
    {"祖父は在日朝鮮人です。相続の書類が分かりません", "在日朝鮮人", SUBJECT_FAMILY},
    {"孫が引きこもりで三年学校に行っていません", "引きこもり", SUBJECT_FAMILY},
    {"夫がC型肝炎の治療中です", "C型肝炎", SUBJECT_FAMILY},
    {"妹は性暴力の被害者です。住所を隠したい", "性暴力", SUBJECT_FAMILY},
    {"息子が学校で毎日いじめられています", "いじめられ", SUBJECT_FAMILY},
    {"おやじが前立腺がんで手術することになった", "前立腺がん", SUBJECT_FAMILY},
    {"うちの嫁さんが産後うつで赤ん坊の世話ができません", "産後うつ", SUBJECT_FAMILY},
    {"長男は療育手帳B1です", "療育手帳B1", SUBJECT_FAMILY},
    {"母方の祖母が部落出身だと親戚から聞きました", "部落出身", SUBJECT_FAMILY},
    {"妻はフィリピンとのハーフで、差別を受けました", "ハーフ", SUBJECT_FAMILY},
    {"三男が不登校で進路に困っています", "不登校", SUBJECT_FAMILY},
    {"叔父は右足を切断しています", "右足を切断", SUBJECT_FAMILY},
    {"親父が詐欺にあいました", "詐欺にあ", SUBJECT_FAMILY},
    {"旦那がギャンブル依存で借金だらけです", "ギャンブル依存", SUBJECT_FAMILY},
    {"ちちが にんちしょうで いえを でていきます", "にんちしょう", SUBJECT_FAMILY},
    {"隣の家のご主人はアルコール依存で夜中に叫びます", "アルコール依存", SUBJECT_OTHER},
    {"上の階の人は統合失調症らしく怖いです", "統合失調症", SUBJECT_OTHER},
    {"同僚の岡部さんは乳がんで休んでいます", "乳がん", SUBJECT_OTHER},
    {"班長は幸福の科学の信者らしい", "幸福の科学", SUBJECT_OTHER},
    {"向かいのアパートの男は痴漢で捕まった前科者です", "前科者", SUBJECT_OTHER},
    {"友達が性同一性障害で悩んでいます", "性同一性障害", SUBJECT_OTHER},
    {"担任の先生がうつ病で休職しました", "うつ病", SUBJECT_OTHER},
    {"あの人は生活保護を受けてるのにパチンコに行ってます", "生活保護", SUBJECT_OTHER},
    {"裏の息子さんは少年院に入っていたそうです", "少年院", SUBJECT_OTHER},
    {"ママ友がDVの被害に遭っています", "DVの被害", SUBJECT_OTHER},
    {"利用者の方にてんかんの持病があります", "てんかん", SUBJECT_OTHER},
    {"町内会長の奥さんが認知症になったみたいです", "認知症", SUBJECT_OTHER},
    {"部下が発達障害だと打ち明けてきました", "発達障害", SUBJECT_OTHER},
    {"知人がマルチ商法の詐欺に遭いました", "詐欺に遭", SUBJECT_OTHER},
    {"彼女は被差別部落の生まれです", "被差別部落", SUBJECT_OTHER},
    {"お客さんが店で倒れ、心臓にペースメーカーが入っていると分かりました", "ペースメーカー", SUBJECT_OTHER},
    {"取引先の社長は元暴力団員です", "元暴力団員", SUBJECT_OTHER},
    {"教え子が白血病で亡くなりました", "白血病", SUBJECT_OTHER},
    {"技能実習生の子が結核にかかりました", "結核", SUBJECT_OTHER},
    {"同じ棟の人はコロナ陽性なのに出歩いています", "コロナ陽性", SUBJECT_OTHER},
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
    "前立腺がん検診は何歳からですか",
    "肝機能が気になる方の料理教室はありますか",
    "アルコール依存症の家族会に参加したい",
    "療育手帳の申請に必要なものは",
    "障害者手帳があると何が安くなりますか",
    "精神科のある病院を教えて",
    "コレステロールが高めの方向けの教室の日程は",
    "緑内障の講演会は申込みが必要ですか",
    "認知症で行方不明になった高齢者の放送が聞き取れません",
    "脳卒中で倒れたときの応急手当の講習",
    "がんで亡くなった方の統計はありますか",
    "万引きで捕まった芸能人のニュースを見た",
    "刑務所の作業製品の即売会はいつ",
    "詐欺の電話が増えていると聞きました",
    "空き巣が増えているので防犯カメラを付けて",
    "キリスト教の教会の前の道に穴があります",
    "仏教美術の展覧会はありますか",
    "創価学会の会館はどこですか",
    "共産党の演説がうるさい",
    "在日外国人向けの日本語教室は",
    "アイヌ文化の展示はいつまで",
    "同性パートナーシップ制度について知りたい",
    "生活保護の申請窓口はどこですか",
    "ホームレス支援の炊き出しはどこで",
    "うちの猫が腎不全で薬を飲んでいます",
    "犬のてんかんの薬は何ごみですか",
    "花粉症の薬は医療費控除の対象ですか",
    "桜が病気で枯れそうです",
    "パソコンがウイルスに感染しました",
    "手話サークルの見学をしたい",
    "車いすの貸し出しはありますか",
    "ペースメーカーの電池は何ごみ",
    "インスリンの針の捨て方を教えて",
    "補聴器の助成はありますか",
    "不妊治療の助成金の額は",
    "ひきこもりの相談窓口はどこ",
    "不登校の親の会はありますか",
    "DV相談の電話番号は",
    "ストーカー規制法について知りたい",
    "いじめ防止条例の内容を教えてください",
    "ハザードマップの色が見分けにくい",
    "手術室のある病院を教えて",
    "コロナワクチンの接種はいつ",
    "インフルエンザで学級閉鎖の学校は",
    "結核検診のバスはどこに来ますか",
    "ハーフマラソンの申込みは",
    "カルトナージュ教室はありますか",
    "ガンダムのイベントはいつ",
    "うつわ市の出店方法は",
    "がんばれ商店街の補助金について",
    "この坂は車いすでは上れません",
    "障害物が道にあります",
    "通信障害で電話がつながりません",
    "システム障害でコンビニ交付が使えない",
    "信号機の故障で渋滞しています",
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
