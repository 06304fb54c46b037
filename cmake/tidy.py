#!/usr/bin/env python3
"""Runs clang-tidy on each unit of ours that has changed since it was last found clean.

usage: tidy.py BUILD_FOLDER JOBS

A unit's stamp in BUILD_FOLDER/tidy/ is newer than the unit, what it includes (as ninja recorded
when it compiled the unit) and .clang-tidy. A unit that was never compiled is always checked.
Exit code 1 when anything was found.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ("analyzer", "planner", "agent", "model")


def units(build):
    """(source, object) for each unit of the four parts; their tests are left out."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        try:
            inside = source.relative_to(ROOT)
        except ValueError:
            continue
        if inside.parts[0] in PARTS and source.suffix == ".cpp" and not inside.stem.endswith("Test"):
            words = shlex.split(entry["command"])
            yield source, words[words.index("-o") + 1]


def dependencies(build):
    """Object → the files that it was made from, as ninja recorded them."""
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True,
                             check=True).stdout
    found, current = {}, None
    for line in listing.splitlines():
        if line.startswith(" "):
            current.append(build / line.strip())
        elif ": #deps" in line:
            current = found.setdefault(line.split(": #deps")[0], [])
    return found


def is_clean(stamp, inputs):
    try:
        since = stamp.stat().st_mtime
        return all(path.stat().st_mtime < since for path in inputs)
    except FileNotFoundError:
        return False


def check(build, source, stamp):
    started = time.time()
    # The flags are GCC's; and libstdc++ itself uses what it calls deprecated.
    done = subprocess.run(["clang-tidy-19", "-p", build, "--quiet",
                           "--extra-arg=-Wno-unknown-warning-option",
                           "--extra-arg=-Wno-deprecated-declarations", source],
                          capture_output=True, text=True, check=False)
    if done.returncode == 0:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
        os.utime(stamp, (started, started))
    # It counts suppressed warnings on stderr; only where it found nothing and failed, that is news.
    return done.returncode, done.stdout or (done.stderr if done.returncode else "")


def main():
    build, jobs = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    known = dependencies(build)
    settings = ROOT / ".clang-tidy"
    todo = {}
    for source, made in units(build):
        stamp = build / "tidy" / source.relative_to(ROOT).with_suffix(".clean")
        if made not in known or not is_clean(stamp, [source, settings, *known[made]]):
            todo[source] = stamp
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = [pool.submit(check, build, source, stamp) for source, stamp in sorted(todo.items())]
        for done, run in enumerate(concurrent.futures.as_completed(runs), 1):
            code, text = run.result()
            failed += code != 0
            if text:
                print(text, flush=True)
            if sys.stderr.isatty():
                print(f"\r{done}/{len(runs)}", end="", file=sys.stderr)
    print(f"clang-tidy: {len(todo)} units checked, {failed} with findings", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
