"""Command line, settings, -t, and that two services do not get in each other's way."""

import os
import socket
import subprocess

from harness import BUILD, CITIES, DICTIONARIES, Service, pb, write

USAGE, TAKEN, CONFIGURATION = 64, 69, 78


def run_filterd(*words, locale="C.UTF-8"):
    return subprocess.run([f"{BUILD}/filterd", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, encoding="utf-8",
                          env={**os.environ, "LC_ALL": locale})


def usage_errors_are_64(service):
    for words in (["--nonsense"], ["argument"], ["--workers", "many"], ["--workers", "257"], ["--workers", "-1"]):
        assert run_filterd(*words).returncode == USAGE, words


def help_names_every_setting_and_sample_is_valid(service):
    shown, sample = run_filterd("--help"), run_filterd("--sample")
    assert shown.returncode == sample.returncode == 0
    for line in sample.stdout.splitlines():
        if line and line[0] not in "# -":
            assert line.split(":")[0] in shown.stdout, line
    with open(os.path.join(os.path.dirname(BUILD), "deploy", "filterd.yaml"), encoding="utf-8") as file:
        assert file.read() == sample.stdout, "deploy/filterd.yaml is not what --sample prints"


def faults_of_the_settings_are_78_with_their_line(service):
    path = os.path.join(service.directory, "bad.yaml")
    for text, words in (("workers: 2\nsurprise: 1\n", ["bad.yaml:2", "surprise"]),
                        ("workers: 300\n", ["bad.yaml:1", "workers", "300"]),
                        ("workers: 2\nworkers: 2\n", ["bad.yaml:2", "workers"]),
                        ("workers: [1]\n", ["bad.yaml:1", "workers"]),
                        ("listen: []\n", ["bad.yaml:1", "listen"]),
                        ("\tworkers: 1\n", ["bad.yaml:1"]),
                        ("listen_curve: [\"tcp://*:5555\"]\n", ["curve_key", "keygen --curve"]),
                        ("listen_curve: [\"tcp://name:5555\"]\n", ["listen_curve", "tcp://name:5555"]),
                        ("listen_curve: [\"tcp://*:5555\"]\ncurve_key: /none\n", ["curve_key", "/none"]),
                        ("clients:\n  - name: a\n    policies: [\"*\"]\n", ["bad.yaml:2", "public_key"]),
                        ("clients:\n  - name: a\n    public_key: short\n    policies: [\"*\"]\n", ["bad.yaml:3", "Z85"]),
                        ("clients:\n  - name: local\n", ["bad.yaml:2", "policies"]),
                        ("clients:\n  - name: local\n    policies: []\n", ["bad.yaml:3", "policies"]),
                        ("clients:\n  - name: local\n    policies: [a]\n    share: 0\n", ["bad.yaml:4", "share"]),
                        ("clients:\n" + "  - name: local\n    policies: [a]\n" * 2, ["bad.yaml:4", "earlier"])):
        write(path, text)
        for option in (["-t"], []):
            ended = run_filterd("-c", path, *option)
            assert ended.returncode == CONFIGURATION and all(word in ended.stdout for word in words), ended.stdout
    assert run_filterd("-c", path + ".none").returncode == CONFIGURATION


def faults_are_told_in_japanese_where_no_such_locale_is_installed(service):
    path = os.path.join(service.directory, "bad.yaml")
    for text, words in (("workers: -1\n", "bad.yaml:1:10: workers: '-1': 整数ではありません (0 から 256 まで"),
                        ("workers: &a 1\n", "bad.yaml:1:10: アンカー(&)"),
                        ("listen: [\"http://x\"]\n", "使えるのは ipc:// と tcp:// だけです")):
        write(path, text)
        for option in (["-t"], []):
            ended = run_filterd("-c", path, *option, locale="ja_JP.UTF-8")
            assert ended.returncode == CONFIGURATION and words in ended.stdout, ended.stdout


def listeners_that_others_reach_are_refused(service):
    for endpoint in ("tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://192.0.2.1:5555", "tcp://[::]:5555", "tcp://eth0:5555",
                     "ipc://@abstract", "ipc://relative", "inproc://x", "tcp://127.0.0.1:99999", "ipc:///" + "x" * 120):
        ended = run_filterd("-t", "-d", service.dictionaries, "--listen", endpoint)
        assert ended.returncode == CONFIGURATION and endpoint[:60] in ended.stdout, (endpoint, ended.stdout)
    assert "listen_curve" in run_filterd("-t", "--listen", "tcp://0.0.0.0:5555").stdout


def a_good_configuration_passes_the_test(service):
    ended = run_filterd("-t", "-d", service.dictionaries)
    assert ended.returncode == 0 and "kashiwa: ok" in ended.stdout, ended.stdout


def the_dictionaries_of_this_repository_pass_their_cases(service):
    ended = run_filterd("-t", "-d", DICTIONARIES)
    assert ended.returncode == 0, ended.stdout
    assert all(f"{city}: ok" in ended.stdout for city in CITIES), ended.stdout


def a_broken_city_fails_the_test(service):
    path = service.city_file("kadoma", "terms.csv")
    write(path, "語句,分類,一致,強さ\n語,NO_SUCH_CATEGORY,anywhere,HIGH\n")
    ended = run_filterd("-t", "-d", service.dictionaries)
    os.remove(path)
    assert ended.returncode == CONFIGURATION
    assert "kadoma" in ended.stdout and "terms.csv:2" in ended.stdout and "kashiwa: ok" in ended.stdout, ended.stdout


def broken_common_dictionaries_are_78_at_the_start(service):
    with Service() as own:
        assert own.terminate() == 0
        write(os.path.join(own.dictionaries, "common", "terms", "x.csv"), "語句,分類,一致\n語,NO_SUCH_CATEGORY,anywhere\n")
        own.settings["state_dir"] += "-new"  # in the old one lie the last good ones (test_reload.py)
        ended = run_filterd("-c", own.conf_path())
        assert ended.returncode == CONFIGURATION and "x.csv:2" in ended.stdout, ended.stdout


def a_live_endpoint_is_not_stolen(service):
    with service.client() as client:
        assert client.check("kashiwa", "こんにちは").status == pb.STATUS_OK
        ended = run_filterd("-d", service.dictionaries, "--listen", service.endpoint, "--control",
                            service.control_path + "2", "--state-dir", service.directory + "/state2")
        assert ended.returncode == TAKEN and "another filterd" in ended.stdout, ended.stdout
        for option, value in (("--control", service.control_path), ("--state-dir", service.directory + "/state")):
            words = {"--listen": service.endpoint + "2", "--control": service.control_path + "3",
                     "--state-dir": service.directory + "/state3", option: value}
            ended = run_filterd("-d", service.dictionaries, *[word for pair in words.items() for word in pair])
            assert ended.returncode == TAKEN, (option, ended.stdout)
        assert client.check("kashiwa", "こんにちは").status == pb.STATUS_OK


def a_taken_port_is_told(service):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run_filterd("-d", service.dictionaries, "--listen", f"tcp://127.0.0.1:{port}", "--control",
                            service.control_path + "4", "--state-dir", service.directory + "/state4")
        assert ended.returncode == TAKEN and str(port) in ended.stdout, ended.stdout


def loopback_tcp_and_ipc_answer_side_by_side(service):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Service() as own:
        assert own.terminate() == 0
        own.settings["listen"] = [own.endpoint, f"tcp://127.0.0.1:{port}"]
        own.start()
        for endpoint in own.settings["listen"]:
            with own.client(endpoint=endpoint) as client:
                assert client.check("kashiwa", "こんにちは").status == pb.STATUS_OK
        assert os.stat(own.endpoint[len("ipc://"):]).st_mode & 0o777 == 0o660


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
         and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("service",)]


def run(report):
    with Service() as service:
        for case in CASES:
            report(case.__name__, lambda case=case: case(service))
