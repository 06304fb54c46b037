"""Two managers that stand by for each other, with a real etcd."""
import json
import os
import signal
import socket
import subprocess
import sys
import time

from lab import expect, wait_until
from managed import ManagedLab


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Etcd:
    def __init__(self, lab):
        self.lab, (self.port, self.peer) = lab, free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.lab.folder / "etcd.log", "ab") as log:
            self.process = subprocess.Popen(
                ["etcd", "--data-dir", self.lab.folder / "etcd", "--listen-client-urls", self.url,
                 "--advertise-client-urls", self.url,
                 "--listen-peer-urls", f"http://127.0.0.1:{self.peer}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{self.peer}",
                 "--initial-cluster", f"default=http://127.0.0.1:{self.peer}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.lab.children.append(self.process)
        wait_until(self.answers, 20, "etcd")

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()


class Lab(ManagedLab):
    def configure(self):
        self.etcd = Etcd(self)
        self.etcd.start()
        self.managers = [self.add(f"m{i}", etcd={
            "endpoints": [self.etcd.url], "name": f"m{i}", "lease": "2s",
            "url": f"unix:{self.folder}/m{i}.sock"}) for i in (1, 2)]
        self.rounds = 0

    def leader(self):
        """(the one that leads, the one that stands by), by what each says in its log last."""
        def leads(manager):
            lines = [line for line in manager.log().splitlines()
                     if "leads, with term" in line or "does not lead any more" in line
                     or "listening at" in line]
            return "leads, with term" in lines[-1]
        wait_until(lambda: [leads(m) for m in self.managers].count(True) == 1, 20, "one leader")
        one, two = self.managers
        return (one, two) if leads(one) else (two, one)

    def next_plan(self):
        """The plug-in, there or back; each a plan of its own."""
        self.rounds += 1
        self.to = {"1.0.0": "1.1.0", "1.1.0": "1.0.0"}[self.versions["pricing"]]
        return self.plan("pricing", self.to, quiesceTimeout=f"{40 + self.rounds}s")

    def is_done(self):
        done = self.stand()["plan"]["state"] == "done"
        return done and self.installed() == {f"pricing-{self.to}.so"} and not self.away()

    def done(self, client=None):
        wait_until(self.is_done, 40, "the plan to be done")
        if client:
            expect(client.wait(20) == 0, f"the client follows to the end:\n{self.apply_log()}")
        self.versions["pricing"] = self.to


def stands_by(lab):
    for manager in lab.managers:
        manager.start()
    first, second = lab.leader()
    asked = lab.run("status", "--format", "json", "--manager", second.url)
    expect([s["name"] for s in json.loads(asked.stdout)["servers"]] == ["app1", "app2"],
           "who asks the one that stands by is answered by the one that leads")
    by_state = lab.run("history", "--state", second.state_folder)
    expect(by_state.returncode == 0, "also where it was asked by --state")


def killed(lab):
    plan, thread = lab.next_plan(), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    first, second = lab.leader()
    first.kill()
    began = time.monotonic()
    wait_until(lambda: "goes on with plan" in second.log(), 20, "the other to go on")
    print(f"failover: {time.monotonic() - began:.1f} s, with a lease of 2 s", flush=True)
    lab.done(client)
    expect("another manager goes on" in lab.apply_log(), "and says so")
    thread.join()
    first.start()


def paused(lab):
    """A leader that sleeps longer than its lease, and wakes up in the middle of what another does."""
    plan, thread = lab.next_plan(), lab.quote()
    lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    first, second = lab.leader()
    first.process.send_signal(signal.SIGSTOP)
    before = second.log()
    wait_until(lambda: "goes on with plan" in second.log()[len(before):], 20, "the other to go on")
    first.process.send_signal(signal.SIGCONT)
    lab.done()
    thread.join()
    wait_until(lambda: "does not lead any more" in first.log(), 10, "the first to notice")
    tail = first.log()[first.log().rindex("does not lead any more"):]
    expect("install" not in tail, f"the one that woke up does nothing more: {tail.strip()}")
    expect(lab.leader() == (second, first), "it stands by")


def ended(lab):
    """A clean end in the middle: what has begun is finished, the other goes on at once."""
    plan, thread = lab.next_plan(), lab.quote()
    lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    first, _ = lab.leader()
    expect(first.end() == 0, "ended")
    lab.done()
    thread.join()
    first.start()


def without_etcd(lab):
    """Nothing is done that cannot be recorded; when etcd is back, a manager goes on."""
    plan, thread = lab.next_plan(), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    lab.etcd.kill()
    thread.join()
    wait_until(lambda: any("does nothing more" in m.log() for m in lab.managers), 15,
               "the leader to stop")
    expect(lab.installed() != {f"pricing-{lab.to}.so"}, "the upgrade does not go on")
    lab.etcd.start()
    lab.done()
    client.wait(60)


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, service_ms=3000) as lab:
        lab.configure()
        lab.start()
        for part in (stands_by, killed, paused, ended, without_etcd):
            print(f"-- {part.__name__}", flush=True)
            try:
                part(lab)
            except Exception:
                for manager in lab.managers:
                    print(f"== {manager.name}\n{manager.log()[-3000:]}", file=sys.stderr)
                print(lab.apply_log(), file=sys.stderr)
                raise


main()
