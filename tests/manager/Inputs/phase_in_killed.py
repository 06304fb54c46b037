"""kill -9 of the manager, and of the agent, while a plug-in is phased in and a request that began before
is waited for. What died is started again; the upgrade completes, the request ends on the version that
it began with, others have the new one at once, nothing was kept away, and no request has failed."""
import json
import os
import threading
import time

from clients import version
from lab import Lab, expect, wait_until


class Quote(threading.Thread):
    """A quote that takes some seconds."""

    def __init__(self, lab, number):
        super().__init__()
        self.lab, self.number, self.result = lab, number, None
        self.start()

    def run(self):
        self.result = self.lab.get("shop", f"/quote/{self.number}", timeout=60)

    def version(self):
        self.join()
        expect(self.result[0] == 200, f"/quote/{self.number} answered {self.result[0]}")
        return json.loads(self.result[1])["pricing"]


def waits(lab, new):
    """New requests have version NEW, and the action is not over."""
    return version(lab.servers[0], "pricing") == new and "still uses an earlier version" in message(lab)


def message(lab):
    """What the agent's latest action says of itself."""
    import sqlite3
    with sqlite3.connect(lab.servers[0].folder / "state/journal.db") as db:
        rows = db.execute("SELECT message FROM action ORDER BY sequence DESC LIMIT 1").fetchall()
    return rows[0][0] if rows else ""


def killed(lab, who, number):
    old = lab.versions["pricing"]
    new = "1.1.0" if old == "1.0.0" else "1.0.0"
    plan = lab.plan("pricing", new, phaseIn=True, quiesceTimeout=f"{30000 + number}ms")
    before = Quote(lab, 10 * number)
    wait_until(lambda: lab.servers[0].state()["status"]["sessions"], 5, "the request")
    apply = lab.start_apply(plan)
    wait_until(lambda: waits(lab, new), 10, "the agent to wait for the request")
    named = message(lab)
    expect("GET ~ ^/quote/" in named and "(shop-" in named and " s" in named,
           f"the agent names who keeps the earlier version: {named}")
    if who == "manager":
        apply.kill()
        expect(apply.wait() == -9, "the manager was killed while the request is waited for")
        time.sleep(.2)
        apply = lab.start_apply(plan)
    else:
        lab.servers[0].kill_agent()
        time.sleep(.2)
        lab.servers[0].start_agent()
        expect(True, "the agent was killed while the request is waited for")
    expect(before.is_alive() and not lab.away(), "the request goes on, and nothing is kept away")
    after = Quote(lab, 10 * number + 1)
    expect(apply.wait(60) == 0, f"the upgrade completed\n{lab.apply_log()[-600:]}")
    expect(before.version() == old, f"who had begun before was ended by {old}")
    expect(after.version() == new, f"who began meanwhile, by {new}")
    wait_until(lambda: lab.servers[0].is_ready(), 20, "the agent")
    maps = open(f"/proc/{lab.servers[0].pids()['shop']}/maps").read()
    expect(f"pricing-{new}" in maps and f"pricing-{old}" not in maps, f"{old} is unloaded")
    expect(not lab.away(), "nothing is kept away")
    lab.versions["pricing"] = new


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=1, minimum=1, service_ms=3000) as lab:
        lab.start()
        killed(lab, "manager", 1)
        killed(lab, "agent", 2)


main()
