#!/usr/bin/python3
"""The dictionaries of the benches: the repository's own, filled up to 10,000 terms with nouns of mecab-ipadic.

    bench/dictionaries.py build/bench/dictionaries [--terms 10000] [--seed 1]

Nouns of three characters and more are drawn by the seed: like a list of prohibited words, they are rare in chat. Each
takes category, match mode and severity of one of the repository's own rows, so the mix of modes stays as it is.
Its cities are bench-fast and bench-thorough: the policy `default` with that setting of `names`.
terms.txt holds all terms, one per line, for tools that take a word list; many/ holds 1,741 cities with 100 terms each.
"""

import argparse
import csv
import glob
import os
import random
import re
import shutil
import unicodedata

NOUNS = "/usr/share/mecab/dic/ipadic/Noun*.csv"
NAMES = {"語句": "term", "分類": "category", "一致": "match", "強さ": "severity"}


def own_rows(dictionaries):
    for path in sorted(glob.glob(f"{dictionaries}/common/terms/*.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield {NAMES.get(key, key): value for key, value in row.items()}


def fold(word):
    return unicodedata.normalize("NFKC", word).casefold()


def nouns():
    """Nouns of the dictionary, one per folded form."""
    found = {}
    for path in sorted(glob.glob(NOUNS)):
        if path.endswith("Noun.number.csv"):
            continue
        with open(path, encoding="euc_jp", errors="ignore", newline="") as file:
            found.update((fold(word), word) for word in (line.split(",", 1)[0] for line in file))
    return sorted(word for word in found.values() if 3 <= len(word) <= 20 and not re.search(r'[\s"\x00-\x7f]', word))


def fill(target, count, seed):
    own = list(own_rows(target))
    known = {fold(row["term"]) for row in own}
    chance = random.Random(seed)
    candidates = [word for word in nouns() if fold(word) not in known]
    words = chance.sample(candidates, max(0, min(count - len(own), len(candidates))))
    with open(f"{target}/common/terms/bench.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["term", "category", "match", "severity"])
        for word in words:
            like = chance.choice(own)
            out.writerow([word, like["category"], like["match"], like.get("severity", "")])
    with open(f"{os.path.dirname(target)}/terms.txt", "w", encoding="utf-8") as file:
        file.writelines(term + "\n" for term in [row["term"] for row in own] + words)
    return len(own), len(words)


def replace_cities(target):
    """The nouns break the cases of real cities, so only ours remain."""
    with open(f"{target}/cities/default/policy.yaml", encoding="utf-8") as file:
        policy = file.read()
    shutil.rmtree(f"{target}/cities")
    for names in ("fast", "thorough"):
        city = f"bench-{names}"
        changed = re.sub(r"(?m)^id: .*$", f"id: {city}", policy)
        changed = re.sub(r"(?m)^names: .*\n", "", changed)
        changed = re.sub(r"(?m)^mode: ", f"names: {names}\nmode: ", changed)
        os.makedirs(f"{target}/cities/{city}")
        with open(f"{target}/cities/{city}/policy.yaml", "w", encoding="utf-8") as file:
            file.write(changed)


def add_many(target, source, count, seed):
    """`count` cities with 100 nouns each, beside the same common dictionaries."""
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(f"{target}/cities")
    shutil.copytree(f"{source}/common", f"{target}/common")
    with open(f"{source}/cities/bench-fast/policy.yaml", encoding="utf-8") as file:
        policy = file.read()
    chance = random.Random(seed + 1)
    words = nouns()
    for number in range(count):
        city = f"city-{number:04}"
        os.mkdir(f"{target}/cities/{city}")
        with open(f"{target}/cities/{city}/policy.yaml", "w", encoding="utf-8") as file:
            file.write(re.sub(r"(?m)^id: .*$", f"id: {city}", policy))
        with open(f"{target}/cities/{city}/terms.csv", "w", encoding="utf-8") as file:
            file.write("term,category,match\n")
            file.writelines(f"{word},COMMERCIAL,phrase\n" for word in chance.sample(words, 100))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("target")
    options.add_argument("--terms", type=int, default=10000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--many", type=int, default=1741, help="cities beside the target, in many/")
    chosen = options.parse_args()
    shutil.rmtree(chosen.target, ignore_errors=True)
    shutil.copytree("dictionaries", chosen.target)
    own, filled = fill(chosen.target, chosen.terms, chosen.seed)
    replace_cities(chosen.target)
    add_many(f"{os.path.dirname(chosen.target)}/many", chosen.target, chosen.many, chosen.seed)
    print(f"{own} terms of the repository, {filled} nouns")


if __name__ == "__main__":
    main()
