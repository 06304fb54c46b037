"""Analyzes one program in many ways and compares all that is written, byte by byte: same_bytes.py RIPPLE SOURCE…

The ways: the number of workers; the order of the compile database; parsed now, or from the cache. What is
written: every format, the depfile, the handlers, and what is said on the way. One of the sources is one that is
not there, so that there are errors too. Prints what was compared.
"""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FORMATS = ("json", "gate", "text", "dot", "sarif", "cyclonedx")
WAYS = ((1, "given"), (2, "given"), (7, "given"), (2, "reversed"), (7, "shuffled"))  # Workers, order.


def commands(folder, sources, order):
    rows = [{"directory": str(folder), "file": source, "arguments":
             ["cc" if source.endswith(".c") else "c++", "-std=c11" if source.endswith(".c") else "-std=c++20",
              "-I", str(HERE), "-c", source, "-o", pathlib.Path(source).stem + ".o"]}
            for source in [*sources, str(folder / "gone.cpp"), sources[0]]]  # The first one twice.
    if order == "reversed":
        rows.reverse()
    if order == "shuffled":
        random.Random(1).shuffle(rows)
    (folder / "compile_commands.json").write_text(json.dumps(rows))


def written(folder, command, options):
    """What COMMAND with OPTIONS writes, by name."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    run = subprocess.run([*command, *options, "-o", out / "result", "--depfile", out / "depfile"],
                         capture_output=True, check=True)
    return {"said": run.stdout + run.stderr, **{file.name: file.read_bytes() for file in out.iterdir()}}


def main():
    ripple, sources = sys.argv[1], [os.path.abspath(name) for name in sys.argv[2:]]
    reference, count = {}, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["c++", "-x", "c++", "-", "-o", folder / "app"], input="int main() {}", text=True, check=True)
        for workers, order in WAYS:
            commands(folder, sources, order)
            cache = folder / "cache"
            shutil.rmtree(cache, ignore_errors=True)
            command = [ripple, "analyze", "-p", folder, "--application", "app=**", "--binary", f"app={folder / 'app'}",
                       "--source-root", os.path.dirname(sources[0]), "--catalog", HERE / "world.yaml",
                       "-j", str(workers), "--cache", cache]
            asked = [("json", "parsed", ["--format", "json"])]
            asked += [(kind, "from the cache", ["--format", kind]) for kind in FORMATS]
            asked += [("handlers", "from the cache", ["--list-handlers"])]
            for kind, how, options in asked:
                got = written(folder, command, options)
                expected = reference.setdefault(kind, got)
                for part in sorted(expected.keys() | got.keys()):
                    count += 1
                    if got.get(part) != expected.get(part):
                        sys.exit(f"{kind}, {part}: -j {workers}, {order}, {how} is not as at first")
            if not list(cache.glob("*.facts")):
                sys.exit("nothing came from the cache")
    print(f"{len(WAYS)} ways, {len(FORMATS) + 1} formats, {count} files: the same bytes")


main()
