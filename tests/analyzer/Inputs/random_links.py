"""Random graphs of shared libraries that a program is linked with, run and analyzed.

usage: random_links.py FIRST COUNT [FOLDER]

Many libraries define the same functions, in all the ways that the linker and the loader know. Each
function records, when it runs, which file's copy it is. Whatever a request runs must be in its list;
where the list says that something is not known, nothing is missing. With FOLDER, graphs with something
missed are kept there. The analyzer is $RIPPLE_ANALYZER, the compilers are $CC and $CXX.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

CATALOG = """format: ripple.catalog
version: "1.0"
components:
  - {id: framework, kind: shared-library, symbols: [route, serve, enter, tick]}
handlers:
  - {framework: world, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
"""
WORLD = """
#include <stdio.h>
#include <string.h>
static struct { const char *path; void (*run)(void); } handlers[64];
static int count, fuel, serving;
static const char *entered[1000];
static int marks;
int tick(void) { return --fuel > 0; }
void enter(const char *label) {
  for (int i = 0; i < marks; ++i) if (!strcmp(entered[i], label)) return;
  if (marks < 1000) entered[marks++] = label;
}
void route(const char *path, void (*handler)(void)) { handlers[count].path = path, handlers[count++].run = handler; }
void serve(void) {
  for (int i = 0; i < count; ++i) {
    fuel = 400, marks = 0;
    handlers[i].run();
    printf("%s", handlers[i].path);
    for (int n = 0; n < marks; ++n) printf(" %s", entered[n]);
    printf("\\n");
  }
}
"""
FUNCTIONS, INLINES, POINTERS = 14, 4, 4


class Graph:
    def __init__(self, seed, folder):
        self.random, self.folder = random.Random(seed), folder
        self.cxx = self.chance(0.5)
        self.libraries = [f"l{i}" for i in range(self.random.randint(3, 8))]
        self.defined = {}  # of each library: its functions and pointers
        self.link = {}     # of each library: what the linker is given for it
        self.needs = {}

    def chance(self, p):
        return self.random.random() < p

    def some(self, things, least, most):
        things = list(things)
        return self.random.sample(things, min(len(things), self.random.randint(least, most)))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)
        return path

    def cc(self, *arguments):
        compiler = os.environ.get("CXX", "c++") if self.cxx else os.environ.get("CC", "cc")
        done = subprocess.run([compiler, "-w", "-O0", *arguments], cwd=self.folder,
                              capture_output=True, text=True)
        if done.returncode:
            raise Unusable(" ".join(arguments) + "\n" + done.stderr[:1500])

    def header(self):
        lines = ["#ifdef __cplusplus", 'extern "C" {', "#endif", "void enter(const char *);",
                 "int tick(void);", "void route(const char *, void (*)(void));", "void serve(void);",
                 "typedef void (*P)(void);"]
        lines += [f"void f{i}(void);" for i in range(FUNCTIONS)]
        lines += [f"extern P p{i};" for i in range(POINTERS)]
        lines += ["#ifdef __cplusplus", "}"]
        for i in range(INLINES):
            kind = ["inline void", "template <class T> void", "struct K{} {{ virtual ~K{}() {{}} virtual void"][
                self.random.choice((0, 0, 1, 2))]
            called = "" if self.chance(0.4) else f" f{self.random.randrange(FUNCTIONS)}();"
            body = f"{{ enter(LABEL); if (!tick()) return;{called} }}"
            if kind.startswith("template"):
                lines += [f"{kind} t{i}() {body}", f"#define h{i} t{i}<int>"]
                if self.chance(0.3):
                    lines += ["#ifndef LIBRARY", f"extern template void t{i}<int>();", "#endif"]
            elif kind.startswith("struct"):
                lines += [f"{kind.format(i, i)} go() {body} }};", f"extern K{i} *k{i};",
                          f"#define h{i} k{i}->go"]
            else:
                lines += [f"{kind} h{i}() {body}"]
        lines += ["#else"]
        for i in range(INLINES):
            # As C has it, another file has the function that is called.
            body = f'{{ enter(LABEL); if (tick()) f{self.random.randrange(FUNCTIONS)}(); }}'
            lines += [f"inline void h{i}(void) {body}"]
        return "\n".join([*lines, "#endif", ""])

    def body(self, calls):
        text = "enter(LABEL); if (!tick()) return; "
        for each in calls:
            if each[0] == "p":
                text += f"if ({each}) {each}(); "
            else:
                text += f"{each}(); "
        return text

    def calls(self, most):
        names = [f"f{i}" for i in range(FUNCTIONS)] * 3 + [f"p{i}" for i in range(POINTERS)]
        names += [f"h{i}" for i in range(INLINES)]
        return [n for n in self.some(names, 0, most) if n in self.known]

    def define(self, name, own):
        """A definition of NAME; a place where symbols have versions gets OWN's."""
        text = self.body(self.calls(2))
        how = self.random.random()
        prefix = 'extern "C" ' if self.cxx else ""
        if how < 0.15:
            return f'{prefix}__attribute__((weak)) void {name}(void) {{ {text} }}\n'
        if how < 0.25:
            return f'{prefix}__attribute__((visibility("protected"))) void {name}(void) {{ {text} }}\n'
        if how < 0.32:
            return (f'{prefix}void {name}_own_{own}(void) {{ {text} }}\n'
                    f'{prefix}void {name}(void) __attribute__((alias("{name}_own_{own}")));\n')
        if how < 0.38:
            return (f'static void {name}_run(void) {{ {text} }}\n'
                    f'{prefix}P {name}_choose(void) {{ return {name}_run; }}\n'
                    f'{prefix}void {name}(void) __attribute__((ifunc("{name}_choose")));\n')
        if how < 0.44:
            return f'{prefix}__attribute__((visibility("hidden"))) void {name}(void) {{ {text} }}\n'
        return f'{prefix}void {name}(void) {{ {text} }}\n'

    def source(self, own, functions, pointers):
        lines = ['#include "../inc/all.h"']
        lines += [self.define(name, own) for name in functions]
        lines += [f"P {name} = {self.random.choice([n for n in self.known if n[0] == 'f'])};" for name in pointers]
        if self.cxx:
            for i in range(INLINES):
                lines += [f"#ifndef h{i}", f"#define h{i} h{i}", "#endif"]
            lines += [f'extern "C" void {own}_uses() {{ {" ".join(f"{n}();" for n in self.some(self.inlines, 0, 2))} }}']
            for i in self.kept.get(own, []):
                lines += [f"K{i} *k{i} = new K{i};"]
            for i in self.instantiated.get(own, []):
                lines += [f"template void t{i}<int>();"]
        else:
            lines += [f"extern inline void h{i}(void);" for i in self.kept.get(own, [])]
        return "\n".join(lines) + "\n"

    def search_flags(self, folders):
        """Where the loader looks: absolute or from $ORIGIN, inherited or not."""
        out = []
        for each in folders:
            where = os.path.join(self.folder, each) if self.chance(0.5) else "$ORIGIN/../" + each
            out.append("-Wl,-rpath," + where)
        out.append("-Wl,--enable-new-dtags" if self.chance(0.5) else "-Wl,--disable-new-dtags")
        return out

    def choose(self):
        """Who defines what, before anything is written."""
        functions = [f"f{i}" for i in range(FUNCTIONS)]
        for name in self.libraries:
            self.defined[name] = (self.some(functions, 2, 6), self.some([f"p{i}" for i in range(POINTERS)], 0, 2))
        self.own = self.some(functions, 0, 3)  # The program's.
        self.head = self.header()
        self.known = functions + [f"p{i}" for i in range(POINTERS)]
        self.kept, self.instantiated, self.inlines = {}, {}, []
        for i in range(INLINES):
            if not self.cxx or f"struct K{i} " in self.head:
                self.kept.setdefault(self.random.choice(self.libraries), []).append(i)
                if not self.cxx and self.chance(0.3):
                    self.kept.setdefault(self.random.choice(self.libraries), []).append(i)
            elif f"void t{i}()" in self.head:
                for name in self.some(self.libraries, 1, 2):
                    self.instantiated.setdefault(name, []).append(i)
            self.inlines.append(f"h{i}")
        self.known += self.inlines

    def build_library(self, name):
        """Those with higher numbers are built, and may be what it needs."""
        later = self.libraries[self.libraries.index(name) + 1:]
        self.needs[name] = self.some(later, 0, 3)
        folder = self.random.choice(("d0", "d1"))
        functions, pointers = self.defined[name]
        source = self.write(f"lib/{name}.{'cpp' if self.cxx else 'c'}", self.source(name, functions, pointers))
        file = f"{folder}/lib{name}.so" + self.random.choice(("", ".1", ".1.2.3"))
        os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        flags = ["-fPIC", "-shared", "-DLIBRARY", f'-DLABEL="{file}"']
        here = self.chance(0.25)
        flags += ["-g"] if here else ["-g0"]
        if self.chance(0.2):
            flags += [self.random.choice(("-Wl,-Bsymbolic", "-Wl,-Bsymbolic-functions"))]
        if self.chance(0.15):
            flags += ["-fno-plt"]
        if self.chance(0.25):
            version = self.random.choice(("V_1", "V_2", f"V_{name}"))
            some = self.some(functions, 1, 6)
            script = f"{version} {{ {' '.join(n + ';' for n in some)} }};\n"
            flags += ["-Wl,--version-script=" + self.write(f"lib/{name}.map", script)]
        if self.chance(0.7):
            soname = f"lib{name}.so.{self.random.choice('12')}" if self.chance(0.8) else f"libother{name}.so"
            flags += [f"-Wl,-soname,{soname}"]
            link = os.path.join(self.folder, folder, soname)
            if os.path.basename(file) != soname:
                os.symlink(os.path.basename(file), link)
        flags += ["-Wl,--as-needed" if self.chance(0.3) else "-Wl,--no-as-needed"]
        libraries = [self.link[n] for n in self.needs[name]] + [os.path.join(self.folder, n) for n in self.last]
        if self.chance(0.1) and self.needs[name]:
            flags += ["-Wl,-f," + self.random.choice([os.path.basename(n) for n in libraries])]
        flags += ["-Wl,-rpath," + self.folder] + self.search_flags(self.some(("d0", "d1", "d2"), 2, 3))
        path = os.path.join(self.folder, file)
        if self.chance(0.5):
            flags += ["-Wl,-z,lazy"]
        self.cc(source, *flags, "-o", path, *libraries)
        if here:
            self.units.append((source, flags))
        if self.chance(0.15):  # Another one of the same name, elsewhere.
            other = f"d2/{os.path.basename(file)}"
            os.makedirs(os.path.join(self.folder, "d2"), exist_ok=True)
            self.cc(source, *[f if not f.startswith("-DLABEL") else f'-DLABEL="{other}"' for f in flags if f != "-g"],
                    "-o", os.path.join(self.folder, other), *libraries)
            for f in flags:
                if f.startswith("-Wl,-soname,") and os.path.basename(file) != f[12:]:
                    os.symlink(os.path.basename(file), os.path.join(self.folder, "d2", f[12:]))
        if self.chance(0.1):  # What the linker is given is a text.
            path = self.write(f"lib/{name}.so", f"INPUT({path})\n")
        self.link[name] = path

    def program(self, wrapped):
        lines = ['#include "../inc/all.h"', "#include <stdlib.h>", "#include <dlfcn.h>"]
        prefix = 'extern "C" ' if self.cxx else ""
        lines += [self.define(name, "app") for name in self.own]
        for name in wrapped:
            lines += [f"{prefix}void __real_{name}(void);",
                      f"{prefix}void __wrap_{name}(void) {{ {self.body(self.calls(2))}"
                      f"{f'__real_{name}();' if self.chance(0.5) else ''} }}"]
        for i in range(10):
            calls = []
            while not calls:
                calls = self.calls(2)
            how = self.random.random()
            text = " ".join(f"{n}();" if n[0] != "p" else f"if ({n}) {n}();" for n in calls)
            function = self.random.choice([n for n in self.known if n[0] == "f"])
            if how < 0.15:
                lines += [f"static P q{i} = {function};"]
                text = f"q{i}();"
            elif how < 0.25:
                text = f"P all[2] = {{{function}, {function}}}; all[1]();"
            elif how < 0.3 and self.opened:
                text += f' void *l = dlopen("{self.opened}", RTLD_NOW);'
            lines += [f"static void r{i}(void) {{ {text} }}"]
        lines += ["int main(int argc, char **argv) {"]
        if self.opened:
            lines += [f'  dlopen("{self.opened}", RTLD_LAZY | RTLD_GLOBAL);']
        lines += [f'  route("/{i}", r{i});' for i in range(10)] + ["  serve();", "  return 0;", "}"]
        return "\n".join(lines) + "\n"

    def build(self):
        self.units = []
        self.choose()
        self.write("inc/all.h", self.head)
        world = self.write("lib/world.c", WORLD)
        # The last one has everything, so that programs run.
        everything = "".join(f'void f{i}(void) {{ enter("liblast.so"); }}\n' for i in range(FUNCTIONS))
        last = self.write("lib/last.c", '#include "../inc/all.h"\n' + everything +
                          "".join(f"P p{i} = f{i};\n" for i in range(POINTERS)))
        self.last = ["liblast.so", "libworld.so"]
        for name, source in (("world", world), ("last", last)):
            subprocess.run([os.environ.get("CC", "cc"), "-w", "-shared", "-fPIC", source, "-o",
                            os.path.join(self.folder, f"lib{name}.so"), f"-Wl,-soname,lib{name}.so", '-DLABEL="liblast.so"'],
                           check=True)
        for name in reversed(self.libraries):
            self.build_library(name)
        linked = self.some(self.libraries, 1, len(self.libraries))
        rest = [n for n in self.libraries if n not in linked]
        self.opened = os.path.join(self.folder, "d0") if False else None
        if rest and self.chance(0.3):
            self.opened = self.link[rest[0]]
            if self.opened.startswith(os.path.join(self.folder, "lib/")):
                self.opened = None
        wrapped = self.some([n for n in self.known if n[0] == "f" and n not in self.own], 1, 2) if self.chance(0.15) else []
        source = self.write(f"src/main.{'cpp' if self.cxx else 'c'}", self.program(wrapped))
        flags = ["-g", '-DLABEL="app"']
        link = ["-no-pie", "-fno-pie"] if self.chance(0.3) else ["-pie", "-fPIE"]
        link += ["-rdynamic"] if self.chance(0.3) else []
        link += [f"-Wl,--wrap={n}" for n in wrapped]
        link += ["-Wl,--as-needed"] if self.chance(0.2) else ["-Wl,--no-as-needed"]
        link += ["-s"] if self.chance(0.1) else []
        link += self.search_flags(["d0", "d1", *(["d2"] if self.chance(0.5) else [])]) + ["-Wl,-rpath," + self.folder]
        if self.chance(0.7):
            link += ["-Wl,-z,lazy"]
        link += ["-Wl,--unresolved-symbols=ignore-all"]
        libraries = [self.link[n] for n in linked] + [os.path.join(self.folder, n) for n in self.last]
        os.makedirs(os.path.join(self.folder, "bin"))
        self.cc(source, *flags, *link, "-o", os.path.join(self.folder, "bin/app"), *libraries, "-ldl")
        self.units.append((source, flags))


class Unusable(Exception):
    pass


def try_seed(seed, folder):
    """What is missing, and how many components were entered, listed and requests are open."""
    graph = Graph(seed, folder)
    graph.build()
    ran = subprocess.run(["timeout", "20", os.path.join(folder, "bin/app")], cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise Unusable(ran.stderr[:500])
    catalog = graph.write("world.yaml", CATALOG)
    graph.write("compile_commands.json", json.dumps([
        {"directory": folder, "file": source,
         "arguments": ["c++" if graph.cxx else "cc", "-w", *[f for f in flags if f[:2] in ("-D", "-f")], "-c", source]}
        for source, flags in graph.units]))
    root = folder if seed % 2 else os.path.join(folder, "src")
    analyzed = subprocess.run(
        [os.environ["RIPPLE_ANALYZER"], "-p", folder, "--application", "app=**/main.*", "--binary",
         "app=" + os.path.join(folder, "bin/app"), "--no-cache", "--source-root", root, "--catalog", catalog],
        capture_output=True, text=True)
    if analyzed.returncode:
        raise SystemExit(f"seed {seed}: the analyzer ended with {analyzed.returncode}: {folder}\n" +
                         analyzed.stderr[:2000])
    document = json.loads(analyzed.stdout)
    names = {}
    for component in document["components"]:
        if component.get("path"):
            names[os.path.realpath(os.path.join(root, component["path"]))] = component["id"]
    application = document["applications"][0]
    requests = {r["id"]: r for r in application["requests"]}
    ambient = {c["component"] for c in application["ambient"]}
    missing, pairs, listed, open_ = [], 0, 0, 0
    for line in ran.stdout.splitlines():
        path, *labels = line.split()
        row = requests["GET " + path]
        if row["unresolved"] or not row["complete"]:
            open_ += 1
            continue
        known = {c["component"] for c in row["components"]} | ambient
        listed += len(known & set(names.values()) - {"libc6"})
        for label in set(labels) - {"app"}:
            pairs += 1
            name = names.get(os.path.realpath(os.path.join(folder, label)))
            if name not in known:
                missing.append(f"seed {seed}: GET {path} enters {label}, which is not in its list")
    return missing, pairs, listed, open_


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    keep = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
    failed = entered = listed = unknown = unusable = 0
    for seed in range(first, first + count):
        folder = os.path.join(keep, str(seed)) if keep else tempfile.mkdtemp()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        try:
            missing, *counts = try_seed(seed, folder)
        except Unusable as why:
            if os.environ.get("VERBOSE"):
                print(f"seed {seed}: {why}")
            unusable += 1
            missing, counts = [], (0, 0, 0)
        entered, listed, unknown = entered + counts[0], listed + counts[1], unknown + counts[2]
        for line in sorted(missing):
            print(line, flush=True)
        failed += bool(missing)
        if not keep or not missing:
            shutil.rmtree(folder)
    print(f"{count} graphs, {failed} with something missed; {unusable} do not link or load; {entered} components "
          f"entered, {listed} listed; {unknown} requests say that something is not known")
    sys.exit(1 if failed else 0)


main()
