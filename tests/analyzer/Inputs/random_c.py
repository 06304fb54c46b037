"""Random C programs of several units whose function pointers go many ways, run and analyzed.

usage: random_c.py FIRST COUNT [FOLDER]

As random_flows.py, for what C does, of which each program does a part, so that what it does not is
known: structures that each unit writes for itself, unions, `void *` and numbers, bytes that are
copied, `...`, offsets, other names of functions and variables, and the compiler's own functions.
"""
import random

from random_programs import C, analyze, differences, execute, run, told, write

UNITS = 3
# What the units share, in a header; or each for itself.
TYPES = """
typedef void (*P)(void);
struct S {
  int n;
  P a, b;
  struct In { P c; } in;
  P arr[2];
};
union U { P p; void *v; unsigned long n; };
union E {
  int kind;
  struct EA { int kind; P run; P x; } ea;
  struct EB { int kind; P run; int y; } eb;
};
struct L { struct L *next; P run; };
struct C { void *fn; void *data; };
struct H { P run; };
struct HH { struct H head; P more; };
"""
DECLARATIONS = """
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
void tick(void);
int chance(void);
void route(const char *path, void (*handler)(void));
void serve(void);
"""
WORLD = """
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static struct { const char *path; void (*run)(void); } handlers[64];
static int count, fuel = 300, serving;
static char entered[2000];
static jmp_buf out;
static unsigned state = 1;
int chance(void) { state = state * 1664525u + 1013904223u; return state >> 31; }
void tick(void) { if (--fuel < 0) serving ? longjmp(out, 1) : exit(7); }
static void enter(int n) { entered[n] = 1; }
void route(const char *path, void (*handler)(void)) { handlers[count].path = path, handlers[count++].run = handler; }
void serve(void) {
  serving = 1;
  for (int turn = 0; turn < 16; ++turn)
    for (int i = 0; i < count; ++i) {
      fuel = 300;
      memset(entered, 0, sizeof entered);
      if (!setjmp(out)) handlers[i].run();
      printf("%s", handlers[i].path);
      for (int n = 0; n < 2000; ++n) if (entered[n]) printf(" %d", n);
      printf("\\n");
    }
}
"""
# Written once, in a unit of its own; BODY is in the first unit.
HELPERS = [
    ("P id(P p)", "{ return p; }"),
    ("P pick(P p, P q)", "{ return chance() ? p : q; }"),
    ("void put(P *place, P p)", "{ *place = p; }"),
    ("void poke(void *place, P p)", "{ *(P *)place = p; }"),
    ("P peek(void *place)", "{ return *(P *)place; }"),
    ("void swap(P *a, P *b)", "{ P t = *a; *a = *b; *b = t; }"),
    ("void bytes(void *to, const void *from, size_t n)",
     "{ for (size_t i = 0; i < n; ++i) ((char *)to)[i] = ((const char *)from)[i]; }"),
    ("void at(void *base, size_t offset, P p)", "{ *(P *)((char *)base + offset) = p; }"),
    ("P last(int n, ...)",
     "{ va_list l; va_start(l, n); P p = 0; while (n--) p = va_arg(l, P); va_end(l); return p; }"),
    ("void into(int n, ...)",
     "{ va_list l; va_start(l, n); P *to = va_arg(l, P *); *to = va_arg(l, P); va_end(l); (void)n; }"),
    ("struct S made(P p)", "{ struct S s = {.b = p}; s.a = s.b; return s; }"),
    ("P first(struct S s)", "{ return s.a ? s.a : s.in.c; }"),
    ("P *slot(struct S *s, int i)", "{ return i ? &s->arr[1] : &s->b; }"),
    ("struct L *push(struct L *l, P p)",
     "{ struct L *n = malloc(sizeof *n); n->next = l; n->run = p; return n; }"),
    ("void runC(struct C c)", "{ if (c.fn) ((void (*)(void *))c.fn)(c.data); }"),
    ("void boxed(void *data)", "{ P p = *(P *)data; if (p) { tick(); p(); } }"),
    ("void direct(P p)", "{ if (p) { tick(); p(); } }"),
    ("P keptIn(P p)", "{ static P kept; P old = kept; if (chance()) kept = p; return old ? old : p; }"),
    ("void ended(P *p)", "{ if (*p) { tick(); (*p)(); } }"),
    ("P headOf(struct H *h)", "{ return h->run; }"),
]


class Program:
    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.density = self.random.choice([0.03, 0.03, 0.08, 0.2, 0.6])
        self.places = 0
        self.functions = []
        self.sharesTypes = self.random.random() < 0.5
        self.globals, self.aliases = [], []
        for kind, number in (("P", 9), ("struct S", 3), ("P *", 2), ("struct S *", 2), ("union U", 2), ("void *", 2),
                             ("uintptr_t", 1), ("union E", 2), ("struct L *", 2), ("_Atomic(P)", 1),
                             ("struct HH", 2), ("_Thread_local P", 1)):
            for _ in range(number):
                self.globals.append((kind, f"g{len(self.globals)}", self.random.randrange(UNITS)))
        plain = [g for g in self.globals if g[0] == "P"]
        for kind, name, unit in self.random.sample(plain, 2):
            self.aliases.append((name, name + "_too", unit))

    def place(self):
        self.places += 1
        return f"c{self.places - 1}"

    def chance(self, p):
        return self.random.random() < p

    def choose(self, site, always, options):
        """One of OPTIONS, of which a program has the first ones, and of the others a part."""
        has = [each for i, each in enumerate(options)
               if i < always or random.Random(f"{self.seed} {site} {i}").random() < self.density]
        return self.random.choice(has)()

    def named(self, kind):
        return self.random.choice([name for each, name, _ in self.globals if each == kind])

    def function(self):
        """A function that can be a value: an old one now and then."""
        if self.functions and self.chance(0.4):
            return self.random.choice(self.functions)[0]
        name = f"f{len(self.functions)}"
        self.functions.append((name, self.place(), self.random.randrange(UNITS), self.random.random() < 0.5))
        return name

    def structure(self):
        return self.random.choice([self.named("struct S"), "(*" + self.named("struct S *") + ")"])

    def lvalue(self):
        s = self.structure
        return self.choose("lvalue", 2, [
            lambda: self.named("P"), lambda: s() + ".in.c", lambda: s() + ".a", lambda: s() + ".b",
            lambda: s() + ".in.c", lambda: s() + f".arr[{self.random.randrange(2)}]",
            lambda: "(*" + self.named("P *") + ")", lambda: self.named("union U") + ".p",
            lambda: self.named("union E") + self.random.choice([".ea.run", ".eb.run"]),
            lambda: f"(*slot(&{s()}, {self.random.randrange(2)}))", lambda: self.named("struct HH") + ".head.run",
            lambda: self.named("struct HH") + ".more", lambda: self.named("_Thread_local P"),
            lambda: self.random.choice(self.aliases)[1],
            lambda: f"(*(P *)((char *)&{self.named('struct S')} + offsetof(struct S, b)))"])

    def value(self, depth=0):
        v = lambda: self.value(depth + 1)
        simple = [self.function, self.function, self.lvalue, self.lvalue]
        if depth > 2:
            return self.random.choice(simple)()
        return self.choose("value", 4, simple + [
            lambda: f"id({v()})", lambda: f"pick({v()}, {v()})", lambda: f"last(2, {v()}, {v()})",
            lambda: f"(chance() ? {v()} : {v()})", lambda: f"((void)0, {v()})", lambda: f"({{ P p_ = {v()}; p_; }})",
            lambda: f"made({v()}).a", lambda: f"first({self.structure()})", lambda: f"first(made({v()}))",
            lambda: f"((struct S){{.in.c = {v()}}}).in.c", lambda: f"peek(&{self.lvalue()})",
            lambda: f"(P){self.named('void *')}", lambda: f"(P){self.named('uintptr_t')}",
            lambda: f"(P){self.named('union U')}.v", lambda: f"(P){self.named('union U')}.n",
            lambda: f"keptIn({v()})", lambda: self.named("_Atomic(P)"),
            lambda: f"headOf((struct H *)&{self.named('struct HH')})", lambda: f"headOf(&{self.named('struct HH')}.head)",
            lambda: f"__atomic_exchange_n(&{self.named('P')}, {v()}, 5)", lambda: f"(P[]){{{v()}, {v()}}}[chance()]",
            lambda: f"_Generic(1, int: {v()}, default: {self.function()})", lambda: f"({v()} ?: {v()})"])

    def statement(self, depth=0):
        v, lv = self.value, self.lvalue
        p, s, pp, sp = (lambda k: lambda: self.named(k)), self.structure, lambda: self.named("P *"), lambda: self.named("struct S *")
        run = [lambda: f"direct({v()});", lambda: f"{{ P p_ = {v()}; if (p_) {{ tick(); p_(); }} }}",
               lambda: f"{{ P p_ = {lv()}; if (p_) {{ tick(); p_(); }} }}", lambda: f"boxed(&{lv()});",
               lambda: f"for (struct L *l_ = {self.named('struct L *')}; l_; l_ = l_->next) {{ tick(); if (l_->run) l_->run(); }}",
               lambda: f"{{ P p_ = {v()}; runC((struct C){{(void *)boxed, &p_}}); }}",
               lambda: f"{{ __attribute__((cleanup(ended))) P p_ = {v()}; (void)p_; }}"]
        if self.chance(0.5):
            return self.choose("run", 2, run)
        return self.choose("statement", 3, [
            lambda: f"{lv()} = {v()};", lambda: f"{lv()} = {v()};", lambda: f"{lv()} = {v()};",
            lambda: f"{pp()} = &{lv()};", lambda: f"{sp()} = &{self.named('struct S')};",
            lambda: f"{s()} = {s()};", lambda: f"{s()} = made({v()});", lambda: f"memcpy(&{lv()}, &{lv()}, sizeof(P));",
            lambda: f"memmove(&{s()}, &{s()}, sizeof(struct S));", lambda: f"bytes(&{lv()}, &{lv()}, sizeof(P));",
            lambda: f"put(&{lv()}, {v()});", lambda: f"poke(&{lv()}, {v()});", lambda: f"swap(&{lv()}, &{lv()});",
            lambda: f"at(&{self.named('struct S')}, offsetof(struct S, {self.random.choice(['a', 'b', 'in.c'])}), {v()});",
            lambda: f"into(2, &{lv()}, {v()});", lambda: f"{self.named('void *')} = (void *){v()};",
            lambda: f"{self.named('uintptr_t')} = (uintptr_t){v()};", lambda: f"{self.named('union U')}.v = (void *){v()};",
            lambda: f"{self.named('union U')}.n = (unsigned long){v()};", lambda: f"{self.named('union U')} = (union U){{{v()}}};",
            lambda: f"{self.named('union E')} = (union E){{.eb = {{1, {v()}, 2}}}};",
            lambda: f"{self.named('struct L *')} = push({self.named('struct L *')}, {v()});",
            lambda: f"{self.named('_Atomic(P)')} = {v()};", lambda: f"__atomic_store_n(&{self.named('P')}, {v()}, 5);",
            lambda: f"(void)__sync_bool_compare_and_swap(&{self.named('P')}, {self.named('P')}, {v()});",
            lambda: f"{{ P q_ = {v()}; __atomic_store(&{self.named('P')}, &q_, 5); }}",
            lambda: f"*(void **)&{lv()} = (void *){v()};", lambda: f"{{ P x_ = {v()}; {pp()} = chance() ? &{lv()} : {pp()}; *{pp()} = x_; }}",
            lambda: f"{{ P *q_ = &{lv()}; *q_ = {v()}; }}", lambda: f"{{ struct S x_ = {s()}; x_.a = {v()}; {s()} = x_; }}",
            lambda: f"{{ struct S *q_ = &{self.named('struct S')}; ((P *)&q_->arr)[chance()] = {v()}; }}",
            lambda: f"{{ struct H *h_ = (struct H *)&{self.named('struct HH')}; h_->run = {v()}; }}",
            lambda: "if (chance()) { " + self.statement(depth + 1) + " }" if depth < 2 else ";"])

    def body(self, count):
        return " ".join(self.statement() for _ in range(count))

    def initial(self, kind):
        if kind in ("P *",):
            return "&" + self.random.choice([n for k, n, _ in self.globals if k == "P"])
        if kind == "struct S *":
            return "&" + self.named("struct S")
        if not self.chance(0.5) or kind in ("uintptr_t", "struct L *", "_Thread_local P"):
            return None
        f = self.function
        return {"P": f, "_Atomic(P)": f, "void *": lambda: "(void *)" + f(), "union U": lambda: f"{{.p = {f()}}}",
                "union E": lambda: f"{{.ea = {{1, {f()}, {f()}}}}}",
                "struct S": lambda: f"{{.b = {f()}, .in.c = {f()}, .arr = {{[1] = {f()}}}}}",
                "struct HH": lambda: f"{{{{{f()}}}, {f()}}}"}[kind]()

    def make(self):
        """The text of each unit."""
        starts = [self.initial(kind) for kind, _, _ in self.globals]
        requests = [self.body(self.random.randrange(1, 4)) for _ in range(8)]
        start = self.body(self.random.choice([6, 12]))
        bodies, done = [], 0
        while done < len(self.functions):
            bodies.append(self.body(self.random.randrange(0, 2)) if done < 8 else "")
            done += 1
        header = ""
        for signature, _ in HELPERS:
            header += signature + ";\n"
        for kind, name, _ in self.globals:
            header += f"extern {kind} {name};\n"
        for name, other, _ in self.aliases:
            header += f"extern P {other};\n"
        for i in range(self.places):
            header += f"void c{i}_use(void);\n"
        for name, _, _, _ in self.functions:
            header += f"void {name}(void);\nvoid {name}_too(void);\n"
        units = []
        for unit in range(UNITS):
            types = '#include "types.h"\n' if self.sharesTypes else TYPES
            text = '#include "base.h"\n' + types + header
            for (kind, name, home), value in zip(self.globals, starts):
                if home == unit:
                    text += f"{kind} {name}{' = ' + value if value else ''};\n"
            for name, other, home in self.aliases:
                if home == unit:
                    text += f'extern P {other} __attribute__((alias("{name}")));\n'
            if unit == 0:
                text += "".join(f"{signature} {body}\n" for signature, body in HELPERS)
            for (name, place, home, hasAlias), body in zip(self.functions, bodies):
                if home == unit:
                    text += f"void {name}(void) {{ {place}_use(); {body} }}\n"
            for i, body in enumerate(requests):
                if i % UNITS == unit:
                    text += f"void r{i}(void) {{ {body} }}\n"
            if unit == UNITS - 1:
                text += "".join(f"void r{i}(void);\n" for i in range(len(requests)))
                text += "int main(void) { " + start + " ".join(f'route("/{i}", r{i});' for i in range(len(requests))) + " serve(); }\n"
            units.append(text)
        return units


CATALOG = """format: ripple.catalog
version: "1.0"
components:
%s
  - {id: framework, library: libworld.so, symbols: ["route", "serve", "chance", "tick"]}
handlers:
  - {framework: world, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
"""


def try_seed(seed, folder):
    """(what is missing, pairs entered, pairs listed, requests that say they are not known)."""
    program = Program(seed)
    units = program.make()
    names = [f"c{i}" for i in range(program.places)]
    write(folder, "base.h", DECLARATIONS)
    write(folder, "types.h", "#pragma once\n" + TYPES)
    files = []
    for number, text in enumerate(units):
        files.append(f"unit{number}.c")
        write(folder, files[-1], text)
    write(folder, "world.c", WORLD + "".join(f"void {n}_use(void) {{ enter({n[1:]}); }}\n" for n in names))
    write(folder, "world.yaml", CATALOG % "\n".join(
        f'  - {{id: {n}, kind: shared-library, symbols: ["{n}_use"]}}' for n in names))
    output = execute(seed, folder, files, language=C)
    if output is None:
        return [], 0, 0, 0
    missing, *counts = differences(output, analyze(seed, folder, files, language=C))
    return told(seed, missing), *counts


run(try_seed)
