"""New dictionaries go live without a lost request; a faulty city keeps its last good version."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys

from harness import BLOCKED_WORD, BUILD, Service, pb, write
from test_faults import Load

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))
import reload_storm  # noqa: E402

NEW_WORD = "うつせみむらくも"
HEADER = "語句,分類,一致,強さ\n"
CASES_HEADER = "文,期待,条項\n"


def verdict(client, text, city="kashiwa"):
    reply = client.check(city, text)
    assert reply.status == pb.STATUS_OK, (reply.status, reply.detail)
    return reply.results[0].verdict


def results_of(answer):
    return {city["id"]: city["result"] for city in answer["cities"]}


def set_terms(own, *words, city="kashiwa"):
    write(own.city_file(city, "terms.csv"), HEADER + "".join(f"{word},DEFAMATION,anywhere,HIGH\n" for word in words))


def a_new_term_goes_live_and_only_its_city_changes(service):
    with service.client() as client:
        assert verdict(client, NEW_WORD) == pb.VERDICT_ALLOW
        set_terms(service, NEW_WORD)
        answer = service.control("reload")
        assert answer["ok"] and answer["fault"] == ""
        results = results_of(answer)
        assert results.pop("kashiwa") == "live" and set(results.values()) == {"unchanged"}, results
        assert verdict(client, NEW_WORD) == pb.VERDICT_BLOCK
        assert verdict(client, NEW_WORD, "kadoma") == pb.VERDICT_ALLOW


def nothing_changed_is_unchanged(service):
    answer = service.control("reload")
    assert answer["ok"] and set(results_of(answer).values()) == {"unchanged"}


def a_broken_policy_keeps_the_last_good_one(service):
    path = service.city_file("kashiwa", "policy.yaml")
    with open(path, encoding="utf-8") as file:
        good = file.read()
    write(path, good + "surprise: 1\n")
    answer = service.control("reload")
    city = next(city for city in answer["cities"] if city["id"] == "kashiwa")
    assert not answer["ok"] and city["result"] == "kept" and "surprise" in city["fault"] and "policy.yaml" in city["fault"]
    status = service.control("status")
    assert status["status"] == "degraded"
    with service.client() as client:
        assert verdict(client, NEW_WORD) == pb.VERDICT_BLOCK
    write(path, good)
    assert service.control("reload")["ok"]
    assert service.control("status")["status"] == "ok"


def failing_cases_keep_the_last_good_version(service):
    terms, cases = service.city_file("kashiwa", "terms.csv"), service.city_file("kashiwa", "cases.csv")
    set_terms(service)
    write(cases, CASES_HEADER + f"{NEW_WORD},遮断,\n")
    answer = service.control("reload")
    city = next(city for city in answer["cities"] if city["id"] == "kashiwa")
    assert not answer["ok"] and city["result"] == "kept" and "cases.csv:2" in city["fault"], city
    assert NEW_WORD not in city["fault"]
    with service.client() as client:
        assert verdict(client, NEW_WORD) == pb.VERDICT_BLOCK
    os.remove(cases)
    set_terms(service, NEW_WORD)
    assert service.control("reload")["ok"] and os.path.exists(terms)


def broken_common_dictionaries_change_nothing(service):
    path = os.path.join(service.dictionaries, "common", "terms", "broken.csv")
    write(path, HEADER + "語,NO_SUCH_CATEGORY,anywhere,HIGH\n")
    generation = service.control("status")["generation"]
    answer = service.control("reload")
    assert not answer["ok"] and "broken.csv:2" in answer["fault"], answer["fault"]
    assert service.control("status")["generation"] == generation
    os.remove(path)
    with service.client() as client:
        assert verdict(client, BLOCKED_WORD) == pb.VERDICT_BLOCK
    assert service.control("reload")["ok"]


def sighup_reloads_under_load_without_a_lost_request(service):
    load = Load(service)
    load.start()
    for number in range(3):
        generation = service.control("status")["generation"]
        set_terms(service, NEW_WORD, f"かりそめ{number}番")
        service.process.send_signal(signal.SIGHUP)
        service.wait_status(lambda s: s["generation"] > generation and not s["loading"], 30)
    load.finish()
    with service.client() as client:
        assert verdict(client, "かりそめ2番") == pb.VERDICT_BLOCK


def twenty_reloads_under_load_lose_nothing(service):
    with Service() as own:
        assert reload_storm.storm(own, 20)[0] > 20


def a_city_added_and_removed(service):
    target = os.path.join(service.dictionaries, "cities", "newtown")
    shutil.copytree(os.path.join(service.dictionaries, "cities", "kashiwa"), target)
    with open(os.path.join(target, "policy.yaml"), encoding="utf-8") as file:
        text = file.read().replace("id: kashiwa\n", "id: newtown\n", 1)
    write(os.path.join(target, "policy.yaml"), text)
    assert results_of(service.control("reload"))["newtown"] == "live"
    with service.client() as client:
        assert verdict(client, BLOCKED_WORD, "newtown") == pb.VERDICT_BLOCK
        shutil.rmtree(target)
        assert results_of(service.control("reload"))["newtown"] == "removed"
        assert client.check("newtown", BLOCKED_WORD).status == pb.STATUS_NOT_FOUND


def a_city_without_any_good_version_is_unavailable_alone(service):
    target = os.path.join(service.dictionaries, "cities", "brokentown")
    os.mkdir(target)
    write(os.path.join(target, "policy.yaml"), "format: 1\nid: brokentown\n")
    answer = service.control("reload")
    assert not answer["ok"] and results_of(answer)["brokentown"] == "failed"
    with service.client() as client:
        assert client.check("brokentown", "こんにちは").status == pb.STATUS_UNAVAILABLE
        assert verdict(client, BLOCKED_WORD) == pb.VERDICT_BLOCK
    shutil.rmtree(target)
    assert service.control("reload")["ok"]


def a_cold_start_with_a_broken_city_uses_its_last_good_version(service):
    with Service() as own:
        set_terms(own, NEW_WORD)
        assert own.control("reload")["ok"]
        assert own.terminate() == 0
        write(own.city_file("kashiwa", "terms.csv"), HEADER + "語,NO_SUCH_CATEGORY,anywhere,HIGH\n")
        own.start()
        with own.client() as client:
            assert verdict(client, NEW_WORD) == pb.VERDICT_BLOCK
        cities = {city["id"]: city for city in own.control("status")["cities"]}
        assert cities["kashiwa"]["state"] == "kept" and "terms.csv:2" in cities["kashiwa"]["fault"]
        assert cities["kadoma"]["state"] == "live"


def filterctl(own, *words, text):
    """One message judged without the service: standard output, and how it ended."""
    places = ("--state-dir", f"{own.directory}/state", "--store", f"{own.directory}/store")
    ended = subprocess.run([f"{BUILD}/filterctl", *words, *places, "-"], input=text.encode(), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60,
                           env={**os.environ, "LC_ALL": "C.UTF-8", "FILTERD_DICTIONARIES": own.dictionaries})
    return ended.stdout, ended.returncode, ended.stderr.decode()


def a_past_verdict_is_made_again_byte_for_byte(service):
    text = f"{NEW_WORD}さんの電話は090-1234-5678です。\n明日10時に{BLOCKED_WORD}。"
    check = ("check", "-j", "-p", "kashiwa")
    with Service() as own, own.client() as client:
        set_terms(own, NEW_WORD)
        assert own.control("reload")["ok"]
        reply = client.check("kashiwa", text)
        then, code, _ = filterctl(own, *check, text=text)
        judged = json.loads(then)
        assert code == 1 and judged["ruleset"] == reply.ruleset and judged["text"] == reply.results[0].redacted_text
        set_terms(own)
        write(os.path.join(own.dictionaries, "common", "terms", "zz_e2e.csv"), HEADER + f"{NEW_WORD}も,OBSCENE,anywhere,LOW\n")
        assert own.control("reload")["ok"]
        now = client.check("kashiwa", text)
        assert now.ruleset != reply.ruleset and filterctl(own, *check, text=text)[0] != then
        for words in (("check", "-j"), check):
            assert filterctl(own, *words, "--ruleset", reply.ruleset, text=text)[:2] == (then, 1)
        explained, code, _ = filterctl(own, "explain", "-j", "--ruleset", reply.ruleset[:12], text=text)
        assert code == 0 and explained.splitlines()[-1] == then.rstrip(b"\n")
        _, code, told = filterctl(own, "check", "-p", "kadoma", "--ruleset", reply.ruleset, text=text)
        assert code == 2 and "kashiwa" in told, told
        _, code, told = filterctl(own, "check", "--ruleset", "0123456789ab", text=text)
        assert code == 2 and "no such ruleset" in told, told


def a_ruleset_that_does_not_come_out_again_is_refused(service):
    with service.client() as client:
        ruleset = client.check("kadoma", "こんにちは").ruleset
    kept = f"{service.directory}/state/history/cities/kadoma/{ruleset}"
    with open(f"{kept}/kadoma/policy.yaml", "a", encoding="utf-8") as file:
        file.write("# damaged\n")
    _, code, told = filterctl(service, "check", "--ruleset", ruleset, text="こんにちは")
    assert code == 2 and "damaged" in told, told
    with open(f"{kept}/made", encoding="utf-8") as file:
        made = file.read()
    write(f"{kept}/made", made.replace("engine filterd", "engine older filterd"))
    _, code, told = filterctl(service, "check", "--ruleset", ruleset, text="こんにちは")
    assert code == 2 and "older filterd" in told and "another version" in told, told


def broken_common_dictionaries_start_with_the_last_good_ones(service):
    with Service() as own:
        own.control("reload")
        assert own.terminate() == 0
        path = os.path.join(own.dictionaries, "common", "terms", "broken.csv")
        write(path, HEADER + "語,NO_SUCH_CATEGORY,anywhere,HIGH\n")
        own.start()
        status = own.wait_status(lambda s: s["status"] != "starting")
        assert status["status"] == "degraded" and status["common"]["state"] == "kept", status
        assert "broken.csv:2" in status["common"]["fault"], status["common"]
        with own.client() as client:
            assert verdict(client, BLOCKED_WORD) == pb.VERDICT_BLOCK
            assert not own.control("reload")["ok"]
            assert verdict(client, BLOCKED_WORD) == pb.VERDICT_BLOCK
            os.remove(path)
            assert own.control("reload")["ok"]
            assert own.control("status")["status"] == "ok"
            assert verdict(client, BLOCKED_WORD) == pb.VERDICT_BLOCK


def a_changed_key_alone_is_seen_and_a_broken_one_changes_nothing(service):
    text = "電話は090-1234-5678です"
    with Service() as own:
        key = f"{own.directory}/city.key"
        policy = own.city_file("kashiwa", "policy.yaml")

        def write_key(line):
            with contextlib.suppress(FileNotFoundError):
                os.remove(key)
            with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(line)

        def answered():
            reply = client.check("kashiwa", text)
            assert reply.status == pb.STATUS_OK, reply.detail
            return reply.results[0].redacted_text

        with open(policy, encoding="utf-8") as file:
            written = file.read()
        write(policy, written.replace("\nclauses:", "\ntransforms: {PHONE: token}\nclauses:", 1))
        write_key("k1 " + "11" * 32 + "\n")
        own.settings["keys_dir"] = key
        own.conf_path()
        assert own.control("reload")["ok"]
        with own.client() as client:
            first = answered()
            assert "k1" in first and "090" not in first
            write_key("k1 " + "22" * 32 + "\n")
            results = results_of(own.control("reload"))
            assert results.pop("kashiwa") == "live" and set(results.values()) == {"unchanged"}, results
            second = answered()
            assert second != first
            write_key("k1 " + "22" * 31 + "\n")
            answer = own.control("reload")
            assert not answer["ok"] and "city.key" in answer["fault"] and "22" * 4 not in answer["fault"], answer
            assert answered() == second


def missing_model_files_change_nothing(service):
    models = os.path.join(service.dictionaries, "common", "models")
    target = os.readlink(models)
    os.remove(models)
    answer = service.control("reload")
    assert not answer["ok"] and "names.words" in answer["fault"] and "missing" in answer["fault"], answer["fault"]
    os.symlink(target, models)
    assert service.control("reload")["ok"]


def strange_files_in_place_of_a_policy_are_refused(service):
    path = service.city_file("kashiwa", "policy.yaml")
    os.rename(path, path + ".aside")
    os.mkfifo(path)
    try:
        assert results_of(service.control("reload"))["kashiwa"] == "kept"
        os.remove(path)
        os.mkdir(path)
        assert results_of(service.control("reload"))["kashiwa"] == "kept"
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(path)
        os.rename(path + ".aside", path)
    assert service.control("reload")["ok"]


def settings_are_read_again(service):
    with service.client() as client:
        text = "あ" * 1000
        assert verdict(client, text) == pb.VERDICT_ALLOW
        service.settings["max_text_bytes"] = 2048
        service.conf_path()
        assert service.control("reload")["ok"]
        assert client.check("kashiwa", text).results[0].status == pb.STATUS_TOO_LARGE
        service.settings["max_text_bytes"] = 1
        service.conf_path()
        answer = service.control("reload")
        assert not answer["ok"] and "max_text_bytes" in answer["fault"] and "filterd.yaml" in answer["fault"]
        del service.settings["max_text_bytes"]
        service.conf_path()
        assert service.control("reload")["ok"]
        assert verdict(client, text) == pb.VERDICT_ALLOW


def the_control_socket_answers_nonsense(service):
    for line in ("", "status", '{"command":"dance"}', '{"command":"status"} x', "{" * 100):
        assert service.control_line(line) == {"error": "unknown command"}
    assert service.control_line(' { "command" : "stats" } ')["workers"]["messages"] > 0
    assert os.stat(service.control_path).st_mode & 0o777 == 0o660


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
         and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("service",)
         and value.__code__.co_argcount == 1]


def run(report):
    with Service() as service:
        for case in CASES:
            report(case.__name__, lambda case=case: case(service))
