"""Processes that die, hang, stop, or run out of memory, all under load."""

import contextlib
import itertools
import os
import random
import resource
import signal
import socket

from harness import BLOCKED_WORD, Service, alive, pb, request
from harm import Ledger, descriptors_of, generation_of, kill, memory_kib, parent_of, proves, stopped, wait_ok

FAILED = {pb.STATUS_INTERNAL, pb.STATUS_DEADLINE_EXCEEDED, pb.STATUS_RESOURCE_EXHAUSTED, pb.STATUS_UNAVAILABLE}
HEAVY_BYTES = 100000  # no request of the load beside it is so large
TRIES = 20
NUMBERS = itertools.count()


class Watched(Service):
    """As with WatchdogSec=5."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.environment["WATCHDOG_USEC"] = "5000000"


def make():
    return Watched(workers=2)


def wait_workers(service, old=(), count=2):
    """Until `count` live, none of them among `old`."""
    def is_met(status):
        pids = {worker["pid"] for worker in status["workers"]}
        return len(pids) == count and not pids & set(old)
    return [worker["pid"] for worker in service.wait_status(is_met, 30)["workers"]]


def heavy_request(request_id, number=0):
    """Hundreds of KiB: in work long enough to be caught at it. The same number is the same payload."""
    text = ("090-1234-5678に電話して、山田太郎さんに" + BLOCKED_WORD + "と伝えてください。") * 150
    made = request("kashiwa", *[text] * 20, request_id=request_id)
    made.messages[0].message_id = str(number)
    return made


def kill_at_work(service, client, times):
    """Kills whoever has a heavy request in work, and whoever gets it then: its number, its reply, and what the front
    counted meanwhile. One that is answered before it was caught so often says nothing: then another one is tried."""
    for _ in range(TRIES):
        number, killed, replies = next(NUMBERS), set(), []
        before = service.control("stats")["front"]
        client.send(heavy_request("heavy", number).SerializeToString())

        def catch():
            for worker in service.control("status")["workers"]:
                if worker["busy_bytes"] >= HEAVY_BYTES and worker["pid"] not in killed and len(killed) < times:
                    kill(worker["pid"])
                    killed.add(worker["pid"])
            replies.append(client.receive(0))
            return replies[-1]
        service.wait_until(catch, 60)
        after = service.control("stats")["front"]
        if after["strikes"] - before["strikes"] == times:
            return number, pb.CheckReply.FromString(replies[-1][-1]), after["quarantined"] - before["quarantined"]
    raise AssertionError(f"none of {TRIES} requests was caught at work {times} times")


@proves("F1")
def killed_workers_cost_no_answer(service, scale):
    """A death costs one request at most a second run."""
    front, kills = service.control("status")["front"]["pid"], scale.times(10, 300)
    before, strikes = (descriptors_of(front), memory_kib(front)), service.control("stats")["front"]["strikes"]
    with Ledger(service) as load:
        for _ in range(kills):
            victim = random.choice(wait_workers(service))
            kill(victim)
            wait_workers(service, [victim])
            load.wait_replies(10)
    load.assert_all_ok()
    assert service.control("stats")["front"]["strikes"] - strikes <= kills
    assert descriptors_of(front) <= before[0] + 2 and memory_kib(front) <= before[1] + 16384


@proves("F2")
def a_hanging_worker_is_killed_and_its_requests_run_elsewhere(service, scale):
    for _ in range(scale.times(1, 10)):
        with Ledger(service) as load:
            load.wait_replies(50)
            victim = wait_workers(service)[0]
            os.kill(victim, signal.SIGSTOP)
            wait_workers(service, [victim])
            load.wait_replies(50)
        load.assert_all_ok()
        assert not alive(victim)


@proves("F2")
def a_hanging_front_goes_on_where_it_stood(service, scale):
    front = service.control("status")["front"]["pid"]
    with Ledger(service) as load:
        load.wait_replies(50)
        with stopped(front):
            assert service.control("status")["front"]["pid"] == front
        load.wait_replies(50)
    load.assert_all_ok()


@proves("F2")
def a_front_that_stands_still_is_replaced(service, scale):
    """And systemd is not told meanwhile that all is well."""
    for _ in range(scale.times(1, 10)):
        front, workers = service.control("status")["front"], service.workers()
        service.wait_notify("WATCHDOG=1", 10)
        with Ledger(service, resend_s=0.5) as load:
            load.wait_replies(50)
            while not service.notified.empty():
                service.notified.get()
            os.kill(front["pid"], signal.SIGSTOP)
            service.wait_status(lambda status, old=front: status["front"]["restarts"] > old["restarts"], 20)
            told = [service.notified.get() for _ in range(service.notified.qsize())]
            load.wait_replies(50)
        assert "event=front_hangs" in service.log()
        assert told.count("WATCHDOG=1") <= 1, told  # of the look right after its last turn
        wait_workers(service, workers)  # they end with their front


@proves("F2")
def a_hanging_generation_harms_nobody_who_lives(service, scale):
    generation = generation_of(service)
    with Ledger(service) as load:
        victim = wait_workers(service)[0]
        with stopped(generation):
            kill(victim)
            load.wait_replies(300)
        wait_workers(service, [victim])
        load.wait_replies(50)
    load.assert_all_ok()


@proves("F6", "F15")
def a_reload_does_without_the_generation_it_would_be_forked_from(service, scale):
    """It hangs, or is killed as soon as it is asked: another one is loaded afresh, and nothing is lost."""
    with Ledger(service) as load:
        for how in (signal.SIGSTOP, signal.SIGKILL):
            before = service.control("status")["generation"]
            generation = generation_of(service)
            os.kill(generation, how)
            try:
                answer = service.control("reload", 60)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(generation, signal.SIGCONT)
            assert answer["ok"] and answer["generation"] > before, answer
            wait_workers(service)
            load.wait_replies(50)
    load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)
    assert service.control("reload")["ok"]


@proves("F2")
def a_hanging_supervisor_harms_nobody(service, scale):
    with Ledger(service) as load:
        with stopped(service.process.pid):
            kill(random.choice([int(pid) for pid in children(generation_of_pid(service))]))
            load.wait_replies(300)
        wait_workers(service)
    load.assert_all_ok()


def generation_of_pid(service):
    """Without the control socket, whose owner stands still: the child of the supervisor that has children itself."""
    return next(pid for pid in children(service.process.pid) if children(pid))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


@proves("F3", "T11")
def a_poisonous_request_runs_twice_and_never_again(service, scale):
    with service.client() as client, Ledger(service, outstanding=2) as load:
        number, reply, quarantined = kill_at_work(service, client, times=2)
        assert reply.status == pb.STATUS_INTERNAL and not reply.results and quarantined == 1, (reply.status, reply.detail, quarantined)
        strikes = service.control("stats")["front"]["strikes"]
        again = client.ask(heavy_request("another id", number))
        assert (again.status, again.request_id) == (pb.STATUS_INTERNAL, "another id"), (again.status, again.request_id, again.detail)
        assert service.control("stats")["front"]["strikes"] == strikes
        load.wait_replies(20)
    # a slow machine tells others to come again while so much is in work
    load.assert_only(pb.STATUS_OK, pb.STATUS_RESOURCE_EXHAUSTED)
    assert load.statuses[pb.STATUS_OK] > 0, load.named()


@proves("F3")
def a_reload_forgets_the_quarantine(service, scale):
    with service.client() as client:
        number, _, quarantined = kill_at_work(service, client, times=2)
        assert quarantined == 1
        assert service.control("reload")["ok"]
        reply = client.ask(heavy_request("forgiven", number))
        assert reply.status == pb.STATUS_OK, reply.detail
        assert {result.verdict for result in reply.results} == {pb.VERDICT_BLOCK}


@proves("F3")
def a_request_that_saw_one_death_is_answered(service, scale):
    with service.client() as client:
        _, reply, _ = kill_at_work(service, client, times=1)
        assert reply.status == pb.STATUS_OK and {result.verdict for result in reply.results} == {pb.VERDICT_BLOCK}, (reply.status, reply.detail)


@proves("F4")
def a_crash_loop_answers_degraded_and_does_not_spin(service, scale):
    def kill_all():
        status = service.control("status")
        for worker in status["workers"]:
            kill(worker["pid"])
        return status
    lines = service.log().count("event=worker_down")
    with Ledger(service) as load:
        service.wait_until(lambda: kill_all()["crash_loop"]["deaths"] >= 5, 60)
        assert service.control("status")["status"] == "degraded"
        load.wait_replies(100)
        wait_ok(service)
    load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE, pb.STATUS_INTERNAL)
    assert service.log().count("event=worker_down") - lines < 60
    assert "retry_ms=160" in service.log()
    service.wait_status(lambda status: status["crash_loop"]["deaths"] == 0, 30)


@proves("F5")
def a_killed_front_is_back_for_clients_that_resend(service, scale):
    for _ in range(scale.times(2, 20)):
        front = service.control("status")["front"]
        with Ledger(service, resend_s=0.5) as load:
            load.wait_replies(50)
            kill(front["pid"])
            service.wait_status(lambda status, old=front: status["front"]["restarts"] > old["restarts"] and
                                status["status"] == "ok", 20)
            load.wait_replies(50)
        load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)


@proves("F1", "F5")
def a_killed_generation_takes_nothing_with_it(service, scale):
    for _ in range(scale.times(1, 5)):
        old = service.workers()
        with Ledger(service) as load:
            load.wait_replies(50)
            kill(generation_of(service))
            service.wait_status(lambda status, old=old: status["status"] == "ok" and not {w["pid"] for w in status["workers"]} &
                                set(old), 60)
            load.wait_replies(50)
        load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)
        assert not any(alive(pid) for pid in old)


@proves("F19", "F18")
def a_worker_without_memory_never_allows(service, scale):
    """All that a worker asks for from now on is refused."""
    workers = wait_workers(service)
    with service.client() as client:
        for pid in workers:
            resource.prlimit(pid, resource.RLIMIT_DATA, (0, 0))
        reply = client.ask(heavy_request("hungry"))
        assert reply.status in FAILED | {pb.STATUS_OK}, reply.status
        for result in reply.results:
            assert result.verdict != pb.VERDICT_ALLOW, result.status
        for pid in workers:
            kill(pid)
        wait_workers(service, workers)
        fed = client.ask(heavy_request("fed"))
        assert {result.verdict for result in fed.results} == {pb.VERDICT_BLOCK}, (fed.status, fed.detail)


@proves("F4", "PID reuse")
def a_process_with_the_number_of_a_dead_one_is_left_alone(service, scale):
    """Until it is reaped a number is taken, and whoever kills is the parent: no stranger is a child of it."""
    for pid in [*service.workers(), service.control("status")["front"]["pid"]]:
        assert parent_of(pid) in (service.process.pid, generation_of(service))
    victim = wait_workers(service)[0]
    generation = parent_of(victim)
    with stopped(generation):
        kill(victim)
        with open(f"/proc/{victim}/stat", encoding="ascii") as stat:
            assert f"({victim}" not in stat.read()  # still there: its number is nobody else's
    wait_workers(service, [victim])


@proves("F6")
def with_the_supervisor_all_end_and_another_takes_over(service, scale):
    for _ in range(scale.times(1, 5)):
        pids = [*service.workers(), generation_of(service), service.control("status")["front"]["pid"]]
        with Ledger(service, resend_s=0.5) as load:
            load.wait_replies(50)
            service.kill()
            service.wait_until(lambda: not any(alive(pid) for pid in pids), 10)
            service.start()
            load.wait_replies(50)
        load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)


@proves("F13")
def sigterm_under_load_answers_all_it_took(service, scale):
    for _ in range(scale.times(1, 10)):
        count = 1000
        with service.client() as client:
            for number in range(count):
                client.send(request("kashiwa", BLOCKED_WORD, request_id=str(number)).SerializeToString())
            replies = [client.receive()]
            service.process.send_signal(signal.SIGTERM)
            while len(replies) < count and replies[-1]:
                replies.append(client.receive(5000))
            assert replies[-1], f"{len(replies) - 1} of {count}"
        answers = [pb.CheckReply.FromString(frames[-1]) for frames in replies]
        assert len({answer.request_id for answer in answers}) == count
        for answer in answers:
            assert answer.status in (pb.STATUS_OK, pb.STATUS_UNAVAILABLE), answer.status
            assert all(result.verdict == pb.VERDICT_BLOCK for result in answer.results)
        assert service.process.wait(15) == 0
        assert not os.path.exists(service.control_path)
        service.start()


@proves("F13")
def a_drain_ends_although_a_client_never_stops_sending(service, scale):
    with Ledger(service, resend_s=1) as load:
        load.wait_replies(50)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(15) == 0
        service.start()
    load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)


@proves("F13")
def a_reload_under_way_does_not_keep_a_stop(service, scale):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(service.control_path)
        peer.sendall(b'{"command":"reload"}\n')
        service.wait_until(lambda: service.control("status")["loading"] or "event=reloading" in service.log())
        assert service.terminate() == 0
    service.start()
