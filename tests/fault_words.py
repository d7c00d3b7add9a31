#!/usr/bin/python3
"""Proves that every reason and mend of a fault in the sources has a Japanese wording in base/fault_words.c.

Read are the string literals with a space in them among the arguments of calls that make faults, and those that are
printed into a `reason` or `mend`. A conversion (%s) matches any conversion. Prints TAP.
"""

import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = "filterd/base/fault_words.c"
CALL = re.compile(r"\b(fault_set|give_up|\w+_fault|fail_at|fail_at_mark|parse_failed|bad_cell|trouble|snprintf)\s*\(")
ROW_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"')
SLIP = re.compile(r'^    \{"[^\n]*, (?:true|false), ', re.M)  # a row of rules/slips.c
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*')
ANSWERS = re.compile(r'complain_fault|put_fault|is_fault')


def arguments(source, start):
    """The text between the bracket that ends at `start` and its partner."""
    depth, at = 1, start
    while depth and at < len(source):
        if source[at] == '"':
            at = LITERAL.match(source, at).end()
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return source[start:at - 1]


def joined(literal):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literal)).replace('\\"', '"')


def pattern(text):
    return re.sub(r"%[.0-9]*[a-z]+", "%", text)


def literals(path):
    with open(path, encoding="utf-8") as file:
        source = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), file.read(), flags=re.S)
    for row in SLIP.finditer(source):
        for text in ROW_WORDS.findall(source[row.end():source.index("\n", row.end())]):
            yield joined(text), source.count("\n", 0, row.start()) + 1
    for call in CALL.finditer(source):
        inside = arguments(source, call.end())
        if ANSWERS.match(call[1]) or (call[1] == "snprintf" and not re.match(r"\s*(reason|mend)\b", inside)):
            continue
        for literal in LITERAL.finditer(inside):
            text = joined(literal[0])
            if re.search("[a-z]{2}", pattern(text)) and " " in text:
                yield text, source.count("\n", 0, call.start()) + 1


def main():
    os.chdir(TOP)
    with open(TABLE, encoding="utf-8") as file:
        known = [pattern(joined(f'"{row}"')) for row in re.findall(r'^    \{"((?:[^"\\]|\\.)*)", "', file.read(), re.M)]
    missing = []
    for path in sorted(glob.glob("filterd/*/*.c")):
        if path == TABLE:
            continue
        for text, line in literals(path):
            wanted = pattern(text).strip()
            if not any(row == wanted or row.startswith(wanted + " %") for row in known):
                missing.append(f"{path}:{line}: {text}")
    print("1..1")
    print(f"{'not ok' if missing else 'ok'} 1 - every reason and mend of a fault is known in Japanese ({TABLE})")
    for line in missing:
        print("# " + line)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
