#!/usr/bin/env python3
"""What analyzing costs, beside what Clang needs to parse the same.

usage: analyzer.py BUILD_FOLDER

Subject: the units of the sample application `shop`, in a copy, so that one of them can be changed.
Each figure stands beside its bar; CPU is user and system time of all threads. Nothing here fails.
"""
import json
import os
import pathlib
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(command, folder):
    """(CPU s, wall s) of COMMAND."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{shlex.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[:2000]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def peak(command, folder):
    """MB resident of COMMAND at most."""
    done = subprocess.run(["/usr/bin/python3", "-c",
                           "import resource, subprocess, sys;"
                           "subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL);"
                           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)",
                           *map(str, command)], cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stdout)


def units(build, folder):
    """The compile commands of shop, of the sources in FOLDER."""
    found = {}
    for row in json.loads((build / "compile_commands.json").read_text()):
        source = row["file"]
        if f"{ROOT}/testdata/apps/" not in source or "/reports/" in source or "/plugins/" in source:
            continue
        moved = {key: value.replace(f"{ROOT}/testdata/apps", str(folder / "apps"))
                 for key, value in row.items()}
        found.setdefault(moved["file"], moved)
    return list(found.values())


def parse_only(row):
    words = shlex.split(row["command"])
    place = words.index("-o")
    return ["clang++-19", "-w", "-fsyntax-only",
            *[word for word in words[1:place] + words[place + 2:] if not word.startswith("-W")]]


def line(what, value, bar):
    print(f"{what:<44} {value:<24} bar: {bar}")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(ROOT / "testdata/apps", folder / "apps")
        rows = units(build, folder)
        if not rows:
            sys.exit(f"{build} has no compile commands of the sample applications")
        (folder / "compile_commands.json").write_text(json.dumps(rows))
        analyze = [build / "bin/ripple", "analyze", "-p", folder, "--application", "shop=**",
                   "--binary", f"shop={build / 'bin/shop'}", "--source-root", folder, "-o", folder / "list.json"]

        reference = sum(run(parse_only(row), build)[0] for row in rows)
        full, wall = run([*analyze, "--no-cache", "-j", "1"], folder)
        _, wall2 = run([*analyze, "--no-cache", "-j", "2"], folder)
        cached = [*analyze, "--cache", folder / "cache", "-j", "1"]
        run(cached, folder)
        _, again = run(cached, folder)
        changed = folder / "apps/shop/CartRoutes.cpp"
        own = run(parse_only(next(row for row in rows if row["file"] == str(changed))), build)[0]
        changed.write_text(changed.read_text() + "\n// changed\n")
        one, _ = run(cached, folder)

        print(f"{len(rows)} units of shop")
        line("clang++-19 -fsyntax-only, CPU", f"{reference:.1f} s", "the reference")
        line("analyze, all, CPU", f"{full:.1f} s, {full / reference:.2f} times it", "1.15 times it")
        line("analyze, all, wall time, 1 and 2 workers", f"{wall:.1f} s, {wall2:.1f} s", "falls with the cores")
        line("analyze again, nothing changed", f"{again:.2f} s, {again / len(rows):.3f} s a unit", "0.1 s a unit")
        line("analyze again, one source changed, CPU", f"{one:.2f} s, its parse {own:.2f} s",
             f"{1.2 * own + 1:.2f} s")
        line("peak memory, 2 workers", f"{peak([*analyze, '--no-cache', '-j', '2'], folder)} MB", "600 MB a worker")


main()
