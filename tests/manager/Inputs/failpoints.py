"""kill -9 of the manager, and of an agent, at every named failpoint of a real upgrade under load.

What died is started again. Then the upgrade completes, every server has the new version, nothing is
kept away, and no request has failed.

    failpoints.py COUNTS [PART]    each failpoint for the 1st … COUNTS-th time that it is reached;
                                   only those with PART in their name
"""
import os
import re
import sys
import time

from clients import Clients, version
from lab import SOURCE, Lab, expect, wait_until

COMPONENTS = {"pricing": ("1.0.0", "1.1.0"), "catalog": ("1.0.0", "1.1.0")}


def names():
    header = (SOURCE / "agent/failpoint/Failpoint.h").read_text()
    return re.findall(r'^    "((?:manager|agent)-[a-z-]+)"', header, re.M)


class Upgrades:
    def __init__(self, lab):
        self.lab, self.plans, self.extra = lab, 0, {}

    def plan(self, component):
        """The next version of COMPONENT, and a plan for it that no other is the same as."""
        old = self.lab.versions[component]
        new = next(v for v in COMPONENTS[component] if v != old)
        self.plans += 1
        return new, self.lab.plan(component, new, quiesceTimeout=f"{30000 + self.plans}ms",
                                  **self.extra)

    def over(self, component, new):
        for server in self.lab.servers:
            expect_quietly(version(server, component) == new,
                           f"{server.name} has {component} {new}, not {version(server, component)}")
        wait_until(lambda: not self.lab.away(), 5, "nothing to be kept away")
        self.lab.versions[component] = new

    def kill_manager(self, component, where):
        """False where the upgrade does not get there."""
        new, plan = self.plan(component)
        died = self.lab.run(*self.lab.apply_command(plan)[1:], check=False,
                            env={**os.environ, "RIPPLE_FAILPOINT": where})
        if died.returncode == 0:
            self.over(component, new)
            return False
        expect_quietly(died.returncode == -9, f"killed: exit {died.returncode} {died.stderr}")
        again = self.lab.apply(plan, check=False)
        # When it had said in its journal that the plan is done, the plan is done: that is refused.
        wanted = 4 if where.startswith("manager-after-plan-state") else 0
        expect_quietly(again.returncode == wanted,
                       f"applied again: exit {again.returncode} {died.stderr} {again.stderr}")
        self.over(component, new)
        return True

    def kill_agent(self, component, where):
        new, plan = self.plan(component)
        server = self.lab.servers[0]
        server.kill_agent()
        self.lab.agent_environment = {"RIPPLE_FAILPOINT": where}
        server.start_agent()
        self.lab.agent_environment = {}
        wait_until(lambda: server.agent.poll() is not None or server.is_ready(), 30, "the agent")
        apply = self.lab.start_apply(plan)
        died = False
        while apply.poll() is None:
            if server.agent.poll() is not None:
                expect_quietly(server.agent.returncode == -9 and not died,
                               f"killed: exit {server.agent.returncode}")
                died = True
                server.start_agent()
            time.sleep(.02)
        if server.agent.poll() is not None:  # By the last command, whose answer nobody missed.
            died = True
            server.start_agent()
        wait_until(server.is_ready, 30, "the agent after the upgrade")
        expect_quietly(apply.returncode == 0,
                       f"apply: exit {apply.returncode}\n{self.lab.apply_log()[-2000:]}")
        self.over(component, new)
        return died


def expect_quietly(holds, what):
    if not holds:
        expect(holds, what)


def main():
    counts, part = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    wanted = [name for name in names() if part in name]
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=5,
             signed=True) as lab:
        lab.start()
        upgrades, clients, reached = Upgrades(lab), Clients(lab), 0
        for name in wanted:
            component = "catalog" if "process" in name else "pricing"
            upgrades.extra = {"phaseIn": True} if "-phase" in name else {}
            kill = upgrades.kill_manager if name.startswith("manager") else upgrades.kill_agent
            for count in range(counts):
                if not kill(component, f"{name}:{count}"):
                    expect(count > 0, f"{name} is reached")
                    break
                reached += 1
                expect(not clients.failed,
                       f"{name}:{count}: killed, started again, upgraded; {clients.sent} requests "
                       f"so far, failed: {clients.failed[:3]}")
        clients.close()
        expect(part or len(wanted) >= 30, f"{len(wanted)} failpoints, {reached} kills")


main()
