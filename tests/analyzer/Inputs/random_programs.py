"""What the generators of random programs share: a program is run, analyzed, and the two compared.

The components of a program are c0, c1, …: namespaces of these names with a function use(), in a
library without source, for code inside the program of which nothing is known may use anything. The
handlers that it registers by route(path, handler) are run several times by serve(), which prints
for each run the path and the numbers of the components that it entered.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

CATALOG = """format: ripple.catalog
version: "1.0"
components:
%s
  - {id: framework, library: libworld.so, symbols: ["route", "serve", "chance", "tick"]}
handlers:
  - {framework: world, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
"""


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as out:
        out.write(text)


# Of each program a part that nothing calls: where a list has it, it would have anything, and the comparison
# could not fail.
CONTROL = """#ifdef __cplusplus
extern "C" {
#endif
struct Nothing;
void control_use(void);
%s
#ifdef __cplusplus
}
#endif
"""
CONTROL_CATALOG = """format: ripple.catalog
version: "1.0"
components:
  - {id: control, symbols: [control_use]}
"""


# Variable for the compiler, its name, standard, what the world is in.
CPP = ("CXX", "c++", "-std=c++20", "world.cpp")
C = ("CC", "cc", "-std=gnu11", "world.c")


def execute(seed, folder, units=("made.cpp",), flags=(), language=CPP, times=1):
    """What the program prints that UNITS are with the world as a library, with CHANCE from 1 to
    TIMES; None where it says, by ending with 7, that it did not come to serve."""
    variable, compiler, standard, *world = language
    ending = os.path.splitext(units[0])[1]
    write(folder, "control" + ending,
          CONTROL % "int control(struct Nothing *nothing) { control_use(); return nothing != 0; }")
    write(folder, "control-world" + ending, CONTROL % "void control_use(void) {}")
    units, world = [*units, "control" + ending], [*world, "control-world" + ending]
    command = [os.environ.get(variable, compiler), standard, "-w", "-g0", "-O0", *flags, "-pthread"]
    for more in ([*world, "-shared", "-fPIC", "-Wl,-soname,libworld.so", "-o", "libworld.so"],
                 [*units, "libworld.so", "-Wl,-rpath,$ORIGIN", "-o", "app"]):
        built = subprocess.run([*command, *more], cwd=folder, capture_output=True, text=True)
        if built.returncode:
            raise SystemExit(f"seed {seed}: the program that was made does not compile: {folder}\n" +
                             built.stderr[:3000])
    output = ""
    for turn in range(1, times + 1):
        ran = subprocess.run(["timeout", "20", os.path.join(folder, "app")], cwd=folder,
                             env={**os.environ, "CHANCE": str(turn)}, capture_output=True, text=True)
        if ran.returncode == 7:
            return None
        if ran.returncode:
            raise SystemExit(
                f"seed {seed}: the program that was made ended with {ran.returncode}: {folder}")
        output += ran.stdout
    return output


def analyze(seed, folder, units=("made.cpp",), flags=(), language=CPP):
    """What the analyzer says of it, by the catalog world.yaml."""
    _, compiler, standard, *_ = language
    units = [*units, "control" + os.path.splitext(units[0])[1]]
    write(folder, "control.yaml", CONTROL_CATALOG)
    write(folder, "compile_commands.json", json.dumps([
        {"directory": folder, "file": unit,
         "arguments": [compiler, standard, "-w", *flags, "-c", unit]} for unit in units]))
    analyzed = subprocess.run(
        [os.environ["RIPPLE_ANALYZER"], "-p", folder, "--application", "app=**", "--binary",
         "app=" + os.path.join(folder, "app"), "--no-cache", "--source-root", folder, "--catalog",
         os.path.join(folder, "control.yaml"), "--catalog", os.path.join(folder, "world.yaml")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if analyzed.returncode:
        raise SystemExit(f"seed {seed}: the analyzer ended with {analyzed.returncode}: {folder}\n" +
                         analyzed.stderr[:2000])
    application = json.loads(analyzed.stdout)["applications"][0]
    for row in application["requests"] + [{"id": "around requests", "components": application["ambient"]}]:
        if any(use["component"] == "control" for use in row["components"]):
            raise SystemExit(f"seed {seed}: {row['id']} has what nothing calls: {folder}")
    # All of it is read: what the compiler makes more of than the analyzer does not know of is a mistake.
    reasons = {row["reason"] for request in application["requests"] for row in request["unresolved"]}
    for reason in sorted(reasons):
        if "which no code that was read names" in reason:
            raise SystemExit(f"seed {seed}: {reason}: {folder}")
    return application


def compare(seed, folder, count, more=(), flags=()):
    """FOLDER has made.cpp, and world.cpp, which has all else; the program has COUNT components and
    the libraries MORE. (what is missing, pairs entered, pairs listed, requests that say that they
    are not known); what is missing is pairs of a request and a component."""
    rows = [f'  - {{id: {name}, kind: shared-library, symbols: ["{name}::*"]}}'
            for name in (*more, *(f"c{i}" for i in range(count)))]
    write(folder, "world.yaml", CATALOG % "\n".join(rows))
    return differences(execute(seed, folder, flags=flags), analyze(seed, folder, flags=flags))


def differences(output, application):
    """Of what a program printed and what was said of it: as compare."""
    entered = {}
    for line in output.splitlines():
        path, *numbers = line.split()
        entered.setdefault("GET " + path, set()).update(f"c{n}" for n in numbers)
    missing, pairs, listed, open_ = [], 0, 0, 0
    requests = {r["id"]: r for r in application["requests"]}
    for request, components in sorted(entered.items()):
        row = requests[request]
        known = {c["component"] for c in row["components"]}
        pairs += len(components)
        listed += len([c for c in known if c.startswith("c") and c[1:].isdigit()])
        if row["unresolved"] or not row["complete"]:
            open_ += 1
        missing += [(request, each, bool(row["unresolved"])) for each in sorted(components - known)]
    return missing, pairs, listed, open_


def told(seed, missing):
    """A text for each thing that is MISSING."""
    return [f"seed {seed}: {request} enters {each}, which is not in its list" +
            (" (it says that it does not know all)" if says else "")
            for request, each, says in missing]


def run(try_seed, counts=None):
    """The command line FIRST COUNT [FOLDER]. TRY_SEED(seed, folder) gives what compare does, with
    a text for each thing that is missing; COUNTS is what else it counts, by name."""
    first, count = int(sys.argv[1]), int(sys.argv[2])
    keep = sys.argv[3] if len(sys.argv) > 3 else None
    failed = pairs = listed = unknown = 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp()
        missing, entered, all_, open_ = try_seed(seed, folder)
        pairs, listed, unknown = pairs + entered, listed + all_, unknown + open_
        for line in missing:
            print(line, flush=True)
        failed += bool(missing)
        if missing and keep:
            shutil.move(folder, os.path.join(keep, str(seed)))
        else:
            shutil.rmtree(folder)
    print(f"{count} programs, {failed} with something missed; {pairs} components entered, {listed} listed; "
          f"{unknown} requests say that something is not known" +
          "".join(f"; {number} {name}" for name, number in (counts or {}).items()))
    sys.exit(1 if failed else 0)
