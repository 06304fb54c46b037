"""Upgrades without end under load: `./dev endurance`.

Three servers behind a real HAProxy at several shares of their capacity, POSTs among the requests, no
retries. At each share component after component is upgraded on every server, there and back again,
until so many upgrades and so many requests are reached. A request that failed, was cut short, was
executed twice, or was answered without having been executed is a failure of the run. What upgrades
cost those that do not touch the component is printed beside stretches without an upgrade, which lie
between the upgrades so that both see the same machine.

    endurance.py BUILD [--cycles 1000] [--requests 1000000] [--shares 50,65,78,90]
"""
import argparse
import collections
import json
import pathlib
import sys
import time

import yaml

import report
from cluster import SOURCE, Cluster, Failure
from scenarios import expect_quietly, mix

SLOTS, SERVICE_MS, SERVERS = 16, 60, 3
CAPACITY = SERVERS * SLOTS / (SERVICE_MS / 1000)  # Requests a second; what else a request costs is left out.
VERSIONS = ("1.0.0", "1.1.0")
# Most upgrades swap a plug-in; a library of a running process has all of the process's requests away.
ORDER = ("pricing", "pricing", "pricing", "catalog")
BLOCK = 20  # upgrades in a row, then a stretch without one
QUIET, SETTLE = 8.0, 2.0  # seconds of that stretch; what of its beginning is not counted


class Stretch:
    """Requests due from FIRST to LAST (seconds of the load's own clock) while COMPONENT ("": nothing)
    was being upgraded."""

    def __init__(self, component, first, last):
        self.component, self.first, self.last = component, first, last


class Level:
    """One share of the capacity, from the start of its load to the verdict."""

    def __init__(self, cluster, share, number):
        self.cluster, self.share, self.number = cluster, share, number
        self.rate = CAPACITY * share / 100
        self.name = f"load-{share}"
        self.stretches = []
        self.cycles = 0

    def now(self):
        return time.monotonic() - self.started

    def run(self, cycles, requests, plans):
        stop = self.cluster.folder / f"{self.name}.stop"
        # Long enough for machines that are busy; the stop file ends it.
        document = mix(self.cluster, self.rate, requests / self.rate * 4 + cycles * 20, str(stop))
        document["seed"] = self.number
        load = self.cluster.load(document, self.name)
        records = self.cluster.folder / f"{self.name}.jsonl"
        while not records.exists() or not records.stat().st_size:  # The first answers: it has begun.
            time.sleep(.01)
        self.started = time.monotonic() - json.loads(first_line(records))["at"]
        while self.cycles < cycles or self.now() * self.rate < requests * 1.01:
            begin = self.now()
            time.sleep(SETTLE + QUIET)
            self.stretches.append(Stretch("", begin + SETTLE, self.now()))
            for _ in range(BLOCK):
                self.upgrade(*plans.next())
                self.cycles += 1
            print(f"   {self.share} %: {self.cycles} upgrades, about {self.now() * self.rate:,.0f} requests",
                  file=sys.stderr, flush=True)
        expect_quietly(load.poll() is None, f"the load at {self.share} % went on all the while; it has ended")
        stop.touch()
        expect_quietly(load.wait(120) == 0, f"ripple-load ended with {load.returncode}")

    def upgrade(self, component, plan):
        begin = self.now()
        done = self.cluster.apply(plan, check=False)
        expect_quietly(done.returncode == 0, f"{plan.name}: exit {done.returncode}\n{done.stderr}")
        self.stretches.append(Stretch(component, begin, self.now()))

    # --- what the records say ----------------------------------------------------------------

    def verdict(self, executed, others):
        """Counts, and latencies by component that was being upgraded; OTHERS: component → names of the
        requests that do not touch it."""
        out, latencies = collections.Counter(), collections.defaultdict(list)
        due, answered, first_bad = [], [], None
        with open(self.cluster.folder / f"{self.name}.jsonl", encoding="utf-8") as lines:
            for line in lines:
                r = json.loads(line)
                out["sent"] += 1
                out[r["outcome"]] += 1
                if r["outcome"] != "ok":
                    first_bad = first_bad or r
                elif r["token"]:
                    answered.append(r["token"])
                due.append((r["at"], r["ms"], r["name"]))
        index, stretches = 0, self.stretches
        for at, ms, name in sorted(due):
            while index < len(stretches) and stretches[index].last < at:
                index += 1
            if index == len(stretches):
                break
            component = stretches[index].component
            if stretches[index].first <= at:
                for against in ([component] if component else others):
                    if name in others[against]:
                        latencies[component, against].append(ms)
        out["twice"] = sum(executed.get(token, 0) > 1 for token in answered)
        out["lost"] = sum(token not in executed for token in answered)
        return out, {key: sorted(values) for key, values in latencies.items()}, first_bad


def first_line(path):
    while True:
        with open(path, encoding="utf-8") as file:
            line = file.readline()
        if line.endswith("\n"):
            return line
        time.sleep(.01)


class Plans:
    """One plan after the other, each a change set of its own (a plan is for one use)."""

    def __init__(self, cluster):
        self.cluster, self.made = cluster, 0

    def next(self):
        component = ORDER[self.made % len(ORDER)]
        self.made += 1
        old = self.cluster.versions[component]
        new = VERSIONS[old == VERSIONS[0]]
        plan = self.cluster.plan(component, new, quiesceTimeout=f"{60000 + self.made}ms")
        self.cluster.versions[component] = new
        return component, plan


def untouched_by(cluster):
    """component → names of the requests in the mix that do not touch it."""
    kinds = yaml.safe_load((SOURCE / "tests/e2e/load.yaml").read_text())["requests"]
    out = {}
    for component in sorted(set(ORDER)):
        text = cluster.run("query", *cluster.components(), "--touching", component).stdout
        touching = {tuple(line.split("\t")) for line in text.splitlines()}
        out[component] = {k["name"] for k in kinds if (k["application"], k["kind"]) not in touching}
    return out


HEADINGS = ["load", "requests", "upgrades", "failed", "cut short", "twice", "lost", "upgrade of", "p99 without",
            "p99 others", "ratio"]


def rows_of(level, counts, latencies):
    rows = []
    for number, component in enumerate(sorted(set(ORDER))):
        without = report.percentile(latencies.get(("", component), []), .99)
        during = report.percentile(latencies.get((component, component), []), .99)
        front = [f"{level.share} %", f"{counts['sent']:,}", str(level.cycles), str(counts["failed"]),
                 str(counts["cut"]), str(counts["twice"]), str(counts["lost"])] if not number else [""] * 7
        rows.append([*front, component, f"{without:.0f} ms", f"{during:.0f} ms", f"{during / without:.2f}"])
    return rows


def table(rows):
    lines = [HEADINGS, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in lines)


def main():
    parser = argparse.ArgumentParser(prog="./dev endurance", description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cycles", type=int, default=1000, help="upgrades in all (default: 1000)")
    parser.add_argument("--requests", type=int, default=1_000_000, help="requests in all (default: 1000000)")
    parser.add_argument("--shares", default="50,65,78,90", help="of the servers' capacity, in percent")
    options = parser.parse_args()
    shares = [int(s) for s in options.shares.split(",")]
    each_cycles, each_requests = (-(-n // len(shares)) for n in (options.cycles, options.requests))
    rows, bad, sent, upgrades = [], [], 0, 0
    began = time.monotonic()
    with Cluster(options.build, servers=SERVERS, slots=SLOTS, service_ms=SERVICE_MS) as cluster:
        cluster.start()
        plans, others = Plans(cluster), untouched_by(cluster)
        for number, share in enumerate(shares, 1):
            level = Level(cluster, share, number)
            level.run(each_cycles, each_requests, plans)
            counts, latencies, first_bad = level.verdict(cluster.executions(), others)
            rows += rows_of(level, counts, latencies)
            sent, upgrades = sent + counts["sent"], upgrades + level.cycles
            if counts["sent"] < each_requests:
                bad.append(f"at {share} %: only {counts['sent']} of {each_requests} requests were sent")
            if any(counts[k] for k in ("failed", "cut", "twice", "lost")):
                bad.append(f"at {share} %: {dict(counts)}; the first: {first_bad}")
            (cluster.folder / f"{level.name}.jsonl").unlink()
    print(f"{SERVERS} servers of {SLOTS} slots, {SERVICE_MS} ms a request: {CAPACITY:.0f} requests/s is 100 %; "
          f"HAProxy, no retries; {time.monotonic() - began:.0f} s")
    print(table(rows))
    for line in bad:
        print(f"FAILED {line}", file=sys.stderr)
    if not bad:
        print(f"{upgrades} upgrades, {sent:,} requests: none failed, none was cut short, none executed twice, none lost")
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"FAILED {failure}")
