"""An application without a gate: its router's count decides, and plan and report say what that assumes."""
import os
import threading

from clients import Clients, version
from lab import Failure, Lab, expect, wait_until

ASSUMED = "no request is active when the router counts none: not so where"


class WithoutGates(Lab):
    def start(self):
        for server in self.servers:
            server.process = without_gate(server.process)
        super().start()


def without_gate(process):
    def changed(application):
        entry = process(application)
        # The agent looks at it before it becomes the program (it took the shell's build for the program's, for good).
        entry["command"] = ["/bin/sh", "-c", 'unset RIPPLE_GATE_DIR; sleep 1; exec "$@"', "sh", *entry["command"]]
        return entry
    return changed


def active(lab):
    """Of the shop on app1, as its router counts them."""
    return sum(int(row["scur"] or 0) for row in lab.router.servers()
               if row["pxname"].startswith("shop.") and row["svname"] == "app1")


def counted(lab, new, plan):
    """Its process is not ended while the router counts a request of it; what is asked meanwhile goes elsewhere."""
    before, answers = lab.servers[0].pids()["shop"], []
    isAway = threading.Event()

    def ask():
        """Slow requests, one after the other, until app1 gets no more: a plan may take a while to begin."""
        while True:
            answers.append(lab.get("shop", "/quote/1")[0])
            if isAway.is_set():
                return

    slow = [threading.Thread(target=ask) for _ in range(4)]
    for thread in slow:
        thread.start()
    wait_until(lambda: active(lab), 5, "a request on app1")
    apply = lab.start_apply(plan)
    try:
        wait_until(lambda: any("/app1 " in a for a in lab.away()), 20, "app1 to be kept away")
    except Failure as error:
        raise Failure(f"{error}\n{lab.apply_log()[-600:]}") from error
    finally:
        isAway.set()
    seen = 0
    while active(lab):
        pid = lab.servers[0].pids()["shop"]
        if active(lab):
            seen += 1
            if pid != before:
                expect(False, "its process runs on while the router counts a request")
    expect(seen, f"its process runs on while the router counts a request; looked {seen} times")
    expect(apply.wait(60) == 0, "the upgrade completed\n" + lab.apply_log()[-600:])
    for thread in slow:
        thread.join()
    expect(set(answers) == {200}, f"no request was cut short: {answers}")
    expect(lab.servers[0].pids()["shop"] != before, "then it was started again")
    for server in lab.servers:
        expect(version(server, "catalog") == new, f"{server.name} has {new}")
    lab.versions["catalog"] = new


def main():
    with WithoutGates(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=1500) as lab:
        lab.start()
        expect({p["gate"] for s in lab.servers for p in s.state()["processes"]} == {"none"}, "no process has a gate")
        plan = lab.plan("catalog", "1.1.0")
        shown = lab.run("show", plan).stdout
        expect(ASSUMED in shown, f"the plan says what is assumed:\n{shown}")
        counted(lab, "1.1.0", plan)
        log = lab.apply_log()
        for server in lab.servers:
            line = f"{server.name}: shop has no gate"
            expect(any(line in said and ASSUMED in said for said in log.splitlines()), f"the report says: {line}")
        clients = Clients(lab, threads=4)
        done = lab.apply(lab.plan("catalog", "1.0.0"), check=False)
        clients.close()
        expect(done.returncode == 0 and version(lab.servers[1], "catalog") == "1.0.0", "and back, under load")
        expect(len(clients.failed) == 0, f"{clients.sent} requests, failed: {clients.failed[:3]}")
        wait_until(lambda: not lab.away(), 5, "nothing to be kept away")


main()
