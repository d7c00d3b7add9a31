"""The requests of the soak: made once from a seed, sent again and again, so that each one's answer is known.

Every policy, surface, direction and purpose, texts from empty to the limit, texts that are not UTF-8, and requests that
must be refused. What a request must be answered with stands beside it.
"""

import random

from harness import field, pb, raw_request
import corpus

SEED, TEMPLATES = 20, 1500
MESSAGES = 64
MAX_TEXT_BYTES, MAX_REQUEST_BYTES = 65536, 1 << 20
SURFACES, DIRECTIONS = range(8), range(3)
PURPOSES = {"kashiwa": ["", "application"], "meguro": ["", "application"], "hachinohe": ["", "share"]}
DATA = ["連絡先は090-1234-5678です", "ﾒｰﾙは taro@example.jp まで", "〒277-8505 柏市柏5-10-1に住む佐藤花子です", "死にたい、もう消えたい",
        "マイナンバーは１２３４５６７８９０１８です", "カード番号 4111 1111 1111 1111", "ばか野郎、死ね", "生年月日は昭和50年3月4日、52歳です",
        "０ ９ ０ の 1 2 3 4 の 5 6 7 8", "振込先 常陽銀行 柏支店 普通 1234567", "LINE IDは hanako_5 です", "😀" * 20, "", "\0電話03-1234-5678"]


class Template:
    """One request as bytes, and what its answer must be: a status, the message ids, the refused ones among them."""

    def __init__(self, payload, status=pb.STATUS_OK, ids=(), too_large=()):
        self.payload, self.status, self.ids, self.too_large = payload, status, list(ids), set(too_large)
        self.answer = None  # of the first time, without its ruleset

    def check(self, reply):
        assert reply.status == self.status, (pb.Status.Name(reply.status), reply.detail)
        assert [result.message_id for result in reply.results] == self.ids
        for result in reply.results:
            wanted = pb.STATUS_TOO_LARGE if result.message_id in self.too_large else pb.STATUS_OK
            assert result.status == wanted, pb.Status.Name(result.status)
            assert (result.verdict != pb.VERDICT_UNSPECIFIED) == (wanted == pb.STATUS_OK)


def long_text(chance, lines, size):
    text = ""
    while len(text.encode()) < size:
        text += chance.choice(lines) + chance.choice(DATA) + chance.choice("。\n ")
    return text.encode()[:size].decode("utf-8", "ignore")


def message_text(chance, lines):
    kind = chance.random()
    if kind < 0.90:
        return chance.choice(lines)
    if kind < 0.97:
        return chance.choice(lines) + chance.choice(DATA)
    if kind < 0.998:
        return chance.choice(DATA)
    return long_text(chance, lines, chance.choice([600, 2000, 5000]))


def good(chance, lines, policies):
    policy = chance.choice(policies)
    made = pb.CheckRequest(policy_id=policy, deadline_ms=5000, include_evidence=chance.random() < 0.3,
                           purpose=chance.choice(PURPOSES.get(policy, [""])))
    for number in range(MESSAGES):
        made.messages.add(message_id=str(number), text=message_text(chance, lines), surface=chance.choice(SURFACES),
                          direction=chance.choice(DIRECTIONS), conversation_id=chance.choice(["", "a", "b"]))
    return Template(made.SerializeToString(), ids=map(str, range(MESSAGES)))


def at_the_limit(chance, lines, policy):
    """A text of the largest size, and one beyond it."""
    made = pb.CheckRequest(policy_id=policy, deadline_ms=5000)
    made.messages.add(message_id="largest", text=long_text(chance, lines, MAX_TEXT_BYTES))
    made.messages.add(message_id="beyond", text="あ" * (MAX_TEXT_BYTES // 3 + 1))
    return Template(made.SerializeToString(), ids=["largest", "beyond"], too_large=["beyond"])


def bad(policy):
    """Requests that are refused, each with its own status, and one whose texts are no UTF-8."""
    hello = pb.CheckRequest(policy_id=policy, deadline_ms=5000)
    hello.messages.add(text="こんにちは")
    payload = hello.SerializeToString()
    crowd = pb.CheckRequest(policy_id=policy, deadline_ms=5000)
    for _ in range(MESSAGES + 1):
        crowd.messages.add(text="a")
    invalid = [b"", b"\xff" * 40, payload[:-1], payload + field(2, b"moka"), payload + field(4, b"no such purpose"),
               crowd.SerializeToString(), payload + b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"]
    yield from (Template(each, pb.STATUS_INVALID_ARGUMENT) for each in invalid)
    yield Template(pb.CheckRequest(policy_id="nowhere", deadline_ms=5000, messages=hello.messages).SerializeToString(), pb.STATUS_NOT_FOUND)
    yield Template(payload + field(9, bytes(MAX_REQUEST_BYTES)), pb.STATUS_TOO_LARGE)
    broken = raw_request(policy, "電話090-1234-5678".encode() + b"\xe3\x81", b"\xed\xa0\x80\xc0\xaf")
    yield Template(broken + b"\x18\x88\x27", ids="mm")  # deadline_ms = 5000


def templates(policies):
    """Those to be answered and those to be refused, in the order they are sent, again and again; every text in them."""
    chance = random.Random(SEED)
    lines = corpus.invented(20_000, SEED)
    faultless = [good(chance, lines, policies) for _ in range(TEMPLATES)]
    faultless += [at_the_limit(chance, lines, policy) for policy in policies]
    chance.shuffle(faultless)
    return faultless, [each for policy in policies for each in bad(policy)], [*lines, *DATA]
