#!/usr/bin/python3
"""Reloads under load, each with a new term that must be live when the reload has answered: no request is lost or refused,
and nothing grows. `make test` runs 20 (tests/e2e/test_reload.py), `make faults` 1,000.

    tests/faults/reload_storm.py [RELOADS]
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from harness import Service, pb, write  # noqa: E402
from test_faults import Load  # noqa: E402

HEADER = "語句,分類,一致,強さ\n"
HISTORY_PER_CITY, STORE_MAX_UNUSED = 64, 32


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def descriptors_of(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def settled(own):
    """The front and one generation: what has retired is gone."""
    own.wait_until(lambda: len(children_of(own.process.pid)) == 2, 60)
    front = own.control("status")["front"]["pid"]
    generation = next(pid for pid in children_of(own.process.pid) if pid != front)
    return {"generation": (descriptors_of(generation), memory_kib(generation)),
            "supervisor": (descriptors_of(own.process.pid), memory_kib(own.process.pid)),
            "front": (descriptors_of(front), memory_kib(front))}


def reload_with(own, client, number):
    word = f"うつせみ{number}番"
    write(own.city_file("kashiwa", "terms.csv"), f"{HEADER}{word},DEFAMATION,anywhere,HIGH\n")
    answer = own.control("reload", 120)
    assert answer["ok"], answer
    reply = client.check("kashiwa", word)
    assert reply.status == pb.STATUS_OK and reply.results[0].verdict == pb.VERDICT_BLOCK, (number, reply)


def storm(own, reloads):
    """Gives how many requests were answered meanwhile; descriptors and KiB of each process before and after."""
    load = Load(own)
    with own.client() as client:
        reload_with(own, client, 0)
        before = settled(own)
        load.start()
        try:
            for number in range(1, reloads + 1):
                reload_with(own, client, number)
        finally:
            load.finish()
    after = settled(own)
    for name, (descriptors, kib) in after.items():
        assert descriptors <= before[name][0] + 1, (name, before, after)
        assert kib <= before[name][1] * 1.5 + 16384, (name, before, after)
    state = own.settings["state_dir"]
    assert len(os.listdir(f"{state}/history/cities/kashiwa")) <= HISTORY_PER_CITY
    assert len(os.listdir(f"{state}/store")) <= STORE_MAX_UNUSED + 64
    return load.sent, before, after


def main():
    reloads = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with Service() as own:
        requests, before, after = storm(own, reloads)
    kib = ", ".join(f"{name} {before[name][1]:,} to {after[name][1]:,} KiB" for name in after)
    print(f"ok 1 - {reloads} reloads under load lose nothing # {requests} requests; {kib}")


if __name__ == "__main__":
    main()
