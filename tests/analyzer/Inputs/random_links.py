"""Random graphs of shared libraries and archives that a program is linked with, run and analyzed.

usage: random_links.py FIRST COUNT [FOLDER]

Many libraries define the same functions, in all the ways that the linker and the loader know; of the
archives nobody has the source, and some builds say what is on their link lines (CMake), others not. Each
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
static struct { const char *path; void (*run)(int); } handlers[64]; // No pointer that is called may be one of these.
static int count, fuel, serving;
static const char *entered[1000];
static int marks;
int tick(void) { return --fuel > 0; }
void enter(const char *label) {
  for (int i = 0; i < marks; ++i) if (!strcmp(entered[i], label)) return;
  if (marks < 1000) entered[marks++] = label;
}
void route(const char *path, void (*handler)(int)) { handlers[count].path = path, handlers[count++].run = handler; }
void serve(void) {
  for (int i = 0; i < count; ++i) {
    fuel = 400, marks = 0;
    handlers[i].run(0);
    printf("%s", handlers[i].path);
    for (int n = 0; n < marks; ++n) printf(" %s", entered[n]);
    printf("\\n");
  }
}
"""
FUNCTIONS, INLINES, POINTERS, LEAVES = 14, 4, 4, 4


class Graph:
    def __init__(self, seed, folder):
        self.random, self.folder = random.Random(seed), folder
        self.cxx = self.chance(0.5)
        self.libraries = [f"l{i}" for i in range(self.random.randint(3, 8))]
        self.defined = {}  # of each library: its functions and pointers
        self.link = {}     # of each library: what the linker is given for it
        self.needs = {}
        self.isKnown = self.chance(0.5)  # CMake describes the build.
        self.inArchive = False           # What is written now is.
        self.targets = []                # Of that: name, type, artefact, source, link line.

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
                 "int tick(void);", "void route(const char *, void (*)(int));", "void serve(void);",
                 "typedef void (*P)(void);"]
        lines += [f"void f{i}(void);" for i in range(FUNCTIONS)]
        lines += [f"void g{i}(void);" for i in range(LEAVES)]
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
                lines += [f"{kind.format(i, i)} go() {body} }};", f"extern K{i} *k{i};", f"K{i} *make{i}();",
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
        chosen = [n for n in self.some(names, 0, most) if n in self.known]
        return chosen + [f"g{self.random.randrange(LEAVES)}"] * (self.inArchive and self.chance(0.5))

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
        if how < 0.38 and own[0] == "l" and self.chance(0.5):
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
                if self.chance(0.5):  # Another class behind the interface.
                    lines += [f"struct L{i} : K{i} {{ void go() override {{ {self.body(self.calls(2))} }} }};",
                              f"K{i} *k{i} = new L{i};"]
                else:
                    lines += [f"K{i} *k{i} = new K{i};"]
            for i in self.makes.get(own, []):
                lines += [f"struct M{i} : K{i} {{ void go() override {{ {self.body(self.calls(2))} }} }};",
                          f"K{i} *make{i}() {{ return new M{i}; }}"]
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
        self.kept, self.makes, self.instantiated, self.inlines = {}, {}, {}, []
        self.archives = self.random.choice((0, 0, 1, 2, 3))
        self.made, self.archived = [], []
        for i in range(INLINES):
            if not self.cxx or f"struct K{i} " in self.head:
                self.kept.setdefault(self.random.choice(self.libraries), []).append(i)
                if not self.cxx and self.chance(0.3):
                    self.kept.setdefault(self.random.choice(self.libraries), []).append(i)
                if self.cxx and self.chance(0.5):
                    self.made.append(i)
                    self.makes.setdefault("a00" if self.archives and self.chance(0.5) else self.random.choice(self.libraries),
                                          []).append(i)
            elif f"void t{i}()" in self.head:
                for name in self.some(self.libraries, 1, 2):
                    self.instantiated.setdefault(name, []).append(i)
            self.inlines.append(f"h{i}")
        self.known += self.inlines
        # No function is in two archives, or the linker would find it twice.
        self.unlinked = [n for n in functions if n not in self.own]
        self.random.shuffle(self.unlinked)

    def build_archive(self, name, label):
        """What the linker is given for an archive of some of the functions that no other has; all of it says LABEL."""
        free = [n for n in self.unlinked if label == "app" or n not in self.defined[name[2:]][0]]
        functions = free[:self.random.randint(1, 4)]
        self.unlinked = [n for n in self.unlinked if n not in functions]
        self.archived += functions * (label == "app")
        optimiser = []
        if self.chance(0.2):
            optimiser = self.random.choice((["-flto"], ["-flto", "-ffat-lto-objects"]))
        objects = []
        self.inArchive = True
        parts = self.random.randint(1, 2)
        for part in range(parts):
            own = f"{name}{part}"
            text = self.source(own, functions[part::parts], [])
            source = self.write(f"lib/{own}.{'cpp' if self.cxx else 'c'}", text)
            objects.append(os.path.join(self.folder, "lib", own + ".o"))
            self.cc(source, "-g0", "-fPIC", "-c", f'-DLABEL="{label}"', *optimiser, "-o", objects[-1])
        self.inArchive = False
        if self.chance(0.2):
            return objects
        folder = os.path.join(self.folder, "third_party", name)
        os.makedirs(folder)
        path = os.path.join(folder, f"lib{name}.a")
        subprocess.run(["gcc-ar", "rcs" + ("T" if self.chance(0.1) else ""), path, *objects], check=True)
        how = self.random.random()
        if how < 0.1:
            return [self.write(f"lib/{name}.txt", f"INPUT({path})\n")]
        if how < 0.3:
            return ["-L" + folder, "-l" + name]
        if how < 0.5:
            return ["-Wl,--whole-archive", path, "-Wl,--no-whole-archive"]
        return [path]

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
        if self.chance(0.1):
            flags += ["-flto"]
        if self.chance(0.1):
            flags += ["-Wl,--exclude-libs,ALL"]
        if self.chance(0.1):
            libraries = self.build_archive("in" + name, file) + libraries
        self.cc(source, *flags, "-o", path, *libraries)
        if here:
            self.units.append((source, flags, name))
            self.targets.append((name, "SHARED_LIBRARY", path, source, [*flags, *libraries]))
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
        lines += [f"static K{i} *m{i} = make{i}();" for i in self.made]
        for i in range(10):
            calls = []
            while not calls:
                calls = self.calls(2) + self.some(self.archived, 0, 1)
            calls += [f"g{self.random.randrange(LEAVES)}"] * self.chance(0.2)
            how = self.random.random()
            text = " ".join(f"{n}();" if n[0] != "p" else f"if ({n}) {n}();" for n in calls)
            function = self.random.choice([n for n in self.known if n[0] == "f"])
            if how < 0.15:
                lines += [f"static P q{i} = {function};"]
                text = f"q{i}();"
            elif how < 0.25:
                text = f"P all[2] = {{{function}, {function}}}; all[1]();"
            elif how < 0.35 and self.made:
                text += f" m{self.random.choice(self.made)}->go();"
            elif how < 0.4 and self.opened:
                text += f' void *l = dlopen("{self.opened}", RTLD_NOW);'
            lines += [f"static void r{i}(int none) {{ {text} }}"]
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
        self.leaves = [os.path.join(self.folder, f"libg{i}.so") for i in range(LEAVES)]
        for i, path in enumerate(self.leaves):
            leaf = self.write(f"lib/g{i}.c", f'void enter(const char *); void g{i}(void) {{ enter("libg{i}.so"); }}\n')
            subprocess.run([os.environ.get("CC", "cc"), "-w", "-shared", "-fPIC", leaf, "-o", path,
                            f"-Wl,-soname,libg{i}.so"], check=True)
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
        archives = []
        for i in range(self.archives):
            archives += self.build_archive(f"a{i}", "app")
        source = self.write(f"src/main.{'cpp' if self.cxx else 'c'}", self.program(wrapped))
        flags = ["-g", '-DLABEL="app"']
        link = ["-no-pie", "-fno-pie"] if self.chance(0.3) else ["-pie", "-fPIE"]
        link += ["-rdynamic"] if self.chance(0.3) else []
        link += [f"-Wl,--wrap={n}" for n in wrapped]
        link += ["-Wl,--as-needed"] if self.chance(0.2) else ["-Wl,--no-as-needed"]
        stripped = self.chance(0.1)
        link += ["-s"] if stripped else []
        if self.own and self.unlinked and self.chance(0.2) and (self.isKnown or not stripped):
            link += [f"-Wl,--defsym,{self.unlinked.pop()}={self.own[0]}"]
        if self.chance(0.1):
            link += ["-Wl,--exclude-libs,ALL"]
        if self.chance(0.1):
            names = " ".join(f"{n};" for n in self.some(self.own + ["f0", "f1"], 1, 3))
            link += ["-Wl,--dynamic-list," + self.write("lib/app.list", f"{{ {names} }};\n")]
        if self.chance(0.2):
            link += ["-fuse-ld=" + self.random.choice(("gold", "lld"))]
        link += self.search_flags(["d0", "d1", *(["d2"] if self.chance(0.5) else [])]) + ["-Wl,-rpath," + self.folder]
        if self.chance(0.7):
            link += ["-Wl,-z,lazy"]
        link += ["-Wl,--unresolved-symbols=ignore-all"]
        libraries = [self.link[n] for n in linked] + [os.path.join(self.folder, n) for n in self.last] + self.leaves
        os.makedirs(os.path.join(self.folder, "bin"))
        libraries = archives + libraries if self.chance(0.6) else libraries + archives
        program = os.path.join(self.folder, "bin/app")
        optimiser = ["-flto"] if self.chance(0.1) else []
        self.cc(source, *flags, *optimiser, *link, "-o", program, *libraries, "-ldl")
        self.units.append((source, flags, "app"))
        self.targets.append(("app", "EXECUTABLE", program, source, [*link, *libraries, "-ldl"]))

    def describe(self):
        """CMake's answer (File API)."""
        reply = ".cmake/api/v1/reply/"
        names = []
        for name, kind, artefact, source, words in self.targets:
            names.append({"name": name, "jsonFile": name + ".json"})
            self.write(reply + name + ".json", json.dumps({
                "name": name, "id": name, "type": kind, "artifacts": [{"path": artefact}],
                "paths": {"source": ".", "build": "."}, "compileGroups": [{"language": "CXX" if self.cxx else "C"}],
                "sources": [{"path": source, "compileGroupIndex": 0}],
                "link": {"commandFragments": [{"role": "libraries", "fragment": word} for word in words]}}))
        self.write(reply + "model.json", json.dumps({
            "paths": {"source": self.folder, "build": self.folder}, "configurations": [{"targets": names}]}))
        self.write(reply + "index-1.json", json.dumps({
            "objects": [{"kind": "codemodel", "version": {"major": 2}, "jsonFile": "model.json"}]}))


class Unusable(Exception):
    pass


def soname_of(file):
    read = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
    return "".join(line.split("[")[1].rstrip("]") for line in read.splitlines() if "(SONAME)" in line)


def try_seed(seed, folder):
    """What is missing, and how many components were entered, listed and requests are open."""
    graph = Graph(seed, folder)
    graph.build()
    ran = subprocess.run(["timeout", "20", os.path.join(folder, "bin/app")], cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise Unusable(ran.stderr[:500])
    catalog = graph.write("world.yaml", CATALOG)
    graph.write("compile_commands.json", json.dumps([
        {"directory": folder, "file": source, "output": f"CMakeFiles/{name}.dir/{os.path.basename(source)}.o",
         "arguments": ["c++" if graph.cxx else "cc", "-w", *[f for f in flags if f[:2] in ("-D", "-f")], "-c", source]}
        for source, flags, name in graph.units]))
    if graph.isKnown:
        graph.describe()
    program = ["--target", "app"] if graph.isKnown else [
        "--application", "app=**/main.*", "--binary", "app=" + os.path.join(folder, "bin/app")]
    root = folder if seed % 2 else os.path.join(folder, "src")
    analyzed = subprocess.run(
        [os.environ["RIPPLE_ANALYZER"], "-p", folder, *program, "--no-cache", "--source-root", root,
         "--catalog", catalog],
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
        known = {c["component"] for c in row["components"]} | ambient
        known |= {each for site in row["unresolved"] for each in site["couldReach"]}
        if "*" in known:
            open_ += 1
            continue
        listed += len(known & set(names.values()) - {"libc6"})
        for label in set(labels) - {"app"}:
            pairs += 1
            file = os.path.realpath(os.path.join(folder, label))
            if names.get(file, soname_of(file)) not in known:  # Two files of one SONAME are one component.
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
