#!/usr/bin/python3
"""Offers more than the service can do, and demands that what it can do is still done; exit 1 when a mark is missed.

    bench/overload.py [--seconds 60] [--per-request 64] [--deadline-ms 100]

Capacity is what many outstanding requests get done, measured before and after each phase: a busy machine changes it.
Half of it is offered, then five times as much: goodput, latency of what was answered OK, one answer for every request,
memory of the front. Then nine clients who stay below their share beside one that offers ten times as much as each.
One worker, so that clients and front have a processor of their own where there are two.
"""

import argparse
import json
import os
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
    requests = max(WARM_UP_REQUESTS, int(rate * chosen.seconds / 6))
    return requests / (json.loads(subprocess.check_output(command + [str(requests)]))["ns"] / 1e9)


def offer(ours, chosen, *rates):
    command = ["build/bench/offer", ours.endpoint, POLICY, CORPUS, str(chosen.per_request), str(chosen.seconds),
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


def demand_one_answer_each(marks, clients):
    sent, unanswered, twice = (sum(client[name] for client in clients) for name in ("sent", "unanswered", "twice"))
    other = sum(client["other"] for client in clients)
    marks.demand(unanswered == twice == other == 0,
                 f"{sent} requests: {unanswered} unanswered, {twice} answered twice, {other} with an unexpected status")


def run(ours, chosen, marks):
    capacity = measure(ours, chosen)
    print(f"       capacity {capacity:.0f} requests/s of {chosen.per_request} messages")
    half, = offer(ours, chosen, capacity * HALF)
    print(f"       at {HALF}: {half['ok']} OK of {half['sent']}, p50 {half['p50_us']:.0f} us, p99 {half['p99_us']:.0f} us")
    demand_one_answer_each(marks, [half])
    memory_kib = front_memory_kib(ours)

    before = measure(ours, chosen)
    ran, waited = worker_times(ours)
    over, = offer(ours, chosen, before * FIVE_TIMES)
    ran, waited = (now - then for now, then in zip(worker_times(ours), (ran, waited)))
    capacity = (before + measure(ours, chosen)) / 2
    goodput = over["ok"] / over["seconds"]
    print(f"       at {FIVE_TIMES}: {over['sent'] / over['seconds'] / capacity:.2f} of capacity arrived, p50 {over['p50_us']:.0f} us, "
          f"max {over['max_us']:.0f} us, {over['exhausted']} exhausted, {over['too_late']} too late")
    print(f"       meanwhile the worker ran {ran / over['seconds']:.2f} of the time, and waited for a processor {waited / over['seconds']:.2f}")
    marks.demand(goodput >= 0.9 * capacity, f"goodput {goodput / capacity:.2f} of capacity (0.90)")
    marks.demand(over["p99_us"] <= 2 * half["p99_us"],
                 f"p99 of accepted {over['p99_us']:.0f} us, {over['p99_us'] / half['p99_us']:.2f} of that at {HALF} (2.00)")
    marks.demand(over["p99_us"] <= chosen.deadline_ms * 1000, f"p99 within the deadline of {chosen.deadline_ms} ms")
    demand_one_answer_each(marks, [over])

    normal = capacity * NORMAL_SHARE
    *nine, greedy = offer(ours, chosen, *[normal] * NORMALS, 10 * normal)
    shares = [client["ok"] / client["sent"] for client in nine]
    now = measure(ours, chosen)
    print(f"       the greedy one: {greedy['ok'] / greedy['sent']:.2f} of {greedy['sent']} OK; capacity is {now / capacity:.2f} of what it was")
    marks.demand(min(shares) >= 0.99, f"nine beside it: at least {min(shares):.4f} OK of each one's (0.99)")
    demand_one_answer_each(marks, [*nine, greedy])
    after_kib = front_memory_kib(ours)
    marks.demand(after_kib <= memory_kib + (64 << 10), f"memory of the front at most {after_kib >> 10} MiB, {memory_kib >> 10} at {HALF}")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=60, help="of each phase")
    options.add_argument("--per-request", type=int, default=64)
    options.add_argument("--deadline-ms", type=int, default=100)
    chosen = options.parse_args()
    os.chdir(TOP)
    prepare()
    marks = Marks()
    ours = service.Service(DICTIONARIES)
    ours.settings.update(workers=1, worker_messages=0)
    with ours:
        run(ours, chosen, marks)
    return 1 if marks.missed else 0


if __name__ == "__main__":
    sys.exit(main())
