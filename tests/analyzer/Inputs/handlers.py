"""Lists the handlers of one program and compares with what its own lines expect.

usage: handlers.py [--catalog FILE]... FILE... [-- FLAG...]

Each FILE is a unit, compiled with the FLAGs. A comment says what its line registers:

    route("/x", showX);          // handler: GET /x = showX, by world
    route(name, showX);          // handler: GET <dynamic> = showX, by world
    route("/y", table[i]);       // not understood: GET /y = *, by world
    route("/z", one, two);       // handler: GET /z = one + two, by world
    hook(onRequest);             // handler: (every request) = onRequest, by world

Several for one line are separated by `;`. Whatever is listed and not expected fails, too.
"""
import json
import os
import re
import subprocess
import sys
import tempfile


def expected(files):
    found = set()
    for name in files:
        for number, line in enumerate(open(name), 1):
            match = re.search(r"// (handler|not understood): (.*)", line)
            if match:
                found.update((os.path.basename(name), number, match[1], each.strip())
                             for each in match[2].split(";"))
    return found


def run(files, catalogs, flags):
    with tempfile.TemporaryDirectory() as folder:
        commands = []
        for name in files:
            compiler = ["cc"] if name.endswith(".c") else ["c++", "-std=c++20"]
            commands.append({"directory": folder, "file": name,
                             "arguments": compiler + flags + ["-c", name, "-o", "unit.o"]})
        with open(os.path.join(folder, "compile_commands.json"), "w") as out:
            json.dump(commands, out)
        # Any program will do: only its units are looked at.
        command = [os.environ["RIPPLE_ANALYZER"], "-p", folder, "--application", "app=**", "--binary",
                   "app=/bin/true", "--no-cache", "--list-handlers", "--source-root", "/"]
        for catalog in catalogs:
            command += ["--catalog", catalog]
        done = subprocess.run(command, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    if done.returncode or "do not compile" in done.stderr:
        sys.exit(f"the analyzer ended with {done.returncode}")
    return done.stdout


def listed(text):
    rows = []
    for line in text.splitlines():
        cells = line.split("\t")
        if cells[1] == "":
            rows[-1][2] = "not understood"
            continue
        place, number = cells[2].rsplit(":", 1)
        functions = [re.sub(r"\(.*", "", each) for each in cells[3].split(" + ")]
        function = " + ".join(functions).replace("<unknown>", "*")
        request = re.sub(r"<dynamic:[^>]*>", "<dynamic>", cells[1])
        rows.append([os.path.basename(place), int(number), "handler",
                     f"{request} = {function}, by {cells[4].split(':')[0]}"])
    return set(map(tuple, rows))


def main():
    words, flags = sys.argv[1:], []
    if "--" in words:
        at = words.index("--")
        words, flags = words[:at], words[at + 1:]
    catalogs, files = [], []
    while words:
        word = words.pop(0)
        (catalogs if word == "--catalog" else files).append(
            os.path.abspath(words.pop(0) if word == "--catalog" else word))
    want, got = expected(files), listed(run(files, catalogs, flags))
    for row in sorted(want - got):
        print("expected, but not listed: %s:%d: %s: %s" % row)
    for row in sorted(got - want):
        print("listed, but not expected: %s:%d: %s: %s" % row)
    if not want:
        sys.exit("nothing is expected: not a test")
    sys.exit(1 if want != got else 0)


main()
