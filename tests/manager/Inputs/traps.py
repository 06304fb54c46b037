"""What routers and clients really do, and an upgrade must not be taken in by. With real HAProxy."""
import json
import os
import re
import socket
import threading
import time

import yaml

from clients import version
from lab import Lab, expect, wait_until


def sessions(lab):
    return lab.servers[0].state()["status"]["sessions"]


def row_sum(lab, column):
    """Of app1 in the shop's back ends."""
    return sum(int(row[column] or 0) for row in lab.router.servers()
               if row["pxname"].startswith("shop.") and row["svname"] == "app1")


class Traps:
    def __init__(self, lab):
        self.lab, self.plans = lab, 0
        self.config = lab.folder / "router/haproxy.cfg"
        self.original = self.config.read_text()

    def plan(self):
        new = "1.1.0" if self.lab.versions["pricing"] == "1.0.0" else "1.0.0"
        self.plans += 1
        return new, self.lab.plan("pricing", new, quiesceTimeout=f"{30000 + self.plans}ms")

    def over(self, new, apply, what):
        expect(apply.wait(60) == 0, f"{what}: the upgrade completed\n" + self.lab.apply_log()[-600:])
        for server in self.lab.servers:
            expect(version(server, "pricing") == new, f"{what}: {server.name} has {new}")
        wait_until(lambda: not self.lab.away(), 5, "nothing to be kept away")
        self.lab.versions["pricing"] = new

    def configure(self, text):
        self.lab.router.stop()
        self.config.write_text(text)
        self.lab.router.start()
        wait_until(self.lab.router.all_up, 30, "the router to see every server up")

    def unchanged_under_requests(self, apply, old):
        """Nothing is replaced on app1 while a request that uses it is active there."""
        seen = 0
        while apply.poll() is None and sessions(self.lab):
            before = version(self.lab.servers[0], "pricing")
            if sessions(self.lab):
                expect_quietly(before == old, "nothing was installed under the request")
                seen += 1
            time.sleep(.02)
        return seen

    # --- the traps ---------------------------------------------------------

    def router_says_zero(self):
        """A client gives up, and with abortonclose the router forgets its request at once."""
        self.configure(self.original.replace("\ndefaults", "\ndefaults\n    option abortonclose", 1))

        def upgrade():
            old, (new, plan) = self.lab.versions["pricing"], self.plan()
            self.ask_app1_and_leave()
            wait_until(lambda: row_sum(self.lab, "scur") == 0, 5, "the router to count zero")
            busy = bool(sessions(self.lab))
            apply = self.lab.start_apply(plan)
            seen = self.unchanged_under_requests(apply, old)
            self.over(new, apply, "the router says zero")
            return busy and seen
        seen = until_it_came_to_it(upgrade)
        expect(seen, f"the router says zero, and the application is busy: it waits; looked at {seen} times")
        self.configure(self.original)

    def ask_app1_and_leave(self):
        """A quote that app1 has, whose client has gone."""
        host, port = self.lab.listen["shop"].split(":")
        for number in range(1, 20):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(f"GET /quote/{number} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
                time.sleep(.2)
                mine = bool(sessions(self.lab))
            if mine:
                return
        raise AssertionError("the router sends nothing to app1")

    def round_the_router(self):
        """A client that reaches the application directly: the gate waits for it, and it for the gate."""
        new, plan = self.plan()
        ending, answers = threading.Event(), []
        shop = self.lab.servers[0].ports["shop"]

        def ask():
            while not ending.is_set():
                answers.append(get(shop, "/quote/1"))
                ending.wait(.7)
        thread = threading.Thread(target=ask)
        thread.start()
        wait_until(lambda: sessions(self.lab), 5, "a session")
        apply = self.lab.start_apply(plan)
        self.over(new, apply, "round the router")
        begun = len(answers)
        wait_until(lambda: len(answers) >= begun + 2, 30, "requests after it")
        ending.set()
        thread.join()
        versions = [json.loads(body)["pricing"] for status, body in answers if status == 200]
        expect(len(versions) == len(answers) and versions == sorted(versions, reverse=new == "1.0.0")
               and versions[-1] == new,
               f"round the router: none failed, each had one version: {versions}")

    def bound_client(self, sessions_are):
        """A client that a cookie binds to app1 while app1 is kept away from it."""
        servers = self.lab.folder / "servers.yaml"
        document = yaml.safe_load(servers.read_text())
        for application in document["applications"]:
            application["sessions"] = sessions_are
        servers.write_text(yaml.safe_dump(document, sort_keys=False))
        text = re.sub(r"(?m)^(backend shop\..*)$", r"\1\n    cookie SRV insert indirect nocache",
                      self.original)
        self.configure(re.sub(r"(?m)^(\s+server (app\d) .*)$", r"\1 cookie \2", text)
                       if "cookie" in text else text)
        came, ending, failed = [], threading.Event(), []

        def ask():
            while not ending.is_set():
                status, body = self.lab.get("shop", "/quote/1", headers={"Cookie": "SRV=app1"})
                if status != 200:
                    failed.append((status, body))
                # Two at once, then a pause in which the server can become quiescent.
                if len(came) % 2:
                    ending.wait(1)
                came.append(status)

        def upgrade():
            """How app1 was kept away, and how many requests it was sent all the same."""
            new, plan = self.plan()
            begun = len(came)
            wait_until(lambda: len(came) >= begun + 2 and sessions(self.lab), 30, "the bound client")
            apply = self.lab.start_apply(plan)
            wait_until(lambda: any("/app1 " in a for a in self.lab.away()), 20, "app1 to be kept away")
            word, before, by = self.lab.away()[0].split()[-1], row_sum(self.lab, "stot"), 0
            while any("/app1 " in a for a in self.lab.away()):
                by = max(by, row_sum(self.lab, "stot") - before)
                time.sleep(.01)
            self.over(new, apply, f"bound clients, sessions: {sessions_are}")
            return word, by
        thread = threading.Thread(target=ask)
        thread.start()
        try:
            if sessions_are == "shared":
                by = until_it_came_to_it(lambda: (u := upgrade())[0] == "DRAIN" and u[1])
                expect(by, f"{by} requests of a bound client came by the drain, and the gate waited for them")
            else:
                word, by = upgrade()
                expect(word == "MAINT" and by == 0, f"declared so, the server is in {word}: {by} came by")
        finally:
            ending.set()
            thread.join()
        expect(not failed, f"{len(came)} requests, failed: {failed}")
        servers.write_text(servers.read_text().replace("sticky", "shared"))
        self.configure(self.original)

    def process_killed(self):
        """The process dies with the request that is waited for, and another one takes its place."""
        before = new = None

        def upgrade():
            nonlocal before, new
            new, plan = self.plan()
            self.ask_app1_and_leave()
            apply = self.lab.start_apply(plan)
            wait_until(lambda: any("/app1 " in a for a in self.lab.away()), 20, "app1 to be kept away")
            waits = bool(sessions(self.lab))
            before = self.lab.servers[0].pids()["shop"]
            if waits:
                os.kill(before, 9)
                wait_until(lambda: not sessions(self.lab), 10, "its request to be void with its process")
            self.over(new, apply, "a process that died with open requests")
            return waits
        expect(until_it_came_to_it(upgrade), "it was killed while its request was waited for")
        wait_until(lambda: self.lab.servers[0].pids()["shop"] not in (0, before), 20, "another process")
        mapped = open(f"/proc/{self.lab.servers[0].pids()['shop']}/maps").read()
        expect(f"pricing-{new}" in mapped, f"it has {new}")


def get(port, path):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def until_it_came_to_it(upgrade):
    """What UPGRADE found, tried again where the machine was too slow for it to happen."""
    for _ in range(5):
        if found := upgrade():
            return found
    return None


def expect_quietly(holds, what):
    if not holds:
        expect(False, what)


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=2000) as lab:
        lab.start()
        traps = Traps(lab)
        traps.router_says_zero()
        traps.round_the_router()
        traps.bound_client("shared")
        traps.bound_client("sticky")
        traps.process_killed()


main()
