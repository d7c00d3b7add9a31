#!/usr/bin/python3
"""Runs build/filterd as its users do; TAP, and a last line `N passed, N failed`.

    tests/e2e/run.py            everything
    tests/e2e/run.py answers    only test_answers.py
    tests/e2e/run.py -k word    only cases with this word in their name
"""

import argparse
import importlib
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

SCRIPTS = ["answers", "clients", "faults", "reload", "start"]


class Report:
    def __init__(self, word):
        self.word, self.passed, self.failed = word, 0, 0

    def __call__(self, name, case):
        title = name.replace("_", " ")
        if self.word and self.word not in title:
            return
        started = time.monotonic()
        try:
            case()
        except Exception:
            self.fail(title)
        else:
            self.passed += 1
            print(f"ok {self.passed + self.failed} - {title} # {time.monotonic() - started:.2f} s", flush=True)

    def fail(self, title):
        """Inside an except clause."""
        self.failed += 1
        print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="")
        print(f"not ok {self.passed + self.failed} - {title}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("-k", dest="word", default="")
    options.add_argument("scripts", nargs="*")
    chosen = options.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    report = Report(chosen.word)
    for name in chosen.scripts or SCRIPTS:
        try:
            importlib.import_module("test_" + name).run(report)
        except Exception:
            report.fail(f"{name} runs to its end")
    print(f"{report.passed} passed, {report.failed} failed")
    return report.failed != 0


if __name__ == "__main__":
    sys.exit(main())
