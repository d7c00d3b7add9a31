"""Who may connect and ask: CURVE keys, rows of clients, quotas, and how both change while running."""

import contextlib
import os
import socket
import subprocess

import zmq

from harness import BUILD, Service, pb, request

TEXT = "こんにちは"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def keygen(path):
    """As an operator makes them: (public, secret)."""
    made = subprocess.run([f"{BUILD}/filterctl", "keygen", "--curve", path], check=True, stdout=subprocess.PIPE)
    with open(path, encoding="ascii") as file:
        keys = dict(line.split() for line in file if line[0] != "#")
    assert made.stdout.decode().strip() == keys["public"]
    return keys["public"].encode(), keys["secret"].encode()


class Guarded(Service):
    """A service on CURVE, with two clients: `one` may use kashiwa, `two` everything."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.curve_endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.settings.update(listen_curve=[self.curve_endpoint], curve_key=f"{self.directory}/server.key")
        self.server_key = keygen(self.settings["curve_key"])[0]
        self.one, self.two = zmq.curve_keypair(), zmq.curve_keypair()
        self.set_clients()

    def set_clients(self, *more, **of_one):
        """The rows; more fields for the first."""
        self.settings["clients"] = [
            {"name": "one", "public_key": self.one[0].decode(), "policies": ["kashiwa"], **of_one},
            {"name": "two", "public_key": self.two[0].decode(), "policies": ["*"]}, *more]

    def reload(self):
        self.conf_path()
        answer = self.control("reload")
        assert answer["ok"], answer

    def front(self, name):
        return self.control("stats")["front"][name]

    def guest(self, keys, server_key=None):
        return self.client(endpoint=self.curve_endpoint, server_key=server_key or self.server_key, keys=keys)


def status_of(client, policy="kashiwa", **fields):
    return client.check(policy, TEXT, **fields).status


def is_shut_out(client):
    with contextlib.suppress(zmq.Again):  # a refused connection leaves nobody to send to
        client.socket.send(request("kashiwa", TEXT).SerializeToString(), zmq.NOBLOCK)
    return client.receive(300) is None


def known_keys_are_answered_for_their_policies(service):
    with service.guest(service.one) as one, service.guest(service.two) as two:
        assert status_of(one) == status_of(two) == status_of(two, "moka") == pb.STATUS_OK
        denied = one.check("moka", TEXT)
        assert denied.status == pb.STATUS_PERMISSION_DENIED and denied.request_id == "r" and not denied.results
        assert status_of(one, "atlantis") == pb.STATUS_PERMISSION_DENIED
    assert service.front("denied") == 2


def unknown_keys_do_not_connect_and_are_counted(service):
    before = service.front("requests")
    with service.guest(zmq.curve_keypair()) as stranger, service.client(endpoint=service.curve_endpoint) as keyless, \
            service.guest(service.one, server_key=zmq.curve_keypair()[0]) as misled:
        assert is_shut_out(stranger) and is_shut_out(keyless) and is_shut_out(misled)
    assert service.front("strangers") > 0 and service.front("requests") == before


def ipc_answers_beside_it_without_keys(service):
    with service.client() as client:
        assert status_of(client, "moka") == pb.STATUS_OK


def clients_come_and_go_while_others_stay(service):
    three = zmq.curve_keypair()
    with service.guest(service.one) as one, service.guest(service.two) as two:
        assert status_of(one) == status_of(two) == pb.STATUS_OK
        row = {"name": "three", "public_key": three[0].decode(), "policies": ["moka"]}
        service.set_clients(row, policies=["kashiwa", "moka"])
        service.reload()
        with service.guest(three) as new:
            assert status_of(new, "moka") == pb.STATUS_OK
            assert status_of(one, "moka") == status_of(two) == pb.STATUS_OK  # over the connections they have
            service.set_clients()
            service.reload()
            assert status_of(new, "moka") == pb.STATUS_UNAUTHENTICATED
            assert status_of(one) == status_of(two) == pb.STATUS_OK
        with service.guest(three) as late:
            assert is_shut_out(late)
    assert service.front("unauthenticated") == 1


def a_key_of_a_client_is_replaced(service):
    old, service.one = service.one, zmq.curve_keypair()
    with service.guest(old) as before:
        assert status_of(before) == pb.STATUS_OK
        service.set_clients()
        service.reload()
        assert status_of(before) == pb.STATUS_UNAUTHENTICATED
    with service.guest(service.one) as after:
        assert status_of(after) == pb.STATUS_OK


def the_key_of_the_service_is_replaced(service):
    with service.client() as local, service.guest(service.two) as before:
        assert status_of(local) == status_of(before) == pb.STATUS_OK
        old = service.server_key
        os.remove(service.settings["curve_key"])
        service.server_key = keygen(service.settings["curve_key"])[0]
        service.reload()
        with service.guest(service.two) as after:
            assert status_of(after) == pb.STATUS_OK
        with service.guest(service.two, server_key=old) as late:
            assert is_shut_out(late)
        assert status_of(local) == pb.STATUS_OK


def a_faulty_key_or_row_changes_nothing(service):
    path = service.settings["curve_key"]
    with service.guest(service.two) as client:
        for name, value in (("curve_key", path + ".none"), ("clients", [{"name": "x", "policies": ["*"]}])):
            kept, service.settings[name] = service.settings[name], value
            service.conf_path()
            answer = service.control("reload")
            assert not answer["ok"] and name in answer["fault"] + "clients", answer
            service.settings[name] = kept
            assert status_of(client) == pb.STATUS_OK
        service.reload()


def a_key_that_others_may_read_is_refused(service):
    path = service.settings["curve_key"]
    os.chmod(path, 0o644)
    answer = service.control("reload")
    os.chmod(path, 0o640)
    assert not answer["ok"] and "read this secret key" in answer["fault"], answer
    service.reload()


def a_quota_of_messages_is_kept(service):
    service.set_clients(messages_per_second=5)
    service.reload()
    with service.guest(service.one) as one, service.guest(service.two) as two:
        for _ in range(50):  # at once: one by one they might take seconds
            one.send(request("kashiwa", TEXT).SerializeToString())
        replies = [pb.CheckReply.FromString(one.receive()[-1]) for _ in range(50)]
        over = [reply for reply in replies if reply.status == pb.STATUS_RESOURCE_EXHAUSTED]
        assert over and all(0 < reply.retry_after_ms <= 1001 for reply in over)
        assert sum(reply.status == pb.STATUS_OK for reply in replies) == 50 - len(over) >= 5
        assert all(status_of(two) == pb.STATUS_OK for _ in range(20))
    assert service.front("over_quota") == len(over)
    service.set_clients()
    service.reload()


def requests_outstanding_are_bounded(service):
    service.set_clients(max_outstanding=4)
    service.reload()
    payload = request("kashiwa", *[TEXT * 100] * 64).SerializeToString()
    with service.guest(service.one) as one:
        for _ in range(40):
            one.send(payload)
        statuses = [pb.CheckReply.FromString(one.receive()[-1]).status for _ in range(40)]
        assert set(statuses) == {pb.STATUS_OK, pb.STATUS_RESOURCE_EXHAUSTED}, statuses
        assert status_of(one) == pb.STATUS_OK
    service.set_clients()
    service.reload()


def without_keys_policies_may_be_bounded_too(service):
    service.set_clients({"name": "local", "policies": ["kashiwa"]})
    service.reload()
    with service.client() as client:
        assert status_of(client) == pb.STATUS_OK and status_of(client, "moka") == pb.STATUS_PERMISSION_DENIED
    service.set_clients()
    service.reload()


def a_front_started_again_knows_its_clients(service):
    front = service.control("status")["front"]["pid"]
    os.kill(front, 9)
    service.wait_status(lambda s: s["status"] == "ok" and s["front"]["pid"] != front)
    with service.guest(service.one) as one, service.guest(zmq.curve_keypair()) as stranger:
        assert status_of(one) == pb.STATUS_OK and is_shut_out(stranger)


def garbage_where_keys_are_asked_for_is_cut(service):
    host, port = service.curve_endpoint[len("tcp://"):].split(":")
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL", b"\0" * 4096):
        with socket.create_connection((host, int(port))) as peer:
            peer.sendall(noise)
            with contextlib.suppress(OSError):  # already cut
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass
    with service.guest(service.one) as client:
        assert status_of(client) == pb.STATUS_OK


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
         and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("service",)]


def run(report):
    with Guarded() as service:
        for case in CASES:
            report(case.__name__, lambda case=case: case(service))
