"""Citizens' messages made from the templates of models/data: names, places and numbers are drawn from lists.

generate(templates, count, seed) yields (text, [(start, end)]), spans in code points. Slots:
    {N} any name  {F} full name  {S} surname  {SA} surname in any script  {G} given name  {C} a child's name  {K} katakana
    {HF} hiragana full name  {HS} hiragana surname  {HW} half-width kana  {R} Latin  {X} a resident from abroad
    {G1} a given name of one kanji  {HG} a given name in hiragana  {K1} katakana, one part  {X1} one part of a name from abroad
    {R1} one part in Latin  {RI} initial and surname  {RL} Latin of three parts and more  {SR} a rare surname  {PS} a surname that is a place too (a place in templates without names)
    {NICK} a nickname  {RLOW} Latin in small letters  {OG} a given name of an old woman  {CUT} a given name cut short
    {PUB} a public figure; and what is no name: {A} address {P} phone {M} municipality {ML} its name without 市 …
    {SAY} what somebody says: a line of the harmless voices of the topic model
"""
import os
import random
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
IPADIC = "/usr/share/mecab/dic/ipadic"


def table(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines if line.strip() and not line.startswith("#")]


def lines_of(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#")]


def katakana(text):
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def hiragana(text):
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


HALF = dict(zip("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォッャュョー・",
                "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｯｬｭｮｰ･"))
HALF.update(zip("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", [HALF[c] + "ﾞ" for c in "カキクケコサシスセソタチツテトハヒフヘホ"]))
HALF.update(zip("パピプペポ", [HALF[c] + "ﾟ" for c in "ハヒフヘホ"]))


def is_kana(text):
    return re.fullmatch("[ぁ-ゖー \u3000、。！？\n]+", text) is not None


def half_width(text):
    return "".join(HALF.get(c, c) for c in text)


def romaji(reading):
    from words_romaji import romaji as spell
    return sorted(spell(reading))


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


TOPICS = """ごみの収集について教えてください。|住民票を取りたいです。|マイナンバーカードの受け取りに行きたい。|予約の日をずらしたいです。|道路に穴があいています。
|街灯が切れています。|保育園の申し込みについて。|児童手当の振込日はいつですか。|税金の納付書が届きません。|避難所を教えてください。|粗大ごみを出したいです。
|介護認定の申請をしたいです。|引っ越しの手続きを教えてください。|水道料金の件です。|騒音がひどいです。|予防接種の日を決めたいです。|健診の日を変えたいです。
|折り返し連絡ください。|連絡をお待ちしています。|電話をください。|よろしくお願いします。|質問があります。|お尋ねします。|相談したいことがあります。|申請書を送ってください。
|印鑑証明は郵送できますか。|戸籍謄本が必要です。|野良猫が増えて困っています。|空き家の草が伸びています。|公園の遊具が壊れています。|カーブミラーが割れています。
|保険証をなくしました。|受け取りに行けません。|本日欠席します。|遅れます。|先日はありがとうございました。|お礼を言いたいです。|イベントに参加します。|申し込みます。
|子育て相談の予約をしたい。|図書館の本を延長したい。|プレミアム商品券はまだ買えますか。|給付金が振り込まれていません。|ふるさと納税の書類が来ない。|LINEの登録ができました。
|明日伺います。|住所が変わりました。|国民健康保険に入りたい。|年金の免除を申請したい。|犬の登録をしたい。|バスの時刻を知りたい。|停電しています。|水があふれています。
|娘の件で電話しました。|急いでいます。|分からないことがあります。|手続きに必要なものは？|どうすればいいですか？|まだ届いていません""".replace("\n", "").split("|")
TOPIC_NOUNS = "住民票|保険証|書類|申請|予約|診断書|納税通知書|給付金|医療証|マイナンバーカード|受給者証|届出|手続き|介護認定|戸籍|印鑑登録|児童手当|健診".split("|")
DEPARTMENTS = ("市民課|税務課|子育て支援課|健康増進課|福祉課|高齢福祉課|障害福祉課|環境課|ごみ対策課|道路管理課|都市計画課|総務課|秘書課|広報課|教育委員会|学校教育課|国保年金課|保険年金課|納税課|"
               "資産税課|防災課|危機管理課|水道局|下水道課|建築指導課|公園緑地課|商工観光課|農政課|選挙管理委員会|会計課|戸籍係|住民係|保育課|こども課|生活保護係|地域包括支援センター|窓口|受付").split("|")
TITLES = "市長|区長|町長|副市長|村長|知事|教育長|議長|総理|首相|大臣|市議|県議|議員".split("|")
STAFF_TITLES = "課長|係長|部長|主任|主査|室長|所長|次長|主事|課長補佐|参事".split("|")
HONORIFICS = "さん|様|さま|氏|君|くん|ちゃん|先生|殿".split("|")
COUNTRIES = "ベトナム|中国|韓国|フィリピン|ネパール|ブラジル|ペルー|インドネシア|ミャンマー|タイ|アメリカ|インド|バングラデシュ|スリランカ|台湾|モンゴル|ロシア|ウクライナ".split("|")
FACILITIES = ("市民会館|中央図書館|総合体育館|文化ホール|生涯学習センター|老人福祉センター|児童館|市民プール|保健センター|コミュニティセンター|斎場|市営住宅|クリーンセンター|道の駅|市民病院|子育て広場|デイサービスなごみ|"
              "特養ひまわり|グループホームさくら|美術館|博物館|浄化センター|給食センター").split("|")
CLUBS = "少年野球クラブ|合唱団|将棋同好会|町内会|自治会|老人クラブ|子ども会|剣道スポーツ少年団|写真サークル|手話サークル|婦人会|商店会|NPO法人みらい|読み聞かせの会".split("|")
SHOPS = "スーパーまるはち|ドラッグ青空|クリーニングしろ|喫茶ポプラ|パン工房こむぎ|居酒屋よりみち|ラーメン麺楽|美容室リーフ|コンビニ|ホームセンターくみあい|うどん処さぬき|寿司処海|和菓子の月岡|カフェこもれび".split("|")
FOODS = "シャインマスカット|いちご|和牛|サバ缶|りんごジュース|せんべい|餃子|ほうとう|きりたんぽ|明太子|味噌ラーメン|いちご大福|梨|日本酒".split("|")
BANKS = "みずほ銀行|三菱UFJ銀行|りそな銀行|ゆうちょ銀行|千葉銀行|足利銀行|青森銀行|京葉銀行|JAバンク|城南信用金庫|ゆうちょ|ろうきん|しんきん|ひろぎん|いよぎん|かわしん|じぇいえい|ちゅうぎん".split("|")
ERAS = "昭和|平成|令和|大正|明治".split("|")
BUILDINGS = "コーポ|ハイツ|メゾン|パーク|グランド|サン|レジデンス|ロイヤル|プラザ|エスポワール|シャトー|ヴィラ".split("|")
OPENERS = ("こんにちは。|こんばんは！|おはようございます。|お世話になります。|お世話になっております。|お世話になっております。\n|はじめまして。|すみません、|すいません。|あの、|教えてください。|"
           "お手数をかけます。|一つ伺います。|突然すみません。|お疲れ様です。|いつもありがとうございます。|初めて連絡します。|ちょっと聞きたいのですが、").split("|")
CLOSERS = ("よろしくお願いします。|よろしくお願いいたします。|お願いします🙇|お願いします！|確認をお願いします。|お返事ください。|以上です。|\n以上です。|\nよろしくお願いします。|急いでいます。|💦|🙏|！|"
           "ありがとうございました。|連絡ください。|何卒よろしくお願いいたします。").split("|")


VOICES = [f"models/topics/{path}.txt" for path in ("voices/desks/everyday", "voices/citizens/everyday", "voices/counter/everyday",
                                                   "voices/chatter/everyday", "voices/leisure/banter", "texts/everyday")]
# who writes such a line may name somebody
NAMED = re.compile("(さん|くん|君|ちゃん|様|氏|先生|です|と申|とい|と言|の母|の父|、|　| )")
OLD_FORMS = dict(zip("高崎辺斉斎広沢島浜桜国桑恵栄真滝曽関黒富与館渕竜", "髙﨑邉齊齋廣澤嶋濱櫻國桒惠榮眞瀧曾關黑冨與舘淵龍"))


KIN_SHORT = "とう かあ にい ねえ じい ばあ じっ ばっ おじ おば おに おっ あか わん ぼっ たく みな おく".split()  # what ちゃん or さん makes kin of


def old_form(name):
    """髙橋 of 高橋."""
    return "".join(OLD_FORMS.get(c, c) for c in name)


def expand(line, rng):
    """One of the texts of a line: [a|b] is one of them, ? makes what stands before it optional."""
    while "[" in line:
        line = re.sub(r"\[([^\[\]]*)\](\??)",
                      lambda m: "" if m[2] and rng.random() < 0.5 else m[1].split("|")[int(rng.random() * (m[1].count("|") + 1))], line)
    return re.sub(r"(.)\?", lambda m: m[1] if rng.random() < 0.5 else "", line)


def voices(names):
    """Lines of the harmless voices, without those that may name somebody."""
    lines = [line[2:] for path in VOICES for line in lines_of(path) if line.startswith("- ")]

    def may_name(line):
        return any(line[m.start() - n:m.start()] in names for m in NAMED.finditer(line) for n in (2, 3))
    return [line for line in lines if "{" not in line and not may_name(line)]


def nouns():
    """Ordinary nouns of mecab-ipadic in katakana and in kanji that are no names, and all in hiragana."""
    names = {row[0] for row in table("dictionaries/common/surnames.tsv")} | {row[0] for row in table("dictionaries/common/given_names.tsv")}
    names |= {katakana(row[1]) for row in table("dictionaries/common/given_names.tsv")} | {row[3] for row in table("models/data/foreign_names.tsv")}
    kata, kanji, readings = [], [], set()
    for kind in ("Noun", "Noun.verbal", "Noun.adjv"):
        with open(f"{IPADIC}/{kind}.csv", encoding="euc_jp") as lines:
            found = {row[0]: hiragana(row[11]) for row in (line.rstrip("\n").split(",") for line in lines)}
            readings.update(reading for reading in found.values() if re.fullmatch("[ぁ-ゖー]{3,7}", reading))
            for word in sorted(set(found) - names):
                if re.fullmatch("[ァ-ヺー]{3,9}", word):
                    kata.append(word)
                elif re.fullmatch("[㐀-鿿々]{2,4}", word):
                    kanji.append(word)
    return kata, kanji, sorted(readings - {hiragana(name) for name in names})


def rare_surnames(known):
    """Surnames of mecab-ipadic that our own list lacks, with their readings."""
    with open(f"{IPADIC}/Noun.name.csv", encoding="euc_jp") as lines:
        found = {row[0]: hiragana(row[11]) for row in (line.rstrip("\n").split(",") for line in lines) if row[7] == "姓"}
    return [[name, found[name]] for name in sorted(found) if re.fullmatch("[㐀-鿿々]{1,4}", name) and name not in known]


class Lists:
    def __init__(self):
        self.surnames = table("dictionaries/common/surnames.tsv")
        self.given = table("dictionaries/common/given_names.tsv")
        self.more = table("models/data/given_more.tsv")
        coined = table("models/data/names_more.tsv")
        self.more += [row[1:] for row in coined if row[0] == "g"]
        self.kana_given = sorted({row[1] for row in self.given if 2 <= len(row[1]) <= 4})
        self.municipalities = [row[2] for row in table("dictionaries/common/municipalities.tsv")]
        stems = {name[:-1] for name in self.municipalities if len(name) > 2} | {"柏", "堺", "津", "蕨", "境", "森", "南", "原", "林", "関"}
        self.placelike = [row for row in self.surnames if row[0] in stems]
        self.stems = sorted(stems)
        foreign = table("models/data/foreign_names.tsv")
        self.groups = {}
        for group, part, latin, kata, kanji in foreign:
            self.groups.setdefault(group, {"s": [], "g": []})[part].append((latin, kata, kanji))
        self.katakana_nouns, self.kanji_nouns, self.kana_nouns = nouns()
        self.rare = rare_surnames({row[0] for row in self.surnames}) + 4 * [row[1:] for row in coined if row[0] == "s"]
        everyday = lines_of("models/data/words_more.txt")
        self.everyday_kana = [word for word in everyday if is_kana(word)]
        self.everyday_katakana = [word for word in everyday if not is_kana(word)]
        self.one_kanji = [row for row in self.given + self.more if re.fullmatch("[㐀-鿿]", row[0])]
        self.usual_kanji = [row for row in self.given if re.fullmatch("[㐀-鿿]", row[0])]
        self.given_kanji = sorted({c for row in self.more for c in row[0] if "㐀" <= c <= "鿿"})
        self.surname_kanji = sorted({c for row in self.surnames for c in row[0] if "㐀" <= c <= "鿿"})
        self.public = lines_of("models/data/public_figures.txt")
        self.voices = voices({row[0] for row in self.surnames[:3000] + self.given if len(row[0]) > 1})
        self.phrases = {}
        for slot, phrase in table("models/data/phrases.tsv"):
            self.phrases.setdefault(slot, []).append(phrase)


class Message:
    """Fills one template; notes where names stand."""

    def __init__(self, lists, rng):
        self.lists, self.rng = lists, rng

    def pick(self, items):
        return items[int(self.rng.random() * len(items))]

    def chance(self, p):
        return self.rng.random() < p

    def rare(self, kanji, reading):
        """A name that no list has: kanji that names are made of, mostly two."""
        return ["".join(self.pick(kanji) for _ in range(self.pick([1, 2, 2, 2, 3]))), reading]

    def surname_row(self):
        if self.chance(0.03):
            return self.rare(self.lists.surname_kanji, self.pick(self.lists.surnames)[1])
        if self.chance(0.05):
            return self.pick(self.lists.rare)
        if self.chance(0.12):
            return self.pick(self.lists.placelike)
        rows = self.lists.surnames
        row = rows[int(len(rows) * self.rng.random() ** 2.2)]
        return [old_form(row[0]), row[1]] if self.chance(0.05) else row

    def given_row(self):
        if self.chance(0.06):
            return self.rare(self.lists.given_kanji, self.pick(self.lists.more)[1])
        if self.chance(0.3):
            return self.pick(self.lists.more)
        rows = self.lists.given
        return rows[int(len(rows) * self.rng.random() ** 1.3)]

    def gap(self):
        r = self.rng.random()
        return "" if r < 0.6 else " " if r < 0.85 else "\u3000"

    def S(self):
        return self.surname_row()[0]

    def SA(self):
        row, r = self.surname_row(), self.rng.random()
        return row[0] if r < 0.6 else row[1] if r < 0.8 else katakana(row[1])

    def HS(self):
        return self.surname_row()[1]

    def G(self):
        row, r = self.given_row(), self.rng.random()
        return row[0] if r < 0.6 else row[1] if r < 0.85 else katakana(row[1])

    def SR(self):
        """Seldom met: the tagger must know it by what stands around it."""
        rows = self.lists.surnames
        row = self.rare(self.lists.surname_kanji, "") if self.chance(0.25) else \
            self.pick(self.lists.rare) if self.chance(0.6) else rows[len(rows) // 3 + int(len(rows) * 0.66 * self.rng.random())]
        return row[0]

    def FR(self):
        return self.SR() + self.pick([" ", " ", "\u3000", ""]) + (self.G1() if self.chance(0.35) else self.given_row()[0])

    def PS(self):
        return self.pick(self.lists.placelike)[0]

    def G1(self):
        return self.pick(self.lists.usual_kanji if self.chance(0.6) else self.lists.one_kanji)[0]

    def HG(self):
        return self.pick(self.lists.more if self.chance(0.5) else self.lists.given)[1]

    def K1(self):
        return katakana(self.surname_row()[1] if self.chance(0.6) else self.given_row()[1])

    def NICK(self):
        """ゆっきー, ともちん, まー坊."""
        reading = self.given_row()[1]
        if self.chance(0.3):
            return reading[:2] + self.pick(["っち", "ちん", "やん", "ぴー", "りん", "ぽん", "のすけ", "ママ", "パパ", "坊", "吉", "ぞう", "太郎", "み", "ぴ"])
        if self.chance(0.4):
            return reading[0] + "っ" + reading[1] + self.pick(["ー", "ーな", "ち", "ぴ"]) if len(reading) > 1 else reading + "ー"
        return self.pick([reading[:2] + "ー", katakana(reading), katakana(reading[:2]), reading, reading[:2], katakana(reading[:2]) + "ー"])

    def CUT(self):
        """ゆう of ゆうこ, さっ of さちこ."""
        reading, r = self.given_row()[1], self.rng.random()
        short = reading[:2] if r < 0.6 else reading[0] + "っ" if r < 0.85 else reading[:1] + "ー" if r < 0.9 else reading[:3]
        if short in KIN_SHORT:
            return self.CUT()
        return katakana(short) if self.chance(0.1) else short

    def RLOW(self):
        return self.R().lower() if self.chance(0.5) else self.R1().lower()

    def OG(self):
        name = self.pick(self.lists.phrases["OG"])
        return hiragana(name) if self.chance(0.2) else name

    def X1(self):
        name = self.lists.groups[self.pick(sorted(self.lists.groups))]
        return self.pick(name["s"] if self.chance(0.5) else name["g"])[1]

    def R1(self):
        if self.chance(0.5):
            return self.pick(self.lists.groups[self.pick(sorted(self.lists.groups))]["g"])[0].capitalize()
        return self.pick(romaji((self.surname_row() if self.chance(0.5) else self.given_row())[1]) or ["ken"]).capitalize()

    def RI(self):
        initial, surname = self.pick("ABCDEFGHIJKLMNOPRSTY"), self.pick(romaji(self.surname_row()[1]) or ["sato"])
        return self.latin([initial + ".", surname]) if self.chance(0.7) else self.latin([surname, initial + "."])

    def S2(self):
        """A surname of two kanji and more: where it is part of another word it is no name."""
        return self.pick(self.lists.surnames[:2500])[0]

    def C(self):
        r = self.rng.random()
        if r < 0.45:
            return self.pick(self.lists.more)[0] if self.chance(0.6) else self.given_row()[0]
        if r < 0.65:
            return self.given_row()[1]
        if r < 0.7:
            return katakana(self.given_row()[1])
        return self.kanji_full()

    def kanji_full(self):
        given = self.given_row()
        return self.surname_row()[0] + self.gap() + (given[1] if self.chance(0.07) else given[0])

    def K(self):
        return katakana(self.surname_row()[1]) + self.pick([" ", "\u3000", "", " "]) + katakana(self.given_row()[1])

    def HF(self):
        return self.surname_row()[1] + self.pick([" ", "\u3000", "", ""]) + self.given_row()[1]

    def HW(self):
        return half_width(katakana(self.surname_row()[1]) + self.pick([" ", " ", ""]) + katakana(self.given_row()[1]))

    def latin(self, parts):
        r = self.rng.random()
        if r < 0.4:
            parts = [p.upper() for p in parts]
        elif r < 0.8:
            parts = [" ".join(w.capitalize() for w in p.split(" ")) for p in parts]
        elif r < 0.9:
            parts = [parts[0].upper()] + [p.capitalize() for p in parts[1:]]
        text = (", " if self.chance(0.05) else " ").join(parts)
        return full_width(text).replace("\uff00", "\u3000").replace(" ", "\u3000") if self.chance(0.04) else text

    def R(self):
        if self.chance(0.5):
            group = self.lists.groups[self.pick(sorted(self.lists.groups))]
            parts = [self.pick(group["s"])[0], self.pick(group["g"])[0]]
        else:
            parts = [self.pick(romaji(self.surname_row()[1]) or ["sato"]), self.pick(romaji(self.given_row()[1]) or ["ken"])]
        if self.chance(0.35):
            parts.reverse()
        return self.latin(parts)

    def RL(self):
        """As a passport or a residence card has it: SURNAME MIDDLE GIVEN, or GIVEN MIDDLE SURNAME."""
        group = self.lists.groups[self.pick(sorted(self.lists.groups))]
        parts = [self.pick(group["s"])[0], self.pick(group["g"])[0], self.pick(group["g" if self.chance(0.6) else "s"])[0]]
        if self.chance(0.3):
            parts.append(self.pick(group["s"])[0])
        if self.chance(0.4):
            parts.reverse()
        return " ".join(parts).upper() if self.chance(0.5) else self.latin(parts)

    def X(self):
        name = self.pick(sorted(self.lists.groups))
        group = self.lists.groups[name]
        surname, given = self.pick(group["s"]), self.pick(group["g"])
        r = self.rng.random()
        if name in ("cn", "kr") and r < 0.3 and "-" not in (surname[2], given[2]):
            return surname[2] + self.pick(["", "", " ", "\u3000"]) + given[2]
        if r < 0.65:
            parts = [surname[1], given[1]]
            if name not in ("cn", "kr", "vn"):
                parts.reverse()
            if self.chance(0.12):
                return parts[0]
            return self.pick(["・", "・", " ", "\u3000", "="]).join(parts)
        return self.R() if self.chance(0.3) else self.latin([surname[0], given[0]] if name in ("cn", "kr", "vn") else [given[0], surname[0]])

    def F(self):
        r = self.rng.random()
        return self.kanji_full() if r < 0.85 else self.HF() if r < 0.9 else self.K() if r < 0.96 else self.X()

    def N(self):
        r = self.rng.random()
        if r < 0.52:
            return self.kanji_full()
        if r < 0.72:
            return self.S()
        if r < 0.80:
            return self.K()
        if r < 0.86:
            return self.HF()
        if r < 0.88:
            return self.HW()
        if r < 0.91:
            return self.R()
        if r < 0.96:
            return self.X()
        return self.SA()

    def PUB(self):
        return self.pick(self.lists.public)

    # --- no names ---

    def digits(self, n):
        return "".join(str(int(self.rng.random() * 10)) for _ in range(n))

    def P(self):
        sep = self.pick(["-", "-", "-", "", " ", "ー", "−"])
        number = self.pick(["090", "080", "070", "050"]) + sep + self.digits(4) + sep + self.digits(4)
        if self.chance(0.25):
            number = self.pick(["03", "06"]) + sep + self.digits(4) + sep + self.digits(4)
        return full_width(number) if self.chance(0.15) else number

    def M(self):
        return self.pick(self.lists.municipalities)

    def ML(self):
        return self.pick(self.lists.stems)

    def TOWN(self):
        return self.pick(self.lists.surnames)[0] + self.pick(["", "", "町", "台", "本町", "が丘", "南", "北"]) if self.chance(0.6) else \
            self.pick(["本町", "栄町", "緑町", "中央", "東町", "西町", "桜台", "若葉町", "幸町", "旭町", "新町", "南町", "大手町", "富士見", "日の出町"])

    def A(self):
        house = self.pick([f"{self.NUM()}-{self.NUM()}-{self.NUM()}", f"{self.NUM()}丁目{self.NUM()}番{self.NUM()}号", f"{self.digits(3)}-{self.NUM()}", f"{self.digits(4)}番地"])
        house = full_width(house) if self.chance(0.2) else house
        building = self.pick(BUILDINGS) + self.pick(["", "A", "青葉", self.S(), self.TOWN()]) + self.pick(["101", "203号室", " 3F", "４０２"]) if self.chance(0.25) else ""
        return (self.M() if self.chance(0.8) else "") + self.TOWN() + house + building

    def POST(self):
        return self.pick(["〒", "〒", "", "郵便番号"]) + self.digits(3) + self.pick(["-", "-", " ", "－"]) + self.digits(4)

    def EADDR(self):
        """An address in Latin letters."""
        town = self.pick(romaji(self.surname_row()[1]) or ["honcho"]).capitalize() + self.pick(["", "", "-cho", "cho", "dai", " Honcho"])
        house = "-".join(self.NUM() for _ in range(self.pick([2, 3, 3])))
        city = ", " + self.pick(romaji(self.surname_row()[1]) or ["moka"]).capitalize() + self.pick(["", "-shi", "-ku", " City"]) if self.chance(0.6) else ""
        return (town + " " + house if self.chance(0.6) else house + " " + town) + city

    def GEO(self):
        lat, long = f"{24 + int(self.rng.random() * 20)}.{self.digits(self.pick([4, 5, 6]))}", f"{125 + int(self.rng.random() * 20)}.{self.digits(self.pick([4, 5, 6]))}"
        return lat + self.pick([",", ", ", " ", "、", "/"]) + long

    def URL(self):
        return self.pick(["https://", "https://www.", "www.", "http://"]) + self.pick(["blog", "video", "shop", "sns"]) + "." + \
            self.pick(romaji(self.surname_row()[1]) or ["moka"]) + self.pick([".example.jp", ".example.com", ".example.jp/p/" + self.digits(3)])

    def CARD(self):
        sep = self.pick(["-", " ", "", " "])
        return sep.join(self.digits(4) for _ in range(4))

    def PASS(self):
        return self.pick(["T", "G", "N", "C", "M"]) + self.pick(["", "Z", "K", "R"]) + self.digits(7) + self.pick(["", "", "LA"])

    def LID(self):
        word = self.pick(["neko", "ramen", "sakura", "fuji", "mame", "hana", "soba", "kuma"])
        return word + self.pick(["_", "-", ".", ""]) + self.pick([self.digits(3), "chan", "daisuki", self.pick(romaji(self.given_row()[1]) or ["ken"])])

    def KAB(self):
        """Two words of katakana cut short: what people call a shop or a school."""
        return self.pick(self.lists.katakana_nouns)[:2] + self.pick(self.lists.katakana_nouns)[:2]

    def SAY(self):
        return expand(self.pick(self.lists.voices), self.rng)

    def NUM(self):
        return str(1 + int(self.rng.random() * 9))

    def NUMS(self):
        number = self.digits(self.pick([4, 7, 8, 10, 12]))
        if self.chance(0.3):
            number = self.pick(["AB", "MS", "TK", "C"]) + number
        if self.chance(0.3):
            number = number[:4] + self.pick(["-", " ", "－"]) + number[4:]
        return full_width(number) if self.chance(0.15) else number

    def AGE(self):
        return str(1 + int(self.rng.random() * 89)) + self.pick(["歳", "才", "歳", "さい", "か月"])

    def SEX(self):
        return self.pick(["男", "女", "男性", "女性"])

    def D(self):
        r = self.rng.random()
        year, month, day = 1940 + int(self.rng.random() * 85), 1 + int(self.rng.random() * 12), 1 + int(self.rng.random() * 28)
        if r < 0.3:
            return f"{year}年{month}月{day}日"
        if r < 0.6:
            return f"{self.pick(ERAS[:3])}{1 + int(self.rng.random() * 30)}年{month}月{day}日"
        return f"{year}/{month}/{day}" if r < 0.75 else f"{month}月{day}日" if r < 0.9 else f"{self.pick('HSR')}{month}.{day}.1"

    def TIME(self):
        return f"{8 + int(self.rng.random() * 10)}時" + self.pick(["", "半", "30分"])

    def E(self):
        user = self.pick(romaji(self.given_row()[1]) or ["ken"]) + self.pick(["", ".", "_"]) + self.pick(romaji(self.surname_row()[1]) or ["sato"])
        return user + self.digits(int(self.rng.random() * 4)) + "@" + self.pick(["gmail.com", "yahoo.co.jp", "icloud.com", "docomo.ne.jp", "example.jp"])

    def HANDLE(self):
        return self.pick(romaji(self.given_row()[1]) or ["ken"]) + self.pick(["_", "", "chan", "."]) + self.digits(3)

    def PLATE(self):
        return self.pick(self.lists.stems) + self.pick([" ", ""]) + self.digits(3) + " " + self.pick("さすせそたちつてとなにぬねの") + " " + self.digits(2) + "-" + self.digits(2)

    def ST(self):
        return self.pick(self.lists.surnames[:1500])[0] if self.chance(0.5) else self.ML()

    def SCHOOL(self):
        return self.TOWN() + self.pick(["小学校", "中学校", "小", "中", "高校", "幼稚園", "保育園", "こども園"])

    def HOSP(self):
        return self.TOWN() + self.pick(["病院", "クリニック", "医院", "総合病院", "内科"])

    def ORG(self):
        return self.pick(["株式会社", "有限会社", "合同会社", ""]) + self.TOWN() + self.pick(["建設", "商事", "運輸", "電設", "不動産", "工務店", "サービス", "製作所", "新聞"])

    def KN(self):
        return self.pick(self.lists.everyday_katakana if self.chance(0.3) else self.lists.katakana_nouns)

    def KW(self):
        return self.pick(self.lists.everyday_kana if self.chance(0.6) else self.lists.kana_nouns)

    def NN(self):
        return self.pick(self.lists.kanji_nouns)

    NAMES = {"N", "F", "S", "SA", "HS", "G", "C", "K", "HF", "HW", "R", "X", "PUB", "G1", "HG", "K1", "X1", "R1", "RI", "RL", "SR", "FR", "PS", "NICK", "RLOW", "OG", "CUT"}
    FIXED = {"TOPIC": TOPICS, "TOPICN": TOPIC_NOUNS, "DEPT": DEPARTMENTS, "DEPT2": ["営業部", "総務部", "経理", "人事課", ""], "TITLE": TITLES,
             "TITLE2": STAFF_TITLES, "H": HONORIFICS, "COUNTRY": COUNTRIES, "FAC": FACILITIES, "CLUB": CLUBS, "SHOP": SHOPS, "FOOD": FOODS,
             "BANK": BANKS, "ERA": ERAS, "BR": ["\n"]}

    HIDDEN = {"A": "【住所】", "P": "【電話番号】", "E": "【メールアドレス】", "D": "【生年月日】", "PLATE": "【車両番号】"}

    def fill(self, template, named):
        out, spans = "", []
        redacted = self.chance(0.06)  # a text that was redacted before holds no name any more
        for piece in re.split(r"(\{[A-Z0-9]+\})", template):
            slot = piece[1:-1] if piece.startswith("{") else None
            if slot is None:
                out += piece[1:] if piece[:1] == "。" and out[-1:] in "。！？!?…" else piece
            elif slot in self.FIXED:
                out += self.pick(self.FIXED[slot])
            elif slot in self.lists.phrases and slot not in self.NAMES:
                out += self.pick(self.lists.phrases[slot])
            elif redacted and (slot in self.NAMES or slot in self.HIDDEN):
                out += self.HIDDEN.get(slot, "【氏名】")
            else:
                value = getattr(self, slot)()
                if slot in self.NAMES and named:
                    spans.append((len(out), len(out) + len(value)))
                out += value
        return out, spans

    def restyle(self, text, spans):
        """An opening, a closing, the loss of punctuation, or katakana for all of it, as people write."""
        if is_kana(text) and self.chance(0.3):
            return katakana(text), spans
        opener = self.pick(OPENERS) if self.chance(0.35) else ""
        closer = self.pick(CLOSERS) if self.chance(0.3) else ""
        spans = [(a + len(opener), b + len(opener)) for a, b in spans]
        text = opener + text + closer
        r = self.rng.random()
        if r < 0.08:
            text = text.replace("。", " ").rstrip()
        elif r < 0.14:
            text = text.replace("。", "\n").rstrip()
        elif r < 0.2:
            text = text.replace("。", "！")
        elif r < 0.24:
            text = text.replace("、", " ")
        return text, spans


def generate(templates, count, seed, named):
    lists, rng = Lists(), random.Random(seed)
    message = Message(lists, rng)
    for i in range(count):
        template = templates[i % len(templates)]
        text, spans = message.fill(template, named)
        yield message.restyle(text, spans)
