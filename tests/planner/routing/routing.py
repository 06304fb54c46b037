"""The class that the router chose is the one of the handler that ran, or *other*.

    routing.py RIPPLE APP      RIPPLE: the front door; APP: the program of App.cpp

Starts APP and a real HAProxy with the configuration of `ripple routes`, sends request targets in all
the spellings that routers and applications read differently, and compares the back end that HAProxy
counted with the handler that answered.
"""
import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

KINDS = [("GET", "/hi"), ("POST", "/hi"), ("GET", r"~ ^/cart/(\d+)$"), ("GET", r"~ ^/cart/(\w+)$"),
         ("GET", "~ ^/v1.0/list$"), ("GET", r"~ ^/odd/(?=x)\w+$"), ("GET", "/odd/xylophone"),
         ("GET", "~ ^/files/(.+)$"), ("DELETE", r"~ ^/cart/(\d+)$")]

TARGETS = ["/hi", "/hi?x=1", "/hi?x=/cart/1", "/hi/", "/%68i", "/h%69?y", "//hi", "/./hi", "/x/../hi", "/hi#f",
           "/HI", "/cart/1", "/cart/12?q=%2F", "/cart/a1", "/%63art/1", "/cart/%31", "/cart//1", "//cart/1",
           "/cart/1/", "/cart/1;v=2", "/cart/1%0A", "/cart/1%00", "/cart/+1", "/cart/1+", "/cart/%C3%A9", "/cart/é",
           "/v1.0/list", "/v1x0/list", "/v1%2E0/list", "/odd/xylophone", "/odd/xyz", "/odd/abc", "/files/a",
           "/files/a/b", "/files//a", "/files/../hi", "/files/a%20b", "/files/a\\b", "/files/'", "/files/*",
           "/files/%2e%2e/hi", "/files/a|b", "http://127.0.0.1/hi", "http://127.0.0.1/cart/1", "*", "hi", "/", ""]
METHODS = ["GET", "HEAD", "POST", "DELETE", "get", "PUT", "OPTIONS"]


def components():
    requests, seen = [], 0
    for order, (method, path) in enumerate(KINDS):
        # Each kind has a component of its own, and so a class of its own.
        for one in [method] + (["HEAD"] if method == "GET" else []):
            requests.append({
                "id": f"{one} {path}", "protocol": "http", "method": one, "path": path, "matchOrder": order,
                "handler": {"function": "main", "file": "App.cpp", "line": 1}, "complete": True,
                "components": [{"component": f"c{seen}", "confidence": "proven", "phase": "sync",
                                "evidence": []}], "unresolved": []})
        seen += 1
    return {"format": "ripple.components", "version": "1.0",
            "applications": [{"name": "app", "binary": {"path": "app", "buildId": "aa", "sha256": "bb"},
                              "complete": True, "ambient": [], "startup": [], "requests": requests}],
            "components": [{"id": f"c{i}", "kind": "shared-library", "version": "1", "origin": "target:c",
                            "dependsOn": [], "restart": "process"} for i in range(seen)],
            "unresolved": []}


def raw(port, method, target):
    """Sends exactly this request line; the answer's head, "" where there is none."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                           "Connection: close\r\n\r\n".encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer.split(b"\r\n\r\n")[0].decode("latin-1")


def counts(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(b"show stat\n")
        text = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    rows = csv.DictReader(io.StringIO(text.lstrip("# ")))
    return {row["pxname"]: int(row["stot"]) for row in rows if row["svname"] == "app1"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    ripple, program = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="ripple-routing-") as folder:
        app = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        haproxy = None
        try:
            app_port, port = int(app.stdout.readline()), free_port()
            with open(f"{folder}/components.json", "w", encoding="utf-8") as file:
                json.dump(components(), file)
            with open(f"{folder}/servers.yaml", "w", encoding="utf-8") as file:
                json.dump({"format": "ripple.servers", "version": "1.0",
                           "routers": [{"name": "r", "kind": "haproxy", "socket": f"{folder}/sock"}],
                           "applications": [{"name": "app", "router": "r", "minAvailable": 1,
                                             "sessions": "shared", "listen": f"127.0.0.1:{port}"}],
                           "servers": [{"name": "app1", "agent": f"unix:{folder}/agent", "applications": [
                               {"name": "app", "address": f"127.0.0.1:{app_port}", "capacity": 1,
                                "process": "app"}]}]}, file)
            subprocess.run([ripple, "routes", "--components", f"{folder}/components.json", "--servers",
                            f"{folder}/servers.yaml", "--router", "haproxy", "-o", folder], check=True)
            haproxy = subprocess.Popen(["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"],
                                       stderr=subprocess.DEVNULL if "-v" not in sys.argv else None)
            deadline = time.monotonic() + 10
            while not os.path.exists(f"{folder}/sock"):
                if time.monotonic() > deadline:
                    raise SystemExit("HAProxy does not start")
                time.sleep(.05)
            return compare(folder, port)
        finally:
            for process in filter(None, (haproxy, app)):
                process.kill()
                process.wait()


def compare(folder, port):
    config = open(f"{folder}/haproxy.cfg", encoding="utf-8").read()
    # The comment lines before a back end name its request kinds.
    class_of = {}
    for names, backend in re.findall(r"((?:# .+\n)+)backend (app\.\d+)\n", config):
        for name in names.splitlines():
            class_of[name[2:]] = backend
    wrong = exact = other = nothing = 0
    for method in METHODS:
        for target in TARGETS:
            before = counts(f"{folder}/sock")
            head = raw(port, method, target)
            after = counts(f"{folder}/sock")
            chosen = [b for b in after if after[b] != before[b]]
            handler = re.search(r"(?im)^x-handler: (.*?)\r?$", head)
            if not chosen or not handler:
                nothing += 1  # the router refused it, or no handler ran
                continue
            kind = handler.group(1)
            if method == "HEAD":
                kind = "HEAD" + kind[3:]
            if chosen[0] == "app.other":
                other += 1
            elif chosen[0] == class_of.get(kind):
                exact += 1
            else:
                wrong += 1
                print(f"WRONG {method} {target}: the router chose {chosen[0]}, the handler is {kind} "
                      f"({class_of.get(kind, 'other')})")
    print(f"{exact} exact, {other} other, {nothing} without a handler, {wrong} wrong")
    return 0 if wrong == 0 and exact >= 12 and other >= 5 else 1


if __name__ == "__main__":
    sys.exit(main())
