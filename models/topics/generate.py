#!/usr/bin/env python3
"""Writes the training lines of the topic model: label, part, fold, text, separated by tabs.

label  a category or DANGER; ~ near miss of a category (it may tell of danger), = of danger; - harmless
part   train; measure (texts that no training sees, for calibration); held (for the report alone)
fold   0-3, the same for all texts of one template or term: what is held out is another wording

Usage: generate.py SEEDS DICTIONARIES TRAIN > lines.tsv        The same input gives the same bytes.
"""
import csv, hashlib, json, pathlib, random, subprocess, sys

CATEGORIES = """ILLEGAL DEFAMATION POLITICS RELIGION IP_RIGHTS COMMERCIAL DISCRIMINATION PUBLIC_ORDER FALSE_RUMOR PRIVACY MALWARE OBSCENE
IMPERSONATION ABETMENT HARMFUL_LINK""".split()
KINDS = {"threats": "PUBLIC_ORDER"}  # texts by somebody else than those of the category
QUOTES = 12  # of the texts of one template
PLAIN = 24  # texts made of a template without alternatives: the same words, dressed differently
KANA = 8  # of so many texts one is said in kana, too
HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}
MECAB = ["mecab", "-r", "/dev/null", "-d", "/var/lib/mecab/dic/ipadic-utf8", "-F", "%m\t%f[7]\n", "-U", "%m\t\n"]
BEFORE = ["こんにちは。", "すみません、", "お世話になります。", "あの、", "おい、", "ねえ、", "はじめまして。", "突然すみません。", "みなさん、",
          "お知らせ。", "市役所さん、", "ちょっと聞いて。", "初めて投稿します。", "正直言って、", "いつもありがとうございます。", "毎日暑いですね。"]
AFTER = ["！", "！！", "。", "笑", "w", "ww", "…", "よろしくお願いします。", "お願いします", "以上です。", "ほんとに。", "じゃあまた。", "！！！",
         "よろしく", "ではまた", "っす", "♪", "ありがとうございます。"]
WHERE = ["本町2-3-4", "栄町5-2です", "緑ヶ丘3丁目8-1 コーポ203", "西町1-7", "桜台6-12の2階", "中央公園の前", "090-0000-1111", "080-1234-0000です",
         "場所は駅の裏", "東小学校のそば", "住所は北町4-5-6", "0120-000-000"]
QUOTE = ["「{}」と言われました。", "「{}」と書き込まれています。どうしたらいいですか", "「{}」というメッセージが届きました。詐欺でしょうか",
         "「{}」と書かれたチラシが入っていました。", "「{}」というメールが来たのですが、どこに相談すればいいですか", "「{}」は犯罪になりますか",
         "「{}」といった投稿を見つけたので通報します", "「{}」と友人に誘われて困っています", "{}と言われて困っています。相談できますか",
         "掲示板に「{}」とありました。削除を依頼できますか", "「{}」という電話がありました。市の職員ですか", "「{}」などの書き込みは禁止ですよね"]


def stable(text, modulus):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") % modulus


class Grammar:
    """{name} a slot, [a|b] alternatives, ? makes what stands before it optional."""

    def __init__(self, slots):
        self.slots = slots

    def expand(self, template, rng):
        parts, at = [], 0
        while at < len(template):
            if template[at] == "[":
                end = self.closing(template, at)
                atom = self.expand(rng.choice(self.split(template[at + 1:end])), rng)
            elif template[at] == "{":
                end = template.index("}", at)
                atom = self.expand(rng.choice(self.slots[template[at + 1:end]]), rng)
            else:
                end, atom = at, template[at]
            at = end + 1
            if at < len(template) and template[at] == "?":
                at += 1
                atom = atom if rng.random() < 0.5 else ""
            parts.append(atom)
        return "".join(parts)

    @staticmethod
    def closing(template, at):
        depth = 0
        for end in range(at, len(template)):
            depth += {"[": 1, "]": -1}.get(template[end], 0)
            if depth == 0:
                return end
        sys.exit("no ] in " + template)

    @staticmethod
    def split(inner):
        parts, depth, part = [], 0, ""
        for c in inner:
            depth += {"[": 1, "]": -1}.get(c, 0)
            if c == "|" and depth == 0:
                parts.append(part)
                part = ""
            else:
                part += c
        return parts + [part]


def read_seeds(path):
    slots, templates = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line[:2] in ("+ ", "- "):
            templates.append((line[0], line[2:]))
        elif " = " in line and not line.startswith("#"):
            name, values = line.split(" = ", 1)
            slots[name] = values.split("|")
    return slots, templates


def dressed(text, rng):
    if rng.random() < 0.25:
        text = rng.choice(BEFORE) + text
    if rng.random() < 0.35:
        text = text.rstrip("。") + rng.choice(AFTER)
    return text


def located(label, text, rng):
    """Who is in danger says where; so does who reports a hole in the road."""
    if label in ("DANGER", "=") and rng.random() < 0.15:
        return rng.choice([text + " " + rng.choice(WHERE), rng.choice(WHERE) + "、" + text])
    return text


LINES = []


def emit(label, part, fold, text):
    text = " ".join(text.split())
    if len(text) >= 3:
        LINES.append((label, part, fold, text))


def in_kana(texts):
    """The same texts, some of their words with kanji in hiragana, as who writes in haste or hides a word writes them."""
    answer = subprocess.run(MECAB, input="\n".join(texts), capture_output=True, text=True, check=True).stdout
    rng, said = random.Random("kana"), ""
    for line in answer.splitlines():
        if line == "EOS":
            yield said
            said = ""
            continue
        surface, reading = line.split("\t")
        has_kanji = any("\u4e00" <= c <= "\u9fff" for c in surface)
        said += reading.translate(HIRAGANA) if has_kanji and reading and rng.random() < 0.6 else surface


def write():
    for line in LINES:
        print(*line, sep="\t")
    trained = [line for number, line in enumerate(LINES) if line[1] == "train" and stable(f"{number} {line[3]}", KANA) == 0]
    for (label, part, fold, text), said in zip(trained, in_kana([line[3] for line in trained])):
        if said != text:
            print(label, part, fold, said, sep="\t")


def from_template(grammar, label, template, wanted, rng):
    texts = {}
    for _ in range(wanted * 2):
        texts[grammar.expand(template, rng)] = None
        if len(texts) == wanted:
            break
    fold, texts = stable(template, 4), list(texts)
    for text in texts:
        for _ in range(max(1, PLAIN // len(texts))):
            emit(label, "train", fold, located(label, dressed(text, rng), rng))
    for text in texts[:QUOTES] if label in CATEGORIES else []:
        emit("~", "train", fold, rng.choice(QUOTE).format(text.rstrip("。！")))


def from_seeds(folder, kinds, positives, near):
    common, _ = read_seeds(folder / "common.txt") if (folder / "common.txt").exists() else ({}, [])
    for kind in kinds:
        if not (folder / (kind + ".txt")).exists():
            continue
        label = KINDS.get(kind, kind)
        slots, templates = read_seeds(folder / (kind + ".txt"))
        grammar, rng = Grammar({**common, **slots}), random.Random(kind)
        for sign, template in templates:
            calm = "~" if label in CATEGORIES else "="
            from_template(grammar, label if sign == "+" else calm, template, positives if sign == "+" else near, rng)


def from_held(folder):
    for path in sorted(folder.glob("*.txt")):
        _, texts = read_seeds(path)
        for sign, text in texts:
            emit(KINDS.get(path.stem, path.stem) if sign == "+" else "~", "held", 0, text)


def from_greetings():
    """What dresses the texts must not speak for a category itself."""
    for before in BEFORE + [""]:
        for after in AFTER + [""]:
            emit("-", "train", 0, before + after)
    for first in BEFORE:
        for second in BEFORE:
            emit("-", "train", 0, first + second)


def from_terms(folder):
    """Terms that stand for themselves wherever they stand; their exceptions are near misses."""
    rng = random.Random("terms")
    for path in sorted(folder.glob("common/terms/*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                term, fold = row["term"], stable(row["term"], 4)
                if row["category"] in CATEGORIES and row["match"] in ("phrase", "anywhere") and len(term) >= 4:
                    emit(row["category"], "train", fold, dressed(term, rng))
                    exceptions = [e for e in (row.get("exceptions") or "").splitlines() if len(e) >= 5]
                    if exceptions:
                        emit("~", "train", fold, rng.choice(exceptions))


def danger_cues(folder):
    with open(folder / "common/cues.csv", encoding="utf-8-sig", newline="") as file:
        return [row["cue"] for row in csv.DictReader(file) if row["role"] == "danger"]


def from_cases(folder):
    cues = danger_cues(folder)
    for path in sorted(folder.glob("cities/*/cases.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["期待"] in ("許可", "伏せ字"):
                    calm = "~" if any(cue in row["文"] for cue in cues) else "="
                    for _ in range(8):
                        emit(calm, "train", stable(row["文"], 4), row["文"])


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def from_corpora(folder):
    for path in sorted(folder.glob("benign/*.jsonl")):
        for row in rows(path):
            emit("-", "measure" if stable(row["id"], 3) == 0 else "train", 0, row["text"])
    for name in ["gsd_train", "ner_wikipedia", "wac_train"]:  # what is written to be read by all
        for row in rows(folder / f"ner/{name}.jsonl"):
            if stable(row["id"], 3):
                emit("-", "train", 0, row["text"])
    toxicity = folder / "toxicity"
    for row in rows(toxicity / "jcommonsensemorality_train.jsonl"):
        emit("-", "train", 0, row["text"])
    for row in rows(toxicity / "jcommonsensemorality_val.jsonl"):
        emit("~", "measure", 0, row["text"])
    for row in rows(toxicity / "inspection_ai.jsonl"):
        if "not_toxic" in row["labels"]:
            emit("-", "train", 0, row["text"])
    for row in rows(toxicity / "open2ch_dev_posts_unlabelled.jsonl"):
        if not row["ng_hits"] and stable(row["id"], 3):
            emit("-", "train", 0, row["text"])


if __name__ == "__main__":
    from_seeds(pathlib.Path(sys.argv[1]) / "seeds", CATEGORIES + ["near"], 100, 60)
    from_seeds(pathlib.Path(sys.argv[1]) / "seeds", ["DANGER", "threats"], 400, 300)
    for folder in [pathlib.Path(sys.argv[1]) / "texts", *sorted((pathlib.Path(sys.argv[1]) / "voices").iterdir())]:
        from_seeds(folder, CATEGORIES + ["DANGER", "threats", "everyday", "banter"], 120, 80)
    from_held(pathlib.Path(sys.argv[1]) / "held")
    from_greetings()
    from_terms(pathlib.Path(sys.argv[2]))
    from_cases(pathlib.Path(sys.argv[2]))
    from_corpora(pathlib.Path(sys.argv[3]))
    write()
