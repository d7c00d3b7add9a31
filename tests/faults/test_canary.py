"""T9: values that exist nowhere else are sent through everything, while everything goes wrong; afterwards they are looked
for in every byte that a service or a scan has left: in UTF-8, UTF-16, hexadecimal, base64, half and full width."""

import base64
import contextlib
import glob
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import threading

from harness import BUILD, TOP, Service, field, pb, request, write
from harm import generation_of, proves, wait_ok

KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
VALUES_PER_MESSAGE = 4
ENOUGH_MISCHIEF = 6  # each kind of it once
SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)


def make():
    return Watched()


def canaries(count):
    """(name, phone, mail, number), each unique."""
    chance = random.Random(9)
    seen = set()
    while len(seen) < count // VALUES_PER_MESSAGE:
        digits = chance.randrange(10**8)
        seen.add(("佐藤" + "".join(chance.choices(KANA, k=7)), f"090-{digits // 10000:04}-{digits % 10000:04}",
                  f"k{chance.randrange(10**9):09}z@canary.example.jp", f"{chance.randrange(10**13):013}"))
    return sorted(seen)


def text_of(canary):
    name, phone, mail, number = canary
    return f"私は{name}です。電話は{phone}、メールは{mail}、番号は{number}です。"


def writings(value):
    """All the ways in which it could stand somewhere."""
    plain = value.encode()
    yield plain
    yield value.translate(WIDE).encode()
    yield value.encode("utf-16-le")
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield "".join(f"\\x{byte:02x}" for byte in plain).encode()
    yield json.dumps(value).strip('"').encode()
    for shift in range(3):  # base64 of a text that it stands in, without what depends on its neighbours
        yield base64.b64encode(bytes(shift) + plain)[4 if shift else 0:-4]
    if "-" in value:
        yield value.replace("-", "").encode()


class Finder:
    """Looks for thousands of values at once."""

    def __init__(self, values):
        self.patterns = tempfile.NamedTemporaryFile(prefix="canaries-")
        self.patterns.write(b"\n".join({writing for value in values for writing in writings(value) if len(writing) >= 8}))
        self.patterns.flush()

    def grep(self, *words, data=None):
        ended = subprocess.run(["grep", "-aF", "-f", self.patterns.name, *words], env={"LC_ALL": "C"}, input=data,
                               stdout=subprocess.PIPE, check=False)
        assert ended.returncode in (0, 1), ended
        return ended.stdout

    def find(self, data):
        """What of the data is a value, if anything."""
        return self.grep("-o", data=data)

    def find_in(self, paths):
        return self.grep("-oH", "--", *paths).decode(errors="backslashreplace") if paths else ""


class Watched(Service):
    """Where whatever it leaves can be found: core files, temporary files, answers, and the log."""

    def __init__(self):
        super().__init__(workers=2)
        self.room = f"{self.directory}/room"
        os.mkdir(self.room)
        self.told = []  # every byte that a reply says about an error, and every answer of the control socket

    def start(self):
        here, temporary = os.getcwd(), os.environ.get("TMPDIR")
        os.chdir(self.room)  # a core file would lie here
        os.environ["TMPDIR"] = self.room
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        try:
            super().start()
        finally:
            os.chdir(here)
            os.environ.pop("TMPDIR")
            if temporary:
                os.environ["TMPDIR"] = temporary

    def ask_control(self, command):
        answer = self.control(command)
        self.told.append(json.dumps(answer, ensure_ascii=False))
        return answer

    def note_processes(self):
        """What everybody may see of them counts as told."""
        pids = [self.process.pid, *self.workers(), generation_of(self), self.control("status")["front"]["pid"]]
        for pid in pids:
            for name in ("cmdline", "environ", "comm", "status"):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                    self.told.append(file.read())

    def left(self, but_not=()):
        """All files that are there."""
        with open(f"{self.room}/told", "w", encoding="utf-8") as file:
            file.write("\n".join(self.told))
        return [path for path in glob.glob(f"{self.directory}/**", recursive=True, include_hidden=True)
                if os.path.isfile(path) and not path.startswith(self.dictionaries) and path not in but_not]


class Mischief(threading.Thread):
    """Kills, breaks and reloads until told to stop."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service, self.stopping, self.done = service, threading.Event(), 0

    def run(self):
        chance = random.Random(4)
        good = None
        path = self.service.city_file("moka", "policy.yaml")
        with open(path, encoding="utf-8") as file:
            good = file.read()
        while not self.stopping.is_set():
            choice = self.done % 6
            with contextlib.suppress(OSError, ValueError, IndexError):  # nobody to kill just now
                if choice < 3:
                    os.kill(chance.choice(self.service.workers()), chance.choice(SIGNALS))
                elif choice == 3:
                    write(path, good + "surprise: 1\n")
                    self.service.ask_control("reload")
                elif choice == 4:
                    write(path, good)
                    self.service.ask_control("reload")
                elif self.done % 12 == 5:
                    os.kill(self.service.control("status")["front"]["pid"], signal.SIGSEGV)
                self.service.ask_control("status")
                self.service.ask_control("stats")
            self.done += 1
        write(path, good)


def payloads(canary, number):
    """A request that is judged, and one of many that are refused, all with the text."""
    text = text_of(canary)
    yield request("kashiwa", text, request_id=str(number))
    refused = [lambda: request("atlantis", text), lambda: request("kashiwa", text, purpose="divination"),
               lambda: request("kashiwa", text * 2000), lambda: request("kashiwa", text, deadline_ms=1),
               lambda: request("kashiwa", text, deadline_ms=9999), lambda: request("moka", *[text] * 65),
               lambda: request("kashiwa", text, include_evidence=True)]
    made = refused[number % len(refused)]()
    made.request_id = str(number)
    if number % 5 == 0:
        made.messages[0].conversation_id = text[:60]
    yield made


def send_all(service, values):
    with service.client() as client:
        for number, canary in enumerate(values):
            for made in payloads(canary, number):
                client.send(made.SerializeToString())
            if number % 3 == 0:  # no request at all
                client.send(text_of(canary).encode())
                client.send(field(1, b"r") + field(2, b"kashiwa") + field(2, text_of(canary).encode()))
            while frames := client.receive(0 if number % 10 else 300):
                reply = pb.CheckReply.FromString(frames[-1])
                if reply.status != pb.STATUS_OK:
                    service.told.append(reply.detail)


def assert_nowhere(finder, paths):
    found = finder.find_in(paths)
    assert not found, found[:1000]


@proves("T9")
def the_search_finds_every_writing(service, scale):
    values = [value for canary in canaries(40) for value in canary]
    finder = Finder(values)
    planted = [b"\0" + writing + b"\0" for value in values for writing in writings(value) if len(writing) >= 8]
    assert int(finder.grep("-c", data=b"\n".join(planted))) == len(planted)
    assert not finder.find("ここには何もない 090-0000".encode())


@proves("T9")
def no_value_leaves_the_memory_of_a_service(service, scale):
    values = canaries(scale.times(500, 10000))
    mischief = Mischief(service)
    mischief.start()
    try:
        send_all(service, values)
        while mischief.done <= ENOUGH_MISCHIEF and mischief.is_alive():
            send_all(service, values[:40])
    finally:
        mischief.stopping.set()
        mischief.join()
    assert mischief.done > ENOUGH_MISCHIEF
    service.ask_control("reload")
    wait_ok(service)
    for command in ("status", "stats"):
        service.ask_control(command)
    finder = Finder(value for canary in values for value in canary)
    service.note_processes()
    assert_nowhere(finder, service.left())
    assert not glob.glob(f"{service.room}/core*") and not glob.glob(f"{service.room}/*core")


def scan(service, arguments, env):
    return subprocess.Popen([f"{BUILD}/filterctl", "scan", "-p", "kashiwa", *arguments], env=env, cwd=service.room,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@proves("T9", "T10", long=True)
def no_value_of_an_archive_is_left_but_in_its_output(service, scale):
    """Records that are broken, too long, in the wrong encoding; killed in the middle, and resumed."""
    values = canaries(scale.times(500, 10000))
    lines = []
    for number, canary in enumerate(values):
        line = json.dumps({"id": number, "text": text_of(canary)}, ensure_ascii=False).encode()
        kind = number % 10
        lines.append({1: line[:-5], 2: line.replace(b'"text"', b'"txt"'), 3: line[:40] + b"\xff\xfe" + line[40:],
                      4: line.replace("私は".encode(), ("長" * 30000).encode())}.get(kind, line))
    archive = f"{TOP}/build/canary-{os.getpid()}.jsonl"
    out = f"{service.room}/out.jsonl"
    env = {**os.environ, "TMPDIR": service.room, "HOME": service.room, "XDG_CACHE_HOME": service.room, "LC_ALL": "C.UTF-8",
           "FILTERD_DICTIONARIES": service.dictionaries}
    try:
        with open(archive, "wb") as file:
            file.write(b"\n".join(lines) + b"\n")
        arguments = ["--format", "jsonl", "-o", out, archive]
        first = scan(service, arguments, env)
        service.wait_until(lambda: os.path.exists(out) or os.path.exists(out + ".part") or first.poll() is not None, 120)
        first.kill()
        told = b"".join(first.communicate())
        second = scan(service, ["--resume", *arguments], env)
        told += b"".join(second.communicate())
        assert second.returncode in (0, 3), told
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(archive)
    finder = Finder(value for canary in values for value in canary)
    service.told.append(told.decode(errors="replace"))
    assert_nowhere(finder, service.left(but_not=[out]))
    secrets = Finder(value for canary in values for value in canary[1:3])  # phones and mails are redacted always
    assert_nowhere(secrets, [out])
