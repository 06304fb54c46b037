"""What a request really entered, against what the Components List says that it may touch.

    accuracy.py --components LIST --application NAME --drive DRIVE.yaml [--strict] -- COMMAND…

Runs COMMAND (a server of the application) under callgrind, sends it the requests of DRIVE.yaml one
at a time, and records for each the shared objects whose code ran while it was served. Every one of
them has to belong to a component that the list names for the request kind (its own, ambient ones, or
the application itself). A part that is not resolved covers what it could reach; with --strict it does
not, and a request kind that DRIVE.yaml leaves out is a failure. Prints, for each request, how many components ran, how many the list names,
and what the list missed; then recall and the mean size of the sets beside the application's whole
DT_NEEDED closure. Exit code 1: something was missed, or a request could not be driven.

In COMMAND, "{port}" stands for a free port, where the server has to listen.

A request with `send` is spoken as bytes over TCP, for servers of other protocols than HTTP, and
its answer has to contain `until`; one without is HTTP.

DRIVE.yaml:
    ready: /healthz                    # asked until it answers; without it, until the port is open
    port: 8080                         # where it listens; without it a free port is chosen
    tls: false                         # true: HTTPS, whatever the certificate
    requests:
      - {kind: "GET /products", target: /products?page=2, expect: 200}
      - {kind: "POST /quote", method: POST, target: /quote, body: "{}", expect: 400, settleMs: 300}
      - {kind: "POST /archive/list", method: POST, target: /archive/list, bodyFrom: /archive/w.tar.gz}
      - {kind: "transaction process_get_command", send: "get a\\r\\n", until: "END"}
"""
import argparse
import collections
import glob
import http.client
import json
import os
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import yaml

NAME = re.compile(r"^(?:c?ob)=\((\d+)\)(?: (.*))?$")
UNKNOWN = "???"
# Valgrind keeps 12 for itself, and lets no program set another limit than the 1,024 that are left.
OPEN_FILES = 1036
RUNTIME = {"libc6", "libstdc++6", "libgcc-s1"}


def objects_entered(profile, mappings):
    """The shared objects in which instructions ran, by callgrind's profile file.

    Callgrind calls the object of code in some sections (.plt.got) "???": its file is the one in
    MAPPINGS, [(first, end, file)], that holds the address. Code that was made at run time (a regular
    expression's) has none: whoever made and called it ran, too.
    """
    names, files, current = {}, set(), ""
    with open(profile, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = NAME.match(line)
            if match:
                number, name = match.groups()
                if name:
                    names[number] = name
                if line.startswith("ob="):
                    current = names[number]
                    if current != UNKNOWN:
                        files.add(current)
            elif current == UNKNOWN and line.startswith("0x"):
                files.add(file_at(int(line.split()[0], 16), mappings))
    return files - {""}


def file_at(address, mappings):
    """The mapped file at ADDRESS, "" of memory without a file; the address itself where nothing is mapped."""
    return next((file for first, end, file in mappings if first <= address < end), hex(address))


def mappings_of(pid):
    """[(first, end, file)] of what PID has mapped as code; "" where there is no file."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as lines:
        for line in lines:
            fields = line.split(maxsplit=5)
            if "x" in fields[1]:
                first, end = (int(text, 16) for text in fields[0].split("-"))
                found.append((first, end, fields[5].strip() if len(fields) == 6 else ""))
    return found


class Ownership:
    """Which component of the list owns a file that ran."""

    def __init__(self, document, application, root, binary):
        self.by_path, self.by_soname, self.ids = {}, {}, set()
        for component in document["components"]:
            self.ids.add(component["id"])
            if component.get("path"):
                path = os.path.realpath(os.path.join(root, component["path"]))
                self.by_path[path] = component["id"]
            if component.get("soname"):
                self.by_soname[component["soname"]] = component["id"]
        self.by_path[os.path.realpath(binary)] = application["name"]
        self.packages = {}

    def package(self, path):
        if path not in self.packages:
            spellings = {path, path[4:] if path.startswith("/usr/") else "/usr" + path}
            found = subprocess.run(["dpkg", "-S", *spellings], capture_output=True, text=True)
            self.packages[path] = found.stdout.split(":")[0] if found.stdout else ""
        return self.packages[path]

    def of(self, path):
        path = os.path.realpath(path)
        if path in self.by_path:
            return self.by_path[path]
        soname = soname_of(path)
        if soname in self.by_soname:
            return self.by_soname[soname]
        return self.package(path) or path


def readelf(option, path, pattern):
    """The group of PATTERN in what readelf says of PATH; "" where it is not found."""
    found = re.search(pattern, subprocess.run(["readelf", option, path], capture_output=True,
                                              text=True).stdout)
    return found.group(1) if found else ""


def soname_of(path):
    return readelf("-d", path, r"\(SONAME\).*\[(.*)\]")


def needed_closure(binary):
    """Every shared object that the loader brings in with BINARY."""
    out = subprocess.run(["ldd", binary], capture_output=True, text=True).stdout
    return {os.path.realpath(path) for path in re.findall(r"(/\S+) \(0x", out)}


def named(application, request):
    """What the list names for REQUEST."""
    uses = request.get("components")
    if uses is None:
        uses = application["componentSets"][request["componentSet"]]
    return {use["component"] for use in uses + application["ambient"]} | {application["name"]}


def allowed(application, request, strict):
    """What the list says that REQUEST may touch; None for everything."""
    names = named(application, request)
    if strict:
        return names
    reach = {id for unresolved in request["unresolved"] for id in unresolved["couldReach"]}
    if "*" in reach or not (application["complete"] and request["complete"]):
        return None
    return names | reach


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The application under callgrind, not collecting but around a request."""

    def __init__(self, command, port, drive, folder):
        self.port, self.folder, self.tls = port, folder, None
        if drive.get("tls"):
            self.tls = ssl.create_default_context()
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.log = open(os.path.join(folder, "server.log"), "wb")
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no",
             f"--callgrind-out-file={folder}/profile", *command],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES)))
        deadline = time.monotonic() + 120
        while True:
            try:
                if "ready" in drive:
                    self.ask("GET", drive["ready"], "", {})
                else:
                    socket.create_connection(("127.0.0.1", port), 5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    with open(self.log.name, encoding="utf-8", errors="replace") as log:
                        raise SystemExit("the server did not come up:\n" + log.read()[-2000:])
                time.sleep(.2)

    def ask(self, method, target, body, headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls) \
            if self.tls else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def speak(self, send, until):
        """Sends the bytes and reads until the answer has UNTIL. Returns 200, or 0 if it never came."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), 20) as connection:
            connection.sendall(send.encode())
            while until.encode() not in answer:
                try:
                    some = connection.recv(65536)
                except TimeoutError:
                    return 0
                if not some:
                    return 0
                answer += some
        return 200

    def control(self, *options):
        done = subprocess.run(["callgrind_control", *options, str(self.process.pid)],
                              capture_output=True, text=True)
        if "OK" not in done.stdout:
            raise SystemExit(f"callgrind_control {options} failed: {done.stdout}{done.stderr}")

    def drive(self, request):
        """Sends one request; returns its status and the files that ran for it."""
        body = request.get("body", "")
        if "bodyFrom" in request:
            body = self.ask("GET", request["bodyFrom"], "", {})[1]
        self.control("--zero")
        # What comes now is this request's: also of a process that it starts, which writes at its end.
        for path in glob.glob(f"{self.folder}/profile*"):
            os.unlink(path)
        if "send" in request:
            status = self.speak(request["send"], request["until"])
        else:
            status, _ = self.ask(request.get("method", "GET"), request["target"], body,
                                 request.get("headers", {}))
        time.sleep(request.get("settleMs", 100) / 1000)
        self.control("--dump=request")
        mappings = mappings_of(self.process.pid)
        entered = set().union(*(objects_entered(path, mappings)
                                for path in glob.glob(f"{self.folder}/profile*")))
        if not entered:
            raise SystemExit("callgrind recorded nothing for a request: this check would pass blindly")
        return status, {path for path in entered if "/valgrind/" not in path}

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--components", required=True)
    parser.add_argument("--application", required=True)
    parser.add_argument("--drive", required=True)
    parser.add_argument("--root", default=".", help="what relative paths in LIST are relative to")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with open(options.components, encoding="utf-8") as file:
        document = json.load(file)
    with open(options.drive, encoding="utf-8") as file:
        drive = yaml.safe_load(file)
    found = compare(document, options.application, options.root, drive, options.command,
                    options.strict)
    found.print()
    return 1 if found.failures else 0


def compare(document, name, root, drive, command, strict):
    """Drives the application NAME of the list DOCUMENT, started by COMMAND; returns a Comparison."""
    application = next(a for a in document["applications"] if a["name"] == name)
    kinds = {request["id"]: request for request in application["requests"]}
    build_id = readelf("-n", command[0], r"Build ID: ([0-9a-f]+)")
    if build_id != application["binary"]["buildId"]:
        raise SystemExit(f"{command[0]} is not what was analyzed: its build-id is {build_id}, "
                         f"the list's {application['binary']['buildId']}")
    ownership = Ownership(document, application, root, command[0])
    with tempfile.TemporaryDirectory(prefix="ripple-accuracy-") as folder:
        port = drive.get("port") or free_port()
        words = [word.replace("{port}", str(port)).replace("{folder}", folder) for word in command]
        server = Server(words, port, drive, folder)
        try:
            failures, ran = measure(server, drive["requests"], kinds, application, ownership, strict)
        finally:
            server.stop()
    closure = {ownership.of(path) for path in needed_closure(command[0])} - RUNTIME
    if strict:
        failures += [f"{kind}: not driven" for kind in sorted(set(kinds) - set(ran))]
    return Comparison(kinds, ran, application, closure, failures, strict)


def measure(server, requests, kinds, application, ownership, strict):
    """Drives every request. Returns what went wrong, and kind → components that ran."""
    failures, ran = [], collections.defaultdict(set)
    for request in requests:
        kind = request["kind"]
        if kind not in kinds:
            failures.append(f"{kind}: the Components List has no such request kind")
            continue
        sent = request.get("target", request.get("send", "")).split("\r")[0]
        status, files = server.drive(request)
        touched = {ownership.of(path) for path in files}
        ran[kind] |= touched
        may = allowed(application, kinds[kind], strict)
        missed = set() if may is None else touched - may
        print(f"{kind:32} {sent[:40]:40} {status}  ran {len(touched):2}, "
              f"listed {'all' if may is None else len(may)}"
              + (f"  MISSED {', '.join(sorted(missed))}" if missed else ""), flush=True)
        if status != request.get("expect", 200):
            failures.append(f"{kind} {sent}: answered {status}, "
                            f"expected {request.get('expect', 200)}")
        failures.extend(f"{kind} {sent}: ran {c}, which the list does not name"
                        for c in sorted(missed))
    return failures, ran


def mean_set(application, closure, strict):
    """Mean size of the sets of the application's request kinds, and the size of the whole closure:
    run-time libraries and ambient components left out of both."""
    ambient = {use["component"] for use in application["ambient"]} | RUNTIME | {application["name"]}
    return mean_without(application, closure, strict, ambient), len(closure - ambient)


def mean_without(application, closure, strict, ambient):
    """As mean_set, without the components of AMBIENT, and of those that the loader maps."""
    listed = [allowed(application, kind, strict) for kind in application["requests"]]
    sizes = [len(closure - ambient) if may is None else len(may & closure - ambient) for may in listed]
    return sum(sizes) / max(1, len(sizes))


class Comparison:
    """What ran beside what was listed."""

    def __init__(self, kinds, ran, application, closure, failures, strict):
        self.driven, self.kinds, self.failures = len(ran), len(kinds), failures
        self.undriven = sorted(set(kinds) - set(ran))
        self.mean, self.whole = mean_set(application, closure, strict)
        self.application, self.closure, self.strict = application, closure, strict
        hits = total = 0
        for kind, touched in ran.items():
            may = allowed(application, kinds[kind], strict)
            total += len(touched)
            hits += len(touched) if may is None else len(touched & may)
        self.recall = 100 * hits / max(1, total)
        left_out = RUNTIME | {application["name"]}
        self.loaded = len(closure - left_out)
        self.ambient = len(closure & {use["component"] for use in application["ambient"]} - left_out)
        self.entered = sum(len(touched - left_out) for touched in ran.values()) / max(1, len(ran))

    def mean_of(self, other):
        """The mean size of the sets in OTHER, another list of the application, by the same measure."""
        ambient = {use["component"] for use in self.application["ambient"]} | RUNTIME
        return mean_without(other, self.closure, self.strict, ambient | {other["name"]})

    def print(self):
        """Recall and precision, then every failure."""
        print(f"\nrecall {self.recall:.1f} % over {self.driven} of {self.kinds} request kinds; "
              f"mean set {self.mean:.1f} components of {self.whole} in the DT_NEEDED closure "
              f"({100 * self.mean / max(1, self.whole):.0f} %), run-time libraries and ambient "
              f"components left out; {self.ambient} of {self.loaded} loaded are ambient; a request "
              f"kind entered {self.entered:.1f}")
        if self.undriven:
            print("not driven: " + ", ".join(self.undriven))
        for failure in self.failures:
            print("FAILED: " + failure, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
