"""Random programs that register their handlers in many ways, run and analyzed.

usage: random_routes.py FIRST COUNT [FOLDER]

Writes a program for each seed from FIRST on, runs it some times and records under which path which
components are entered; then analyzes it and compares. A component that is entered under a path has
to be in the list of that path's request kind, or in that of one whose path is not constant; or the
list says that it does not know all. Handlers have components of their own, so that it shows where
two of them mix. Each program has some of the ways to write a path, a handler, the call that
registers it and what stands around that; every third one is in C. Exit code 1 where something was
missed; the programs of those seeds stay in FOLDER.
"""
import os
import subprocess
import tempfile

from random_programs import analyze, execute, run, write
from routes_c import CProgram
from routes_cpp import Program

CATALOG = """format: ripple.catalog
version: "1.0"
components:
%s
  - {id: framework, library: libworld.so, symbols: ["net::*", "net_*", "chance"]}
handlers:
%s
serving: ["net::serve", "net_serve"]
"""

WORLDS = {}


def world(kind):
    """The folder with the framework of programs of KIND, built once."""
    if kind not in WORLDS:
        WORLDS[kind] = tempfile.TemporaryDirectory()
        folder = WORLDS[kind].name
        variable, compiler, standard, ending = kind.language
        write(folder, "world.h", kind.framework[0])
        write(folder, "world." + ending, kind.framework[1])
        header = ["-x", "c++-header", "world.h", "-o", "world.h.gch"] if ending == "cpp" else []
        for arguments in (header, ["-c", "world." + ending, "-o", "world.o"]):
            if arguments:
                subprocess.run([os.environ.get(variable, compiler), standard, "-w", "-g0", "-O0", "-fPIC", *arguments,
                                "-pthread"], cwd=folder, check=True)
    return WORLDS[kind].name


class Truth:
    """What was entered, and what the list says of it."""

    def __init__(self, output, application):
        self.entered = {}
        for line in output.splitlines():
            path, *numbers = line.split("\t")
            self.entered.setdefault(path, set()).update(f"c{n}" for n in numbers)
        self.requests = application["requests"]
        self.ambient = {each["component"] for each in application["ambient"]}
        self.missing, self.pairs, self.said, self.dynamic = [], 0, 0, 0

    def components(self, request):
        return {each["component"] for each in request["components"]}

    def isOpen(self, request):
        return bool(request["unresolved"]) or not request["complete"]

    def of(self, id):
        """The requests that ID names, and those that it may be."""
        method, path = id.split(" ", 1)
        if method == "transaction":
            # The class that overrides may be a base of the object's.
            return [r for r in self.requests if r["id"].split("<")[0] in (id, id + "_b")], []
        exact = [r for r in self.requests if r.get("method") in (method, "*") and r["path"] == path]
        return exact, [r for r in self.requests if r.get("method") in (method, "*") and r["path"].startswith("<dynamic")]

    def compare(self):
        for id, components in sorted(self.entered.items()):
            exact, dynamic = self.of(id)
            for each in sorted(components):
                self.pairs += 1
                if any(each in self.components(r) for r in exact) or each in self.ambient:
                    continue
                if any(self.isOpen(r) for r in exact):
                    self.said += 1
                elif exact:
                    self.missing.append((id, each, True))
                elif any(each in self.components(r) for r in dynamic):
                    self.dynamic += 1
                elif any(self.isOpen(r) for r in dynamic):
                    self.said += 1
                else:
                    self.missing.append((id, each, False))

    def impossible(self):
        """Pairs that are listed and did not happen; a path that is not constant happened if any did."""
        count = 0
        for request in self.requests:
            if request["id"].split(" ", 1)[-1].startswith("<dynamic"):
                happened = set().union(*self.entered.values()) if self.entered else set()
            else:
                happened = set().union(*[c for id, c in self.entered.items() if request in self.of(id)[0]])
            count += len([c for c in self.components(request) - happened if c[0] == "c" and c[1:].isdigit()])
        return count


TOTAL = {"listed and did not happen": 0, "by a path that is not constant": 0, "said to be unknown": 0}


def try_seed(seed, folder):
    """What the list of a program misses, pairs entered, pairs listed, requests that say they are not known."""
    program = CProgram(seed) if seed % 3 == 2 else Program(seed)
    *compiler, ending = program.language
    header, units = program.make()
    write(folder, "made.h", "#pragma once\n" + header)
    files = []
    for number, text in enumerate(units):
        files.append(f"unit{number}.{ending}")
        write(folder, files[-1], text)
    names = range(program.uses)
    write(folder, f"uses.{ending}", "void enter(int);\n" + "".join(
        f"void c{n}_use(void) {{ enter({n}); }}\n" if ending == "c" else
        f"namespace c{n} {{ void use() {{ enter({n}); }} }}\n" for n in names))
    write(folder, "world.yaml", CATALOG % (
        "\n".join(f'  - {{id: c{n}, kind: shared-library, symbols: ["c{n}::*", c{n}_use]}}' for n in names),
        "\n".join("  - {framework: net, " + rule[1:] for rule in program.rules)))
    flags = ("-I", world(type(program)))
    language = (*compiler, os.path.join(flags[1], "world.o"), f"uses.{ending}")
    output = execute(seed, folder, files, flags, language, times=4)
    application = analyze(seed, folder, files, flags, language)
    truth = Truth(output, application)
    truth.compare()
    TOTAL["listed and did not happen"] += truth.impossible()
    TOTAL["by a path that is not constant"] += truth.dynamic
    TOTAL["said to be unknown"] += truth.said
    listed = sum(len(truth.components(r)) for r in truth.requests)
    return ([f"seed {seed}: {id} enters {each}, which is not in its list" + ("" if isThere else ": nor is the path")
             for id, each, isThere in truth.missing],
            truth.pairs, listed, len([r for r in truth.requests if truth.isOpen(r)]))


run(try_seed, TOTAL)
