"""Starts one sample application for a test, asks it, and ends it whatever happens."""
import contextlib
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

BUILD = pathlib.Path(os.environ["RIPPLE_BINARY_DIR"])
SOURCE = pathlib.Path(os.environ["RIPPLE_SOURCE_DIR"])


class Application:
    """A running program. It chooses a free port, and its log tells which."""

    def __init__(self, name, folder, *options, environment=None):
        self.name = name
        own = {"shop": ["--plugin", str(BUILD / "apps/plugins/pricing-1.0.0.so"),
                        "--database", f"{folder}/shop.db",
                        "--rates", f"file://{SOURCE}/testdata/apps/shop/rates.txt"],
               "reports": []}[name]
        self.log = pathlib.Path(tempfile.mkstemp(prefix=name, suffix=".log", dir=folder)[1])
        clean = {k: v for k, v in os.environ.items() if not k.startswith("RIPPLE_GATE")}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [BUILD / "bin" / name, *own, "--executions", str(folder), *options], stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, cwd=folder,
                env={**clean, **(environment or {})})
        self.port = int(self.await_log(r"serves on [\d.]+:(\d+)")[1])

    def await_log(self, pattern, seconds=60):
        """The first match of PATTERN in the log, once it is there."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.log.read_text())
            if match:
                return match
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name}: no '{pattern}' in its log:\n{self.log.read_text()}")
            time.sleep(.02)

    def ask(self, method, target, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def end(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(60)


@contextlib.contextmanager
def scratch():
    """A folder, and a function that starts applications in it; all ends with the block."""
    folder = tempfile.mkdtemp(prefix="ripple-apps-")
    running = []

    def start(name, *options, **more):
        running.append(Application(name, folder, *options, **more))
        return running[-1]

    try:
        yield pathlib.Path(folder), start
    finally:
        for application in running:
            if application.process.poll() is None:
                application.process.kill()
            application.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
