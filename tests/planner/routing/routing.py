"""The class that the router chose is the one of the handler that ran, or *other*.

    routing.py RIPPLE APP ROUTER [OPTION…]

RIPPLE: the front door; APP: the program of App.cpp; ROUTER: haproxy, httpd or nginx; OPTIONs: of `ripple routes`.
Starts one APP for each routing class and a real router with the configuration of `ripple routes`, which says
nothing of that: the addresses in its back ends are replaced. Sends request targets in all the spellings that
routers and applications read differently, and compares the APP that answered with the handler that ran.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

KINDS = [("GET", "/item/{1}"), ("GET", "/item/me"), ("GET", "/item/{1}/{2}"), ("GET", "/hi"), ("POST", "/hi"), ("GET", r"~ ^/cart/(\d+)$"), ("GET", r"~ ^/cart/(\w+)$"),
         ("GET", "~ ^/v1.0/list$"), ("GET", r"~ ^/odd/(?=x)\w+$"), ("GET", "/odd/xylophone"),
         ("GET", "~ ^/files/(.+)$"), ("GET", "~ ^/either/(a|b)|/or$"), ("GET", r"~ ^/either/(\w+)$"),
         ("GET", r"~ ^/price\$/(\d{1,3})(?:\.html)?$"), ("GET", "/static/**"), ("GET", "/user/{name}/mail"),
         ("DELETE", r"~ ^/cart/(\d+)$")]

TARGETS = ["/hi", "/hi?x=1", "/hi?x=/cart/1", "/hi/", "/%68i", "/h%69?y", "//hi", "/./hi", "/x/../hi", "/hi#f",
           "/HI", "/cart/1", "/cart/12?q=%2F", "/cart/a1", "/%63art/1", "/cart/%31", "/cart//1", "//cart/1",
           "/cart/1/", "/cart/1;v=2", "/cart/1%0A", "/cart/1%00", "/cart/+1", "/cart/1+", "/cart/%C3%A9", "/cart/é",
           "/v1.0/list", "/v1x0/list", "/v1%2E0/list", "/odd/xylophone", "/odd/xyz", "/odd/abc", "/files/a",
           "/files/a/b", "/files//a", "/files/../hi", "/files/a%20b", "/files/a\\b", "/files/'", "/files/*",
           "/files/%2e%2e/hi", "/files/a|b", "/item/1", "/item/me", "/item/you", "/item/1/2", "http://127.0.0.1/hi", "http://127.0.0.1/cart/1", "*", "hi", "/", ""]
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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Router:
    """A router in FOLDER that takes requests at PORT, with what `ripple routes` wrote into FOLDER/router."""

    def __init__(self, folder, port, fragment):
        self.folder, self.port, self.fragment = folder, port, fragment

    def text(self, name):
        with open(f"{self.folder}/router/{name}", encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        """Where there are only fragments, what they go into."""
        if self.fragment:
            with open(f"{self.folder}/router/{name}", "w", encoding="utf-8") as file:
                file.write(text)


class HAProxy(Router):
    BACKENDS = r"backend (app\.[\w-]+)$"

    def entry(self):
        return {"name": "r", "kind": "haproxy", "socket": f"{self.folder}/sock"}

    def commands(self):
        files = ["haproxy.cfg"] + (["ripple-backends.cfg"] if self.fragment else [])
        if self.fragment:
            self.write("haproxy.cfg", f"""global
  stats socket {self.folder}/sock mode 600 level admin
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend mine
  bind 127.0.0.1:{self.port}
  acl plain path /elsewhere
  use_backend elsewhere if plain
{self.text("ripple-app.frontend.cfg")}
backend elsewhere
  http-request return status 204
""")
        argv = ["haproxy"] + [word for name in files for word in ("-f", f"{self.folder}/router/{name}")]
        return argv + ["-c"], argv + ["-db"]


class Httpd(Router):
    BACKENDS = r'<Proxy "balancer://(app\.[\w-]+)">$'

    def entry(self):
        return {"name": "r", "kind": "httpd", "url": f"http://127.0.0.1:{self.port}/balancer-manager"}

    def commands(self):
        os.environ.update(APACHE_RUN_DIR=self.folder, APACHE_LOG_DIR=self.folder, APACHE_RUN_USER="nobody",
                          APACHE_RUN_GROUP="nogroup", APACHE_PID_FILE=f"{self.folder}/httpd.pid")
        if self.fragment:
            modules = re.search(r"Modules:\n# (.*)\.\n", self.text("ripple-app.conf")).group(1).split(", ")
            self.write("httpd.conf", "\n".join(
                ["ServerName localhost", f"DefaultRuntimeDir {self.folder}", f"PidFile {self.folder}/httpd.pid",
                 f"ErrorLog {self.folder}/error.log", "User nobody", "Group nogroup"] +
                [f"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so" for one in modules] +
                [f"Listen 127.0.0.1:{self.port}", f"<VirtualHost 127.0.0.1:{self.port}>", "RewriteEngine On",
                 'RewriteRule "^/elsewhere$" "-" [R=404]', f"Include {self.folder}/router/ripple-app.conf",
                 "</VirtualHost>\n"]))
        argv = ["apache2", "-f", f"{self.folder}/router/httpd.conf"]
        return argv + ["-t"], argv + ["-DFOREGROUND"]


class Nginx(Router):
    BACKENDS = r"upstream (app\.[\w-]+) {$"

    def entry(self):
        return {"name": "r", "kind": "nginx", "upstreams": f"{self.folder}/router/upstreams.conf",
                "pidFile": f"{self.folder}/nginx.pid"}

    def commands(self):
        self.write("nginx.conf", f"""pid {self.folder}/nginx.pid;
events {{}}
http {{
  access_log off;
  include {self.folder}/router/upstreams.conf;
  include {self.folder}/router/ripple-classes.conf;
  server {{
    listen 127.0.0.1:{self.port};
    location = /elsewhere {{ return 204; }}
    include {self.folder}/router/ripple-app.conf;
  }}
}}
""")
        argv = ["nginx", "-c", f"{self.folder}/router/nginx.conf"]
        return argv + ["-t"], argv + ["-g", "daemon off;"]


class Applications:
    """One APP for each class, by its port."""

    def __init__(self, program):
        self.program, self.processes, self.ports = program, [], {}

    def start(self, name):
        self.processes.append(subprocess.Popen([self.program], stdout=subprocess.PIPE, text=True))
        self.ports[name] = int(self.processes[-1].stdout.readline())
        return self.ports[name]

    def spread(self, text, address, backends):
        """TEXT with an APP of its own for each back end, instead of ADDRESS."""
        lines, backend = [], None
        for line in text.splitlines():
            if found := re.search(backends, line):
                backend = found.group(1)
                if backend not in self.ports:
                    self.start(backend)
            if backend and backend != "app.check":
                line = line.replace(address, f"127.0.0.1:{self.ports[backend]}")
            lines.append(line)
        return "\n".join(lines) + "\n"


def wait_for(port):
    deadline = time.monotonic() + 20
    while True:
        try:
            if raw(port, "GET", "/hi").split(" ")[1:2] == ["200"]:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise SystemExit("the router does not start")
        time.sleep(.05)


def servers(entry, port, address):
    return {"format": "ripple.servers", "version": "1.0", "routers": [entry],
            "applications": [{"name": "app", "router": "r", "minAvailable": 1, "sessions": "shared",
                              "listen": f"127.0.0.1:{port}"}],
            "servers": [{"name": "app1", "applications": [
                {"name": "app", "address": address, "capacity": 1, "process": "app"}]}]}


def main():
    ripple, program, kind, *options = sys.argv[1:]
    apps, process = Applications(program), None
    with tempfile.TemporaryDirectory(prefix="ripple-routing-") as folder:
        os.chmod(folder, 0o755)
        router = {"haproxy": HAProxy, "httpd": Httpd, "nginx": Nginx}[kind](folder, free_port(), "--fragment" in options)
        try:
            address = f"127.0.0.1:{apps.start('any')}"
            for name, document in (("components", components()), ("servers", servers(router.entry(), router.port, address))):
                with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
                    json.dump(document, file)
            subprocess.run([ripple, "routes", "--components", f"{folder}/components.json", "--servers",
                            f"{folder}/servers.json", "--router", kind, "-o", f"{folder}/router", *options], check=True)
            check, _ = router.commands()
            subprocess.run(check, check=True)
            text = ""
            for name in os.listdir(f"{folder}/router"):
                one = apps.spread(router.text(name), address, router.BACKENDS)
                text += one
                with open(f"{folder}/router/{name}", "w", encoding="utf-8") as file:
                    file.write(one)
            process = subprocess.Popen(router.commands()[1], stderr=subprocess.DEVNULL)
            wait_for(router.port)
            return compare(router, text, {str(port): name for name, port in apps.ports.items()})
        finally:
            if process:
                process.terminate()
                process.wait()
            for one in apps.processes:
                one.kill()
                one.wait()


def classes_in(text, backends):
    """By request kind: the comment lines before a back end name its own."""
    class_of = {}
    for names, backend in re.findall(r"((?:^ *# .+\n)+) *" + backends, text, re.MULTILINE):
        for name in names.splitlines():
            class_of[name.strip()[2:]] = backend
    return class_of


def compare(router, text, class_at):
    class_of = classes_in(text, router.BACKENDS)
    wrong = exact = other = nothing = 0
    for method in METHODS:
        for target in TARGETS:
            head = raw(router.port, method, target)
            chosen = re.search(r"(?im)^x-port: (\d+)\r?$", head)
            handler = re.search(r"(?im)^x-handler: (.*?)\r?$", head)
            if not chosen or not handler:
                nothing += 1  # the router refused it, or no handler ran
                continue
            kind, backend = handler.group(1), class_at[chosen.group(1)]
            if method == "HEAD":
                kind = "HEAD" + kind[3:]
            if backend.startswith("app.other"):
                other += 1
            elif backend == class_of.get(kind):
                exact += 1
            else:
                wrong += 1
                print(f"WRONG {method} {target}: the router chose {backend}, the handler is {kind} "
                      f"({class_of.get(kind, 'other')})")
    print(f"{len(set(class_of.values()))} classes: {exact} exact, {other} other, {nothing} without a handler, "
          f"{wrong} wrong")
    return 0 if wrong == 0 and exact >= 12 and other >= 5 else 1


if __name__ == "__main__":
    sys.exit(main())
