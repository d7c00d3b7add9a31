"""What the fault tests share: a load that keeps a ledger, a peer that speaks raw ZMTP, and how a case is named.

Each case says which fault it proves (F1 … F25, threats T4 … T9; docs/reliability.md says what each is). It waits for
conditions, never for time.
"""

import contextlib
import itertools
import os
import select
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from harness import BLOCKED_WORD, Service, pb, request  # noqa: E402

# A text each, and what must come of it in kashiwa whenever there is a verdict.
TEXTS = [("あしたのごみ収集は何時からですか", pb.VERDICT_ALLOW),
         ("連絡先は090-1234-5678です", pb.VERDICT_REDACT),
         ("お前は" + BLOCKED_WORD + "だ", pb.VERDICT_BLOCK)]
SILENCE_S = 30  # a reply that has not come by then never will


def proves(*faults, long=False):
    """Names the faults of a case; `long`: only in make faults."""
    def mark(case):
        case.faults, case.long = faults, long
        return case
    return mark


def cases_of(module):
    return [case for case in vars(module).values() if hasattr(case, "faults")]


class Scale:
    """How much of everything: little in make test, more in make faults."""

    def __init__(self, short):
        self.short = short

    def times(self, short, long):
        return short if self.short else long


class Ledger(threading.Thread):
    """Keeps requests outstanding until told to stop, and writes down every reply. `resend_s`: how long a client waits
    before it sends a request again (0 = never); only then may a request have more than one reply."""

    serials = itertools.count()

    def __init__(self, service, outstanding=32, resend_s=0, policies=("kashiwa",), **connection):
        super().__init__(daemon=True)
        self.service, self.outstanding, self.resend_s, self.connection = service, outstanding, resend_s, connection
        self.policies = policies
        self.stopping, self.serial = False, next(self.serials)
        self.sends, self.replies, self.statuses, self.details, self.waiting = {}, {}, {}, {}, {}
        self.wrong, self.error = [], None
        self.ids = itertools.count()

    def send(self, client, number):
        text, _ = TEXTS[number % len(TEXTS)]
        policy = self.policies[number // len(TEXTS) % len(self.policies)]
        made = request(policy, text, request_id=str(number))
        # No two are the same, also of two ledgers: who kills all workers at once quarantines nothing that is asked later.
        made.messages[0].message_id = f"{self.serial}.{number}"
        client.send(made.SerializeToString())
        self.sends[number] = self.sends.get(number, 0) + 1
        self.waiting[number] = time.monotonic()

    def take(self, reply):
        number = int(reply.request_id)
        self.replies[number] = self.replies.get(number, 0) + 1
        self.waiting.pop(number, None)
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        self.details.setdefault(reply.status, reply.detail)
        wanted = TEXTS[number % len(TEXTS)][1]
        for result in reply.results:
            if reply.status != pb.STATUS_OK or result.verdict not in (wanted, pb.VERDICT_UNSPECIFIED):
                self.wrong.append((number, reply.status, result.verdict))
        if reply.status == pb.STATUS_OK and len(reply.results) != 1:
            self.wrong.append((number, reply.status, None))
        # what may not be allowed and has no verdict must come with an error
        if any(result.verdict == pb.VERDICT_UNSPECIFIED and result.status == pb.STATUS_OK for result in reply.results):
            self.wrong.append((number, "no verdict, no error"))

    def resend(self, client, now):
        for number, sent in list(self.waiting.items()):
            if self.resend_s and now - sent > self.resend_s:
                self.send(client, number)

    def run(self):
        try:
            with self.service.client(**self.connection) as client:
                self.talk(client)
        except Exception as error:  # told by finish(), in the thread of the case
            self.error = error

    def talk(self, client):
        last = time.monotonic()
        while self.waiting or not self.stopping:
            while len(self.waiting) < self.outstanding and not self.stopping:
                self.send(client, next(self.ids))
            frames = client.receive(50)
            now = time.monotonic()
            if frames:
                last = now
                self.take(pb.CheckReply.FromString(frames[-1]))
            elif now - last > SILENCE_S:
                return
            self.resend(client, now)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stopping = True
        if kind is None:
            self.finish()

    def wait_replies(self, more, seconds=30):
        """Until so many more have come, however slowly; `seconds` without one is a fault."""
        goal = len(self.replies) + more
        while len(self.replies) < goal and self.is_alive():
            present = len(self.replies)
            Service.wait_until(lambda present=present: len(self.replies) > present or not self.is_alive(), seconds)

    def finish(self):
        self.stopping = True
        self.join()
        assert not self.error, self.error
        assert not self.wrong, self.wrong[:5]
        assert len(self.replies) == len(self.sends), f"{len(self.sends) - len(self.replies)} of {len(self.sends)} unanswered"
        assert all(self.replies[number] <= sent for number, sent in self.sends.items()), "more replies than requests"

    def assert_only(self, *allowed):
        """There were replies, and none with another status."""
        assert self.statuses and set(self.statuses) <= set(allowed), self.named()

    def assert_all_ok(self):
        self.assert_only(pb.STATUS_OK)

    def named(self):
        """How many of each status, and what the first of them said."""
        return {pb.Status.Name(status): (count, self.details[status]) for status, count in self.statuses.items()}


class RawPeer:
    """A peer that speaks ZMTP 3.0 byte by byte, and can leave it anywhere."""

    GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
    READY = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"

    def __init__(self, endpoint):
        kind, address = endpoint.split("://", 1)
        if kind == "ipc":
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(address)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def shake_hands(self):
        self.socket.sendall(self.GREETING)
        self.read(64)
        self.socket.sendall(self.READY)
        self.read_frame()
        return self

    def read(self, count):
        self.socket.settimeout(10)
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("cut")
            data += part
        return data

    def read_frame(self):
        """(flags, body) of the next frame; answers pings as a living peer does."""
        while True:
            flags = self.read(1)[0]
            size = int.from_bytes(self.read(8 if flags & 2 else 1), "big")
            body = self.read(size)
            if flags & 4 and body.startswith(b"\x04PING"):
                self.socket.sendall(b"\x04" + bytes([5 + len(body) - 7]) + b"\x04PONG" + body[7:])
                continue
            return flags, body

    @staticmethod
    def frame(body, more=False):
        if len(body) < 256:
            return bytes([more, len(body)]) + body
        return bytes([2 | more]) + len(body).to_bytes(8, "big") + body

    def is_cut(self):
        """Whether the other side has closed; reads what comes until then."""
        with contextlib.suppress(ConnectionError):
            while select.select([self.socket], [], [], 0)[0]:
                if not self.socket.recv(65536):
                    return True
            return False
        return True

    def wait_cut(self, seconds=20):
        Service.wait_until(self.is_cut, seconds)


def stat_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(")", 1)[1].split()


def parent_of(pid):
    return int(stat_of(pid)[1])


def is_stopped(pid):
    return stat_of(pid)[0] == "T"


def generation_of(service):
    """Of the workers that are listed, one may have ended meanwhile."""
    found = []

    def look():
        for pid in service.workers():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found.append(parent_of(pid))
        return found

    Service.wait_until(look, 20)
    return found[0]


def descriptors_of(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


@contextlib.contextmanager
def stopped(pid):
    """The process does nothing inside."""
    os.kill(pid, signal.SIGSTOP)
    try:
        Service.wait_until(lambda: is_stopped(pid))
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_ok(service, seconds=60):
    return service.wait_status(lambda status: status["status"] == "ok", seconds)
