#!/usr/bin/python3
"""A client of filterd: ZeroMQ and protobuf, nothing else.

    PYTHONPATH=build/python clients/python/filterd_client.py --policy kashiwa "電話は090-1234-5678です"

filter_pb2 is made from proto/filterd/v1/filter.proto by protoc (`make build/python/filter_pb2.py`).

The rules a client must keep:
  - only VERDICT_ALLOW is permission; no answer, another status or no verdict is none;
  - resend on silence and on UNAVAILABLE, after retry_after_ms on RESOURCE_EXHAUSTED, never otherwise;
  - a DEALER socket may see late answers to a request it gave up: tell them apart by request_id.
"""

import argparse
import sys
import time
import uuid

import zmq

import filter_pb2 as pb


PAUSE_MS = 200  # before a resend where the reply names no time


class Unanswered(Exception):
    """No answer after all attempts. The messages are not allowed."""


class Client:
    """One connection. Not for several threads at once: give each its own."""

    def __init__(self, endpoint, timeout_ms=2000, attempts=3, server_key=None, key_file=None):
        """With server_key (the service's public key) and key_file (made by filterctl keygen --curve): CURVE."""
        self.timeout_ms, self.attempts = timeout_ms, attempts
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        if server_key:
            use_keys(self.socket, server_key, key_file)
        self.socket.connect(endpoint)

    def close(self):
        self.socket.close()

    def check(self, policy, texts, purpose="", direction=pb.DIRECTION_INBOUND, surface=pb.SURFACE_MESSAGE_TEXT):
        """Asks for verdicts on `texts` (1 to 64). Returns the CheckReply, whose results stand in the same order."""
        request = pb.CheckRequest(policy_id=policy, purpose=purpose, deadline_ms=self.timeout_ms)
        for number, text in enumerate(texts):
            request.messages.add(message_id=str(number), text=text, direction=direction, surface=surface)
        return self.ask(request)

    def ask(self, request):
        """Sends a CheckRequest until it is answered for good."""
        reply = None
        for _ in range(self.attempts):
            request.request_id = uuid.uuid4().hex
            self.socket.send(request.SerializeToString())
            reply = self._wait_for(request.request_id)
            if reply is None:
                continue
            if reply.status not in (pb.STATUS_UNAVAILABLE, pb.STATUS_RESOURCE_EXHAUSTED):
                return reply
            time.sleep((reply.retry_after_ms or PAUSE_MS) / 1000)
        if reply is None:
            raise Unanswered(f"no answer within {self.attempts} x {self.timeout_ms} ms")
        return reply

    def _wait_for(self, request_id):
        until = time.monotonic() + self.timeout_ms / 1000
        while (left_ms := (until - time.monotonic()) * 1000) > 0:
            if not self.socket.poll(left_ms):
                return None
            reply = pb.CheckReply.FromString(self.socket.recv_multipart()[-1])
            if reply.request_id == request_id:
                return reply
        return None


def use_keys(socket, server_key, key_file):
    with open(key_file, encoding="ascii") as file:
        keys = dict(line.split() for line in file if line.startswith(("public ", "secret ")))
    socket.curve_publickey, socket.curve_secretkey = keys["public"].encode(), keys["secret"].encode()
    socket.curve_serverkey = server_key.encode()


def is_allowed(result):
    return result.status == pb.STATUS_OK and result.verdict == pb.VERDICT_ALLOW


def verdict_word(result):
    """allow, redact, block; for a message without a verdict its status (TOO_LARGE)."""
    if result.status != pb.STATUS_OK:
        return pb.Status.Name(result.status)[len("STATUS_"):]
    return pb.Verdict.Name(result.verdict)[len("VERDICT_"):].lower()


def main():
    options = argparse.ArgumentParser(description="Asks filterd for its verdict on each text.")
    options.add_argument("--endpoint", default="ipc:///run/filterd/filterd.sock")
    options.add_argument("--curve-server-key", metavar="KEY", help="the service's public key: connect with CURVE")
    options.add_argument("--curve-key-file", metavar="FILE", help="our own keys (filterctl keygen --curve)")
    options.add_argument("--policy", default="default")
    options.add_argument("--purpose", default="")
    options.add_argument("--outbound", action="store_true", help="the texts are from staff")
    options.add_argument("texts", nargs="+")
    chosen = options.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    direction = pb.DIRECTION_OUTBOUND if chosen.outbound else pb.DIRECTION_INBOUND
    if bool(chosen.curve_server_key) != bool(chosen.curve_key_file):
        options.error("--curve-server-key and --curve-key-file go together")
    client = Client(chosen.endpoint, attempts=10,  # it may have just been started
                    server_key=chosen.curve_server_key, key_file=chosen.curve_key_file)
    reply = client.check(chosen.policy, chosen.texts, chosen.purpose, direction)
    if reply.status != pb.STATUS_OK:
        sys.exit(f"{pb.Status.Name(reply.status)}: {reply.detail}")
    for text, result in zip(chosen.texts, reply.results):
        clauses = " ".join(ground.id for ground in result.grounds)
        print(verdict_word(result), clauses or "-", result.redacted_text or text, sep="\t")
    return 0 if all(map(is_allowed, reply.results)) else 1


if __name__ == "__main__":
    sys.exit(main())
