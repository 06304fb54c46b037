#!/usr/bin/env python3
"""What analyzing costs, beside what Clang needs to parse the same.

usage: analyzer.py BUILD_FOLDER [SUBJECT…]

Subjects: `shop`, the sample application, and `agent`, the units of ripple-agent and the manager that include
Boost.Asio or Beast. Each is analyzed in a copy, so that one of its sources can be changed. Each figure stands
beside its bar; CPU is user and system time of all threads. Nothing here fails.
"""
import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass
class Subject:
    name: str
    what: str
    binary: str         # In BUILD/bin.
    folders: list[str]  # What is copied, below ROOT.
    changed: str        # A source among them.
    wants: object       # Of a source, relative to ROOT: is it part of the subject?


def includes_boost(path, seen=None):
    """Some file of our own that PATH includes, or it, includes Boost.Asio or Beast."""
    seen = set() if seen is None else seen
    if path in seen or not (ROOT / path).is_file():
        return False
    seen.add(path)
    text = (ROOT / path).read_text()
    return bool(re.search(r"#include <boost/(asio|beast)", text)) or any(
        includes_boost(name, seen) for name in re.findall(r'#include "([^"]+)"', text))


def is_shop(path):
    return path.startswith("testdata/apps/") and "/reports/" not in path and "/plugins/" not in path


def is_agent(path):
    return bool(re.match(r"agent/(daemon|http|manager|router|tool)/", path)) and not path.endswith("Test.cpp") \
        and "/testing/" not in path and includes_boost(path)


SUBJECTS = [
    Subject("shop", "the sample application", "shop", ["testdata/apps"], "testdata/apps/shop/CartRoutes.cpp", is_shop),
    Subject("agent", "heavy in Boost.Asio and Beast", "ripple-agent", ["agent", "model", "planner"],
            "agent/http/HttpServer.cpp", is_agent),
]


@dataclasses.dataclass
class Cost:
    cpu: float   # s
    wall: float  # s
    peak: int    # MB resident


def run(command, folder):
    """What COMMAND costs; it is one process."""
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{shlex.join(map(str, command))} ended with {process.returncode}:\n{said.read(2000).decode()}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss // 1024)


def units(subject, build, folder):
    """The compile commands of SUBJECT's sources, as copied into FOLDER."""
    found = {}
    for row in json.loads((build / "compile_commands.json").read_text()):
        source = row["file"]
        if not source.startswith(f"{ROOT}/") or not subject.wants(source.removeprefix(f"{ROOT}/")):
            continue
        moved = dict(row)
        for below in subject.folders:
            moved = {key: value.replace(f"{ROOT}/{below}/", f"{folder}/{below}/") for key, value in moved.items()}
        # Headers are asked for relative to the top, where the copies stand too.
        moved["command"] = moved["command"].replace(f"-I{ROOT} ", f"-I{folder} -I{ROOT} ")
        found.setdefault(moved["file"], moved)
    return list(found.values())


def parse_only(row):
    words = shlex.split(row["command"])
    place = words.index("-o")
    return ["clang++-19", "-w", "-fsyntax-only",
            *[word for word in words[1:place] + words[place + 2:] if not word.startswith("-W")]]


def line(what, value, bar):
    print(f"{what:<44} {value:<28} bar: {bar}", flush=True)


def measure(subject, build, folder):
    for below in subject.folders:
        shutil.copytree(ROOT / below, folder / below)
    rows = units(subject, build, folder)
    if not rows:
        sys.exit(f"{build} has no compile commands of {subject.name}")
    (folder / "compile_commands.json").write_text(json.dumps(rows))
    analyze = [build / "bin/ripple-analyzer", "-p", folder, "--application", f"{subject.name}=**",
               "--binary", f"{subject.name}={build / 'bin' / subject.binary}", "--source-root", folder,
               "-o", folder / "list.json"]
    cached = [*analyze, "--cache", folder / "cache", "-j", "1"]

    print(f"\n{subject.name}, {subject.what}: {len(rows)} units")
    reference = sum(run(parse_only(row), build).cpu for row in rows)
    line("clang++-19 -fsyntax-only, CPU", f"{reference:.1f} s", "the reference")
    full = run(cached, folder)  # The cache is empty, so everything is parsed and kept.
    line("analyze, all, CPU", f"{full.cpu:.1f} s, {full.cpu / reference:.2f} times it", "1.15 times it")
    line("peak memory, 1 worker", f"{full.peak} MB", "600 MB")
    if not json.loads((folder / "list.json").read_text())["applications"][0]["complete"]:
        print("the list is not complete")
    again = run(cached, folder)
    line("analyze again, nothing changed", f"{again.wall:.2f} s, {again.wall / len(rows):.3f} s a unit",
         "0.1 s a unit")
    changed = folder / subject.changed
    own = run(parse_only(next(row for row in rows if row["file"] == str(changed))), build).cpu
    changed.write_text(changed.read_text() + "\n// changed\n")
    one = run(cached, folder)
    line("analyze again, one source changed, CPU", f"{one.cpu:.2f} s, its parse {own:.2f} s",
         f"{1.2 * own + 1:.2f} s")
    both = run([*analyze, "--no-cache", "-j", "2"], folder)
    line("analyze, all, wall time, 1 and 2 workers", f"{full.wall:.1f} s, {both.wall:.1f} s", "falls with the cores")
    line("peak memory, 2 workers", f"{both.peak} MB", "1200 MB")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for subject in SUBJECTS:
        if sys.argv[2:] and subject.name not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory() as name:
            measure(subject, build, pathlib.Path(name))


main()
