"""Real servers on one machine: agents, applications, HAProxy and load, and no trace of them after.

    with Cluster(build="build", servers=3) as cluster:
        cluster.start()
        plan = cluster.plan("pricing", "1.1.0")
        done = cluster.apply(plan)

Everything lives in one scratch folder; every process that is started is ended when the `with` block
is left, by an exception, SIGINT, SIGTERM or SIGHUP too, and by guard.py where the harness was killed.
Each "server" is a folder with an agent, its applications, its versioned
links and one pool of worker slots that all its applications share.
"""
import contextlib
import csv
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import yaml

from guard import end_below

SOURCE = pathlib.Path(__file__).resolve().parents[2]
APPLICATIONS = ("shop", "reports")


class Failure(Exception):
    """Something that the cluster needs did not work; the text says what."""


def free_ports(count):
    """COUNT loopback ports that nothing listens on. Below the range that clients are given."""
    ports, held = [], []
    candidate = 20000 + os.getpid() * 37 % 9000
    while len(ports) < count:
        candidate = 20000 + (candidate - 20000 + 1) % 12000
        with contextlib.suppress(OSError):
            probe = socket.socket()
            held.append(probe)
            probe.bind(("127.0.0.1", candidate))
            ports.append(candidate)
    for probe in held:
        probe.close()
    return ports


def end_by_signal():
    """Signals leave `with` blocks as an exception does. SIGINT too where it was ignored before, as
    lit and shells have it for what they start in the background."""
    def leave(number, _):
        raise SystemExit(128 + number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=10):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def wait_until(condition, seconds, what):
    """Waits until CONDITION gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s in vain for {what}")
        time.sleep(.05)


class HostedServer:
    """One server of the cluster: its folder, its ports, its agent."""

    def __init__(self, cluster, name, ports):
        self.cluster, self.name = cluster, name
        self.ports = dict(zip(APPLICATIONS, ports))
        self.folder = cluster.folder / name
        self.socket = str(self.folder / "agent.sock")
        self.agent = None

    def lay_out(self, versions):
        for sub in ("gates", "state", "executions", "plugins"):
            (self.folder / sub).mkdir(parents=True)
        self.link("plugins/pricing.so", self.cluster.artefact("pricing", versions["pricing"]))
        self.link("lib", self.cluster.artefact("catalog", versions["catalog"]))
        config = {
            "format": "ripple.agent", "version": "1.0", "server": self.name,
            "listen": "unix:" + self.socket, "state": str(self.folder / "state"),
            "root": str(self.folder), "gateDirectory": str(self.folder / "gates"),
            "processes": [self.process(application) for application in APPLICATIONS],
            "components": [
                {"id": "pricing", "installed": {"symlink": "plugins/pricing.so",
                                                "version": r"pricing-(.*)\.so"}},
                {"id": "catalog", "installed": {"symlink": "lib", "version": r"catalog-(.*)"}}]}
        if self.cluster.signed:
            config["signedPlans"] = {"cluster": "lab", "keys": [str(self.cluster.folder / "release.pem")]}
        (self.folder / "agent.yaml").write_text(yaml.safe_dump(config, sort_keys=False))

    def link(self, name, target):
        link = self.folder / name
        with contextlib.suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(target)

    def process(self, application):
        port = self.ports[application]
        own = {"shop": ["--plugin", str(self.folder / "plugins/pricing.so"),
                        "--database", str(self.folder / "shop.db"),
                        "--rates", f"file://{SOURCE}/testdata/apps/shop/rates.txt"], "reports": []}[application]
        return {
            "name": application, "application": application,
            "command": [str(self.cluster.build / "bin" / application), "--port", str(port),
                        "--slots-file", str(self.folder / "slots"),
                        "--slots", str(self.cluster.slots),
                        "--service-ms", str(self.cluster.service_ms),
                        "--executions", str(self.folder / "executions"), *own],
            "environment": {
                "LD_LIBRARY_PATH": str(self.folder / "lib"),
                "RIPPLE_GATE_DIR": str(self.folder / "gates"),
                "RIPPLE_GATE_TABLE": str(self.cluster.folder / f"{application}.gate")},
            "directory": str(self.folder), "stopSignal": "TERM", "stopTimeout": "10s",
            "ready": f"http://127.0.0.1:{port}/healthz", "readyTimeout": "20s"}

    def start_agent(self):
        log = open(self.folder / "agent.log", "ab")
        self.agent = subprocess.Popen(
            [self.cluster.ripple, "agent", "--config", str(self.folder / "agent.yaml")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **self.cluster.agent_environment})
        log.close()

    def ask(self, method, path, body=None):
        """One request to the agent; its answer as a document. OSError where it does not answer."""
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def state(self):
        return self.ask("GET", "/v1/server")[1]

    def is_ready(self):
        if self.agent.poll() is not None:
            raise Failure(f"the agent of {self.name} ended; its log:\n"
                          + (self.folder / "agent.log").read_text()[-3000:])
        try:
            processes = self.state()["processes"]
        except OSError:
            return False
        failed = [p for p in processes if p["state"] == "failed"]
        if failed:
            raise Failure(f"{self.name}: {failed[0]['name']} does not start: {failed[0]['message']}")
        return len(processes) == len(APPLICATIONS) and all(p["state"] == "running" for p in processes)

    def pids(self):
        return {p["name"]: p["pid"] for p in self.state()["processes"]}

    def kill_agent(self):
        self.agent.kill()
        self.agent.wait()

    def stop(self):
        """Ends the agent and its applications; by force where they do not follow."""
        if self.agent is None:
            return
        with contextlib.suppress(Exception):
            self.ask("POST", "/v1/shutdown", {"processes": True})
        try:
            self.agent.wait(20)
        except subprocess.TimeoutExpired:
            self.agent.kill()
            self.agent.wait()
        end_below(self.folder)  # What an agent that died left running.


class Router:
    """HAProxy with the configuration that `ripple routes` wrote."""

    def __init__(self, folder):
        self.folder, self.process = folder, None
        self.socket = str(folder / "haproxy.sock")

    def start(self, *options):
        config = self.folder / "router" / "haproxy.cfg"
        log = open(self.folder / "haproxy.log", "ab")
        self.process = subprocess.Popen([find("haproxy"), "-db", "-f", str(config), *options],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        start_new_session=True)
        log.close()
        wait_until(self.answers, 10, "HAProxy's runtime API")

    def reload(self):
        """Another process takes its place; it goes on with the requests that it has. Returns it."""
        before = self.process
        self.start("-sf", str(before.pid))
        wait_until(lambda: self.answers() and f"Pid: {self.process.pid}\n" in self.command("show info"), 10,
                   "the new HAProxy")
        return before

    def answers(self):
        if self.process.poll() is not None:
            raise Failure("HAProxy ended: " + (self.folder / "haproxy.log").read_text()[-2000:])
        try:
            return "Uptime" in self.command("show info")
        except OSError:
            return False

    def command(self, text):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            connection.connect(self.socket)
            connection.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def servers(self):
        """One row (a dict by HAProxy's column names) for each server in each back end."""
        rows = csv.DictReader(io.StringIO(self.command("show stat").lstrip("# ")))
        return [row for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")]

    def all_up(self):
        rows = self.servers()
        return bool(rows) and all(row["status"].startswith(("UP", "no check")) for row in rows)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def find(program):
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise Failure(f"{program} is not installed")
    return path


class Cluster:
    """Servers app1 … appN that host both sample applications, behind one HAProxy."""

    def __init__(self, build=None, servers=3, slots=16, service_ms=60, minimum=None,
                 versions=None, keep=False, signed=False):
        self.build = pathlib.Path(build or SOURCE / "build").resolve()
        self.ripple = str(self.build / "bin" / "ripple")
        self.slots, self.service_ms = slots, service_ms
        self.minimum = minimum if minimum is not None else max(1, servers - 1)
        self.versions = dict(versions or {"pricing": "1.0.0", "catalog": "1.0.0"})
        self.keep, self.agent_environment = keep, {}
        self.signed = signed  # Agents carry out signed plans only, and `plan` signs.
        end_by_signal()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ripple-e2e-"))
        self.guard = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("guard.py"), self.folder],
            stdin=subprocess.PIPE, start_new_session=True)
        ports = free_ports(len(APPLICATIONS) * (servers + 1))
        self.listen = {a: f"127.0.0.1:{ports.pop()}" for a in APPLICATIONS}
        self.servers = [HostedServer(self, f"app{i + 1}", [ports.pop() for _ in APPLICATIONS])
                        for i in range(servers)]
        self.router = Router(self.folder)
        self.children, self.signatures = [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def artefact(self, component, version):
        """What the link of COMPONENT on a server points to for VERSION."""
        apps = self.build / "apps"
        return {"pricing": apps / "plugins" / f"pricing-{version}.so",
                "catalog": apps / f"catalog-{version}"}[component]

    # --- Ripple's commands -------------------------------------------------

    def run(self, *arguments, check=True, timeout=120, **options):
        """Runs `ripple ARGUMENTS`; returns the finished process with its output as text."""
        done = subprocess.run([self.ripple, *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL, **options)
        if check and done.returncode != 0:
            raise Failure(f"ripple {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                          f"{done.stdout}{done.stderr}")
        return done

    def components(self):
        return [self.folder / f"{application}.json" for application in APPLICATIONS]

    def inputs(self, change):
        lists = [option for path in self.components() for option in ("--components", path)]
        return [*lists, "--servers", self.folder / "servers.yaml", "--change", change]

    def analyze(self):
        for application in APPLICATIONS:
            own = SOURCE / "testdata/apps" / application / "ripple-catalog.yaml"
            catalog = ["--catalog", own] if own.exists() else []
            common = ["analyze", "-p", self.build, "--target", application, *catalog,
                      "--cache", self.build / "tests/cache"]
            self.run(*common, "-o", self.folder / f"{application}.json", timeout=600)
            self.run(*common, "--format", "gate", "-o", self.folder / f"{application}.gate",
                     timeout=600)

    def write_server_list(self):
        document = {
            "format": "ripple.servers", "version": "1.0",
            "routers": [{"name": "edge", "kind": "haproxy", "socket": self.router.socket}],
            "applications": [{"name": a, "router": "edge", "minAvailable": self.minimum,
                              "sessions": "shared", "listen": self.listen[a], "health": "/healthz"}
                             for a in APPLICATIONS],
            "servers": [{"name": s.name, "zone": "a", "agent": "unix:" + s.socket,
                         "applications": [{"name": a, "address": f"127.0.0.1:{s.ports[a]}",
                                           "capacity": 100, "process": a} for a in APPLICATIONS]}
                        for s in self.servers]}
        (self.folder / "servers.yaml").write_text(yaml.safe_dump(document, sort_keys=False))

    def change(self, component, to, **extra):
        """Writes the change set that brings COMPONENT to version TO; returns its file."""
        old = self.versions[component]

        def actions(version):
            target = str(self.artefact(component, version))
            if component == "pricing":
                return [{"symlink": "plugins/pricing.so", "target": target},
                        {"plugin": "pricing", "path": target}]
            return {"symlink": "lib", "target": target}

        upgrade = {"component": component, "from": old, "to": to, "install": actions(to),
                   "rollback": actions(old), "quiesceTimeout": "30s", **extra}
        if component == "catalog":
            upgrade["restartWith"] = {"process": "shop"}
        file = self.folder / f"change-{component}-{to}.yaml"
        file.write_text(yaml.safe_dump({"format": "ripple.change", "version": "1.0",
                                        "upgrades": [upgrade]}, sort_keys=False))
        return file

    def plan(self, component, to, **extra):
        change = self.change(component, to, **extra)
        plan = self.folder / f"plan-{component}-{to}.json"
        self.run("plan", *self.inputs(change), "-o", plan)
        self.run("check", plan, *self.inputs(change))
        return self.sign(plan) if self.signed else plan

    def make_key(self, name):
        """FOLDER/NAME.key, and NAME.pem, its public half."""
        for arguments in (["genpkey", "-algorithm", "ed25519", "-out", f"{name}.key"],
                          ["pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pem"]):
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, umask=0o077)

    def sign(self, plan, *options, key="release", cluster="lab"):
        """Signs PLAN where it is; a later one has a higher number."""
        if "--number" not in options:
            self.signatures += 1
            options = (*options, "--number", self.signatures)
        self.run("sign", plan, "--key", self.folder / f"{key}.key", "--cluster", cluster, *options,
                 "-o", plan)
        return plan

    def apply_command(self, plan):
        return [self.ripple, "apply", str(plan), "--state", str(self.folder / "manager"), "--yes"]

    def apply(self, plan, check=True, timeout=120):
        return self.run(*self.apply_command(plan)[1:], check=check, timeout=timeout)

    def start_apply(self, plan, **options):
        """`ripple apply` in the background, its output in apply.log."""
        log = open(self.folder / "apply.log", "ab")
        process = subprocess.Popen(self.apply_command(plan), stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, start_new_session=True, **options)
        log.close()
        self.children.append(process)
        return process

    def apply_log(self):
        log = self.folder / "apply.log"
        return log.read_text() if log.exists() else ""

    def status(self):
        return json.loads(self.run("status", "--state", self.folder / "manager",
                                   "--format", "json").stdout)

    # --- start and stop ----------------------------------------------------

    def start(self):
        """From source to running servers behind the router."""
        self.analyze()
        self.write_server_list()
        self.run("routes", *self.inputs("")[:-2], "--router", "haproxy",
                 "-o", self.folder / "router")
        if self.signed:
            self.make_key("release")
        for server in self.servers:
            server.lay_out(self.versions)
            server.start_agent()
        for server in self.servers:
            wait_until(server.is_ready, 60, f"the applications of {server.name}")
        self.router.start()
        wait_until(self.router.all_up, 30, "the router to see every server up")

    def reset(self):
        """Every server back to the first versions, restarted, with no load on it."""
        for server in self.servers:
            server.link("plugins/pricing.so", self.artefact("pricing", self.versions["pricing"]))
            server.link("lib", self.artefact("catalog", self.versions["catalog"]))
        for server in self.servers:
            self.restart(server, "shop")
        wait_until(self.router.all_up, 30, "the router to see every server up")
        shutil.rmtree(self.folder / "manager", ignore_errors=True)

    def restart(self, server, process):
        """Has a process end, as an operator would, and waits until its agent runs it again."""
        before = server.pids()[process]
        os.kill(before, signal.SIGTERM)
        wait_until(lambda: server.pids().get(process) not in (0, before) and server.is_ready(), 40,
                   f"{process} on {server.name} to run again")

    def spawn(self, command, **options):
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                   start_new_session=True, **options)
        self.children.append(process)
        return process

    def load(self, mix, name="load"):
        """Starts ripple-load with MIX (a document); read its records with `records`."""
        file = self.folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(mix))
        return self.spawn([self.build / "bin" / "ripple-load", file,
                           "-o", self.folder / f"{name}.jsonl"], stdout=subprocess.DEVNULL)

    def records(self, name="load"):
        with open(self.folder / f"{name}.jsonl", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def executions(self):
        """token → how often the applications began its transaction."""
        counts = {}
        for log in self.folder.glob("*/executions/*.log"):
            for line in log.read_text().splitlines():
                token = line.split()[0]
                counts[token] = counts.get(token, 0) + 1
        return counts

    def get(self, application, target, method="GET", body=None, headers=None, timeout=60):
        """One request through the router: (status, body)."""
        host, port = self.listen[application].split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stop(self):
        for process in self.children:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for server in self.servers:
            server.stop()
        self.router.stop()
        if self.keep:
            print(f"kept: {self.folder}")
            self.guard.kill()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.guard.stdin.close()
        self.guard.wait()
