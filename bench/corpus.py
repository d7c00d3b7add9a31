#!/usr/bin/python3
"""Texts for the benches: one message per line, made from a seed, or taken from a file of the reader's own.

    bench/corpus.py --count 20000 --seed 1 > corpus.txt      invented chat, every line different
    bench/corpus.py --from posts.jsonl > corpus.txt          "text" of each JSON line, or plain lines; line breaks -> spaces

The invented messages follow what measured chat looks like: half the messages are under 55 bytes, the mean is
about 68, one in ten holds a digit, one in five is not in normal form (full-width letters, marks, half-width kana),
one in nine holds a surname, few of those as a name with さん or a label, and one or two in a hundred hold a number or address.
"""

import argparse
import json
import random
import statistics
import sys

THINGS = """ごみの収集 粗大ごみ 資源ごみ 燃えるごみ 住民票 印鑑証明 保育園の申し込み 学童 図書館 市民プール 体育館 公園のブランコ 街灯 道路の穴
側溝のふた 水道料金 下水 防災無線 避難所 ハザードマップ 広報紙 回覧板 町内会 花火大会 夏祭り 盆踊り 桜並木 朝市 フリーマーケット 駐輪場 駐車場
コミュニティバス 踏切 歩道橋 信号 横断歩道 通学路 給食 運動会 入学式 卒業式 PTA 予防接種 健康診断 休日診療 介護の相談 年金 国民健康保険 税金
確定申告 マイナポイント 商品券 スタンプラリー アプリ ホームページ チャットボット 窓口 電話の受付 予約 抽選 アンケート パブリックコメント 工事の音
カラス 野良猫 犬の散歩 草刈り 落ち葉 雪かき 台風 大雨 停電 断水 猛暑 花粉 地震 新しい駅 再開発 空き家 シャッター街 ラーメン屋 パン屋 喫茶店 弁当
コンビニ スーパー 映画 ドラマ アニメ 漫画 ゲーム 野球 サッカー 相撲 将棋 カラオケ 釣り キャンプ 自転車 電車 新幹線 飛行機 宿題 テスト 部活 バイト
仕事 残業 面接 引っ越し 給料 貯金 掃除 洗濯 料理 カレー 味噌汁 おにぎり 唐揚げ 焼き芋 スイカ コーヒー ビール 風邪 腰痛 寝不足 ダイエット 散髪""".split()
HOW = """すごく かなり 正直 たぶん やっぱり なんか 意外と 思ったより 毎年 最近 昨日から 今朝 さっき 来週 今月 だいたい ちょっと けっこう まだ もう ずっと
本当に いつも たまに 結局 とりあえず 普通に 地味に 逆に せっかくなら 個人的に 見た感じ 聞いた話だと""".split()
STATES = """便利 不便 きれい 大変 静か うるさい 高い 安い 遠い 近い 暗い 明るい 楽しい 面白い つまらない 難しい 簡単 こわい 寒い 暑い うまい ありがたい 気になる
助かる 困る 眠い だるい 懐かしい 羨ましい 心配 最高 微妙 残念""".split()
ENDS = """です ですね ですよね なんだよなあ だよ だね かな かも だと思う と思います らしい みたい って感じ なんですが けど んだけど んやけど やろ やん
だったわ でした でしたね じゃないですか よな わ ね な""".split()
ASKS = """はどこに聞けばいいですか はいつからですか は今年もありますか の締め切りを教えてください は予約が要りますか ってどうやるの は何時まで開いてますか
の場所が変わりましたか は誰でも参加できますか を教えてほしいです ってまだやってる はどうなりましたか の件で相談したいです は中止ですか""".split()
DOES = """に行ってきた を見てきた が始まった が終わった を待ってる を忘れてた に申し込んだ が届いた が壊れてる を直してほしい を増やしてほしい で並んだ
に間に合わなかった がなくなるの寂しい の話ばっかりしてる が頭から離れない を買い替えた にはまってる を調べてる が一番だと思う で十分でしょ""".split()
OPENERS = """ああ いや うん えっ おお まあ でも だから そういえば ちなみに あのさ ねえ すみません こんにちは おはようございます はじめまして お世話になります
ありがとう わかる それな なるほど 確かに ほんまに やばい 草 うーん ワイも 俺も 私も うちも""".split()
TAILS = ["", "", "", "", "", "", "", "", "。", "。", "。", "。", "。", "、まじで", "w", "www", "笑", "(笑)", "!?", "♪", "😊", "😭", "🙏", "…", "！", "？",
         "ｗｗｗ"]
SURNAMES = """佐藤 鈴木 高橋 田中 渡辺 中村 小林 加藤 吉田 山本 斎藤 井上 木村 清水 山口 阿部 池田 橋本 石川 前田 岡田 長谷川 藤田 後藤 近藤""".split()
AFTER_NAMES = ["町の交差点", "商店", "医院の前", "川の土手", "選手のホームラン", "さん", "先生", "くん", "通り", "公園", "酒店", "マンションの裏"]
PLACES = ["柏市", "門真市", "八戸市", "真岡市", "目黒区", "駅前", "市役所", "隣の市", "川沿い", "東口", "団地", "国道沿い"]


def number(chance, low, high):
    return str(chance.randint(low, high))


def personal(chance):
    """A message part with personal data as citizens write it; the values are random."""
    digits = lambda n: "".join(chance.choice("0123456789") for _ in range(n))
    return chance.choice([
        lambda: f"電話は090-{digits(4)}-{digits(4)}です",
        lambda: f"携帯０８０{digits(8)}まで",
        lambda: f"メールは user{digits(3)}@example.jp です",
        lambda: f"住所は柏市柏{number(chance, 1, 9)}-{number(chance, 1, 20)}-{number(chance, 1, 30)}です",
        lambda: f"名前は{chance.choice(SURNAMES)}です",
        lambda: f"〒277-{digits(4)}",
        lambda: f"生年月日は昭和{number(chance, 20, 63)}年{number(chance, 1, 12)}月{number(chance, 1, 28)}日",
        lambda: f"https://www.example.jp/page{digits(2)} を見た",
    ])()


def sentence(chance):
    thing, how, end = chance.choice(THINGS), chance.choice(HOW), chance.choice(ENDS)
    kind = chance.random()
    if kind < 0.28:
        return f"{thing}、{how}{chance.choice(STATES)}{end}"
    if kind < 0.46:
        return f"{how}{thing}{chance.choice(DOES)}{chance.choice(['', 'し', 'から', 'ので', 'んだが', end])}"
    if kind < 0.60:
        return f"{thing}{chance.choice(ASKS)}"
    if kind < 0.72:
        return f"{how}{chance.choice(STATES)}{end}"
    if kind < 0.80:
        return f"{chance.choice(PLACES)}の{thing}って{chance.choice(STATES)}{end}"
    if kind < 0.87:
        return f"{chance.choice(OPENERS)}、{chance.choice(THINGS)}と{thing}なら{thing}{end}"
    if kind < 0.93:
        return f"{chance.choice(SURNAMES)}{chance.choice(AFTER_NAMES)}で{thing}{chance.choice(DOES)}"
    if kind < 0.985:
        return f"{number(chance, 1, 30)}{chance.choice(['時', '日', '円', '分', '番', '人', '年前', '回目'])}の{thing}{chance.choice(DOES)}"
    return personal(chance)


def disguise(chance, text):
    """Now and then another writing of the same: full-width, capitals, half-width kana, spaces."""
    kind = chance.random()
    if kind < 0.04:
        return text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})
    if kind < 0.06:
        return text.replace("カ", "ｶ").replace("ラ", "ﾗ").replace("ガ", "ｶﾞ").replace("ス", "ｽ").replace("ン", "ﾝ")
    if kind < 0.09:
        return text + chance.choice([" LINE", " OK", " NHK", " JR", " A4", " QRコード", " Wi-Fi", " No.1"])
    return text


def message(chance):
    sentences = min(1 + int(chance.expovariate(1.03)), 8)
    parts = [sentence(chance) for _ in range(sentences)]
    if chance.random() < 0.25:
        parts.insert(0, chance.choice(OPENERS))
    if chance.random() < 0.12:
        parts = parts[:1]
    joined = "".join(part + chance.choice(["。", "、", " ", "。"]) for part in parts[:-1]) + parts[-1]
    return disguise(chance, joined + chance.choice(TAILS))


def invented(count, seed):
    chance = random.Random(seed)
    lines = {}
    while len(lines) < count:
        lines[message(chance)] = None
    return list(lines)


def taken(path):
    lines = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            text = json.loads(line)["text"] if line.startswith("{") else line
            text = " ".join(text.replace("\0", " ").split())
            if text:
                lines[text] = None
    return list(lines)


def describe(lines):
    sizes = sorted(len(line.encode()) for line in lines)
    digits = sum(any(c.isdigit() for c in line) for line in lines)
    return {"messages": len(lines), "bytes": sum(sizes), "mean_bytes": round(statistics.mean(sizes), 1),
            "median_bytes": sizes[len(sizes) // 2], "p99_bytes": sizes[len(sizes) * 99 // 100], "max_bytes": sizes[-1],
            "with_digit": round(digits / len(lines), 3)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=20000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--from", dest="path", help="JSONL with \"text\", or plain lines")
    chosen = options.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    lines = taken(chosen.path) if chosen.path else invented(chosen.count, chosen.seed)
    sys.stdout.write("".join(line + "\n" for line in lines))
    print(json.dumps(describe(lines)), file=sys.stderr)


if __name__ == "__main__":
    main()
