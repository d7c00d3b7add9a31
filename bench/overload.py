#!/usr/bin/python3
"""Offers more than the service can do, and demands that what it can do is still done; exit 1 when a mark is missed.

    bench/overload.py [--seconds 60] [--rounds 4] [--per-request 64] [--deadline-ms 100]

Capacity is what many outstanding requests get done. Half of it is offered, then five times as much: goodput, latency of
what was answered OK, one answer for every request, memory of the front. Then nine clients who stay below their share
beside one that offers ten times as much as each. Each load stands for SECONDS in sum, in rounds that measure capacity
beside each load: a shared machine changes it within minutes. Ratios are medians of the rounds.
One worker, so that clients and front have a processor of their own where there are two.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TOP + "/bench", TOP + "/tests"]
import corpus as texts  # noqa: E402
import service  # noqa: E402

OUT = "build/bench"
CORPUS, DICTIONARIES = f"{OUT}/corpus.txt", f"{OUT}/dictionaries"
POLICY = "bench-thorough"  # as most cities have it
HALF, FIVE_TIMES, NORMALS = 0.5, 5, 9
NORMAL_SHARE = 0.08  # of capacity, of each of the nine; the tenth offers ten times that
WARM_UP_REQUESTS = 2000


def prepare():
    os.makedirs(OUT, exist_ok=True)
    if not os.path.exists(CORPUS):
        with open(CORPUS, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in texts.invented(20_000, 1))
    # Each time: those of an older version may lack what this one reads.
    subprocess.run(["bench/dictionaries.py", DICTIONARIES, "--many", "1"], check=True, stdout=subprocess.DEVNULL)


def measure(ours, chosen):
    """Requests per second that come back when there are always some waiting."""
    command = ["build/bench/load", ours.endpoint, POLICY, CORPUS, str(chosen.per_request), "32"]
    rate = WARM_UP_REQUESTS / (json.loads(subprocess.check_output(command + [str(WARM_UP_REQUESTS)]))["ns"] / 1e9)
    requests = max(WARM_UP_REQUESTS, int(rate * chosen.seconds / chosen.rounds / 3))
    return requests / (json.loads(subprocess.check_output(command + [str(requests)]))["ns"] / 1e9)


def offer(ours, chosen, *rates):
    command = ["build/bench/offer", ours.endpoint, POLICY, CORPUS, str(chosen.per_request), str(chosen.seconds // chosen.rounds),
               str(chosen.deadline_ms), *(f"{rate:.2f}" for rate in rates)]
    return list(map(json.loads, subprocess.check_output(command).decode().splitlines()))


def status_of(ours):
    return json.loads(subprocess.check_output(["build/filterctl", "status", "--json", "--control", ours.control]))


def worker_times(ours):
    """Seconds that the worker ran, and that it waited for a processor."""
    with open(f"/proc/{status_of(ours)['workers'][0]['pid']}/schedstat", encoding="ascii") as file:
        return [int(word) / 1e9 for word in file.read().split()[:2]]


def front_memory_kib(ours):
    status = status_of(ours)
    with open(f"/proc/{status['front']['pid']}/status", encoding="ascii") as file:
        return int(next(line.split()[1] for line in file if line.startswith("VmHWM:")))


class Marks:
    def __init__(self):
        self.missed = 0

    def demand(self, claim, words):
        self.missed += not claim
        print(f"{'ok    ' if claim else 'MISSED'} {words}", flush=True)


def run_round(ours, chosen, number):
    """One round: what can be done, each load, and what can be done again. Returns a dict of what came of it."""
    first = measure(ours, chosen)
    half, = offer(ours, chosen, first * HALF)
    memory_kib = front_memory_kib(ours)

    before = measure(ours, chosen)
    ran, waited = worker_times(ours)
    over, = offer(ours, chosen, before * FIVE_TIMES)
    ran, waited = (now - then for now, then in zip(worker_times(ours), (ran, waited)))
    after = measure(ours, chosen)

    normal = after * NORMAL_SHARE
    *nine, greedy = offer(ours, chosen, *[normal] * NORMALS, 10 * normal)
    capacity = (before + after) / 2
    done = {"half": half, "over": over, "nine": nine, "greedy": greedy, "capacity": capacity,
            "goodput": over["ok"] / over["seconds"] / capacity, "p99": over["p99_us"] / half["p99_us"],
            "memory_kib": (memory_kib, front_memory_kib(ours))}
    print(f"       round {number}: capacity {first:.0f}, {before:.0f}, {after:.0f} requests/s; goodput {done['goodput']:.2f}; "
          f"p99 {over['p99_us']:.0f} us, {half['p99_us']:.0f} at {HALF}; the worker ran {ran / over['seconds']:.2f} of the time, "
          f"waited for a processor {waited / over['seconds']:.2f}; the nine {min(map(share_of, nine)):.4f}, "
          f"the greedy one {share_of(greedy):.2f}", flush=True)
    return done


def share_of(client):
    return client["ok"] / client["sent"]


def judge(rounds, chosen, marks):
    goodput = statistics.median(done["goodput"] for done in rounds)
    p99 = statistics.median(done["p99"] for done in rounds)
    worst_us = max(done["over"]["p99_us"] for done in rounds)
    nine = [sum(done["nine"][i]["ok"] for done in rounds) / sum(done["nine"][i]["sent"] for done in rounds) for i in range(NORMALS)]
    clients = [client for done in rounds for client in (done["half"], done["over"], *done["nine"], done["greedy"])]
    sent, unanswered, twice, other = (sum(client[name] for client in clients) for name in ("sent", "unanswered", "twice", "other"))
    warm_kib, end_kib = rounds[0]["memory_kib"][0], rounds[-1]["memory_kib"][1]
    marks.demand(goodput >= 0.9, f"goodput {goodput:.2f} of capacity at {FIVE_TIMES} times (0.90)")
    marks.demand(p99 <= 2, f"p99 of accepted {p99:.2f} of that at {HALF} (2.00)")
    marks.demand(worst_us <= chosen.deadline_ms * 1000, f"p99 {worst_us:.0f} us in the worst round, deadline {chosen.deadline_ms} ms")
    marks.demand(min(nine) >= 0.99, f"nine beside a greedy one: at least {min(nine):.4f} OK of each one's (0.99)")
    marks.demand(unanswered == twice == other == 0,
                 f"{sent} requests: {unanswered} unanswered, {twice} answered twice, {other} with an unexpected status")
    marks.demand(end_kib <= warm_kib + (64 << 10), f"memory of the front at most {end_kib >> 10} MiB, {warm_kib >> 10} at {HALF}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=60, help="of each load, all rounds together")
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--per-request", type=int, default=64)
    options.add_argument("--deadline-ms", type=int, default=100)
    chosen = options.parse_args()
    os.chdir(TOP)
    prepare()
    marks = Marks()
    ours = service.Service(DICTIONARIES)
    ours.settings.update(workers=1, worker_messages=0)
    with ours:
        judge([run_round(ours, chosen, 1 + number) for number in range(chosen.rounds)], chosen, marks)
    return 1 if marks.missed else 0


if __name__ == "__main__":
    sys.exit(main())
