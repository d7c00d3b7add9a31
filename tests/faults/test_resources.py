"""Disks that are full or cannot be written, logs that nobody reads, clocks that jump, files that change under a service."""

import contextlib
import glob
import os
import resource
import shutil
import subprocess
import sys

from harness import BLOCKED_WORD, BUILD, Service, pb, write
from harm import Ledger, generation_of, kill, proves, stopped, wait_ok

HEADER = "語句,分類,一致,強さ\n"
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "jumping_clock.c")
UPGRADE = os.path.join(os.path.dirname(SOURCE), "dictionary_upgrade.py")
WORDS = iter(f"うたかた{number}号" for number in range(10**6))


def make():
    return Service(workers=2)


def add_word(service):
    """A word that a reload must make live, whatever else fails."""
    word = next(WORDS)
    write(service.city_file("kashiwa", "terms.csv"), HEADER + f"{word},DEFAMATION,anywhere,HIGH\n")
    return word


def assert_reloads(service):
    word = add_word(service)
    answer = service.control("reload")
    assert answer["ok"], answer
    with service.client() as client:
        assert client.check("kashiwa", word).results[0].verdict == pb.VERDICT_BLOCK


@contextlib.contextmanager
def small_disk(path, kib):
    """A file system of its own at `path`; needs root."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=0700", "none", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def may_mount():
    return os.getuid() == 0 and subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def size_kib(path):
    return int(subprocess.run(["du", "-sk", path], stdout=subprocess.PIPE, check=True).stdout.split()[0])


def run_on_a_full_disk(reloads, is_filled):
    """`is_filled`: what is compiled is there, and not a byte more fits; else hardly anything ever fits."""
    if not may_mount():
        return
    own = Service(workers=1)
    state = own.settings["state_dir"] = f"{own.directory}/small"
    with small_disk(state, size_kib(Service.seed.name) + 1024 if is_filled else 64):
        if is_filled:
            shutil.copytree(Service.seed.name + "/state", state, dirs_exist_ok=True)
            with contextlib.suppress(OSError), open(f"{state}/ballast", "wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
        with own, Ledger(own) as load:
            for _ in range(reloads):
                assert_reloads(own)
            kill(generation_of(own))
            load.wait_replies(20)
        load.assert_only(pb.STATUS_OK, pb.STATUS_UNAVAILABLE)


@proves("F20")
def a_full_disk_under_the_state_changes_no_answer(service, scale):
    run_on_a_full_disk(scale.times(1, 5), is_filled=True)


@proves("F20", long=True)
def a_disk_that_is_far_too_small_changes_no_answer(service, scale):
    run_on_a_full_disk(2, is_filled=False)


@proves("F20")
def a_state_that_cannot_be_written_changes_no_answer(service, scale):
    if not may_mount():
        return
    state = service.settings["state_dir"]
    with Ledger(service) as load:
        subprocess.run(["mount", "--bind", state, state], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", state], check=True)
        try:
            assert_reloads(service)
        finally:
            subprocess.run(["umount", "-l", state], check=True)
    load.assert_all_ok()


@proves("F20", long=True)
def a_state_that_is_gone_changes_no_answer(service, scale):
    state = service.settings["state_dir"]
    with Ledger(service) as load:
        os.rename(state, state + ".aside")
        os.mkdir(state, mode=0o700)
        assert_reloads(service)
        shutil.rmtree(state)
        os.rename(state + ".aside", state)
        assert_reloads(service)
    load.assert_all_ok()


@proves("F20")
def files_over_the_limit_of_their_size_end_nobody(service, scale):
    pid = service.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))
    try:
        with Ledger(service) as load:
            assert_reloads(service)
            assert_reloads(service)
        load.assert_all_ok()
        assert service.process.poll() is None
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@proves("F20", long=True)
def an_archive_on_a_full_disk_is_told_and_goes_on_later(service, scale):
    if not may_mount():
        return
    disk, texts = f"{service.directory}/disk", f"{service.directory}/texts.jsonl"
    with open(texts, "w", encoding="utf-8") as file:
        file.writelines('{"id":%d,"text":"連絡先は090-1234-%04d%s"}\n' % (n, n, "です" * 50) for n in range(3000))
    command = [f"{BUILD}/filterctl", "scan", "-p", "kashiwa", "--format", "jsonl", "-o"]
    env = {**os.environ, "LC_ALL": "C.UTF-8", "FILTERD_DICTIONARIES": service.dictionaries,
           "XDG_CACHE_HOME": service.directory}
    whole = f"{service.directory}/whole.jsonl"
    assert subprocess.run([*command, whole, texts], env=env, stderr=subprocess.PIPE, check=False).returncode == 0
    with small_disk(disk, 512):
        ended = subprocess.run([*command, f"{disk}/out.jsonl", texts], env=env, stderr=subprocess.PIPE, check=False)
        assert ended.returncode == 2 and b"out.jsonl" in ended.stderr, (ended.returncode, ended.stderr)
        assert b"1234-" not in ended.stderr
        subprocess.run(["mount", "-o", "remount,size=65536k", disk], check=True)
        ended = subprocess.run([*command, f"{disk}/out.jsonl", "--resume", texts], env=env, stderr=subprocess.PIPE, check=False)
        assert ended.returncode == 0, ended.stderr
        with open(f"{disk}/out.jsonl", "rb") as resumed, open(whole, "rb") as reference:
            assert resumed.read() == reference.read()


@proves("F21", "T12")
def a_wall_clock_that_jumps_changes_no_deadline(service, scale):
    shim = f"{service.directory}/jumping_clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", shim, SOURCE], check=True)
    os.environ["LD_PRELOAD"] = shim
    own = Service(workers=2)
    try:
        with own:
            del os.environ["LD_PRELOAD"]
            with Ledger(own) as load:
                assert_reloads(own)
                load.wait_replies(scale.times(500, 20000))
            load.assert_all_ok()
            first, second = own.workers()
            with own.client() as client, stopped(first), stopped(second):
                assert client.check("kashiwa", "あ", deadline_ms=50).status == pb.STATUS_DEADLINE_EXCEEDED
            dates = {line[3:13] for line in own.log().splitlines() if line.startswith("ts=")}
            assert len(dates) > 1, "the clock did not jump"
    finally:
        os.environ.pop("LD_PRELOAD", None)


@proves("F23")
def a_log_that_nobody_reads_stops_nobody(service, scale):
    own = Service(workers=2)
    path = own.log_path
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 4096)
    try:
        with own:
            own.log_path = os.devnull
            with Ledger(own) as load:
                assert_reloads(own)
                kill(own.workers()[0])
                assert_reloads(own)
            load.assert_all_ok()
            assert len(os.read(pipe, 1 << 20)) >= 65536
            own.control("reload")
            assert b"event=log_lost lines=" in os.read(pipe, 1 << 20)
            os.close(pipe)  # now nobody could read it
            pipe = -1
            with Ledger(own) as load:
                assert_reloads(own)
            load.assert_all_ok()
            assert own.terminate() == 0
    finally:
        if pipe >= 0:
            os.close(pipe)


@proves("F25")
def dictionaries_cut_short_under_a_service_touch_nothing_that_runs(service, scale):
    """What is loaded is a copy: the files themselves are cut to nothing, and workers are started after that."""
    models = os.path.join(service.dictionaries, "common", "models")
    if os.path.islink(models):
        real = os.path.realpath(models)
        os.remove(models)
        shutil.copytree(real, models)
    assert service.control("reload")["ok"]
    shutil.copytree(service.dictionaries, service.directory + "/kept")
    with Ledger(service) as load:
        for path in glob.glob(f"{service.dictionaries}/**", recursive=True):
            if os.path.isfile(path):
                os.truncate(path, os.path.getsize(path) // 3)
        for pid in service.workers():
            kill(pid)
            service.wait_status(lambda status, pid=pid: len(status["workers"]) == 2 and
                                pid not in {worker["pid"] for worker in status["workers"]}, 30)
            load.wait_replies(50)
        assert not service.control("reload")["ok"]
        load.wait_replies(50)
        shutil.copytree(service.directory + "/kept", service.dictionaries, dirs_exist_ok=True)
        assert service.control("reload")["ok"]
    load.assert_all_ok()


@proves("F25", "T8", long=True)
def a_dictionary_of_mecab_written_over_changes_nothing_before_a_reload(service, scale):
    if may_mount():
        subprocess.run(["unshare", "-m", sys.executable, UPGRADE], check=True)


@proves("T8", "T6", long=True)
def a_damaged_store_is_compiled_again(service, scale):
    """Bits flipped, cut short, replaced, readable by others: each file is code to those who load it."""
    with service.client() as client:
        before = client.check("kashiwa", BLOCKED_WORD).ruleset
    assert service.terminate() == 0
    store = sorted(glob.glob(f"{service.settings['state_dir']}/store/*.hsdb"), key=os.path.getsize)
    for number, path in enumerate(store[:scale.times(4, len(store))]):
        with open(path, "rb") as file:
            data = bytearray(file.read())
        if number % 4 == 0:
            data[len(data) // 2] ^= 1
        elif number % 4 == 1:
            data = data[:len(data) // 2]
        elif number % 4 == 2:
            data = bytearray(os.urandom(len(data)))
        with open(path, "wb") as file:
            file.write(data)
        if number % 4 == 3:
            os.chmod(path, 0o666)
    service.start()
    wait_ok(service)
    with service.client() as client:
        after = client.check("kashiwa", BLOCKED_WORD)
        assert after.ruleset == before and after.results[0].verdict == pb.VERDICT_BLOCK


@proves("T8", long=True)
def a_state_of_rubbish_is_built_again(service, scale):
    assert service.terminate() == 0
    for path in glob.glob(f"{service.settings['state_dir']}/**", recursive=True):
        if os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(os.urandom(100))
    service.start()
    wait_ok(service)
    with Ledger(service) as load:
        load.wait_replies(50)
    load.assert_all_ok()
