"""A filterd of one's own: in a directory of its own, on ipc, stopped at the end whatever happens."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

START_SECONDS, STOP_SECONDS = 60, 10
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Service:
    """`with Service(dictionaries) as filterd:` gives one that answers at filterd.endpoint."""

    def __init__(self, dictionaries):
        self.directory = tempfile.mkdtemp(prefix="filterd-")
        self.endpoint = f"ipc://{self.directory}/filterd.ipc"
        self.control = f"{self.directory}/control.sock"
        self.log_path = f"{self.directory}/log"
        self.settings = {"listen": [self.endpoint], "dictionaries": os.path.abspath(dictionaries),
                         "state_dir": f"{self.directory}/state", "control": self.control}
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def start(self):
        """Also after stop(): then with the state it had."""
        conf = f"{self.directory}/filterd.yaml"
        with open(conf, "w", encoding="utf-8") as file:
            file.writelines(f"{name}: {json.dumps(value)}\n" for name, value in self.settings.items())
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([TOP + "/build/filterd", "-c", conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_ready()

    def _wait_until_ready(self):
        """The control socket says when every city answers."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            status = self.status()
            if status.get("status") == "ok":
                return
            if status.get("status") == "degraded":
                faults = "\n".join(city["fault"] for city in status["cities"] if city["fault"])
                sys.exit(f"filterd runs, but not for every city:\n{faults}")
            time.sleep(0.05)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            sys.exit(f"filterd did not start:\n{log.read()}")

    def status(self):
        asked = subprocess.run([TOP + "/build/filterctl", "status", "--json", "--control", self.control],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return json.loads(asked.stdout or b"{}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
