"""What clients see when processes die, hang or are told to end."""

import contextlib
import os
import random
import signal
import socket
import threading

from harness import STOP_S, Service, alive, pb, request

PHONE = "連絡先は090-1234-5678です"


def payload_of(number, text=PHONE, **fields):
    """No two are the same: who kills all workers at once does not quarantine them."""
    made = request("kashiwa", text, request_id=str(number), **fields)
    made.messages[0].message_id = str(number)
    return made.SerializeToString()


class Load(threading.Thread):
    """Keeps 64 requests outstanding until told to stop; resends none. Counts replies per request."""

    def __init__(self, service):
        super().__init__()
        self.service, self.stopping, self.sent, self.replies, self.statuses = service, False, 0, {}, {}

    def run(self):
        with self.service.client() as client:
            while len(self.replies) < self.sent or not self.stopping:
                while self.sent - len(self.replies) < 64 and not self.stopping:
                    client.send(payload_of(self.sent))
                    self.sent += 1
                frames = client.receive()
                if frames is None:
                    return
                reply = pb.CheckReply.FromString(frames[-1])
                self.replies[reply.request_id] = self.replies.get(reply.request_id, 0) + 1
                self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1

    def finish(self):
        self.stopping = True
        self.join()
        assert len(self.replies) == self.sent, f"{self.sent - len(self.replies)} unanswered of {self.sent}"
        assert set(self.replies.values()) == {1}, "a request has two replies"
        statuses = {pb.Status.Name(status): count for status, count in self.statuses.items()}
        assert set(statuses) == {"STATUS_OK"}, statuses


def killed_workers_leave_no_request_unanswered(service):
    load = Load(service)
    load.start()
    for _ in range(20):
        status = service.wait_status(lambda s: len(s["workers"]) == 2)
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(status["workers"])["pid"], signal.SIGKILL)
        service.wait_status(lambda s, old=status: {w["pid"] for w in s["workers"]} != {w["pid"] for w in old["workers"]})
        goal = len(load.replies) + 50
        service.wait_until(lambda goal=goal: len(load.replies) >= goal or not load.is_alive())
    load.finish()


def all_workers_killed_at_once_are_replaced(service):
    load = Load(service)
    load.start()
    old = set(service.workers())
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    service.wait_status(lambda s: len(s["workers"]) == 2 and not old & {w["pid"] for w in s["workers"]})
    load.finish()


def a_crash_loop_of_all_workers_leaves_no_gap(service):
    """Each place waits longer after each death, in the end for more than worker_grace_ms: one must not wait for that."""
    with Service() as own:
        def kill_all():
            old = set(own.workers())
            for pid in old:
                os.kill(pid, signal.SIGKILL)
            own.wait_status(lambda s: len(s["workers"]) == 2 and not old & {w["pid"] for w in s["workers"]})
        while own.control("status")["crash_loop"]["deaths"] < 7:
            kill_all()
        load = Load(own)
        load.start()
        for pid in own.workers():
            os.kill(pid, signal.SIGKILL)
        own.wait_status(lambda s: s["crash_loop"]["retry_ms"] > 200)
        goal = load.sent + 500
        own.wait_until(lambda: len(load.replies) >= goal or not load.is_alive())
        load.finish()


def facts_of(pid):
    """What the kernel says of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return dict(line.split(":", 1) for line in status.read().replace("\t", "").splitlines())


def every_process_is_in_its_sandbox(service):
    status = service.control("status")
    workers = [worker["pid"] for worker in status["workers"]]
    for pid in [*workers, status["front"]["pid"], int(facts_of(workers[0])["PPid"])]:
        facts = facts_of(pid)
        assert facts["Seccomp"] == "2" and facts["NoNewPrivs"] == "1", (pid, facts)
    assert {facts_of(pid)["Seccomp_filters"] for pid in workers} == {"2"}  # the generation's, and their own


def workers_are_replaced_after_their_share_without_a_lost_request(service):
    with Service(worker_messages=400) as own:
        load = Load(own)
        load.start()
        own.wait_until(lambda: own.control("stats")["workers"]["started"] >= 12, 60)
        load.finish()
        stats = own.control("stats")
        assert stats["workers"]["died"] == stats["front"]["workers_lost"] == stats["front"]["reruns"] == 0, stats
        assert 300 * (stats["workers"]["started"] - 2) <= stats["workers"]["messages"], stats["workers"]


def a_crash_loop_backs_off_and_can_be_seen(service):
    with Service(workers=1) as own:
        def kill_what_starts():
            status = own.control("status")
            for worker in status["workers"]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker["pid"], signal.SIGKILL)
            return status["crash_loop"]["deaths"] >= 5 and status["crash_loop"]["retry_ms"] > 0
        own.wait_until(kill_what_starts, 60)
        assert own.control("status")["status"] == "degraded"
        assert own.log().count("event=worker_down") < 30 and "retry_ms=160" in own.log()
        own.wait_status(lambda s: s["status"] == "ok" and s["crash_loop"] == {"deaths": 0, "retry_ms": 0}, 30)


def a_hanging_worker_is_killed_and_its_request_answered(service):
    with Service(workers=1) as own, own.client() as client:
        (pid,) = own.workers()
        os.kill(pid, signal.SIGSTOP)
        reply = client.check("kashiwa", PHONE, deadline_ms=5000)
        assert reply.status == pb.STATUS_OK, (reply.status, reply.detail)
        assert not alive(pid) and own.workers() != [pid]
        assert own.control("stats")["front"]["reruns"] == 1


def a_long_message_of_doubts_costs_no_worker(service):
    """Each of its words may begin a question about the link: looked for to the end of the text, it took a second."""
    with service.client() as client:
        reply = client.check("kashiwa", "詐欺" * 9000 + " https://bit.ly/abc", deadline_ms=5000)
        assert reply.status == pb.STATUS_OK and reply.results[0].status == pb.STATUS_OK, (reply.status, reply.detail)


def a_request_in_a_hanging_worker_expires(service):
    with Service(workers=1) as own, own.client() as client:
        os.kill(own.workers()[0], signal.SIGSTOP)
        assert client.check("kashiwa", PHONE, deadline_ms=150).status == pb.STATUS_DEADLINE_EXCEEDED
        stats = own.control("stats")["front"]
        assert (stats["expired"], stats["too_late"], stats["reruns"]) == (1, 0, 0), stats


def a_full_queue_is_exhausted_and_says_when_to_come_back(service):
    with Service(workers=1, max_queue_requests=16) as own, own.client() as client:
        os.kill(own.workers()[0], signal.SIGSTOP)
        for number in range(20):
            client.send(payload_of(number, deadline_ms=300))
        statuses = [pb.CheckReply.FromString(client.receive()[-1]) for _ in range(20)]
        full = [reply for reply in statuses if reply.status == pb.STATUS_RESOURCE_EXHAUSTED]
        assert len(full) == 4 and all(reply.retry_after_ms > 0 for reply in full)
        assert sum(reply.status == pb.STATUS_DEADLINE_EXCEEDED for reply in statuses) == 16


def a_killed_front_is_back_and_resends_succeed(service):
    with service.client() as client:
        assert client.check("kashiwa", PHONE).status == pb.STATUS_OK
        front = service.control("status")["front"]
        os.kill(front["pid"], signal.SIGKILL)
        attempts = iter(range(1000))

        def is_answered():
            client.send(payload_of(f"again {next(attempts)}"))
            return client.receive(20)
        service.wait_until(is_answered)
        status = service.wait_status(lambda s: s["status"] == "ok")
        assert status["front"]["restarts"] == front["restarts"] + 1 and status["front"]["pid"] != front["pid"]


def a_killed_generation_is_started_again(service):
    with Service() as own, own.client() as client:
        old = own.workers()
        with open(f"/proc/{old[0]}/stat", encoding="ascii") as stat:
            generation = int(stat.read().rsplit(")", 1)[1].split()[1])
        os.kill(generation, signal.SIGKILL)
        own.wait_status(lambda s: s["status"] == "ok" and s["generation"] == 2, 30)
        while (status := client.check("kashiwa", PHONE).status) == pb.STATUS_UNAVAILABLE:
            pass  # the front hears of it a moment later; clients resend
        assert status == pb.STATUS_OK
        assert not any(alive(pid) for pid in old)


def with_the_supervisor_all_end(service):
    own = Service()
    with own:
        status = own.control("status")
        pids = [worker["pid"] for worker in status["workers"]] + [status["front"]["pid"]]
        own.kill()
        own.wait_until(lambda: not any(alive(pid) for pid in pids))


def sigterm_answers_what_is_under_way(service):
    with Service() as own, own.client() as client:
        for number in range(500):
            client.send(payload_of(number))
        first = client.receive()
        own.process.send_signal(signal.SIGTERM)
        replies = [first]
        while len(replies) < 500 and replies[-1]:
            replies.append(client.receive())
        assert replies[-1], f"{len(replies) - 1} of 500"
        statuses = {pb.Status.Name(pb.CheckReply.FromString(frames[-1]).status) for frames in replies}
        assert statuses <= {"STATUS_OK", "STATUS_UNAVAILABLE"}, statuses
        assert own.process.wait(STOP_S) == 0
        assert not os.path.exists(own.control_path)


def send_to_a_stopped_worker(own, client):
    os.kill(own.workers()[0], signal.SIGSTOP)
    client.send(payload_of(1, deadline_ms=5000))
    own.wait_until(lambda: own.control("stats")["front"]["under_way"] == 1)


def sigterm_waits_for_a_slow_request_but_not_for_ever(service):
    """Not as long as a hanging worker has, after which the request would run elsewhere."""
    with Service(workers=1, drain_timeout_ms=200) as own, own.client() as client:
        send_to_a_stopped_worker(own, client)
        assert own.terminate() == 0
        assert pb.CheckReply.FromString(client.receive()[-1]).status == pb.STATUS_UNAVAILABLE


def a_second_sigterm_ends_at_once(service):
    with Service(workers=1, drain_timeout_ms=20000) as own, own.client() as client:
        send_to_a_stopped_worker(own, client)
        own.process.send_signal(signal.SIGTERM)
        own.wait_notify("STOPPING=1", STOP_S)
        own.process.send_signal(signal.SIGTERM)
        assert own.process.wait(STOP_S) == 0
        assert client.receive(0) is None and "event=ending_now" in own.log()


def a_client_that_never_reads_harms_nobody(service):
    with Service(send_queue=16) as own, own.client() as greedy, own.client() as polite:
        greedy.socket.setsockopt(__import__("zmq").RCVHWM, 1)
        for number in range(20000):
            greedy.send(payload_of(number))
        assert polite.check("kashiwa", PHONE).status == pb.STATUS_OK
        stats = own.control("stats")["front"]
        assert stats["requests"] > 0


def garbage_on_the_socket_is_cut(service):
    path = service.endpoint[len("ipc://"):]
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\xff\0\0\0\0\0\0\0\1\x7f\1\0", b"\0" * 4096):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(path)
            peer.sendall(noise)
            with contextlib.suppress(ConnectionError):
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass
    with service.client() as client:
        assert client.check("kashiwa", PHONE).status == pb.STATUS_OK


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
         and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("service",)]


def run(report):
    with Service() as service:
        for case in CASES:
            report(case.__name__, lambda case=case: case(service))
