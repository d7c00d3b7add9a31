#!/usr/bin/env python3
"""Builds the dictionary of the name tagger: which words are surnames, given names, places, ordinary words.

    words.py OUT.words [--ipadic DIR]

Reads the sources of mecab-ipadic (Debian package mecab-ipadic, EUC-JP), dictionaries/common and models/data; run from the
top of the repository. The same inputs give the same bytes. Format: rules/model.h.
"""
import argparse
import csv
import glob
import os
import struct
import unicodedata

from generate import old_form
from words_romaji import romaji

CLASSES = ["SUR_TOP", "SUR_MID", "SUR_LOW", "GIVEN_TOP", "GIVEN_LOW", "NAME", "MUNICIPALITY", "PLACE", "ORG", "PROPER", "NOUN",
           "SAHEN", "ADVERB", "VERB", "ADJ", "PARTICLE", "SUFFIX", "PREFIX", "HONORIFIC", "TITLE", "SUR_KANA", "GIVEN_KANA",
           "SUR_ROMAJI", "GIVEN_ROMAJI", "FOREIGN", "OTHER"]
BIT = {name: 1 << i for i, name in enumerate(CLASSES)}
MAX_CHARACTERS = 7
MAX_SETS = 255
# When a set of classes is too rare to have a number, the classes that are worth least are forgotten: from the first of these
# on; those not named here are worth most.
FORGET = ["OTHER", "PREFIX", "PROPER", "ORG", "ADVERB", "SUFFIX", "ADJ", "SAHEN", "PLACE", "VERB", "NAME", "GIVEN_KANA", "SUR_KANA",
          "NOUN", "SUR_LOW", "GIVEN_LOW"]
WORTH = {BIT[name]: 2 + FORGET.index(name) if name in FORGET else 20 for name in CLASSES}


def katakana(text):
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def fold(word):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def rows(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


class Words:
    def __init__(self):
        self.bits = {}

    def add(self, word, name, least=1):
        word = fold(word)
        if least <= len(word) <= MAX_CHARACTERS and not any(c.isspace() for c in word):
            self.bits[word] = self.bits.get(word, 0) | BIT[name]


IPADIC = {"Noun.place": "PLACE", "Noun.org": "ORG", "Noun.proper": "PROPER", "Noun": "NOUN", "Noun.verbal": "SAHEN", "Noun.adjv": "SAHEN",
          "Noun.adverbal": "ADVERB", "Adverb": "ADVERB", "Verb": "VERB", "Adj": "ADJ", "Postp": "PARTICLE", "Postp-col": "PARTICLE",
          "Auxil": "PARTICLE", "Suffix": "SUFFIX", "Prefix": "PREFIX"}


def add_ipadic(words, folder):
    for path in sorted(glob.glob(folder + "/*.csv")):
        kind = os.path.basename(path)[:-4]
        if kind in ("Noun.number", "Symbol", "Filler", "Others"):
            continue
        with open(path, encoding="euc_jp", newline="") as lines:
            for row in csv.reader(lines):
                if kind == "Noun.name":
                    words.add(row[0], {"姓": "SUR_LOW", "名": "GIVEN_LOW"}.get(row[7], "NAME"))
                    continue
                if kind in ("Verb", "Adj") and len(row[0]) > 5:
                    continue
                words.add(row[0], IPADIC.get(kind, "OTHER"))


def add_own(words):
    for rank, (name, reading) in enumerate(rows("dictionaries/common/surnames.tsv")):
        for form in {name, old_form(name)}:
            words.add(form, "SUR_TOP" if rank < 400 else "SUR_MID" if rank < 2000 else "SUR_LOW")
        if rank < 4000:
            for kana in (reading, katakana(reading)):
                words.add(kana, "SUR_KANA", 2)
            for latin in romaji(reading):
                words.add(latin, "SUR_ROMAJI", 2)
    for rank, row in enumerate(rows("dictionaries/common/given_names.tsv")):
        words.add(row[0], "GIVEN_TOP")
        for kana in (row[1], katakana(row[1])):
            words.add(kana, "GIVEN_KANA", 2)
        for latin in romaji(row[1]):
            words.add(latin, "GIVEN_ROMAJI", 2)
    everyday = {row[0] for row in rows("models/data/words_more.txt")}
    for word in everyday:
        words.add(word, "NOUN")
    for name, reading in rows("models/data/given_more.tsv"):
        words.add(name, "GIVEN_LOW")
        for kana in {reading, katakana(reading)} - everyday:
            words.add(kana, "GIVEN_KANA", 2)
        for latin in romaji(reading):
            words.add(latin, "GIVEN_ROMAJI", 2)
    for part, name, reading in rows("models/data/names_more.tsv"):
        kind = "SUR" if part == "s" else "GIVEN"
        words.add(name, kind + "_LOW")
        for kana in {reading, katakana(reading)} - everyday:
            words.add(kana, kind + "_KANA", 2)
        for latin in romaji(reading):
            words.add(latin, kind + "_ROMAJI", 2)
    for row in rows("dictionaries/common/municipalities.tsv"):
        for name in (row[1], row[2]):
            words.add(name, "MUNICIPALITY")
            if name[-1] in "都府県市区町村" and len(name) > 1:
                words.add(name[:-1], "MUNICIPALITY")
    for row in rows("models/data/foreign_names.tsv"):
        for part in " ".join(row[2:]).replace("・", " ").replace("-", "").split():
            words.add(part, "FOREIGN")
    with open("dictionaries/common/cues.csv", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["role"] in ("honorific", "title") and not row["cue"].endswith("の"):
                words.add(row["cue"], "HONORIFIC" if row["role"] == "honorific" else "TITLE")


def number_sets(words):
    """Class sets that are common enough get a number; rarer ones lose classes until they are one of those."""
    counts = {}
    for bits in words.bits.values():
        counts[bits] = counts.get(bits, 0) + 1
    kept = sorted(counts, key=lambda bits: (-counts[bits], bits))[:MAX_SETS - len(CLASSES)]
    kept = sorted(set(kept) | set(BIT.values()))
    numbers = {bits: i + 1 for i, bits in enumerate(kept)}

    def worth(bits):
        return sum(value for bit, value in WORTH.items() if bits & bit)

    reduced = {bits: bits if bits in numbers else max((other for other in kept if other & ~bits == 0), key=lambda other: (worth(other), other))
               for bits in counts}
    for word, bits in words.bits.items():
        words.bits[word] = reduced[bits]
    return numbers


def hash_word(word):
    h = 0
    for c in word:
        h = ((h ^ ord(c)) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        h ^= h >> 32
    return h


class Table:
    """Lines of 16 entries; what finds its line full goes to the next."""

    def __init__(self, lines):
        self.lines = [[] for _ in range(lines)]

    def put(self, home, word_hash, rest):
        line = (home >> 32) * len(self.lines) >> 32
        while len(self.lines[line]) == 16:
            line = (line + 1) % len(self.lines)
        self.lines[line].append(((word_hash >> 8) & 0x7FFFF) << 13 | rest)

    def bytes(self):
        return b"".join(struct.pack("<16I", *(line + [0] * (16 - len(line)))) for line in self.lines)


MANY = 10  # longer words of one pair that stand in its line


def entries(words, numbers):
    """(word whose line it is, word, scattered, longest, set) of every word of two characters and more, and its prefixes."""
    longer, longest = {}, {}
    for word in words.bits:
        for length in (2, 3):
            if len(word) >= length:
                longest[word[:length]] = max(longest.get(word[:length], 0), len(word))
        if len(word) > 2:
            longer[word[:2]] = longer.get(word[:2], 0) + 1
    for word in sorted(set(words.bits) | set(longest)):
        many = longer.get(word[:2], 0) > MANY
        number = numbers.get(words.bits.get(word, 0), 0)
        if len(word) == 2 or len(word) > 2 and (many or number):
            home = word if many else word[:2]
            yield home, word, many and len(word) == 2, longest.get(word, 0) if many or len(word) == 2 else 0, number


def write(words, path):
    numbers = number_sets(words)
    rows = list(entries(words, numbers))
    rows.sort(key=lambda row: (len(row[1]), row[1]))  # pairs come first: they are found without going on
    table = Table(len(rows) // 10)
    for home, word, scattered, longest, number in rows:
        table.put(hash_word(home), hash_word(word), int(scattered) << 12 | longest << 8 | number)
    sets = [0] * 256
    for bits, number in numbers.items():
        sets[number] = bits
    singles = bytearray(65536)
    for word, bits in words.bits.items():
        if len(word) == 1 and ord(word) < len(singles):
            singles[ord(word)] = numbers.get(bits, 0)
    head = b"FDWORDS2" + struct.pack("<II256I", len(table.lines), len(rows), *sets)
    content = head.ljust(1088, b"\0") + bytes(singles) + table.bytes()
    with open(path, "wb") as out:
        out.write(content)
    print(f"{len(words.bits)} words, {len(rows)} entries, {len(numbers)} class sets, {len(content)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--ipadic", default="/usr/share/mecab/dic/ipadic")
    chosen = parser.parse_args()
    words = Words()
    add_ipadic(words, chosen.ipadic)
    add_own(words)
    write(words, chosen.out)


if __name__ == "__main__":
    main()
