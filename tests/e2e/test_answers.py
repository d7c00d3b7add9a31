"""What clients get: verdicts, refusals, envelopes."""

import zmq

from harness import BLOCKED_WORD, CITIES, Service, field, pb, raw_request, request

PHONE = "連絡先は090-1234-5678です"


def only(reply):
    assert reply.status == pb.STATUS_OK, (reply.status, reply.detail)
    assert len(reply.results) == 1
    return reply.results[0]


def every_city_allows_redacts_and_blocks(service):
    with service.client() as client:
        for city in CITIES:
            allowed = only(client.check(city, "あしたのごみ収集は何時からですか"))
            assert (allowed.verdict, allowed.redacted_text) == (pb.VERDICT_ALLOW, ""), city
            redacted = only(client.check(city, PHONE))
            assert redacted.verdict == pb.VERDICT_REDACT and "090" not in redacted.redacted_text, city
            assert redacted.grounds and redacted.grounds[0].id, city
            asked = request(city, "お前は" + BLOCKED_WORD + "だ")
            if city == "hachinohe":  # its policy binds its staff
                asked.messages[0].direction = pb.DIRECTION_OUTBOUND
            result = only(client.ask(asked))
            assert any(finding.category == pb.CATEGORY_DEFAMATION for finding in result.findings), city
            if city in ("kadoma", "moka"):  # their policies forbid nothing: it is reported and allowed
                assert result.verdict == pb.VERDICT_ALLOW and not result.grounds, city
            else:
                assert result.verdict == pb.VERDICT_BLOCK and result.grounds and result.grounds[0].cite, city


def an_embedded_nul_hides_nothing(service):
    with service.client() as client:
        result = only(client.check("kashiwa", "こんにちは\0" + PHONE))
        assert result.verdict == pb.VERDICT_REDACT and "\0" in result.redacted_text
        assert not result.text_repaired


def invalid_utf8_is_repaired_and_scanned(service):
    with service.client() as client:
        result = only(client.ask_bytes(raw_request("kashiwa", b"\xff\xfe" + PHONE.encode())))
        assert result.text_repaired and result.verdict == pb.VERDICT_REDACT
        assert result.redacted_text.startswith("\N{REPLACEMENT CHARACTER}")


def an_undecodable_frame_is_invalid(service):
    with service.client() as client:
        for payload in (b"\xff", b"\x0a\x7fshort", field(1, b"r") + b"\x2a\x02\x12\x7f"):
            reply = client.ask_bytes(payload)
            assert reply.status == pb.STATUS_INVALID_ARGUMENT and not reply.results, payload


def an_empty_request_is_refused(service):
    with service.client() as client:
        assert client.ask_bytes(b"").status in (pb.STATUS_INVALID_ARGUMENT, pb.STATUS_NOT_FOUND)
        assert client.ask(pb.CheckRequest(policy_id="kashiwa")).status == pb.STATUS_INVALID_ARGUMENT


def a_repeated_policy_is_invalid(service):
    with service.client() as client:
        payload = field(2, b"moka") + raw_request("kashiwa", PHONE.encode())
        assert client.ask_bytes(payload).status == pb.STATUS_INVALID_ARGUMENT


def an_unknown_policy_is_not_found(service):
    with service.client() as client:
        reply = client.check("atlantis", PHONE)
        assert reply.status == pb.STATUS_NOT_FOUND and reply.request_id == "r" and not reply.results


def an_unknown_purpose_is_invalid(service):
    with service.client() as client:
        assert client.check("kashiwa", PHONE, purpose="divination").status == pb.STATUS_INVALID_ARGUMENT


def a_purpose_keeps_what_the_city_asked_for(service):
    with service.client() as client:
        result = only(client.check("kashiwa", PHONE, purpose="application"))
        assert result.verdict == pb.VERDICT_ALLOW


def a_text_too_large_is_refused_alone(service):
    with service.client() as client:
        reply = client.check("kashiwa", "a" * 65537, PHONE)
        assert reply.status == pb.STATUS_OK
        assert [result.status for result in reply.results] == [pb.STATUS_TOO_LARGE, pb.STATUS_OK]
        assert reply.results[0].verdict == pb.VERDICT_UNSPECIFIED
        assert reply.results[1].verdict == pb.VERDICT_REDACT


def a_request_too_large_is_answered(service):
    with service.client() as client:
        reply = client.ask_bytes(raw_request("kashiwa", b"x" * (1 << 20)))
        assert reply.status == pb.STATUS_TOO_LARGE and not reply.results and reply.request_id == "r"
        assert client.ask_bytes(b"\xff" * (1 << 21)).status == pb.STATUS_TOO_LARGE


def a_name_of_ones_own_is_refused(service):
    with service.client(routing_id=b"gateway") as client:
        reply = client.check("kashiwa", PHONE)
        assert reply.status == pb.STATUS_INVALID_ARGUMENT and "routing id" in reply.detail


def beyond_two_mebibytes_the_connection_is_cut(service):
    with service.client() as client:
        client.send(b"x" * ((2 << 20) + 1))
        assert client.receive(300) is None
        assert only(client.check("kashiwa", PHONE)).verdict == pb.VERDICT_REDACT  # after it has connected again


def req_and_dealer_get_their_envelopes_back(service):
    payload = request("kashiwa", PHONE).SerializeToString()
    with service.client(zmq.REQ) as client:
        assert only(client.ask_bytes(payload)).verdict == pb.VERDICT_REDACT
    with service.client() as client:
        for envelope in ([], [b""], [b"a", b"", b"\0b"], [b"x"] * 7):
            client.send(*envelope, payload)
            frames = client.receive()
            assert frames[:-1] == envelope
            assert only(pb.CheckReply.FromString(frames[-1])).verdict == pb.VERDICT_REDACT


def an_envelope_too_long_is_dropped_and_the_next_is_answered(service):
    payload = request("kashiwa", PHONE).SerializeToString()
    before = service.control("stats")["front"]["envelopes_dropped"]
    with service.client() as client:
        client.send(*[b"x"] * 8, payload)  # the routing id is the ninth
        client.send(b"x" * 1025, payload)
        client.send(*[b"x"] * 500, payload)
        client.send(b"last", payload)
        assert client.receive()[0] == b"last"
    assert service.control("stats")["front"]["envelopes_dropped"] == before + 3


def sixty_four_messages_come_back_in_order(service):
    texts = [PHONE if number % 2 else f"{number}番の窓口はどこですか" for number in range(64)]
    with service.client() as client:
        reply = client.check("moka", *texts)
        assert reply.status == pb.STATUS_OK and len(reply.ruleset) == 64
        assert [result.message_id for result in reply.results] == [str(number) for number in range(64)]
        wanted = [pb.VERDICT_REDACT if number % 2 else pb.VERDICT_ALLOW for number in range(64)]
        assert [result.verdict for result in reply.results] == wanted
        assert client.check("moka", *texts, "one more").status == pb.STATUS_INVALID_ARGUMENT


def offsets_come_in_three_units(service):
    with service.client() as client:
        result = only(client.check("kashiwa", "😀は090-1234-5678"))
        span = next(f.span for f in result.findings if f.info_type == pb.INFO_TYPE_PHONE)
        assert (span.start_byte, span.start_code_point, span.start_utf16) == (7, 2, 3)
        assert (span.end_byte, span.end_code_point, span.end_utf16) == (20, 15, 16)


def many_requests_at_once_have_one_reply_each(service):
    with service.client() as client:
        for number in range(2000):
            client.send(b"%d" % number, request("kashiwa", PHONE, request_id=str(number)).SerializeToString())
        seen = set()
        for _ in range(2000):
            envelope, payload = client.receive()
            reply = pb.CheckReply.FromString(payload)
            assert reply.request_id == envelope.decode() and reply.status == pb.STATUS_OK
            seen.add(reply.request_id)
        assert len(seen) == 2000
        assert client.receive(50) is None


def no_text_is_logged(service):
    with service.client() as client:
        client.check("kashiwa", "めずらしいことば" + PHONE)
    log = service.log()
    assert "めずらしいことば" not in log and "1234" not in log


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
         and value.__code__.co_varnames[:1] == ("service",)]


def run(report):
    with Service(small_terms=False) as service:
        for case in CASES:
            report(case.__name__, lambda case=case: case(service))
