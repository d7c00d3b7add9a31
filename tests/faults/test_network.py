"""What peers send, or do not send: raw bytes, silence, floods, wrong keys; and the control socket."""

import contextlib
import os
import random
import resource
import select
import socket
import subprocess
import sys

import zmq

from harness import BLOCKED_WORD, field, pb, raw_request, request
from harm import Ledger, RawPeer, descriptors_of, generation_of, memory_kib, proves, stopped, wait_ok
from test_clients import Guarded, free_port, is_shut_out

NOBODY = 65534
FRONT_MEMORY_MIB = 128


class Exposed(Guarded):
    """On ipc, on loopback without keys, and with keys."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.tcp = f"tcp://127.0.0.1:{free_port()}"
        self.settings["listen"] = [self.endpoint, self.tcp]


def make():
    return Exposed(workers=2, front_memory_mib=FRONT_MEMORY_MIB)


def front_of(service):
    return service.control("status")["front"]["pid"]


def payload(text=BLOCKED_WORD, **fields):
    return request("kashiwa", text, **fields).SerializeToString()


def read_reply(peer):
    while True:
        flags, body = peer.read_frame()
        if not flags & 5 and body:
            return pb.CheckReply.FromString(body)


@proves("F7", "T4")
def half_open_clients_are_cut_and_leave_nothing(service, scale):
    """They say nothing; or greet and fall silent; or say one byte at a time."""
    front = front_of(service)
    before = descriptors_of(front)
    with contextlib.ExitStack() as stack, Ledger(service) as load:
        peers = [stack.enter_context(RawPeer(endpoint)) for _ in range(scale.times(20, 170))
                 for endpoint in (service.endpoint, service.tcp, service.curve_endpoint)]
        for peer in peers[len(peers) // 2:]:
            peer.socket.sendall(RawPeer.GREETING)
        slow = stack.enter_context(RawPeer(service.tcp))
        at = 0
        while not slow.is_cut() and at < 63:
            with contextlib.suppress(ConnectionError):
                slow.socket.sendall(RawPeer.GREETING[at:at + 1])
            at += 1
            select.select([slow.socket], [], [], 0.1)
        for peer in peers:
            peer.wait_cut()
    load.assert_all_ok()
    service.wait_until(lambda: descriptors_of(front) <= before + 1)
    assert front_of(service) == front


@proves("F7", long=True)
def a_client_that_stops_answering_heartbeats_is_cut(service, scale):
    with RawPeer(service.tcp).shake_hands() as peer:
        peer.wait_cut(20)


@proves("F9", "T4")
def garbage_is_cut_without_a_trace(service, scale):
    front = front_of(service)
    random.seed(1)
    noises = [b"GET / HTTP/1.1\r\n\r\n", b"\xff" + bytes(8) + b"\x7f\x01\x00", b"\x01\x00\x01", b"\0" * 4096,
              RawPeer.GREETING.replace(b"NULL", b"PLAI"), RawPeer.GREETING + b"\x04\xff" + b"x" * 255,
              RawPeer.GREETING + b"\x04\x05\x05READ", RawPeer.GREETING + b"\x00\x03abc"]

    def attack(count):
        for number in range(count):
            endpoint = (service.endpoint, service.tcp, service.curve_endpoint)[number % 3]
            with RawPeer(endpoint) as peer, contextlib.suppress(OSError):
                noise = random.randbytes(random.randrange(1, 200)) if number % 2 else noises[number // 2 % len(noises)]
                peer.socket.sendall(noise)
    attack(100)
    before = memory_kib(front)
    with Ledger(service) as load:
        attack(scale.times(600, 30000))
    load.assert_all_ok()
    service.wait_until(lambda: descriptors_of(front) < 64, 20)
    assert front_of(service) == front and memory_kib(front) <= before + 16384, (before, memory_kib(front))


@proves("F10", "T4")
def a_huge_frame_cuts_its_peer_alone(service, scale):
    front = front_of(service)
    with Ledger(service) as load:
        for size in (2 * 1048576 + 1, 6 << 30, (1 << 63) - 1, (1 << 64) - 1):
            with RawPeer(service.tcp).shake_hands() as peer:
                with contextlib.suppress(ConnectionError):
                    peer.socket.sendall(b"\x02" + size.to_bytes(8, "big") + b"x" * 65536)
                peer.wait_cut()
    load.assert_all_ok()
    assert front_of(service) == front


@proves("F10", "T4", "T5")
def an_endless_message_costs_its_peer_or_one_front(service, scale):
    """ZeroMQ holds the frames of a message that never ends. The memory of the front is bounded: what is over it is the
    end of the connection, or of the front, which starts again. Rulesets stay loaded, and there is never a front that
    can do nothing but stay."""
    generation = generation_of(service)
    for frame in [b"x" * 60000, b"x" * 40][:scale.times(1, 2)]:
        part = RawPeer.frame(frame, more=True) * (480000 // len(frame))
        with RawPeer(service.tcp).shake_hands() as peer:
            try:
                for _ in range(FRONT_MEMORY_MIB * 16):
                    peer.socket.sendall(part)
            except ConnectionError:
                pass
            else:
                raise AssertionError("nobody stopped it")
        with Ledger(service, resend_s=0.5) as load:
            load.wait_replies(200)
        wait_ok(service, 20)
        assert generation_of(service) == generation
        lost = service.front("workers_lost")
        with Ledger(service) as load:
            load.wait_replies(200)
        load.assert_all_ok()
        assert service.front("workers_lost") == lost
        service.wait_until(lambda: memory_kib(front_of(service)) < FRONT_MEMORY_MIB * 1024)


@proves("F10")
def tiny_frames_are_dropped_and_counted(service, scale):
    """More frames than an envelope may have: nothing to answer to."""
    before = service.control("stats")["front"]["envelopes_dropped"]
    with RawPeer(service.tcp).shake_hands() as peer:
        for _ in range(scale.times(20, 1000)):
            peer.socket.sendall(RawPeer.frame(b"x", more=True) * 500 + RawPeer.frame(payload()))
        peer.socket.sendall(RawPeer.frame(b"", more=True) + RawPeer.frame(payload(request_id="after")))
        assert read_reply(peer).request_id == "after"
    assert service.control("stats")["front"]["envelopes_dropped"] >= before + 20


@proves("F10")
def a_request_in_pieces_is_a_request(service, scale):
    """Partial writes, down to single bytes, cut anywhere."""
    random.seed(2)
    with RawPeer(service.endpoint) as peer:
        handshake = RawPeer.GREETING + RawPeer.READY
        for at in range(len(handshake)):
            peer.socket.sendall(handshake[at:at + 1])
        peer.read(64)
        peer.read_frame()
        for number in range(scale.times(20, 500)):
            data = RawPeer.frame(b"", more=True) + RawPeer.frame(payload(request_id=str(number)))
            while data:
                size = random.randrange(1, 20)
                peer.socket.sendall(data[:size])
                data = data[size:]
            reply = read_reply(peer)
            assert reply.request_id == str(number) and reply.results[0].verdict == pb.VERDICT_BLOCK


@proves("F8")
def a_client_that_never_reads_harms_nobody(service, scale):
    """Its replies are dropped and counted; its own next requests wait in its own socket."""
    front, before = front_of(service), service.front("replies_dropped")
    data = (RawPeer.frame(b"", more=True) + RawPeer.frame(payload())) * 100
    with RawPeer(service.tcp).shake_hands() as peer, Ledger(service) as load:
        peer.socket.setblocking(False)

        def push():
            with contextlib.suppress(BlockingIOError, ConnectionError):  # cut by the heartbeat: it reads no pings
                for _ in range(20):
                    peer.socket.send(data)
            return service.front("replies_dropped") > before
        service.wait_until(push, 60)
        load.wait_replies(200)
    load.assert_all_ok()
    assert front_of(service) == front and memory_kib(front) < FRONT_MEMORY_MIB * 1024


@proves("F8")
def clients_that_hang_up_take_nothing_with_them(service, scale):
    with Ledger(service) as load:
        for _ in range(scale.times(20, 500)):
            with service.client(endpoint=service.tcp) as client:
                for number in range(20):
                    client.send(payload(request_id=str(number)))
                client.receive()
        load.wait_replies(50)
    load.assert_all_ok()
    service.wait_until(lambda: service.control("stats")["front"]["under_way"] == 0)


@proves("F11", "T6")
def wrong_revoked_and_missing_keys_admit_nothing(service, scale):
    before = service.front("requests")
    with contextlib.ExitStack() as stack:
        strangers = [stack.enter_context(service.guest(zmq.curve_keypair())) for _ in range(scale.times(3, 50))]
        strangers.append(stack.enter_context(service.client(endpoint=service.curve_endpoint)))
        strangers.append(stack.enter_context(service.guest(service.two, server_key=zmq.curve_keypair()[0])))
        assert all(is_shut_out(stranger) for stranger in strangers)
        assert service.front("requests") == before
        revoked = stack.enter_context(service.guest(service.one))
        assert revoked.check("kashiwa", "あ").status == pb.STATUS_OK
        rows = service.settings["clients"]
        service.settings["clients"] = rows[1:]
        service.reload()
        assert revoked.check("kashiwa", "あ").status == pb.STATUS_UNAUTHENTICATED
        service.settings["clients"] = rows
        service.reload()


@proves("T5")
def mangled_requests_have_one_answer_each_and_never_allow(service, scale):
    """The text must be blocked: whatever bytes fall out or in, unless the text itself changes, it is not allowed."""
    random.seed(3)
    good = raw_request("kashiwa", BLOCKED_WORD.encode())
    text_at = good.index(BLOCKED_WORD.encode())
    unknown = b"".join(field(number, b"x") for number in range(20, 120))
    with service.guest(service.one) as client:
        for number in range(scale.times(500, 20000)):
            mangled = bytearray(good)
            for _ in range(random.randrange(1, 4)):
                mangled[random.randrange(text_at)] = random.randrange(256)
            if number % 7 == 0:
                mangled = mangled[:random.randrange(len(mangled))]
            if number % 11 == 0:
                mangled += unknown
            client.send(bytes(mangled))
            reply = pb.CheckReply.FromString(client.receive()[-1])
            if BLOCKED_WORD.encode() in bytes(mangled) and reply.status == pb.STATUS_OK:
                for result in reply.results:
                    asked = pb.CheckRequest()
                    with contextlib.suppress(Exception):
                        asked.ParseFromString(bytes(mangled))
                    if any(message.text == BLOCKED_WORD for message in asked.messages):
                        assert result.verdict != pb.VERDICT_ALLOW, bytes(mangled)


@proves("F24")
def deadlines_of_any_size_are_kept(service, scale):
    with service.client() as client:
        for deadline in (0, 1, 2, 5, 200, 5000, 5001, 2**31, 2**32 - 1):
            reply = client.ask(request("kashiwa", BLOCKED_WORD, deadline_ms=deadline))
            assert reply.status in (pb.STATUS_OK, pb.STATUS_DEADLINE_EXCEEDED, pb.STATUS_RESOURCE_EXHAUSTED), deadline
            assert all(result.verdict == pb.VERDICT_BLOCK for result in reply.results)
            assert bool(reply.results) == (reply.status == pb.STATUS_OK)
        too_large = field(1, b"r") + field(2, b"kashiwa") + b"\x18\x80\x80\x80\x80\x10" + field(5, field(2, b"x"))
        assert client.ask_bytes(too_large).status == pb.STATUS_INVALID_ARGUMENT


@proves("F24")
def a_deadline_that_passes_in_a_stopped_worker_is_told(service, scale):
    """The longest too: a longer one is cut to it."""
    service.settings["max_deadline_ms"] = 150
    service.reload()
    status = service.wait_status(lambda status: {worker["generation"] for worker in status["workers"]} == {status["generation"]})
    workers = [worker["pid"] for worker in status["workers"]]
    with service.client() as client:
        with contextlib.ExitStack() as stack:
            for pid in workers:
                stack.enter_context(stopped(pid))
            replies = [client.ask(request("kashiwa", BLOCKED_WORD, deadline_ms=deadline)) for deadline in (1, 30, 100, 2**32 - 1)]
        assert {reply.status for reply in replies} == {pb.STATUS_DEADLINE_EXCEEDED}
        service.wait_until(lambda: client.check("kashiwa", BLOCKED_WORD).status == pb.STATUS_OK)
        assert client.receive(0) is None  # what the workers did with the late ones is nobody's reply
    del service.settings["max_deadline_ms"]
    service.reload()


@proves("F12")
def a_front_without_descriptors_serves_whom_it_knows(service, scale):
    front = front_of(service)
    soft, hard = resource.prlimit(front, resource.RLIMIT_NOFILE)
    with service.client() as known, contextlib.ExitStack() as stack:
        assert known.check("kashiwa", "あ").status == pb.STATUS_OK
        resource.prlimit(front, resource.RLIMIT_NOFILE, (descriptors_of(front) + 4, hard))
        try:
            for _ in range(40):
                stack.enter_context(RawPeer(service.tcp))
            for _ in range(20):
                assert known.check("kashiwa", BLOCKED_WORD).results[0].verdict == pb.VERDICT_BLOCK
            stack.close()
        finally:
            resource.prlimit(front, resource.RLIMIT_NOFILE, (soft, hard))
        with service.client() as late:
            assert late.check("kashiwa", BLOCKED_WORD).results[0].verdict == pb.VERDICT_BLOCK
    wait_ok(service)


@proves("F12")
def a_front_without_descriptors_survives_a_reload(service, scale):
    """It cannot take the new workers in: then it starts again, and has them."""
    front = front_of(service)
    soft, hard = resource.prlimit(front, resource.RLIMIT_NOFILE)
    resource.prlimit(front, resource.RLIMIT_NOFILE, (descriptors_of(front), hard))
    with Ledger(service, resend_s=0.5) as load, contextlib.suppress(ProcessLookupError):
        load.wait_replies(20)
        answer = service.control("reload", 60)
        assert answer["ok"], answer
        if front_of(service) == front:
            resource.prlimit(front, resource.RLIMIT_NOFILE, (soft, hard))
        load.wait_replies(50)
    wait_ok(service)


@proves("T6")
def the_control_socket_is_for_its_group(service, scale):
    if os.getuid() != 0:
        return  # another user is needed
    script = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect({service.control_path!r})"
    os.chmod(service.directory, 0o755)
    ended = subprocess.run([sys.executable, "-c", script], user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
                           stderr=subprocess.PIPE, check=False)
    assert ended.returncode != 0 and b"PermissionError" in ended.stderr, ended.stderr
    for path in (service.endpoint[len("ipc://"):], service.control_path):
        assert os.stat(path).st_mode & 0o777 == 0o660
    os.chmod(service.directory, 0o700)


@proves("T6")
def silent_visitors_do_not_lock_the_control_socket(service, scale):
    with contextlib.ExitStack() as stack:
        for number in range(scale.times(40, 400)):
            peer = stack.enter_context(socket.socket(socket.AF_UNIX))
            peer.connect(service.control_path)
            if number % 3 == 1:
                peer.sendall(b'{"command"')
        for _ in range(5):
            assert service.control("status", 10)["status"] == "ok"
        assert service.control("reload", 10)["ok"]


@proves("T6")
def nonsense_on_the_control_socket_is_cut(service, scale):
    for noise in (b"\0" * 10000, b"x" * 100000, b'{"command":"status"}', b"\n", b'{"command":"\xff\xfe"}\n', os.urandom(5000)):
        with socket.socket(socket.AF_UNIX) as peer, contextlib.suppress(ConnectionError):
            peer.connect(service.control_path)
            peer.sendall(noise)
    with socket.socket(socket.AF_UNIX) as peer:  # asks and leaves
        peer.connect(service.control_path)
        peer.sendall(b'{"command":"reload"}\n')
    service.wait_status(lambda status: status["status"] == "ok" and not status["loading"], 30)
