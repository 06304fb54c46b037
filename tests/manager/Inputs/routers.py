"""Upgrades behind nginx and behind Apache httpd, each with the other beside it, under load; the router is reloaded
in the midst of one.

The shop is behind one of them and the reports behind the other, so that a plan has two routers. Both have a
configuration of their own, which includes the pieces that `ripple routes --fragment` writes.
"""
import os
import signal
import threading
import time
import urllib.request

import yaml

from lab import Lab, expect, wait_until

MODULES = "/usr/lib/apache2/modules"


class Nginx:
    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.upstreams = folder / "upstreams.conf"

    def entry(self):
        return {"name": "ngx", "kind": "nginx", "upstreams": str(self.upstreams),
                "pidFile": str(self.folder / "nginx.pid"),
                "test": ["/usr/sbin/nginx", "-t", "-q", *self.options()]}

    def options(self):
        return ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf"),
                "-e", str(self.folder / "nginx.log")]

    def start(self, lab, pieces):
        self.upstreams.write_text((pieces / "upstreams.conf").read_text())
        temporary = "".join(f"  {kind}_temp_path {self.folder}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        application, = pieces.glob("ripple-[!c]*.conf")
        (self.folder / "nginx.conf").write_text(
            ("user nobody nogroup;\n" if os.geteuid() == 0 else "") +
            f"daemon off;\npid {self.folder}/nginx.pid;\nevents {{}}\nhttp {{\n  access_log off;\n"
            f"{temporary}  include {self.upstreams};\n  include {pieces}/ripple-classes.conf;\n"
            f"  server {{\n    listen 127.0.0.1:{self.port};\n    include {application};\n  }}\n}}\n")
        return lab.spawn(["/usr/sbin/nginx", *self.options()])

    reload = signal.SIGHUP  # It forgets nothing.
    says_again = False

    def away(self):
        return [line for line in self.upstreams.read_text().splitlines() if " down" in line]


class Httpd:
    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}/balancer-manager"

    def entry(self):
        return {"name": "web", "kind": "httpd", "url": self.url}

    def start(self, lab, pieces):
        text = (f"ServerRoot {self.folder}\nServerName localhost\nPidFile httpd.pid\n"
                f"DefaultRuntimeDir {self.folder}\nErrorLog httpd.log\nStartServers 1\n"
                f"Listen 127.0.0.1:{self.port}\n")
        if os.geteuid() == 0:
            text += "User nobody\nGroup nogroup\n"
        for module in ("mpm_event", "authz_core", "authz_host", "proxy", "proxy_http",
                       "proxy_balancer", "lbmethod_byrequests", "slotmem_shm", "rewrite"):
            text += f"LoadModule {module}_module {MODULES}/mod_{module}.so\n"
        application, = pieces.glob("ripple-*.conf")
        # So that it forgets; and what it counted when it was reloaded would be counted for ever (HttpdTest).
        application.write_text(application.read_text().replace("BalancerPersist On", "BalancerPersist Off"))
        (self.folder / "httpd.conf").write_text(
            f"{text}<VirtualHost 127.0.0.1:{self.port}>\nInclude {application}\n</VirtualHost>\n")
        return lab.spawn(["/usr/sbin/apache2", "-f", self.folder / "httpd.conf", "-DFOREGROUND"])

    reload = signal.SIGUSR1  # Gracefully; it forgets what it was told.
    says_again = True

    def away(self):
        request = urllib.request.Request(self.url + "?xml=1", headers={"Referer": self.url})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return [line.strip() for line in answer.read().decode().splitlines()
                    if "<httpd:status>" in line and "Init Ok" not in line]


class Clients:
    """Asks for quotes through a router, one after another in each of four threads."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/quote/1"
        self.ends, self.answers = False, []
        self.threads = [threading.Thread(target=self.ask) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.ends:
            try:
                with urllib.request.urlopen(self.url, timeout=30) as answer:
                    self.answers.append((answer.status, answer.read()))
            except OSError as error:
                self.answers.append((0, str(error)))

    def end(self):
        self.ends = True
        for thread in self.threads:
            thread.join()
        return [a for a in self.answers if a[0] != 200]


class TwoRouters(Lab):
    def start(self):
        self.analyze()
        self.write_server_list()
        ngx, web = (int(address.split(":")[1]) for address in self.listen.values())
        self.folder.chmod(0o755)
        self.routers = [Nginx(self.folder, ngx), Httpd(self.folder, web)]
        for server in self.servers:
            server.lay_out(self.versions)
            server.start_agent()
        for server in self.servers:
            wait_until(server.is_ready, 60, f"the applications of {server.name}")

    def put_behind(self, routers):
        """The shop behind the first of ROUTERS, the reports behind the second."""
        file = self.folder / "servers.yaml"
        document = yaml.safe_load(file.read_text())
        document["routers"] = [router.entry() for router in routers]
        for application, router in zip(document["applications"], routers):
            application["router"] = router.entry()["name"]
            application["listen"] = f"127.0.0.1:{router.port}"
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    def start_routers(self, routers):
        started = []
        for router in routers:
            kind = router.entry()["kind"]
            pieces = self.folder / f"{kind}-{len(list(self.folder.glob(kind + '-*')))}"
            lists = [option for path in self.components() for option in ("--components", path)]
            self.run("routes", *lists, "--servers", self.folder / "servers.yaml", "--router", kind, "--fragment",
                     "-o", pieces)
            started.append(router.start(self, pieces))
            url = f"http://127.0.0.1:{router.port}/healthz"
            wait_until(lambda: answers(url), 20, f"{type(router).__name__} to answer")
        return started


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def upgrade(lab, routers, old, new):
    name = type(routers[0]).__name__
    lab.put_behind(routers)
    started = lab.start_routers(routers)
    for come, version, extra in ((applied, new, {}), (reloaded, old, {"check": ["/bin/sleep", "1"]})):
        file = lab.plan("pricing", version, **extra)
        clients = Clients(routers[0].port)
        try:
            time.sleep(.5)
            come(lab, routers[0], started[0], file)
            time.sleep(.3)
        finally:
            failures = clients.end()
        expect(len(clients.answers) > 20 and not failures,
               f"{name}: {len(clients.answers)} requests, failed: {failures[:3]}")
        for server in lab.servers:
            link = os.path.basename(os.readlink(server.folder / "plugins/pricing.so"))
            expect(link == f"pricing-{version}.so", f"{name}: {server.name} has {link}")
        expect(not any(r.away() for r in routers), f"{name}: nothing is kept away")
        lab.versions["pricing"] = version
    for process in started:
        process.terminate()
        process.wait(20)


def applied(lab, router, _, file):
    done = lab.apply(file, check=False)
    expect(done.returncode == 0 and "done" in done.stderr,
           f"{type(router).__name__}: {done.stderr.strip()}")


def reloaded(lab, router, process, file):
    """The router is reloaded in the middle of an install's check; what it forgets, it is told again."""
    name, before = type(router).__name__, len(lab.apply_log())
    apply = lab.start_apply(file)
    wait_until(lambda: "check pricing" in lab.apply_log()[before:], 30, "the check")
    process.send_signal(router.reload)
    if router.says_again:
        wait_until(lambda: "was started again" in lab.apply_log()[before:], 10, "the restart to be noticed")
        wait_until(lambda: router.away() or apply.poll() is not None, 10, "the router to be told")
    time.sleep(.2)
    expect(router.away() and apply.poll() is None, f"{name}: reloaded, and it keeps away what it is to")
    expect(apply.wait(60) == 0, f"{name}: the upgrade completed\n" + lab.apply_log()[before:])


def main():
    with TwoRouters(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=20) as lab:
        lab.start()
        upgrade(lab, lab.routers, "1.0.0", "1.1.0")
        upgrade(lab, lab.routers[::-1], "1.0.0", "1.1.0")


main()
