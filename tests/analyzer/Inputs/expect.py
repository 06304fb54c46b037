"""Analyzes small programs and compares with what their own lines expect.

usage: expect.py [--catalog FILE | --OPTION] FILE...

The files are one program. A comment says what the request that is registered on its line, or on
the line above where the comment stands alone, touches, all of it:

    route("/x", [] { a::use(); }); // GET /x: a
    // ambient: b
    // startup: c
    // order: GET /x, GET /y

A component may have `?` (possible), `&` (asynchronous) behind it; a request `!` behind its colon
where it is not complete. What the run-time libraries and the framework are is left out. Whatever
is not expected fails, too. `// FLAGS: -fopenmp` says what else the command of its file has, and
`// COMPILER: clang++-19` which compiler it names.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

LEFT_OUT = {"framework", "libc6", "libgcc-s1", "libstdc++6", "libstdc++-12-dev", "libc6-dev"}


def expected(files):
    found = {}
    for name in files:
        for number, line in enumerate(open(name), 1):
            match = re.search(
                r"// ((?:GET|HEAD|\*|transaction) .+?|ambient|startup|order):( .*|$)", line)
            if match:
                found[match[1]] = (" ".join(match[2].split()), f"{os.path.basename(name)}:{number}")
    return found


def uses(rows):
    words = []
    for row in rows:
        if row["component"] in LEFT_OUT:
            continue
        assert row.get("via") or row["evidence"], f"{row['component']} has no evidence"
        mark = {"proven": "", "possible": "?", "unknown": "~"}[row["confidence"]]
        words.append(row["component"] + mark + ("&" if row.get("phase") == "async" else ""))
    return " ".join(sorted(words))


def flags(name):
    return re.findall(r"^// FLAGS: (\S+)", open(name).read(), re.MULTILINE)


def compiler(name):
    named = re.search(r"^// COMPILER: (\S+)", open(name).read(), re.MULTILINE)
    if named and "/" in named[1]:
        return os.path.join(os.path.dirname(name), named[1])
    return named[1] if named else "cc" if name.endswith(".c") else "c++"


def analyze(files, options, folder):
    commands = []
    for name in files:
        standard = "-std=c11" if name.endswith(".c") else "-std=c++20"
        commands.append({"directory": folder, "file": name, "arguments":
                         [compiler(name), standard, "-I",
                          os.path.dirname(__file__), *flags(name), "-c", name, "-o", "unit.o"]})
    with open(os.path.join(folder, "compile_commands.json"), "w") as out:
        json.dump(commands, out)
    # Nothing is linked here: the program that the sources stand for only says which libraries
    # it loads.
    binary = os.path.join(folder, "app")
    subprocess.run(["c++", "-x", "c++", "-", "-Wl,--no-as-needed", "-o", binary],
                   input="int main() {}", text=True, check=True)
    run = subprocess.run(
        [os.environ["RIPPLE_ANALYZER"], "-p", folder, "--application", "app=**", "--binary", "app=" + binary,
         "--no-cache",
         "--source-root", os.path.dirname(files[0]),
         "--catalog", os.path.join(os.path.dirname(__file__), "world.yaml"), *options],
        stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"the analyzer ended with {run.returncode}")
    return json.loads(run.stdout)


def main():
    words = sys.argv[1:]
    options = words[:2] if words[0] == "--catalog" else words[:1] if words[0].startswith("--") else []
    files = [os.path.abspath(name) for name in words[len(options):]]
    with tempfile.TemporaryDirectory() as folder:
        application = analyze(files, options, folder)["applications"][0]
    got = {}
    for request in application["requests"]:
        mark = "" if request["complete"] else "! "
        got[request["id"]] = (mark + uses(request["components"])).strip()
        for row in request["unresolved"]:
            print(f"unresolved in {request['id']}: {row['file']}:{row['line']}: {row['reason']}")
    ordered = sorted(application["requests"], key=lambda r: (r.get("matchOrder", 0), r["id"]))
    want = expected(files)
    for part in ("ambient", "startup"):
        if part in want:
            got[part] = uses(application[part])
    if "order" in want:
        got["order"] = ", ".join(request["id"] for request in ordered)
    wrong = 0
    for key in sorted(set(want) | set(got)):
        text, place = want.get(key, (None, "nowhere"))
        same = text is not None and key in got and (
            text == got[key] if key == "order" else sorted(text.split()) == sorted(got[key].split()))
        if not same:
            wrong += 1
            print(f"{place}: {key}: expected {text!r}, got {got.get(key)!r}")
    if not want:
        sys.exit("nothing is expected: not a test")
    sys.exit(1 if wrong else 0)


main()
