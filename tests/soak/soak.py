#!/usr/bin/python3
"""A long run of a whole service under mixed load; exit 1 when a promise is broken.

    tests/soak/soak.py [MESSAGES]        make soak MESSAGES=20000000

A ledger holds the number of every request that was sent: each must come back once, with the bytes it came back with the
first time. Meanwhile rules are reloaded every minute, or every thirtieth of the messages, each time with a new term
that must be live, and workers are replaced. Memory and descriptors of every process are sampled between reloads; after a third of the run
they must stay level. At the end the service's counters must agree with the ledger, and its log must hold no text.
"""

import collections
import heapq
import os
import statistics
import struct
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [TOP + "/tests/e2e", TOP + "/bench"]

import zmq  # noqa: E402

from harness import CITIES, Service, pb, write  # noqa: E402
import traffic  # noqa: E402

CLIENTS, OUTSTANDING = 4, 8  # requests under way for each
RELOAD_S, RELOADS_AT_LEAST = 60, 30
WORKER_MESSAGES = 200_000
SAMPLE_S, SAMPLES_AT_LEAST = 5, 60
SILENCE_MS, RETRY_POLL_MS = 20_000, 1
RULESET_BYTES = 66  # the last field of an answer: tag, length, 64 digits
GROWTH_KIB, GROWTH_SHARE, DESCRIPTORS = 2048, 0.05, 2  # within what an unchanged process varies
LOAD = {pb.STATUS_DEADLINE_EXCEEDED, pb.STATUS_RESOURCE_EXHAUSTED}  # on a busy machine; answers, too, but few
LOAD_SHARE = 0.001
WINDOW = 10  # letters in a row that no log line may share with a text


class Ledger:
    """Which requests are under way, and what came back."""

    def __init__(self, messages):
        self.wanted = messages
        self.sent = self.answered = self.messages = self.late = 0
        self.under_way, self.statuses = {}, collections.Counter()

    def next_request(self, templates):
        number = self.sent
        self.sent += 1
        self.under_way[number] = template = templates[number % len(templates)]
        return struct.pack(">Q", number), template.payload

    def settle(self, number, answer):
        """Gives the seconds to wait before the next request, as the answer asks."""
        template = self.under_way.pop(number, None)
        assert template is not None, f"request {number} was answered twice, or never asked"
        status, retry_ms = self.compare(number, template, answer)
        self.answered += 1
        if status in LOAD:
            self.late += template.status == pb.STATUS_OK
        else:
            self.messages += len(template.ids)
        self.statuses[pb.Status.Name(status)] += 1
        return retry_ms / 1000

    @staticmethod
    def compare(number, template, answer):
        """Every answer is that of the first time, but for its ruleset; gives its status and retry_after_ms."""
        body = answer[:-RULESET_BYTES] if template.ids else answer
        if body != template.answer:
            reply = pb.CheckReply.FromString(answer)
            if reply.status in LOAD:
                return reply.status, reply.retry_after_ms
            template.check(reply)
            assert template.answer is None, f"request {number} was answered otherwise than before"
            template.answer = body
        return template.status, 0

    def faults(self):
        is_much = self.late > LOAD_SHARE * self.sent
        return [f"{self.late} of {self.sent} requests refused for load"] if is_much else []


class Keeper(threading.Thread):
    """Reloads and samples, never both at once."""

    def __init__(self, service, ledger):
        super().__init__()
        self.service, self.ledger, self.done = service, ledger, threading.Event()
        self.reloads, self.samples, self.failure = 0, [], None

    def run(self):
        try:
            with self.service.client() as client:
                self.keep(client)
        except Exception as failure:
            self.failure = failure

    def keep(self, client):
        reloaded = sampled = time.monotonic()
        reloaded_at = sampled_at = 0
        while not self.done.wait(0.2):
            now, messages = time.monotonic(), self.ledger.messages
            if now - sampled >= SAMPLE_S or messages - sampled_at >= self.ledger.wanted / SAMPLES_AT_LEAST:
                self.sample()
                sampled, sampled_at = now, messages
            if now - reloaded >= RELOAD_S or messages - reloaded_at >= self.ledger.wanted / RELOADS_AT_LEAST:
                self.reload(client)
                reloaded, reloaded_at = time.monotonic(), messages

    def reload(self, client):
        self.reloads += 1
        word = f"うつせみ{self.reloads}番"
        write(self.service.city_file("kashiwa", "terms.csv"), f"語句,分類,一致,強さ\n{word},DEFAMATION,anywhere,HIGH\n")
        answer = self.service.control("reload")
        assert answer["ok"], answer
        reply = client.check("kashiwa", word)
        assert reply.status == pb.STATUS_OK and reply.results[0].verdict == pb.VERDICT_BLOCK, reply

    def sample(self):
        """(memory in KiB, descriptors) of each role; of the workers the largest."""
        status = self.service.control("status")
        workers = [worker["pid"] for worker in status["workers"] if worker["generation"] == status["generation"]]
        roles = {"supervisor": [status["pid"]], "front": [status["front"]["pid"]], "worker": workers,
                 "generation": [parent_of(workers[0])] if workers else []}
        sizes = {role: [size for pid in pids if (size := size_of(pid))] for role, pids in roles.items()}
        self.samples.append({role: tuple(map(max, zip(*each))) for role, each in sizes.items() if each})

    def finish(self):
        self.done.set()
        self.join()
        if self.failure:
            raise self.failure


def parent_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def size_of(pid):
    """None: it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
        return kib, len(os.listdir(f"/proc/{pid}/fd"))
    except (OSError, StopIteration):
        return None


def open_clients(service, ledger, poller, faultless, faulty):
    """{socket: (client, its templates)}. The faulty requests have a client of their own: what cannot be read has the
    shortest deadline, and a client whose deadlines cannot be met is held to short queues."""
    clients = {}
    for templates, outstanding in [(faultless, OUTSTANDING)] * CLIENTS + [(faulty, 1)]:
        client = service.client()
        clients[client.socket] = client, templates
        poller.register(client.socket, zmq.POLLIN)
        for _ in range(outstanding):
            client.send(*ledger.next_request(templates))
    return clients


def soak(service, ledger, faultless, faulty):
    """Keeps some requests of every client under way until enough messages are answered, then waits for the rest."""
    poller = zmq.Poller()
    clients = open_clients(service, ledger, poller, faultless, faulty)
    waiting = []  # (when, count, socket): sends that an answer asked to put off
    shown = time.monotonic()
    while ledger.under_way or waiting:
        ready = poller.poll(RETRY_POLL_MS if waiting else SILENCE_MS)
        assert ready or waiting, f"silence: {len(ledger.under_way)} requests have no answer"
        now = time.monotonic()
        for socket, _ in ready:
            number, answer = clients[socket][0].receive()
            pause = ledger.settle(struct.unpack(">Q", number)[0], answer)
            if ledger.messages < ledger.wanted:
                heapq.heappush(waiting, (now + pause, ledger.answered, socket))
        while waiting and (waiting[0][0] <= now or ledger.messages >= ledger.wanted):
            client, templates = clients[heapq.heappop(waiting)[2]]
            if ledger.messages < ledger.wanted:
                client.send(*ledger.next_request(templates))
        if now - shown >= 60:
            shown = now
            print(f"# {ledger.messages} messages", flush=True)
    for client, _ in clients.values():
        assert client.receive(0) is None, "an answer nobody asked for"
        client.socket.close()


# --- what must hold at the end ------------------------------------------------------------------------------------


def slope(values):
    """How much the straight line through the values climbs from first to last."""
    if len(values) < 3:
        return 0
    return statistics.linear_regression(range(len(values)), values).slope * (len(values) - 1)


def level_faults(samples):
    """Roles that grow after the first third; prints every role's figures."""
    for role in sorted(samples[0]):
        series = [sample[role] for sample in samples if role in sample]
        warm = series[len(series) // 3:]
        kib, descriptors = zip(*warm)
        climb, more = slope(kib), slope(descriptors)
        print(f"# {role}: {series[0][0]} KiB at first, {kib[0]} warm, {kib[-1]} at last (line {climb:+.0f}); "
              f"descriptors {descriptors[0]}, at last {descriptors[-1]} (line {more:+.1f})")
        if climb > GROWTH_KIB + GROWTH_SHARE * kib[0]:
            yield f"{role} grows by {climb:.0f} KiB"
        if more > DESCRIPTORS:
            yield f"{role} gains {more:.1f} descriptors"


def counter_faults(stats, requests):
    """Where the service's own counters differ from the ledger's."""
    front, workers = stats["front"], stats["workers"]
    zeros = ("replies_dropped", "internal", "quarantined", "workers_lost", "under_way", "under_way_bytes", "restarts")
    yield from (f"{name} is {front[name]}" for name in zeros if front[name] != 0)
    yield from (f"{name} is {front[name]}, not {requests}" for name in ("requests", "replies") if front[name] != requests)
    if workers["died"]:
        yield f"{workers['died']} workers died"


def log_faults(log, texts):
    windows = {text[at:at + WINDOW] for text in texts for at in range(len(text) - WINDOW + 1)}
    lines = log.splitlines()
    print(f"# {len(lines)} log lines")
    return ["a log line holds text" for line in lines
            if any(line[at:at + WINDOW] in windows for at in range(len(line) - WINDOW + 1))]


def run(messages):
    faultless, faulty, texts = traffic.templates([*CITIES, "default"])
    ledger = Ledger(messages)
    with Service(small_terms=False, worker_messages=WORKER_MESSAGES) as service:
        keeper = Keeper(service, ledger)
        started = time.monotonic()
        keeper.start()
        try:
            soak(service, ledger, faultless, faulty)
        finally:
            keeper.finish()
        seconds = time.monotonic() - started
        service.wait_until(lambda: service.control("stats")["front"]["under_way"] == 0)  # it counts after it has sent
        stats = service.control("stats")
        faults = [*ledger.faults(), *level_faults(keeper.samples), *counter_faults(stats, ledger.sent + keeper.reloads),
                  *log_faults(service.log(), texts)]
    print(f"# {ledger.messages} messages in {ledger.answered} requests of {ledger.sent}, {seconds:.0f} s; "
          f"{keeper.reloads} reloads, {stats['workers']['started']} workers started; {dict(ledger.statuses)}")
    return faults


def main():
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    faults = run(messages)
    for fault in faults:
        print(f"# {fault}")
    print(f"{'not ok' if faults else 'ok'} 1 - {messages} messages, each request answered once, nothing grows")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
