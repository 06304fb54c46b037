"""Accuracy on servers that nobody wrote for Ripple: ./dev accuracy [NAME…]

    subjects.py --build BUILD [--table FILE] [NAME…]

For each subject of tests/accuracy/subjects/: fetches the Debian source package (its archives and
checksums are apt's), builds the server in it with debug information and under bear, analyzes it from
that compile database and its binary alone, drives it under callgrind (accuracy.py) and compares. Prints
one table; with --table writes it, as Markdown, between the markers in FILE. Nothing of a subject is kept
in the project: its sources stay below BUILD/accuracy.

The sample applications (Inputs/samples.yaml), where BUILD has them, are measured and printed the same way.

Exit code 1 when a request entered what its Components List does not name, or when the mean set of a
sample application is larger than SHARE_MAX of what it loads.

A subject is YAML:
    source: memcached                  # Debian source package
    build: ./configure && make         # run by sh in the unpacked source, under bear
    database: out                      # where the build itself writes its compile database: then without bear
    servers:
      - name: memcached
        binary: memcached              # relative to the unpacked source
        catalog: {…}                   # handler rules of the subject's own, in a catalog's form
        command: ["{binary}", --port, "{port}"]      # also {source}, {folder}
        folder: examples               # where it is started, relative to the source
        prepare: make certificates     # run by sh before it starts, in that folder
        drive: {ready: /, requests: […]}             # as in accuracy.py
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import yaml

import accuracy

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARE_MAX = 0.6
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


class Unavailable(Exception):
    """The subject cannot be had on this machine; why."""


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        words = command if isinstance(command, str) else " ".join(map(str, command))
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise Unavailable(f"`{words}` ended with {done.returncode}:\n{tail}")
    return done


def source_list(folder):
    """apt's own sources, for source packages: an apt configuration below FOLDER."""
    text = ""
    for place in [pathlib.Path("/etc/apt/sources.list"),
                  pathlib.Path("/etc/apt/sources.list.d/debian.sources")]:
        # The release itself: its sources stay, those of updates are replaced by the next ones.
        for entry in re.split(r"\n\s*\n" if place.suffix == ".sources" else r"\n",
                              place.read_text() if place.exists() else ""):
            if "-security" not in entry:
                text += re.sub(r"^(Types: )?deb\b(?!-)", r"\1deb-src", entry, flags=re.M) + "\n\n"
    if "deb-src" not in text:
        raise Unavailable("apt knows no Debian archive")
    suffix = "sources" if "Types:" in text else "list"
    (folder / f"apt.{suffix}").write_text(text)
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::Etc::sourcelist={folder}/apt.{suffix}", "-o", "Dir::Etc::sourceparts=-",
            "-o", f"Dir::State::lists={folder}/lists"]


def unpacked(subject, folder):
    """The unpacked source of SUBJECT; fetched when it is not there yet."""
    target = folder / "sources" / subject["source"]
    if not target.exists():
        archives = folder / "archives" / subject["source"]
        archives.mkdir(parents=True, exist_ok=True)
        options = source_list(folder)
        if not any((folder / "lists").glob("*Sources*")):
            run(["apt-get", *options, "update"])
        run(["apt-get", *options, "source", "--download-only", subject["source"]], cwd=archives)
        target.parent.mkdir(parents=True, exist_ok=True)
        description = next(archives.glob("*.dsc"))
        run(["dpkg-source", "--no-check", "-x", description, target])
    return target


def build(subject, source):
    """Builds it once. Returns its compile database, which is beside its source unless the build writes one."""
    if "database" in subject:
        run(["sh", "-c", subject["build"]], cwd=source)
        return source / subject["database"] / "compile_commands.json"
    database = source / "compile_commands.json"
    if not database.exists():
        run(["bear", "--output", "compile_commands.new", "--", "sh", "-c", subject["build"]],
            cwd=source)
        (source / "compile_commands.new").rename(database)
    return database


def analyze(ripple, source, database, server, folder, *options):
    """The Components List of SERVER, and the CPU seconds that it took."""
    name, output = server["name"], folder / f"{server['name']}.json"
    catalogs = []
    if "catalog" in server:
        catalog = folder / f"{name}-catalog.yaml"
        catalog.write_text(yaml.safe_dump({"format": "ripple.catalog", "version": "1.0",
                                           **server["catalog"]}))
        catalogs = ["--catalog", catalog]
    before = os.times()
    done = run([ripple, "analyze", "-p", database.parent, "--binary", f"{name}={source / server['binary']}",
                "--source-root", source, "--cache", folder / "cache", *catalogs, *options,
                "-o", output])
    after = os.times()
    if done.stderr:
        print(done.stderr.strip())
    seconds = (after.children_user + after.children_system
               - before.children_user - before.children_system)
    return json.loads(output.read_text()), seconds


def measure(ripple, subject, server, folder):
    source = unpacked(subject, folder)
    database = build(subject, source)
    document, seconds = analyze(ripple, source, database, server, folder)
    binary = source / server["binary"]
    words = [word.replace("{binary}", str(binary)).replace("{source}", str(source))
             for word in server["command"]]
    os.chdir(source / server.get("folder", "."))
    if "prepare" in server:
        run(["sh", "-c", server["prepare"]])
    found = accuracy.compare(document, server["name"], str(source), server["drive"], words, True)
    # Not every command of a server that nobody prepared can be driven: the table says how many are.
    found.failures = [text for text in found.failures if not text.endswith(": not driven")]
    found.print()
    found.units = len({entry["file"] for entry in json.loads(database.read_text())})
    found.seconds = seconds
    hierarchy, _ = analyze(ripple, source, database, server, folder, "--by-class-hierarchy")
    found.hierarchy = found.mean_of(hierarchy["applications"][0])
    found.unresolved = len(document["unresolved"])
    return found


def measure_sample(ripple, build, sample, folder):
    """The same of a sample application, by CMake's own account of how it is built."""
    fill = lambda word: word.replace("{build}", str(build)).replace("{root}", str(ROOT))
    words = [fill(word) for word in sample["command"]]
    if not pathlib.Path(words[0]).exists():
        raise Unavailable(f"{words[0]} is not built")
    catalogs = [word for path in sample.get("catalogs", []) for word in ("--catalog", ROOT / path)]

    def analyze_by(*options):
        output = folder / f"{sample['name']}.json"
        before = os.times()
        run([ripple, "analyze", "-p", build, "--target", sample["name"], "--no-cache", *catalogs,
             *options, "-o", output])
        after = os.times()
        return json.loads(output.read_text()), (
            after.children_user + after.children_system - before.children_user - before.children_system)

    document, seconds = analyze_by()
    drive = yaml.safe_load((ROOT / sample["drive"]).read_text())
    found = accuracy.compare(document, sample["name"], str(ROOT), drive, words, True)
    found.print()
    found.units = sum(1 for _ in {entry["file"] for entry in json.loads(
        (build / "compile_commands.json").read_text())
        if f"/{sample['name']}.dir/" in entry.get("output", entry.get("command", ""))})
    found.seconds = seconds
    found.hierarchy = found.mean_of(analyze_by("--by-class-hierarchy")[0]["applications"][0])
    found.unresolved = len(document["unresolved"])
    if found.mean > SHARE_MAX * found.whole:
        found.failures.append(f"the mean set has {found.mean:.1f} of {found.whole} components, "
                              f"more than {100 * SHARE_MAX:.0f} %")
        print("FAILED: " + found.failures[-1], file=sys.stderr)
    return found


def rows(results):
    yield ("server", "units", "request kinds driven", "recall", "loads", "ambient", "mean set",
           "by class hierarchy", "entered", "unresolved", "analysis, CPU s")
    for name, found in results:
        # Where all is ambient, there is nothing that a set could have or lack.
        sets = (f"{found.mean:.1f} of {found.whole}", f"{found.hierarchy:.1f}") if found.whole \
            else ("–", "–")
        yield (name, found.units, f"{found.driven} of {found.kinds}", f"{found.recall:.1f} %",
               found.loaded, found.ambient, *sets, f"{found.entered:.1f}", found.unresolved,
               f"{found.seconds:.1f}")


def markdown(results):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows(results)]
    return "\n".join([lines[0], "|" + " --- |" * lines[0].count(" | ") + " --- |", *lines[1:]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    table_file = options.table and options.table.resolve()
    folder = options.build.resolve() / "accuracy"
    folder.mkdir(parents=True, exist_ok=True)
    ripple = options.build.resolve() / "bin" / "ripple"
    results, failed, skipped = [], False, []
    started = time.monotonic()
    for sample in yaml.safe_load((HERE / "Inputs" / "samples.yaml").read_text()):
        if options.names and sample["name"] not in options.names:
            continue
        print(f"\n== {sample['name']}", flush=True)
        try:
            found = measure_sample(ripple, options.build.resolve(), sample, folder)
        except Unavailable as why:
            skipped.append(sample["name"])
            print(f"SKIPPED: {why}")
            continue
        results.append((f"{sample['name']} (sample)", found))
        failed |= bool(found.failures)
    for place in sorted((HERE / "subjects").glob("*.yaml")):
        subject = yaml.safe_load(place.read_text())
        for server in subject["servers"]:
            if options.names and server["name"] not in options.names:
                continue
            print(f"\n== {server['name']}", flush=True)
            try:
                found = measure(ripple, subject, server, folder)
            except Unavailable as why:
                skipped.append(server["name"])
                print(f"SKIPPED: {why}")
                continue
            results.append((server["name"], found))
            failed |= bool(found.failures)
    table = markdown(results)
    print(f"\n{table}\n\n{len(results)} servers measured in {time.monotonic() - started:.0f} s, "
          f"{len(skipped)} skipped{': ' + ', '.join(skipped) if skipped else ''}")
    if table_file and skipped:
        print(f"{table_file.name} is left as it is, since it would lose what was skipped")
    elif table_file:
        text = table_file.read_text()
        head, rest = text.split(BEGIN)
        table_file.write_text(head + BEGIN + "\n" + table + "\n" + END + rest.split(END)[1])
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
