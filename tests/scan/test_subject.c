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
    {"佐久間と申します。転出届の件でお聞きします", "佐久間", INFO_PERSON, SUBJECT_SELF},
    {"先日お電話をいただいた真壁です。書類は届きましたか", "真壁", INFO_PERSON, SUBJECT_SELF},
    {"もしもし、飯島ですが、ごみの日を教えてください", "飯島", INFO_PERSON, SUBJECT_SELF},
    {"折り返しは080-3321-7745にください", "080-3321-7745", INFO_PHONE, SUBJECT_SELF},
    {"昼間は留守なので携帯090-4412-8873へお願いできますか", "090-4412-8873", INFO_PHONE, SUBJECT_SELF},
    {"連絡先 090-4412-8874 夜7時以降ならつながります", "090-4412-8874", INFO_PHONE, SUBJECT_SELF},
    {"メアドはkotori.saku@example.comやで、そこに送ってや", "kotori.saku@example.com", INFO_EMAIL, SUBJECT_SELF},
    {"口座を間違えて書きました。正しくは柏銀行 本店 普通 4471203 です", "4471203", INFO_BANK_ACCOUNT, SUBJECT_SELF},
    {"マイナンバー318844907215のカードが届いていません", "318844907215", INFO_MY_NUMBER, SUBJECT_SELF},
    {"年金の番号が4412-338901なんだけど、記録が抜けてるみたい", "4412-338901", INFO_PENSION_NUMBER, SUBJECT_SELF},
    {"免許証の番号は301288457610、期限切れで困っています", "301288457610", INFO_DRIVERS_LICENSE, SUBJECT_SELF},
    {"娘に頼まれて書いています。わたしは大正生まれではなく昭和4年3月9日生まれです", "昭和4年3月9日", INFO_BIRTH_DATE,
     SUBJECT_SELF},
    {"妻が入院しているため、代わりに夫の私、鳥羽 健一が申請に伺います", "鳥羽 健一", INFO_PERSON, SUBJECT_SELF},
    {"夫も子もおりません。緊急のときは080-2211-3345まで", "080-2211-3345", INFO_PHONE, SUBJECT_SELF},
    {"昭和33年11月2日生まれの男です。年金はいつから出ますか", "昭和33年11月2日", INFO_BIRTH_DATE, SUBJECT_SELF},
    {"柏市松葉町4-15-2へ引っ越してきたばかりです", "柏市松葉町4-15-2", INFO_ADDRESS, SUBJECT_SELF},
    {"転居先は柏市青葉台1-8-6-202です。郵便を転送してください", "柏市青葉台1-8-6-202", INFO_ADDRESS, SUBJECT_SELF},
    {"届け先が変わりました 新住所 柏市高田1102-8 よろしくお願いします", "柏市高田1102-8", INFO_ADDRESS, SUBJECT_SELF},
    {"ラインのアイディーはtomo_kitchen33だよ、追加してね", "tomo_kitchen33", INFO_LINE_ID, SUBJECT_SELF},
    {"保険証 記号21 番号88431 を失くしてしまいました", "記号21 番号88431", INFO_HEALTH_INSURANCE, SUBJECT_SELF},
    {"母の介護のことで相談した室伏ですけど、続きを聞きたくて", "室伏", INFO_PERSON, SUBJECT_SELF},
    {"先週、窓口で印鑑を忘れた者です。名前は三雲 沙織です", "三雲 沙織", INFO_PERSON, SUBJECT_SELF},
    {"車検が切れました。車は柏 530 の 41-77です", "柏 530 の 41-77", INFO_PLATE, SUBJECT_SELF},
    {"父ちゃんが亡くなって名義を変えたいんだけど、おれの番号は090-7123-4456だから電話くれ", "090-7123-4456", INFO_PHONE,
     SUBJECT_SELF},
    {"隣の人がうるさくて眠れません。連絡は070-1188-2239までお願いします", "070-1188-2239", INFO_PHONE, SUBJECT_SELF},
    {"パスポート番号TR4471208の更新に要るものを教えてください", "TR4471208", INFO_PASSPORT, SUBJECT_SELF},
    {"氏名　早乙女 隆　電話　090-3456-1187　公園の予約を取り消したいです", "早乙女 隆", INFO_PERSON, SUBJECT_SELF},
    {"氏名　早乙女 隆　電話　090-3456-1187　公園の予約を取り消したいです", "090-3456-1187", INFO_PHONE, SUBJECT_SELF},
    {"申込者：久保田 里美、希望日は3日です", "久保田 里美", INFO_PERSON, SUBJECT_SELF},
    {"私のカード（4312-8876-5590-1127）が使えませんでした", "4312-8876-5590-1127", INFO_CREDIT_CARD, SUBJECT_SELF},
    {"うち、柏市豊四季305-11やねんけど、街灯が切れてて怖いねん", "柏市豊四季305-11", INFO_ADDRESS, SUBJECT_SELF},
    {"当方の車両は野田 330 す 20-48です。駐車許可をお願いします", "野田 330 す 20-48", INFO_PLATE, SUBJECT_SELF},
    {"お世話になっております。株式会社青葉の小峰です", "小峰", INFO_PERSON, SUBJECT_SELF},
    {"妹尾といいます。妹の件ではなく自分の件です", "妹尾", INFO_PERSON, SUBJECT_SELF},
    {"在留カードはAB12345678CDです。更新の手続きを教えてください", "AB12345678CD", INFO_RESIDENCE_CARD, SUBJECT_SELF},
    {"母（昭和12年5月8日生）の介護認定を申し込みたい", "昭和12年5月8日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"母は今年、施設に入りました。生年月日は昭和10年4月1日です", "昭和10年4月1日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"旦那の番号090-2231-8854にかけてください", "090-2231-8854", INFO_PHONE, SUBJECT_FAMILY},
    {"うちの坊主、平成28年9月9日生まれで、来年入学です", "平成28年9月9日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"090-5531-2287は息子の携帯です", "090-5531-2287", INFO_PHONE, SUBJECT_FAMILY},
    {"この番号070-4451-9902はうちの母のなので、かけないで", "070-4451-9902", INFO_PHONE, SUBJECT_FAMILY},
    {"実家の父が柏市花野井1204で一人で暮らしています", "柏市花野井1204", INFO_ADDRESS, SUBJECT_FAMILY},
    {"亡くなった父の年金番号は3312-448710です", "3312-448710", INFO_PENSION_NUMBER, SUBJECT_FAMILY},
    {"おかんのマイナンバー772190443516って書いたけど合うてる？", "772190443516", INFO_MY_NUMBER, SUBJECT_FAMILY},
    {"じいちゃんの名前は相馬 源蔵です", "相馬 源蔵", INFO_PERSON, SUBJECT_FAMILY},
    {"連れ合いの保険証、記号11 番号2093、が見当たりません", "記号11 番号2093", INFO_HEALTH_INSURANCE, SUBJECT_FAMILY},
    {"息子は柏市十余二337-5に住んでおります", "柏市十余二337-5", INFO_ADDRESS, SUBJECT_FAMILY},
    {"娘夫婦は目黒区中町2-11-4にいます", "目黒区中町2-11-4", INFO_ADDRESS, SUBJECT_FAMILY},
    {"義理の妹の佐和子が転入します", "佐和子", INFO_PERSON, SUBJECT_FAMILY},
    {"つまの でんわは 080-3345-1123 です", "080-3345-1123", INFO_PHONE, SUBJECT_FAMILY},
    {"上の子の誕生日が平成31年1月3日で、下がまだ赤ん坊です", "平成31年1月3日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"扶養している叔父の免許は410022837465です", "410022837465", INFO_DRIVERS_LICENSE, SUBJECT_FAMILY},
    {"後見している伯母の通帳は柏銀行 普通 7712093です", "7712093", INFO_BANK_ACCOUNT, SUBJECT_FAMILY},
    {"孫が平成30年8月1日生まれなのですが", "平成30年8月1日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"主人 昭和40年2月2日生まれ ですが予防接種は対象ですか", "昭和40年2月2日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"パパの携帯 090-8812-3341 にでんわして", "090-8812-3341", INFO_PHONE, SUBJECT_FAMILY},
    {"81歳の母が転びました", "81歳", INFO_AGE, SUBJECT_FAMILY},
    {"妻と二人暮らしで、妻は昭和30年7月7日生まれです", "昭和30年7月7日", INFO_BIRTH_DATE, SUBJECT_FAMILY},
    {"兄貴の車、柏 500 た 12-34が盗まれた", "柏 500 た 12-34", INFO_PLATE, SUBJECT_FAMILY},
    {"ばあちゃんの家は八戸市鮫町字日二子石16-3です", "八戸市鮫町字日二子石16-3", INFO_ADDRESS, SUBJECT_FAMILY},
    {"次男の陽太のランドセル", "陽太", INFO_PERSON, SUBJECT_FAMILY},
    {"夫の山下 健太郎がそちらに伺います", "山下 健太郎", INFO_PERSON, SUBJECT_FAMILY},
    {"親の面倒を見ています。母の名は黒須 ふみです", "黒須 ふみ", INFO_PERSON, SUBJECT_FAMILY},
    {"養子縁組した娘のアンナが学校に入れますか", "アンナ", INFO_PERSON, SUBJECT_FAMILY},
    {"隣の部屋の鬼頭さんがベランダで煙草を吸う", "鬼頭", INFO_PERSON, SUBJECT_OTHER},
    {"昨日、佐伯さんと会ったときに教わりました", "佐伯", INFO_PERSON, SUBJECT_OTHER},
    {"うちの店で働く陳さんの在留カードのことで", "陳", INFO_PERSON, SUBJECT_OTHER},
    {"ヘルパーの江口さんが辞めてしまいました", "江口", INFO_PERSON, SUBJECT_OTHER},
    {"娘の担任の真鍋先生が厳しすぎます", "真鍋", INFO_PERSON, SUBJECT_OTHER},
    {"友人から預かった番号は080-4412-7765です", "080-4412-7765", INFO_PHONE, SUBJECT_OTHER},
    {"家主の電話は04-7133-2298です。修理の話は家主へ", "04-7133-2298", INFO_PHONE, SUBJECT_OTHER},
    {"知らない番号070-8812-9934から毎晩電話が来ます", "070-8812-9934", INFO_PHONE, SUBJECT_OTHER},
    {"柏 300 ま 55-66の車がいつも歩道に停まっていて危ない", "柏 300 ま 55-66", INFO_PLATE, SUBJECT_OTHER},
    {"あいつの家は柏市逆井2-3-4だ", "柏市逆井2-3-4", INFO_ADDRESS, SUBJECT_OTHER},
    {"息子をいじめているのは同じ組の倉本という子です", "倉本", INFO_PERSON, SUBJECT_OTHER},
    {"行政書士の八巻さんに頼んでいます", "八巻", INFO_PERSON, SUBJECT_OTHER},
    {"父の主治医の諸星先生に意見書を書いてもらいました", "諸星", INFO_PERSON, SUBJECT_OTHER},
    {"昨日道で倒れていた人の免許証、番号は620011938475です", "620011938475", INFO_DRIVERS_LICENSE, SUBJECT_OTHER},
    {"財布を拾いました。中の保険証は記号33 番号1029です", "記号33 番号1029", INFO_HEALTH_INSURANCE, SUBJECT_OTHER},
    {"PTA会長の二宮さんが会費を返さない", "二宮", INFO_PERSON, SUBJECT_OTHER},
    {"私の上司の熊沢が怒鳴る", "熊沢", INFO_PERSON, SUBJECT_OTHER},
    {"従業員の住所が柏市大室1188に変わりました", "柏市大室1188", INFO_ADDRESS, SUBJECT_OTHER},
    {"下宿している学生の電話は090-1123-8876です", "090-1123-8876", INFO_PHONE, SUBJECT_OTHER},
    {"夫が勤めている会社の社長の堂島という男です", "堂島", INFO_PERSON, SUBJECT_OTHER},
    {"ピアノの先生の折原さんが引っ越します", "折原", INFO_PERSON, SUBJECT_OTHER},
    {"元妻の彩花が子どもに会わせてくれません", "彩花", INFO_PERSON, SUBJECT_OTHER},
    {"私が田辺さんに貸した鍵が返ってきません", "田辺", INFO_PERSON, SUBJECT_OTHER},
    {"うちの犬を散歩してくれる小暮さんが怪我をしました", "小暮", INFO_PERSON, SUBJECT_OTHER},
    {"道路に 柏 480 く 90-11 の軽が放置されてます", "柏 480 く 90-11", INFO_PLATE, SUBJECT_OTHER},
    {"大家は尾形さんといいます", "尾形", INFO_PERSON, SUBJECT_OTHER},
    {"裏のアパートに住む須貝さんの件", "須貝", INFO_PERSON, SUBJECT_OTHER},
    {"向かいのお宅の番号0178-33-4471にかけても出ません", "0178-33-4471", INFO_PHONE, SUBJECT_OTHER},
    {"ボランティア仲間の和泉くんの連絡先です", "和泉", INFO_PERSON, SUBJECT_OTHER},
    {"ママ友のLINEはnana_mama88です", "nana_mama88", INFO_LINE_ID, SUBJECT_OTHER},
    {"昭和20年3月3日生まれの近所のおばあさんが迷子です", "昭和20年3月3日", INFO_BIRTH_DATE, SUBJECT_OTHER},
    {"介護保険課の速水さんにお世話になりました", "速水", INFO_PERSON, SUBJECT_OFFICIAL},
    {"受付にいた牧野さんという方がとても親切でした", "牧野", INFO_PERSON, SUBJECT_OFFICIAL},
    {"児童相談所の早見さんから電話がありました", "早見", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市民税課、対応は西尾さんでした", "西尾", INFO_PERSON, SUBJECT_OFFICIAL},
    {"黒川市長の会見を見ました", "黒川", INFO_PERSON, SUBJECT_OFFICIAL},
    {"税務課で対応した塚本の態度が悪い", "塚本", INFO_PERSON, SUBJECT_OFFICIAL},
    {"ごみ収集の職員の有田さんへお礼", "有田", INFO_PERSON, SUBJECT_OFFICIAL},
    {"保育園の園長の白木先生に相談", "白木", INFO_PERSON, SUBJECT_OFFICIAL},
    {"郷土資料館の学芸員、中尾さんの解説が良かった", "中尾", INFO_PERSON, SUBJECT_OFFICIAL},
    {"名札に飯塚とあった窓口の男性が不親切", "飯塚", INFO_PERSON, SUBJECT_OFFICIAL},
    {"都市計画課 課長 古賀様", "古賀", INFO_PERSON, SUBJECT_OFFICIAL},
    {"議長の宇田川氏に陳情したい", "宇田川", INFO_PERSON, SUBJECT_OFFICIAL},
    {"図書館司書の津田さん", "津田", INFO_PERSON, SUBJECT_OFFICIAL},
    {"役所の植村って人、電話に出て", "植村", INFO_PERSON, SUBJECT_OFFICIAL},
    {"市役所の代表は04-7167-1111で合ってますか", "04-7167-1111", INFO_PHONE, SUBJECT_OFFICIAL},
    {"支所の電話04-7133-1111がつながりません", "04-7133-1111", INFO_PHONE, SUBJECT_OFFICIAL},
    {"民生委員をしている沼田さんが来てくれた", "沼田", INFO_PERSON, SUBJECT_OFFICIAL},
    {"生活保護の担当の大崎さんが冷たい", "大崎", INFO_PERSON, SUBJECT_OFFICIAL},
    {"三島由紀夫の本を予約したい", "三島由紀夫", INFO_PERSON, SUBJECT_PUBLIC},
    {"作曲家の古賀政男の曲を流してほしい", "古賀政男", INFO_PERSON, SUBJECT_PUBLIC},
    {"石川啄木の歌碑はどこですか", "石川啄木", INFO_PERSON, SUBJECT_PUBLIC},
    {"芥川龍之介展はいつまでですか", "芥川龍之介", INFO_PERSON, SUBJECT_PUBLIC},
    {"北野武監督の映画上映会", "北野武", INFO_PERSON, SUBJECT_PUBLIC},
    {"坂本龍馬の銅像", "坂本龍馬", INFO_PERSON, SUBJECT_PUBLIC},
    {"080-1122-3345", "080-1122-3345", INFO_PHONE, SUBJECT_UNKNOWN},
    {"柏市柏3-2-11 街灯切れ", "柏市柏3-2-11", INFO_ADDRESS, SUBJECT_UNKNOWN},
    {"昭和40年1月1日生", "昭和40年1月1日", INFO_BIRTH_DATE, SUBJECT_UNKNOWN},
    {"柏市柏3-2-11の交差点に信号をつけてほしい", "柏市柏3-2-11", INFO_ADDRESS, SUBJECT_UNKNOWN},
    {"三浦 孝 090-2233-1122", "三浦 孝", INFO_PERSON, SUBJECT_UNKNOWN},
    {"柏 500 さ 12-34 不在", "柏 500 さ 12-34", INFO_PLATE, SUBJECT_UNKNOWN},
    {"野村様", "野村", INFO_PERSON, SUBJECT_UNKNOWN},
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
