"""Broken files of cities, each refused for that city alone with its file, line and reason, while everybody is answered:
the city itself by its last good version. Many cities are broken in one reload."""

import contextlib
import os
import shutil
import threading

from harness import BLOCKED_WORD, Service, pb, write
from harm import Ledger, proves

POLICY = """format: 1
id: {id}
name: 試験市
account: {{name: 試験市役所, line_id: "@shiken"}}
names: fast
purposes:
  application: {{keep: [PHONE], clause: "p"}}
official_contacts:
  - {{type: PHONE, value: "04-7167-1111"}}
clauses:
  - id: "d"
    cite: "1"
    heading: 中傷
    covers: [DEFAMATION]
    action: block
    min_likelihood: 60
  - {{id: "p", cite: "2", heading: 個人情報, covers: [personal_data], action: redact}}
"""
TERMS = "語句,分類,一致,強さ\nうばたまごろう,DEFAMATION,anywhere,HIGH\n"
NAMES = "名称,読み,種類\n試験市民会館,しけんしみんかいかん,施設\n"
CASES = "文,期待,条項\nうばたまごろうめ,遮断,d\n"
GOOD = {"policy.yaml": POLICY, "terms.csv": TERMS, "names.csv": NAMES, "cases.csv": CASES}
LAST_GOOD_WORD = "うばたまごろう"


def swap(old, new):
    return lambda text: text.replace(old, new, 1)


def add(line):
    return lambda text: text + line


def policy(name, line, reason, change):
    return name, "policy.yaml", line, reason, change


def terms(name, line, reason, change):
    return name, "terms.csv", line, reason, change


def names(name, line, reason, change):
    return name, "names.csv", line, reason, change


def cases(name, line, reason, change):
    return name, "cases.csv", line, reason, change


def to_bytes(data):
    return lambda text: data


# name, file, line (None = none is told), a word of the reason, and what is done to the good file
KINDS = [
    policy("unknown key", 18, "surprise", add("surprise: 1\n")),
    policy("unknown key in a clause", 16, "sureness", swap("    min_likelihood: 60\n", "    sureness: 60\n")),
    policy("key twice", 18, "stands twice", add("name: 別の市\n")),
    policy("tab for indentation", 12, "a tab stands", swap("    cite", "\tcite")),
    policy("full-width space for indentation", None, "", swap("    cite", "　　cite")),
    policy("bracket left open", None, "not YAML", swap("covers: [DEFAMATION]", "covers: [DEFAMATION")),
    policy("quote left open", None, "not YAML", swap('cite: "1"', 'cite: "1')),
    policy("truncated in a word", None, "", lambda text: text[:text.index("DEFAM") + 3]),
    policy("empty", None, "", to_bytes("")),
    policy("zero bytes", None, "", to_bytes("\0" * 4096)),
    policy("a list instead of a mapping", 1, "mapping", to_bytes("- a\n- b\n")),
    policy("a word instead of a mapping", 1, "mapping", to_bytes("nothing\n")),
    policy("not UTF-8", None, "", lambda text: text.encode("cp932")),
    policy("UTF-16", None, "", lambda text: text.encode("utf-16-be")),
    policy("nested without end", None, "", to_bytes("a: " + "[" * 5000)),
    policy("anchors that multiply", None, "", to_bytes("a: &a [x, x]\nb: &b [*a, *a]\nformat: *b\n")),
    policy("unknown format", 1, "format", swap("format: 1", "format: 2")),
    policy("format is a word", 1, "format", swap("format: 1", "format: one")),
    policy("id of another folder", 2, "differs from the folder", swap("id: ", "id: x")),
    policy("no id", None, "'id' is missing", lambda text: text.replace(text.split("\n")[1] + "\n", "", 1)),
    policy("no name", None, "'name' is missing", swap("name: 試験市\n", "")),
    policy("no clauses", None, "clauses", lambda text: text[:text.index("clauses:")]),
    policy("clauses are empty", None, "", lambda text: text[:text.index("clauses:")] + "clauses: []\n"),
    policy("clause without action", None, "'action' is missing", swap("    action: block\n", "")),
    policy("clause without covers", None, "'covers' is missing", swap("    covers: [DEFAMATION]\n", "")),
    policy("covers nothing", 14, "is empty", swap("covers: [DEFAMATION]", "covers: []")),
    policy("covers what is unknown", 14, "unknown info type or category", swap("[DEFAMATION]", "[SHOUTING]")),
    policy("covers the same twice", 14, "is covered already", swap("[DEFAMATION]", "[DEFAMATION, DEFAMATION]")),
    policy("unknown action", 15, "unknown action", swap("action: block", "action: burn")),
    policy("clause id twice", None, "has this id", swap('{id: "p"', '{id: "d"')),
    policy("clause id with spaces", 11, "ASCII", swap('id: "d"', 'id: "d d"')),
    policy("likelihood over 100", 16, "out of range", swap("60", "101")),
    policy("likelihood is negative", 16, "number", swap("60", "-1")),
    policy("likelihood is a word", 16, "number", swap("60", "high")),
    policy("unknown severity", 16, "unknown", swap("min_likelihood: 60", "min_severity: awful")),
    policy("unknown direction", 16, "unknown", swap("min_likelihood: 60", "direction: sideways")),
    policy("unknown surface", 16, "unknown", swap("min_likelihood: 60", "surfaces: [WALL]")),
    policy("purpose keeps My Number", 7, "MY_NUMBER", swap("keep: [PHONE]", "keep: [MY_NUMBER]")),
    policy("purpose names no clause", 7, "no clause has this id", swap('clause: "p"', 'clause: "q"')),
    policy("purpose is chat", 7, "chat", swap("  application:", "  chat:")),
    policy("My Number is allowed", 17, "MY_NUMBER",
           swap("covers: [personal_data], action: redact", "covers: [MY_NUMBER], action: allow")),
    policy("My Number as a token", 17, "MY_NUMBER",
           swap("covers: [personal_data], action: redact", "covers: [MY_NUMBER], action: redact, transform: token")),
    policy("token without a key", None, "key", swap("names: fast\n", "names: fast\ntransforms: {PHONE: token}\n")),
    policy("a clause for people that acts", None, "no meaning", swap("action: redact}", "action: redact, judged_by: human}")),
    policy("wrong municipality code", 4, "check digit", swap("account:", 'municipality_code: "122174"\naccount:')),
    policy("a date that is none", 4, "date", swap("account:", "source: {title: 方針, in_force: 2023-02-31}\naccount:")),
    policy("names neither fast nor thorough", 5, "unknown", swap("names: fast", "names: sometimes")),
    policy("a control character", 3, "", swap("試験市", '"試験\\x07市"')),
    policy("unknown contact", 9, "unknown", swap("type: PHONE", "type: PIGEON")),
    policy("larger than a policy may be", None, "too large", lambda text: text + "# " + "x" * (5 << 20) + "\n"),
    terms("unknown category", 3, "unknown", add("語,NO_SUCH,anywhere,HIGH\n")),
    terms("unknown match", 3, "unknown", add("むらくも,DEFAMATION,somewhere,HIGH\n")),
    terms("unknown severity", 3, "unknown", add("むらくも,DEFAMATION,anywhere,LOUD\n")),
    terms("no term", 3, "no term", add(",DEFAMATION,anywhere,HIGH\n")),
    terms("same row twice", 3, "same term", add("うばたまごろう,DEFAMATION,anywhere,HIGH\n")),
    terms("term of symbols alone", 3, "too short", add("・・,DEFAMATION,anywhere,HIGH\n")),
    terms("term too long", 3, "longer than 256 bytes", add("あ" * 200 + ",DEFAMATION,anywhere,HIGH\n")),
    terms("too many fields", 3, "more fields", add("むらくも,DEFAMATION,anywhere,HIGH,x,x,x,x,x,x\n")),
    terms("unknown column", 1, "unknown column", swap("強さ", "大きさ")),
    terms("column twice", 1, "stands twice", swap("強さ", "語句")),
    terms("no header", None, "", lambda text: text.split("\n", 1)[1]),
    terms("quote left open", None, "", add('"むらくも,DEFAMATION,anywhere,HIGH\n')),
    terms("neither UTF-8 nor CP932", None, "CP932", lambda text: text.encode() + b"\xff\xfe\xfd\x80\x81,DEFAMATION\n"),
    terms("exception that is no longer word", 3, "exception",
          lambda text: "語句,分類,一致,例外\nうばたま,DEFAMATION,anywhere,\nむらくも,DEFAMATION,anywhere,くも\n"),
    terms("compressed", None, "", to_bytes(b"\x1f\x8b\x08" + bytes(range(256)))),
    names("unknown kind", 3, "unknown", add("試験駅,しけんえき,宇宙船\n")),
    names("a name of one character", 3, "two characters", add("駅,えき,施設\n")),
    names("no name", 3, "", add(",えき,施設\n")),
    names("unknown column", 1, "unknown column", swap("読み", "声")),
    cases("a case that fails", 3, "expected", add("こんにちは,遮断,d\n")),
    cases("unknown verdict", 3, "unknown verdict", add("こんにちは,焼却,\n")),
    cases("clause that does not exist", 3, "no such clause", add("うばたまごろう,遮断,zz\n")),
    cases("unknown column", 1, "unknown column", swap("期待", "希望")),
]


def put(path, data):
    """What an operator's editor leaves there."""
    with open(path + ".new", "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    os.rename(path + ".new", path)


class Country(Service):
    """A city for every kind, all good."""

    def __init__(self):
        super().__init__(workers=2)
        for number in range(len(KINDS)):
            os.mkdir(os.path.join(self.dictionaries, "cities", f"city{number}"))
            for name in GOOD:
                self.mend(number, name)

    def mend(self, number, name):
        put(self.city_file(f"city{number}", name), self.good(number, name))

    @staticmethod
    def good(number, name):
        return GOOD[name].format(id=f"city{number}") if name == "policy.yaml" else GOOD[name]

    def verdict(self, client, number):
        reply = client.check(f"city{number}", LAST_GOOD_WORD)
        assert reply.status == pb.STATUS_OK, (KINDS[number][0], reply.status, reply.detail)
        return reply.results[0].verdict


def make():
    return Country()


def reload(service):
    answer = service.control("reload")
    return answer, {city["id"]: city for city in answer["cities"]}


def told_wrong(kind, told, path):
    """What the operator was told about this kind, if it is not what it should be."""
    name, file, line, reason, _ = kind
    at = path + (f":{line}:" if line else "")
    if told["result"] != "kept" or at not in told["fault"] or reason not in told["fault"]:
        return f"{name}: {told['result']}: {told['fault']!r} does not say {at!r} and {reason!r} of {file}"
    return None


@proves("F14", "F16", "T7", "T8")
def seventy_kinds_of_broken_files_are_refused_with_file_line_and_reason(service, scale):
    assert len(KINDS) >= 60 and len({kind[:2] for kind in KINDS}) == len(KINDS)
    wrong = []
    with Ledger(service, policies=("kashiwa", "city0", "city33")) as load, service.client() as client:
        for number, (_, file, _, _, change) in enumerate(KINDS):
            put(service.city_file(f"city{number}", file), change(service.good(number, file)))
        answer, cities = reload(service)
        assert not answer["ok"]
        for number, kind in enumerate(KINDS):
            path = service.city_file(f"city{number}", kind[1])
            wrong.append(told_wrong(kind, cities[f"city{number}"], path))
            assert service.verdict(client, number) == pb.VERDICT_BLOCK, kind[0]
        assert all(cities[city]["result"] == "unchanged" for city in ("kashiwa", "moka", "kadoma", "meguro", "hachinohe"))
        for number, (_, file, _, _, _) in enumerate(KINDS):
            service.mend(number, file)
        answer, _ = reload(service)
        assert answer["ok"], answer
        assert service.control("status")["status"] == "ok"
    wrong = [fault for fault in wrong if fault]
    assert not wrong, "\n".join(wrong)
    load.assert_all_ok()


def strange_files(path):
    """Ways in which a policy is no file that can be read; each undone afterwards."""
    def fifo():
        os.mkfifo(path)

    def directory():
        os.mkdir(path)

    def dangling_link():
        os.symlink("/nonexistent/policy.yaml", path)

    def link_to_itself():
        os.symlink(path, path)

    def device():
        os.symlink("/dev/zero", path)

    def nothing():
        pass
    return [fifo, directory, dangling_link, link_to_itself, device, nothing]


@proves("F14", "T7")
def what_is_no_readable_file_changes_nothing(service, scale):
    """A FIFO, a directory, links, a device, in six cities at once; and a city that is gone altogether."""
    files = [service.city_file(f"city{number}", "policy.yaml") for number in range(6)]
    with Ledger(service) as load, service.client() as client:
        for number, path in enumerate(files):
            os.rename(path, path + ".aside")
            strange_files(path)[number]()
        answer, cities = reload(service)
        for number in range(5):
            assert cities[f"city{number}"]["result"] == "kept", cities[f"city{number}"]
            assert files[number] in cities[f"city{number}"]["fault"], cities[f"city{number}"]["fault"]
            assert service.verdict(client, number) == pb.VERDICT_BLOCK
        assert not answer["ok"]
        for path in files:
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
            os.rename(path + ".aside", path)
        assert reload(service)[0]["ok"]
    load.assert_all_ok()


@proves("F14", "F25", "T7")
def files_that_change_while_they_are_read_never_half_count(service, scale):
    """A policy is written over in place, again and again, while reload follows reload: either version, or refused."""
    path = service.city_file("city1", "policy.yaml")
    good = service.good(1, "policy.yaml")
    stop = []

    def scribble():
        while not stop:
            for cut in range(0, len(good), 97):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(good[:cut])
            with open(path, "w", encoding="utf-8") as file:
                file.write(good)

    writer = threading.Thread(target=scribble, daemon=True)
    with Ledger(service) as load, service.client() as client:
        writer.start()
        for _ in range(scale.times(2, 50)):
            reload(service)
            assert service.verdict(client, 1) == pb.VERDICT_BLOCK
        stop.append(True)
        writer.join()
        assert reload(service)[0]["ok"]
    load.assert_all_ok()


@proves("F17", "T7", long=True)
def an_expression_that_explodes_is_stopped_and_named(service, scale):
    path = os.path.join(service.dictionaries, "common", "patterns.yaml")
    with open(path, encoding="utf-8") as file:
        written = file.read()
    lines = written.split("\n")
    line = next(number for number, text in enumerate(lines) if text.strip().startswith("pattern:"))
    indent = lines[line][:len(lines[line]) - len(lines[line].lstrip())]
    lines[line] = indent + r"pattern: '(?:\p{L}{1,40}[ 　]?){1,10}様'"
    with Ledger(service) as load:
        write(path, "\n".join(lines))
        answer = service.control("reload", 120)
        assert not answer["ok"] and "patterns.yaml" in answer["fault"], answer["fault"]
        write(path, written)
        assert service.control("reload", 120)["ok"]
    load.assert_all_ok()


@proves("F14", "T8")
def a_damaged_model_changes_nothing(service, scale):
    """Bits of it flipped, cut short, replaced by another file."""
    models = os.path.join(service.dictionaries, "common", "models")
    real = os.path.realpath(models)
    os.remove(models)
    shutil.copytree(real, models)
    path = os.path.join(models, "names.model")
    with open(path, "rb") as file:
        good = file.read()
    with Ledger(service) as load:
        for data in (good[:len(good) // 2], b"", b"\0" * len(good), good[:100] + bytes([good[100] ^ 1]) + good[101:] + b"x"):
            put(path, data)
            answer = service.control("reload")
            assert not answer["ok"] and "names.model" in answer["fault"], (len(data), answer["fault"])
        put(path, good)
        assert service.control("reload")["ok"]
        with service.client() as client:
            assert client.check("kashiwa", BLOCKED_WORD).results[0].verdict == pb.VERDICT_BLOCK
    load.assert_all_ok()
