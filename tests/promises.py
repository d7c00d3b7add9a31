#!/usr/bin/python3
"""docs/reliability.md names what proves each promise: every test, fuzz target and file that it names is there."""

import glob
import re
import sys

DOCUMENT = "docs/reliability.md"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def plain(words):
    return re.sub(r"[^a-z0-9]+", " ", words.lower()).strip()


def cases():
    """Every name of a case, as words: functions of Python, rows of C."""
    for path in glob.glob("tests/**/*.py", recursive=True):
        yield from map(plain, re.findall(r"^def (\w+)", read(path), re.M))
    for path in glob.glob("tests/*/test_*.c"):
        yield from map(plain, re.findall(r'^ {8}\{"([^"]+)"', read(path), re.M))


def missing(text):
    known = set(cases())
    programs = {path[len("tests/"):].rsplit(".", 1)[0] for path in glob.glob("tests/*/*")}
    code = {path[len("filterd/"):].rsplit(".", 1)[0] for path in glob.glob("filterd/*/*")}
    for name in re.findall(r"(?<![*\w])\*([^*\n]+ [^*\n]+)\*(?!\*)", text):
        if plain(name) not in known:
            yield f"no case {name}"
    for name in re.findall(r"`((?:\w+/)?(?:test|fuzz)_\w+)(?:\.py)?`", text):
        folder, _, program = name.rpartition("/")
        if not any(path.endswith("/" + program) and path.startswith(folder) for path in programs):
            yield f"no test {name}"
    for name in re.findall(r"`((?:base|rules|scan|pool|serve|wire)/\w+)`", text):
        if name not in code and name not in programs:
            yield f"no file {name}"


def main():
    found = list(missing(read(DOCUMENT)))
    for line in found:
        print(f"{DOCUMENT}: {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
