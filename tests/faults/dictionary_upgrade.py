#!/usr/bin/python3
"""The package of MeCab's dictionary writes over files that a service has mapped. Nothing that runs may change by that; a
reload takes the new one over, or refuses it. To be run where /var/lib/mecab may be mounted over: `unshare -m`, as root
(test_resources.py does)."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from harm import Ledger, generation_of, kill  # noqa: E402
from harness import Service, pb  # noqa: E402

DICTIONARY = "/var/lib/mecab/dic/ipadic-utf8"
TEXT = "山田太郎です。連絡先は090-1234-5678です"


def ruleset_of(service):
    with service.client() as client:
        reply = client.check("kashiwa", TEXT)
        assert reply.status == pb.STATUS_OK and reply.results[0].verdict == pb.VERDICT_REDACT, reply
        return reply.ruleset


def write_over(name, data):
    with open(f"{DICTIONARY}/{name}", "r+b") as file:
        file.truncate(0)
        file.write(data)


def upgrade(service):
    before = ruleset_of(service)
    with open(f"/proc/{generation_of(service)}/maps", encoding="utf-8") as maps:
        assert DICTIONARY not in maps.read(), "the dictionary itself is mapped, not the copy"
    with open(f"{DICTIONARY}/sys.dic", "rb") as file:
        words = file.read()
    with Ledger(service) as load:
        write_over("sys.dic", os.urandom(len(words)))
        for pid in service.workers():
            kill(pid)
            service.wait_status(lambda status, pid=pid: len(status["workers"]) == 2 and
                                pid not in {worker["pid"] for worker in status["workers"]}, 30)
        load.wait_replies(200)
        assert not service.control("reload", 120)["ok"], "a dictionary of rubbish"
        assert ruleset_of(service) == before
        write_over("sys.dic", words)
        with open(f"{DICTIONARY}/dicrc", "a", encoding="utf-8") as file:
            file.write("; another version\n")
        answer = service.control("reload", 120)
        assert answer["ok"], answer
        assert ruleset_of(service) != before, "the hash names the dictionary"
    load.assert_all_ok()


def main():
    with tempfile.TemporaryDirectory(prefix="filterd-mecab-") as own:
        copy = shutil.copytree(os.path.realpath(DICTIONARY), own + "/dictionary")
        subprocess.run(["mount", "--bind", copy, DICTIONARY], check=True)
        with Service() as service:
            upgrade(service)
        subprocess.run(["umount", "-l", DICTIONARY], check=True)


if __name__ == "__main__":
    main()
