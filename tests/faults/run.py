#!/usr/bin/python3
"""Runs the fault tests; TAP, and a last line `N passed, N failed`.

    tests/faults/run.py                     everything, in minutes (make faults)
    tests/faults/run.py --short             what `make test` runs
    tests/faults/run.py processes network   only these scripts
    tests/faults/run.py -k F3               only cases with this word in their name
"""

import argparse
import importlib
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from harm import Scale, cases_of  # noqa: E402
from run import Report  # noqa: E402  (of tests/e2e)

SCRIPTS = ["processes", "network", "resources", "broken", "canary"]


def run(name, report, scale):
    module = importlib.import_module("test_" + name)
    titles = {case: " ".join(case.faults) + " " + case.__name__ for case in cases_of(module)}
    chosen = [case for case in titles if not (case.long and scale.short) and report.word in titles[case].replace("_", " ")]
    if not chosen:
        return
    with module.make() as service:
        for case in chosen:
            report(titles[case], lambda case=case: case(service, scale))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--short", action="store_true")
    options.add_argument("-k", dest="word", default="")
    options.add_argument("scripts", nargs="*")
    chosen = options.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    report = Report(chosen.word)
    for name in chosen.scripts or SCRIPTS:
        try:
            run(name, report, Scale(chosen.short))
        except Exception:
            report.fail(f"{name} runs to its end")
    print(f"{report.passed} passed, {report.failed} failed")
    return report.failed != 0


if __name__ == "__main__":
    sys.exit(main())
