#!/usr/bin/env python3
"""Collects what the tagger learns from: labelled texts, copies with other names, texts without names, made messages.

    prepare.py OUT.tsv [--train DIR] [--messages N] [--seed N] [--without FROM:TO]

DIR holds labelled JSONL ({"text", "spans": [{"start", "end", "type"}]}) under ner/ and texts without labels under benign/ and
toxicity/; what is missing is left out. DIR may be the ner/ folder itself. --without leaves rows of the last labelled set out. Every twentieth template, and every twentieth labelled text, is held: not learnt, but
used to set likelihoods. The same files give the same bytes. Format of OUT: models/train/corpus.h.
"""
import argparse
import json
import os
import random
import re

from generate import Lists, Message, expand, generate, lines_of

LABELLED = [("ner/ner_wikipedia.jsonl", 1.0), ("ner/gsd_train.jsonl", 1.0), ("ner/wac_train.jsonl", 0.7)]
UNLABELLED = [("benign/real_persona_chat.jsonl", 22000, 0.7), ("benign/jsts_captions.jsonl", 3000, 0.7),
              ("toxicity/jcommonsensemorality_train.jsonl", 14000, 0.6)]
TIMES, COPIES = 2, 2  # how often a labelled text is learnt as it is, and with other names
# a text without labels that may hold a name after all is no example
MAYBE_NAME = re.compile(r"(さん|くん|君|ちゃん|様|氏|選手|先生)")


def read(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def escape(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


class Writer:
    def __init__(self, path):
        self.out = open(path, "w", encoding="utf-8")
        self.rows = 0

    def put(self, group, weight, text, spans):
        if text.strip() and len(text) < 2000:
            self.out.write(f"{group}\t{weight}\t{','.join(f'{a}-{b}' for a, b in spans)}\t{escape(text)}\n")
            self.rows += 1


def shape(name):
    """What may stand in a name's place: a whole name in kanji, a surname, a name of several parts in katakana."""
    for word, pattern in (("kanji", r"[㐀-鿿々]{3,5}"), ("short", r"[㐀-鿿々]{2}"), ("parts", r"[ァ-ヺー]+(・[ァ-ヺー]+)+")):
        if re.fullmatch(pattern, name):
            return word
    return None


def swapped(row, spans, other_name):
    """The same text with other people's names; None when there is none to swap."""
    text, out, new, at, changed = row["text"], "", [], 0, False
    for start, end in sorted(spans):
        if start < at:
            return None
        name = other_name(text[start:end])
        changed = changed or name != text[start:end]
        out += text[at:start]
        new.append((len(out), len(out) + len(name)))
        out += name
        at = end
    return (out + text[at:], new) if changed else None


def from_lists(message):
    """A name of our own lists in place of a whole name in kanji, or of one of several parts in katakana."""
    def other(name):
        kind = shape(name)
        if kind == "kanji":
            return message.kanji_full()
        if kind == "parts" and message.chance(0.5):
            return message.X()
        return message.S() if kind == "short" and message.chance(0.5) else name
    return other


def redacted(text, spans):
    """The text as it leaves the filter: no name is left in it."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + "【氏名】" + text[end:]
    return text


def read_labelled(folder, without):
    """(text, names, weight, held) of every labelled text."""
    rows = []
    for path, weight in LABELLED:
        if not os.path.exists(os.path.join(folder, path)):
            continue
        for i, row in enumerate(read(os.path.join(folder, path))):
            if path == LABELLED[-1][0] and i in without:
                continue
            if not any(s["type"] == "OPTIONAL" for s in row["spans"]):
                spans = [(s["start"], s["end"]) for s in row["spans"] if s["type"] == "PERSON"]
                rows.append((row, spans, weight, i % 20 == 7))
    return rows


def put_labelled(writer, folder, rng, without):
    message, rows = Message(Lists(), rng), read_labelled(folder, without)
    for row, spans, weight, held in rows:
        for _ in range(1 if held else TIMES):
            writer.put("held-text" if held else "train", weight, row["text"], spans)
        if held or not spans:
            continue
        if message.chance(0.15):
            writer.put("train", weight, redacted(row["text"], spans), [])
        for _ in range(COPIES):
            copy = swapped(row, spans, from_lists(message))
            if copy:
                writer.put("train", weight, *copy)


def put_unlabelled(writer, folder):
    lists = Lists()
    surnames = {row[0] for row in lists.surnames if len(row[0]) > 1}
    for path, most, weight in UNLABELLED:
        if not os.path.exists(os.path.join(folder, path)):
            continue
        for i, row in enumerate(read(os.path.join(folder, path))):
            if i >= most:
                break
            text = row["text"]
            doubt = MAYBE_NAME.search(text) and any(text[m.start() - n:m.start()] in surnames for m in MAYBE_NAME.finditer(text) for n in (2, 3))
            if not doubt:
                writer.put("held-text" if i % 20 == 7 else "train", weight, text, [])


def put_voices(writer, seed):
    rng = random.Random(seed)
    for i, line in enumerate(Lists().voices):
        writer.put("held-text" if i % 5 == 2 else "train", 1.0, expand(line, rng), [])


def put_messages(writer, count, seed):
    for path, share, named in (("models/data/messages_with_names.txt", 0.62, True), ("models/data/messages_without_names.txt", 0.38, False)):
        templates = lines_of(path)
        held = templates[7::20]
        learnt = [t for i, t in enumerate(templates) if i % 20 != 7]
        for text, spans in generate(learnt, int(count * share), seed, named):
            writer.put("train", 1.0, text, spans)
        for text, spans in generate(held, int(count * share) // 20, seed + 1, named):
            writer.put("held-message", 1.0, text, spans)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--train")
    parser.add_argument("--messages", type=int, default=80000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", default="0:0")
    chosen = parser.parse_args()
    writer = Writer(chosen.out)
    if chosen.train:
        folder = os.path.abspath(chosen.train)
        folder = os.path.dirname(folder) if os.path.exists(os.path.join(folder, os.path.basename(LABELLED[0][0]))) else folder
        put_labelled(writer, folder, random.Random(chosen.seed), range(*map(int, chosen.without.split(":"))))
        put_unlabelled(writer, folder)
    put_voices(writer, chosen.seed)
    put_messages(writer, chosen.messages, chosen.seed)
    writer.out.close()
    print(f"{writer.rows} texts")


main()
