"""Router, network and disk fail while an upgrade is under way, under load: it completes, or says why
and completes when it is applied again; nothing stays away, and no request has failed."""
import contextlib
import os
import resource
import shutil
import subprocess
import time

from clients import Clients, version
from lab import Lab, expect, wait_until

unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Faults:
    def __init__(self, lab):
        self.lab, self.plans = lab, 0

    def plan(self, **extra):
        new = "1.1.0" if self.lab.versions["pricing"] == "1.0.0" else "1.0.0"
        self.plans += 1
        return new, self.lab.plan("pricing", new, quiesceTimeout=f"{30000 + self.plans}ms", **extra)

    def begin(self, **extra):
        """An upgrade whose checks take a second; returns when it is at the first one."""
        new, plan = self.plan(check=["/bin/sleep", "1"], **extra)
        before = len(self.lab.apply_log())
        apply = self.lab.start_apply(plan)
        wait_until(lambda: "check pricing" in self.lab.apply_log()[before:], 20, "the check")
        return new, apply

    def over(self, new, what):
        for server in self.lab.servers:
            expect(version(server, "pricing") == new, f"{what}: {server.name} has {new}")
        wait_until(lambda: not self.lab.away(), 5, "nothing to be kept away")
        self.lab.versions["pricing"] = new

    def router_forgets(self):
        """HAProxy is started again in the middle of an install's check."""
        new, apply = self.begin()
        self.lab.router.stop()
        self.lab.router.start()
        wait_until(lambda: self.lab.away() or apply.poll() is not None, 10, "the router to be told")
        expect(apply.poll() is None, "the router was told again while the upgrade goes on")
        expect(apply.wait(60) == 0, "the upgrade completed")
        self.over(new, "router started again")

    def router_reloads(self):
        """The same by a reload: another process, which knows nothing, while the one before ends its requests."""
        new, apply = self.begin()
        before = self.lab.router.reload()
        wait_until(lambda: self.lab.away() or apply.poll() is not None, 10, "the router to be told")
        expect(apply.poll() is None, "the router was told again while the upgrade goes on")
        expect(apply.wait(60) == 0, "the upgrade completed")
        self.over(new, "router reloaded")
        before.wait(30)

    def router_hangs(self):
        new, apply = self.begin()
        self.lab.router.process.send_signal(19)  # SIGSTOP
        time.sleep(2)
        self.lab.router.process.send_signal(18)
        expect(apply.wait(60) == 0, "the upgrade completed")
        self.over(new, "router silent for 2 s")

    def agent_is_cut_off(self):
        new, apply = self.begin()
        server = self.lab.servers[0]
        os.rename(server.socket, server.socket + ".away")
        time.sleep(2)
        expect(apply.poll() is None, "the agent cannot be reached, and it is waited for")
        os.rename(server.socket + ".away", server.socket)
        expect(apply.wait(60) == 0, "the upgrade completed")
        self.over(new, "agent cut off for 2 s")

    def agent_disk_full(self):
        """Nothing that grows can be written: its journal can not."""
        server = self.lab.servers[0]
        server.kill_agent()
        ignoring = {"preexec_fn": lambda: __import__("signal").signal(25, 1)}  # SIGXFSZ: an error
        log = open(server.folder / "agent.log", "ab")
        server.agent = subprocess.Popen(
            [self.lab.ripple, "agent", "--config", str(server.folder / "agent.yaml")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **ignoring)
        log.close()
        wait_until(server.is_ready, 20, "the agent")
        new, apply = self.begin()
        time.sleep(.3)  # The check has begun there too.
        resource.prlimit(server.agent.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        time.sleep(3)  # The check has ended; its outcome cannot be written, nor can the log.
        expect(apply.poll() is None, "an outcome that is not in the journal is told to nobody")
        resource.prlimit(server.agent.pid, resource.RLIMIT_FSIZE, unlimited)
        expect(apply.wait(60) == 0, "the upgrade completed")
        self.over(new, "agent's disk full")

    def manager_disk_full(self):
        """The journal cannot be written any more, at some event: nothing more is done, and said."""
        stopped = 0
        for kilobytes in range(80, 800, 80):
            new, plan = self.plan()
            shutil.rmtree(self.lab.folder / "manager")
            first = subprocess.run(
                ["/bin/bash", "-c", f"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\"", "bash",
                 *self.lab.apply_command(plan)], capture_output=True, text=True, timeout=60)
            if first.returncode != 0:
                expect(first.returncode == 1 and "journal" in first.stderr,
                       f"full at {kilobytes} KB: it stops after {self.lab.events()} events")
                stopped += self.lab.events() > 0
                again = self.lab.apply(plan, check=False)
                expect(again.returncode == 0, "applied again, it completes")
            self.over(new, f"manager's disk full at {kilobytes} KB")
        expect(stopped > 2, f"the disk was full in the middle of {stopped} upgrades")


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=5) as lab:
        lab.start()
        faults = Faults(lab)
        for fault in (faults.agent_disk_full, faults.agent_is_cut_off, faults.router_hangs,
                      faults.router_reloads, faults.manager_disk_full):
            clients = Clients(lab)
            with contextlib.closing(clients):
                fault()
            expect(not clients.failed,
                   f"{fault.__name__}: {clients.sent} requests, failed: {clients.failed[:3]}")
        faults.router_forgets()  # Requests that HAProxy had then end with it.


main()
