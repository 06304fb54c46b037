"""`./dev demo`: the main job on real input, and three ways to do it side by side.

Starts three servers that host both sample applications behind a real HAProxy, all of it made from
source by Ripple itself: Components Lists, the gate's tables, plans, the router's configuration. Then,
under an open-loop load, it upgrades `pricing` (a plug-in) and `catalog` (a shared library of a running
process) in three ways each, and prints what the clients saw. Removes all that it started.
"""
import argparse
import json
import os
import pathlib
import sys
import threading
import time

import yaml

import report
from cluster import SOURCE, Cluster, Failure, wait_until

WAYS = ("restart, no drain", "whole-server drain", "Ripple")
SETTLE = 4.0  # seconds of load before an upgrade begins, and after it has ended


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


class Sampler(threading.Thread):
    """Every 50 ms: the servers' worth of capacity that the router keeps away or finds down.

    A back end's share of a server is its routing class's share of the load.
    """

    def __init__(self, router, shares):
        super().__init__(daemon=True)
        self.router, self.shares = router, shares
        self.timeline, self.ended = [], threading.Event()

    def run(self):
        self.started = time.monotonic()
        while not self.ended.wait(.05):
            away = 0.0
            for row in self.router.servers():
                if not row["status"].startswith("UP"):
                    away += self.shares.get(row["pxname"], 0)
            self.timeline.append((time.monotonic() - self.started, away))

    def stop(self):
        self.ended.set()
        self.join()

    def withdrawn(self, first, last):
        """Server-seconds between two times."""
        return sum(value * (end - start) for (start, value), (end, _)
                   in zip(self.timeline, self.timeline[1:]) if first <= start <= last)


def cpu_seconds():
    """(busy, all) CPU seconds of the whole machine so far."""
    fields = [int(x) for x in open("/proc/stat", encoding="ascii").readline().split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


class Demo:
    def __init__(self, cluster, rate):
        self.cluster = cluster
        with open(SOURCE / "tests/e2e/load.yaml", encoding="utf-8") as file:
            self.requests = yaml.safe_load(file)["requests"]
        self.rate = rate
        for request in self.requests:
            request["address"] = cluster.listen[request.pop("application")]
        self.runs = 0

    # --- what the plans say ------------------------------------------------

    def shares(self, plan):
        """Back end → its share of the load, by the routing classes of PLAN."""
        document = json.loads(pathlib.Path(plan).read_text())
        backend_of = {(c["application"], id): c["backend"]
                      for c in document["routingClasses"] for id in c["requests"]}
        weights = {}
        for request in self.requests:
            application = next(a for a, l in self.cluster.listen.items() if l == request["address"])
            backend = backend_of.get((application, request["kind"]), application + ".other")
            weights[backend] = weights.get(backend, 0) + request["weight"]
        total = sum(weights.values())
        return {backend: weight / total for backend, weight in weights.items()}

    def touching(self, component):
        """(application, request kind) of those that touch COMPONENT, as `ripple query` says."""
        out = self.cluster.run("query", *self.cluster.components(), "--touching", component).stdout
        return {tuple(line.split("\t")) for line in out.splitlines()}

    # --- the three ways ----------------------------------------------------

    def install(self, server, component, version):
        """What an operator's script does on one server: switch the link, end the process."""
        target = self.cluster.artefact(component, version)
        server.link({"pricing": "plugins/pricing.so", "catalog": "lib"}[component], target)
        self.cluster.restart(server, "shop")

    def restart_no_drain(self, component, version, _plan):
        for server in self.cluster.servers:
            self.install(server, component, version)

    def whole_server_drain(self, component, version, _plan):
        router = self.cluster.router
        for server in self.cluster.servers:
            rows = [r for r in router.servers() if r["svname"] == server.name]
            backends = [r["pxname"] for r in rows if not r["pxname"].endswith(".check")]
            for backend in backends:
                router.command(f"set server {backend}/{server.name} state drain")
            quiet = 0
            while quiet < 2:
                busy = sum(int(r["scur"]) + int(r["qcur"] or 0) for r in router.servers()
                           if r["svname"] == server.name and r["pxname"] in backends)
                quiet = 0 if busy else quiet + 1
                time.sleep(.05)
            self.install(server, component, version)
            wait_until(lambda s=server: all(
                r["check_status"].startswith(("L7OK", "L4OK", "L6OK")) or not r["check_status"]
                for r in router.servers() if r["svname"] == s.name), 30, "the router's check")
            for backend in backends:
                router.command(f"set server {backend}/{server.name} state ready")

    def ripple(self, _component, _version, plan):
        process = self.cluster.start_apply(plan)
        if process.wait(120) != 0:
            raise Failure(f"ripple apply: exit {process.returncode}\n{self.cluster.apply_log()}")

    # --- one run -----------------------------------------------------------

    def measure(self, component, way, version=None, plan=None, shares=None, quiet_seconds=0):
        """One run under load; with no COMPONENT just the load for QUIET_SECONDS."""
        self.runs += 1
        name = f"run{self.runs}"
        before = self.cluster.executions()
        sampler = Sampler(self.cluster.router, shares or {})
        upgrade = {"restart, no drain": self.restart_no_drain, "Ripple": self.ripple,
                   "whole-server drain": self.whole_server_drain}.get(way)
        stop = self.cluster.folder / f"{name}.stop"
        mix = {"rate": self.rate, "seconds": 110, "seed": self.runs, "timeoutMs": 15000,
               "stopFile": str(stop),
               "requests": [{k: v for k, v in r.items() if k != "kind"} for r in self.requests]}
        cpu = cpu_seconds()
        load = self.cluster.load(mix, name)
        sampler.start()
        time.sleep(SETTLE)
        first = time.monotonic() - sampler.started
        if upgrade:
            upgrade(component, version, plan)
        else:
            time.sleep(quiet_seconds)
        last = time.monotonic() - sampler.started
        time.sleep(SETTLE)
        stop.touch()
        load.wait(60)
        busy, total = (b - a for a, b in zip(cpu, cpu_seconds()))
        sampler.stop()
        return self.summarise(component, way, name, before, sampler, (first, last), busy / total)

    def summarise(self, component, way, name, before, sampler, window, cpu):
        records = self.cluster.records(name)
        touching = self.touching(component) if component else set()
        of = {r["name"]: (next(a for a, l in self.cluster.listen.items() if l == r["address"]),
                          r["kind"]) for r in self.requests}
        twice = sum(1 for token, count in self.cluster.executions().items()
                    if count > 1 and token not in before)
        return report.Measurement(
            component=component, way=way, sent=len(records),
            failed=sum(r["outcome"] == "failed" for r in records), twice=twice,
            cut=sum(r["outcome"] == "cut" for r in records),
            latencies=[(r["at"], r["ms"], of[r["name"]] in touching) for r in records],
            withdrawn=sampler.withdrawn(*window), seconds=window[1] - window[0], cpu=cpu,
            timeline=sampler.timeline, window=window)

    def compare(self, components):
        baseline = self.measure("", "no upgrade", quiet_seconds=15)
        print(report.table([baseline]).splitlines()[-1], file=sys.stderr)
        measurements = [baseline]
        for component, version in components:
            plan = self.cluster.plan(component, version)
            print(self.cluster.run("show", plan).stdout, file=sys.stderr)
            for way in WAYS:
                say(f"{component} {version}: {way}")
                m = self.measure(component, way, version, plan, self.shares(plan))
                print(report.table([m]).splitlines()[-1], file=sys.stderr)
                measurements.append(m)
                self.cluster.reset()
        return measurements


def remarks(measurements):
    """What the figures say, in words."""
    out = []
    by = {(m.component, m.way): m for m in measurements}
    base = report.percentile(by["", "no upgrade"].in_window(True), .99)
    for component in dict.fromkeys(m.component for m in measurements if m.component):
        ours, drain = by[component, "Ripple"], by[component, "whole-server drain"]
        share = ours.withdrawn / drain.withdrawn if drain.withdrawn else float("nan")
        p99 = report.percentile(ours.in_window(True), .99)
        out.append(f"{component}: Ripple withdrew {ours.withdrawn:.1f} server-seconds, {share:.0%} of what the "
                   f"whole-server drain did; p99 of requests that do not touch it: "
                   f"{p99 / base:.2f} times that without an upgrade.")
    if any(m.component == "catalog" for m in measurements):
        out.append("catalog: its restart domain is the process, so every request kind of shop has to be kept "
                   "away while it is replaced, those that never touch it too: for shop that is no gain over "
                   "a drain of that application. What is gained is that reports is served all the while.")
    return out


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.split("\n")[0])
    parser.add_argument("--rate", type=float, default=460, help="requests a second (default: 460, about 75 %% of the capacity)")
    parser.add_argument("--page", default="build/demo.html", help="where the HTML page goes")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    parser.add_argument("--only", choices=("pricing", "catalog"), help="upgrade only this one")
    options = parser.parse_args()
    components = [(c, "1.1.0") for c in ("pricing", "catalog") if options.only in (None, c)]
    started = time.monotonic()
    try:
        with Cluster(keep=options.keep, slots=12) as cluster:
            say("from source to three running servers behind HAProxy")
            cluster.start()
            measurements = Demo(cluster, options.rate).compare(components)
    except Failure as failure:
        print(f"the demo failed: {failure}", file=sys.stderr)
        return 1
    print(report.table(measurements))
    print(report.LEGEND)
    for remark in remarks(measurements):
        print(remark)
    pathlib.Path(options.page).write_text(report.page(measurements, remarks(measurements)),
                                          encoding="utf-8")
    print(f"\nThe same as pictures: {os.path.abspath(options.page)}   ({time.monotonic() - started:.0f} s)")
    ours = [m for m in measurements if m.way == "Ripple"]
    bad = [m for m in ours if m.failed or m.twice or m.cut]
    for m in bad:
        print(f"Ripple lost requests while it replaced {m.component}: {m.failed} failed, {m.twice} "
              f"executed twice, {m.cut} cut short", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
