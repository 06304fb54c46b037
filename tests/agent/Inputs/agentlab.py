"""One agent with its own folder, for the tests of `ripple agent`; no trace of it after.

    with Agent({"name": "web", …}) as agent:
        agent.start()
        agent.wait_for(lambda: agent.process("web")["state"] == "running")
"""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ["RIPPLE_BINARY_DIR"])
PLAN, TASK = "sha256:plan", "t1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(pid):
    """True while process PID runs; a zombie does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition, seconds=30, what="a condition"):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(.02)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Certificates:
    """An authority in FOLDER, and what it signs."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl("req", "-x509", *self.NEW_KEY, "-days", "30", "-subj", "/CN=ca", "-keyout", "ca.key",
                     "-out", "ca.pem")

    NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True,
                       umask=0o077)

    def make(self, name, names="", days=2):
        """NAME.pem and NAME.key; returns the `tls` part of a configuration."""
        self.openssl("req", *self.NEW_KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.new.key", "-out",
                     f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(names and f"subjectAltName={names}\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext", "-out",
                     f"{name}.new.pem")
        for kind in ("key", "pem"):
            (self.folder / f"{name}.new.{kind}").rename(self.folder / f"{name}.{kind}")
        return {"certificate": f"{name}.pem", "key": f"{name}.key", "authority": "ca.pem"}

    def files(self, name):
        return {part: str(self.folder / file)
                for part, file in (("certificate", f"{name}.pem"), ("key", f"{name}.key"),
                                   ("authority", "ca.pem"))}

    def context(self, name):
        files = self.files(name)
        context = ssl.create_default_context(cafile=files["authority"])
        context.load_cert_chain(files["certificate"], files["key"])
        return context


class Agent:
    def __init__(self, *processes, **config):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ripple-agent-"))
        self.config = {"format": "ripple.agent", "version": "1.0", "server": "app1",
                       "listen": "unix:agent.sock", "state": "state", "root": str(self.folder),
                       "gateDirectory": "gates", "processes": list(processes), **config}
        self.daemon, self.pids = None, set()
        self.term = 1
        self.certificates = None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.daemon and self.daemon.poll() is None:
            with contextlib.suppress(Exception):
                self.pids |= {p["pid"] for p in self.server()["processes"]}
                self.command("--stop-processes")
                self.daemon.wait(20)
            self.daemon.kill()
            self.daemon.wait()
        else:
            self.command("--stop-processes")
        for pid in self.pids - {0}:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        if kind:
            print(self.log(), file=sys.stderr)
        shutil.rmtree(self.folder)

    def listen_https(self, clients=("manager",), unix=True):
        """Before `start`: the agent listens at https too, and is asked there from now on."""
        self.certificates = Certificates(self.folder)
        self.port = free_port()
        self.config["listen"] = [*(["unix:agent.sock"] if unix else []), self.url]
        self.config["tls"] = self.certificates.make("app1", "IP:127.0.0.1")
        if clients:
            self.config["tls"]["clients"] = list(clients)
        self.certificates.make("manager")

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    # --- the daemon --------------------------------------------------------

    def web(self, name="web", **more):
        """The configuration of a process that serves /healthz."""
        port = free_port()
        return {"name": name, "application": name,
                "command": ["/usr/bin/python3", str(HERE / "web.py"), str(port)],
                "ready": f"http://127.0.0.1:{port}/healthz", "stopTimeout": "2s", **more}

    def write(self):
        file = self.folder / "agent.yaml"
        file.write_text(json.dumps(self.config))
        return file

    def command(self, *options):
        return subprocess.run([BUILD / "bin" / "ripple-agent", "agent", "--config", self.write(),
                               *options], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    def start(self):
        with open(self.folder / "agent.log", "ab") as log:
            self.daemon = subprocess.Popen(
                [BUILD / "bin" / "ripple-agent", "agent", "--config", self.write()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for(self.answers, what="the agent's answer")

    def answers(self):
        if self.daemon.poll() is not None:
            raise AssertionError("the agent ended:\n" + self.log())
        try:
            return self.server()
        except OSError:
            return None

    def kill(self):
        """kill -9."""
        self.pids |= {p["pid"] for p in self.server()["processes"]}
        self.daemon.kill()
        self.daemon.wait()

    def log(self):
        return (self.folder / "agent.log").read_text()

    # --- its API -----------------------------------------------------------

    def ask(self, method, path, body=None, client="manager"):
        """Over https, where the agent has it, with CLIENT's certificate."""
        if self.certificates:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30,
                                                     context=self.certificates.context(client))
        else:
            connection = UnixConnection(str(self.folder / "agent.sock"))
        try:
            text = body if body is None or isinstance(body, str) else json.dumps(body)
            connection.request(method, path, text)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def task(self, what):
        """POST /v1/WHAT (drain, seal, unseal), for pricing of shop."""
        body = {"term": 1, "plan": PLAN, "task": TASK}
        if what != "unseal":
            body["seal"] = [{"application": "shop", "components": ["pricing"]}]
        status, answer = self.ask("POST", "/v1/" + what, body)
        assert status == 200, answer
        return answer

    def server(self):
        status, body = self.ask("GET", "/v1/server")
        assert status == 200, body
        return body

    def process(self, name="web"):
        return next(p for p in self.server()["processes"] if p["name"] == name)

    def running(self, name="web"):
        """Waits until process NAME runs; returns its pid."""
        return wait_for(lambda: (p := self.process(name))["state"] == "running" and p["pid"],
                        what=f"{name} to run")

    def component(self, name):
        return next(c for c in self.server()["status"]["components"] if c["id"] == name)

    def seal(self, *applications, task=TASK):
        body = {"term": self.term, "plan": PLAN, "task": task,
                "seal": [{"application": a, "components": [a]} for a in applications]}
        assert self.ask("POST", "/v1/drain", body)[0] == 200
        status, answer = self.ask("POST", "/v1/seal", body)
        assert status == 200 and answer["state"] == "sealed", answer

    def act(self, name, kind, **fields):
        """Sends an action; returns (status, answer)."""
        return self.ask("POST", "/v1/actions",
                        {"term": self.term, "id": name, "plan": PLAN, "task": TASK, "kind": kind,
                         **fields})

    def outcome(self, name):
        """Waits for the end of action NAME."""
        def ended():
            status, answer = self.ask("GET", "/v1/actions/" + name.replace("/", "%2F"))
            assert status == 200, answer
            return answer["state"] != "running" and answer
        return wait_for(ended, what=f"action {name}")

    def do(self, name, kind, **fields):
        status, answer = self.act(name, kind, **fields)
        assert status == 202, answer
        return self.outcome(name)

    def run_action(self, name, script, *, kind="install", version="2", **fields):
        """Has a shell script run as an action."""
        return self.act(name, kind, component="part", version=version,
                        action={"run": ["/bin/sh", "-c", script]}, **fields)
