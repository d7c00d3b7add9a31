"""A filterd of one's own in a directory of its own, and clients for it. Nothing here sleeps to wait for readiness."""

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import zmq

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FILTERD_BUILD", os.path.join(TOP, "build"))
DICTIONARIES = os.environ.get("FILTERD_E2E_DICTIONARIES", os.path.join(TOP, "dictionaries"))
sys.path.insert(0, os.path.join(TOP, "build", "python"))

import filter_pb2 as pb  # noqa: E402

START_S, STOP_S, ANSWER_MS = 400, 15, 10000
PATIENCE_S = 60  # for what must come: only a test that fails waits so long
CITIES = ["hachinohe", "kadoma", "kashiwa", "meguro", "moka"]

# Invented words: no dictionary has them, so each test knows what must come of them.
BLOCKED_WORD = "ぬばたまごんのすけ"
TERMS = "語句,分類,一致,強さ\n" + BLOCKED_WORD + ",DEFAMATION,anywhere,HIGH\n"


def copy_dictionaries(target, small_terms=False):
    """The repository's dictionaries with our invented word; small: with no other term, which loads faster. Without the
    cities' own cases, which may be ahead of the rules while somebody works on either (test_start.py runs them)."""
    shutil.copytree(DICTIONARIES, target, ignore=shutil.ignore_patterns("models"))
    models = os.path.join(DICTIONARIES, "common", "models")
    if os.path.exists(models):
        os.symlink(os.path.realpath(models), os.path.join(target, "common", "models"))
    terms = os.path.join(target, "common", "terms")
    if small_terms:
        shutil.rmtree(terms)
        os.mkdir(terms)
    write(os.path.join(terms, "zz_e2e.csv"), TERMS)
    for city in os.listdir(os.path.join(target, "cities")):
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(target, "cities", city, "cases.csv"))


def write(path, text):
    """As operators are told to: beside it, then renamed over it."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


class Service:
    """Services of one run begin with the state of the first: what they share is compiled only once."""

    seed = tempfile.TemporaryDirectory(prefix="filterd-seed-")

    def __init__(self, small_terms=True, workers=2, **settings):
        self.directory = tempfile.mkdtemp(prefix="filterd-e2e-")
        self.dictionaries = os.path.join(self.directory, "dictionaries")
        self.endpoint = f"ipc://{self.directory}/filterd.sock"
        self.control_path = f"{self.directory}/control.sock"
        self.log_path = f"{self.directory}/log"
        self.settings = {"listen": [self.endpoint], "dictionaries": self.dictionaries, "workers": workers,
                         "control": self.control_path, "state_dir": f"{self.directory}/state", **settings}
        self.environment = {}
        self.process = self.notified = None
        copy_dictionaries(self.dictionaries, small_terms)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, *_):
        self.kill()
        if kind:
            sys.stderr.write(self.log()[-4000:])
        shutil.rmtree(self.directory, ignore_errors=True)

    def conf_path(self):
        path = f"{self.directory}/filterd.yaml"
        write(path, "".join(f"{name}: {json.dumps(value)}\n" for name, value in self.settings.items()))
        return path

    def start(self):
        """Starts it and waits for READY=1, as systemd does."""
        self.take_seed()
        path = f"{self.directory}/notify.sock"
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        self.notified = queue.Queue()
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listening.bind(path)
        threading.Thread(target=self.listen, args=(listening, self.notified), daemon=True).start()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([f"{BUILD}/filterd", "-c", self.conf_path()], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": path, **self.environment})
        self.wait_notify("READY=1", START_S)
        self.keep_seed()

    def take_seed(self):
        own = self.settings["state_dir"]
        if os.path.exists(self.seed.name + "/state") and not os.path.exists(own):
            shutil.copytree(self.seed.name + "/state", own)

    def keep_seed(self):
        if not os.path.exists(self.seed.name + "/state"):
            shutil.copytree(self.settings["state_dir"], self.seed.name + "/state")

    @staticmethod
    def listen(listening, notified):
        """Reads on to the end, as systemd does: a full socket would make the service wait."""
        with listening:
            while True:
                for line in listening.recv(4096).decode().split("\n"):
                    notified.put(line)

    def wait_notify(self, word, seconds):
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(queue.Empty):
                if self.notified.get(timeout=0.5) == word:
                    return
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"no {word}; filterd ended: {self.process.poll()}\n{self.log()[-2000:]}")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self):
        """SIGTERM; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def control(self, command, timeout_s=180):
        return self.control_line(json.dumps({"command": command}), timeout_s)

    def control_line(self, line, timeout_s=180):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(self.control_path)  # with a time limit, a queue that is full is an error: wait for room
            peer.settimeout(timeout_s)
            peer.sendall(line.encode() + b"\n")
            with peer.makefile(encoding="utf-8") as answer:
                return json.loads(answer.readline())

    def workers(self):
        return [worker["pid"] for worker in self.control("status")["workers"]]

    def wait_status(self, is_met, seconds=PATIENCE_S):
        """Asks until is_met(status); for what has no event to wait for."""
        until = time.monotonic() + seconds
        while True:
            status = self.control("status")
            if is_met(status):
                return status
            assert time.monotonic() < until, f"not reached: {status}"
            time.sleep(0.005)

    @staticmethod
    def wait_until(is_met, seconds=PATIENCE_S):
        """The same for anything else."""
        until = time.monotonic() + seconds
        while not is_met():
            assert time.monotonic() < until, "not reached"
            time.sleep(0.005)

    def city_file(self, city, name):
        return os.path.join(self.dictionaries, "cities", city, name)

    def client(self, kind=zmq.DEALER, endpoint=None, **keys):
        return Client(endpoint or self.endpoint, kind, **keys)


class Client:
    """One ZeroMQ socket that speaks the protocol, and can speak it wrongly."""

    def __init__(self, endpoint, kind=zmq.DEALER, server_key=None, keys=None, routing_id=None):
        """`keys`: a pair (public, secret) for CURVE."""
        self.kind = kind
        self.socket = zmq.Context.instance().socket(kind)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 10)
        if keys:
            self.socket.curve_publickey, self.socket.curve_secretkey = keys
            self.socket.curve_serverkey = server_key
        if routing_id:
            self.socket.setsockopt(zmq.ROUTING_ID, routing_id)
        self.socket.connect(endpoint)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *frames):
        self.socket.send_multipart(frames)

    def receive(self, timeout_ms=ANSWER_MS):
        """All frames of the next reply, or None."""
        return self.socket.recv_multipart() if self.socket.poll(timeout_ms) else None

    def ask_bytes(self, payload, timeout_ms=ANSWER_MS):
        self.send(payload)
        frames = self.receive(timeout_ms)
        assert frames is not None, "no reply"
        return pb.CheckReply.FromString(frames[-1])

    def ask(self, request, timeout_ms=ANSWER_MS):
        return self.ask_bytes(request.SerializeToString(), timeout_ms)

    def check(self, policy, *texts, **fields):
        return self.ask(request(policy, *texts, **fields))


def request(policy, *texts, request_id="r", deadline_ms=5000, **fields):
    made = pb.CheckRequest(request_id=request_id, policy_id=policy, deadline_ms=deadline_ms, **fields)
    for number, text in enumerate(texts):
        made.messages.add(message_id=str(number), text=text)
    return made


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, data):
    """A length-delimited field as bytes: for what the Python library refuses to build."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def raw_request(policy, *texts):
    """A request whose texts are any bytes."""
    messages = b"".join(field(5, field(1, b"m") + field(2, text)) for text in texts)
    return field(1, b"r") + field(2, policy.encode()) + messages


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
