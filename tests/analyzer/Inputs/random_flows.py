"""Random programs whose callables and objects go many ways, run and analyzed.

usage: random_flows.py FIRST COUNT [FOLDER]

Writes a program for each seed from FIRST on, compiles it, runs its handlers several times and
records which components each one enters; then analyzes it and compares. Whatever a request enters
has to be in its list. Every place where something is done is a component of its own, so that no
miss hides behind another. Exit code 1 where something was missed; the programs of those seeds stay
in FOLDER.

Two libraries come without source, one of them as the system's: they call what they are given, at
once or, of what start-up code gives, whenever they run.

What the programs keep to, so that they are valid C++: what a pointer or a captured reference leads
to is never freed, and what is called is a copy, so that nobody can destroy it meanwhile.
"""
import os
import random

from random_programs import compare, run, told, write

HEADER = """
#pragma once
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <cstdarg>
#include <cstring>
#include <deque>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
void route(const std::string &path, std::function<void()> handler);
void serve();
bool chance();
struct Out {};
void tick();
using P = void (*)();
using F = std::function<void()>;
#include "lib0.h"
#include <lib1.h>
"""

LIBRARY = """
#pragma once
#include <functional>
#include <vector>
namespace LIB {
struct Hook {
  virtual ~Hook();
  virtual void step() = 0;
};
struct Ops {
  void (*open)();
  std::function<void()> close;
};
void now(void (*callback)());
void later(std::function<void()> callback);
void all(const std::vector<std::function<void()>> &callbacks);
void run(Hook *hook);
void use(const Ops *ops);
void give(void (*callback)(void *), void *data);
void keep(std::function<void()> callback);
void keep(Hook *hook);
void fire();
}
"""

LIBRARY_SOURCE = """
namespace LIB {
std::vector<F> kept;
std::vector<Hook *> hooks;
Hook::~Hook() {}
void now(P callback) { tick(), callback ? callback() : void(); }
void later(F callback) { tick(), callback ? callback() : void(); }
void all(const std::vector<F> &callbacks) {
  for (F each : callbacks) later(each);
}
void run(Hook *hook) { tick(), hook->step(); }
void use(const Ops *ops) { now(ops->open), later(ops->close); }
void give(void (*callback)(void *), void *data) { tick(), callback(data); }
void keep(F callback) { kept.push_back(callback); }
void keep(Hook *hook) { hooks.push_back(hook); }
void fire() {
  all(kept);
  for (Hook *each : hooks) run(each);
}
}
"""

WORLD = """
#include "made.h"
#include <cstdint>
#include <cstdio>
namespace world {
std::map<std::string, F> handlers;
bool entered[1000];
int fuel = 300;
std::uint32_t state = 1;
}
bool chance() {
  world::state = world::state * 1664525u + 1013904223u;
  return world::state >> 31;
}
void tick() {
  if (--world::fuel < 0)
    throw Out();
}
void enter(int number) { world::entered[number] = true; }
void route(const std::string &path, F handler) { world::handlers[path] = handler; }
void serve() {
  for (int turn = 0; turn < 12; ++turn)
    for (auto &[path, handler] : world::handlers) {
      world::fuel = 400;
      std::memset(world::entered, 0, sizeof world::entered);
      try {
        handler();
      } catch (...) {
      }
      std::printf("%s", path.c_str());
      for (int each = 0; each < 1000; ++each)
        if (world::entered[each])
          std::printf(" %d", each);
      std::printf("\\n");
    }
}
"""

COMPONENTS_MAX = 1000
# What a program may do without. Each is left out of more than half of them: what makes everything
# unknown would hide what the other ways miss.
WAYS = ("memcpy", "poke(", "Either", "last(", "atomic_ref", "any_cast", "erased(", "reinterpret_cast",
        "static_cast<Shape *>(static_cast<void", "malloc", "allocate_shared", "std::bind(", "bind_front",
        "thread", "dynamic_cast", "tie(", "throw ", "callAll", "chance() ?", "call_once", "for_each",
        "swap(", "exchange", "visit(", "get_if", "->put(", "->get()", "keep(", "kept()", "wrap(", "viaTask(", "Task", "->*",
        "make<", "apply(", "Functor", "fixed<", "identity<", "pick(", "same(", "address(", "assign(",
        "std::invoke", "Shape::go", ".emplace", "insert_or_assign", "_back(", ".ref()", ".at(", "*new",
        "withDefault", "&kept", "std::move", ".value()", "->show", "->act", "->extra",
        "std::get<", "lib0::", "lib1::", "::run(", "::fire()", "::all(", "ops", "std::ref(", "std::async",
        "_1")
# These join all that uses them.
SHARED = ("shelve(", "keep(", "kept()", "->put(", "->get()", "->extra", "spare", "withDefault", "::extra")
CONTAINERS = ("std::vector", "std::deque", "std::list")


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.places = 0
        self.names = 0
        self.globals = []    # (text, type): stable lvalues
        self.records = {}    # name → [(field, type)]
        self.helpers = []    # (name, result, [(type, mode)])
        self.shapes = []     # concrete classes
        self.hooks = []      # (library, class)
        self.out = []
        self.late = []
        self.isMaking = True
        self.leaves = ("P", "F", "S", "H", "U")
        self.scene = 0
        self.without = []

    def begin_scene(self, number):
        """What follows shares types with the other scenes, and little else."""
        self.scene = number
        self.globals, self.helpers, self.records = [], [], {}
        # Handlers that make little of their own: who makes a callable answers for it in any case,
        # so that only what others have made shows where it was lost.
        self.isFrugal = self.random.random() < 0.85
        self.leaves = self.random.sample(("P", "P", "F", "F", "S", "H", "U"), 3)
        if self.random.random() < 0.25:
            self.leaves.append(self.pick("Q", "G", "M"))
        share = self.random.choice((0.6, 0.9, 0.97, 0.97))
        self.without = [way for way in WAYS if self.random.random() < share] + \
            [way for way in SHARED if self.random.random() < 0.9]

    # ---- small things

    def allowed(self, make):
        """What MAKE makes, without the ways that this program does without."""
        for _ in range(12):
            text = make()
            if not any(way in text for way in self.without):
                return text
        return None

    def pick(self, *choices):
        return self.random.choice(choices)

    def name(self, stem):
        self.names += 1
        return f"{stem}{self.names}"

    def use(self):
        if self.places >= COMPONENTS_MAX or (not self.isMaking and self.random.random() < 0.8):
            return "tick();"
        self.places += 1
        return f"tick(); c{self.places - 1}::use();"

    # ---- types: P F S U H Q G M, records, ("vec", T, container) ("map", T) ("opt", T) ("arr", T)
    #      ("ptr", T) ("pair", T, T) ("any",) ("var", T, T)

    def spell(self, kind):
        if isinstance(kind, str):
            return {"S": "Shape *", "U": "std::unique_ptr<Shape>", "H": "std::shared_ptr<Shape>",
                    "Q": "Q", "G": "G", "M": "M"}.get(kind, kind)
        tag, *rest = kind
        inner = [self.spell(each) for each in rest if not (isinstance(each, str) and "::" in each)]
        return {"vec": lambda: f"{rest[-1]}<{inner[0]}>", "map": lambda: f"std::map<int, {inner[0]}>",
                "opt": lambda: f"std::optional<{inner[0]}>", "arr": lambda: f"std::array<{inner[0]}, 2>",
                "ptr": lambda: f"Pointer<{inner[0]}>", "pair": lambda: f"std::pair<{inner[0]}, {inner[1]}>",
                "box": lambda: f"Box<{inner[0]}>", "own": lambda: f"Own<{inner[0]}>",
                "raw": lambda: f"Raw<{inner[0]}>",
                "var": lambda: f"std::variant<{inner[0]}, {inner[1]}>"}[tag]()

    def copies(self, kind):
        if isinstance(kind, str):
            if kind in self.records:
                return all(self.copies(t) for _, t in self.records[kind])
            return kind != "U"
        if kind[0] == "ptr":
            return True
        return all(self.copies(each) for each in kind[1:] if not (isinstance(each, str) and "::" in each))

    def leaf(self):
        return self.pick(*self.leaves)

    def kind(self, depth=0):
        choice = self.random.random()
        if depth > 1 or choice < 0.5:
            return self.leaf()
        if choice < 0.65 and self.records:
            return self.pick(*self.records)
        tag = self.pick("vec", "vec", "map", "opt", "arr", "ptr", "pair", "box", "own", "raw", "var")
        if tag == "vec":
            return (tag, self.kind(depth + 1), self.pick(*CONTAINERS))
        if tag == "pair":
            return (tag, self.kind(depth + 1), self.kind(depth + 1))
        if tag == "var":
            return (tag, self.pick("P", "F"), self.pick("S", "H"))
        return (tag, self.kind(depth + 1))

    # ---- expressions. SCOPE: [(text, type, stable)]

    def places_of(self, kind, scope, stable=False):
        found = [text for text, t in self.globals if t == kind]
        found += [text for text, t, is_stable in scope if t == kind and (is_stable or not stable)]
        return found

    def fields_of(self, kind, scope, stable=False):
        """Lvalues of KIND that are parts of others."""
        found = []
        pool = [(t, k, True) for t, k in self.globals] + list(scope)
        for text, k, is_stable in pool:
            if stable and not is_stable:
                continue
            if isinstance(k, str) and k in self.records:
                found += [f"{text}.{field}" for field, t in self.records[k] if t == kind]
            elif k[0] == "ptr" and k[1] == kind:
                found.append(f"(*{text})")
            elif k[0] == "pair":
                found += [f"{text}.{part}" for part, t in zip(("first", "second"), k[1:]) if t == kind]
                found += [f"std::get<{i}>({text})" for i, t in enumerate(k[1:]) if t == kind]
            elif k[0] == "arr" and k[1] == kind:
                found.append(f"{text}[{self.pick(0, 1)}]")
            elif k[0] == "box" and k[1] == kind:
                found += [f"{text}.value", f"{text}.ref()"]
            elif k[0] == "own" and k[1] == kind:
                found += [f"(*{text})", f"(*{text}.get())"]
            elif k[0] == "raw" and k[1] == kind:
                found.append(f"{text}.at({self.pick(0, 1)})")
            elif k[0] == "map" and k[1] == kind:
                found.append(f"{text}[{self.pick(0, 1, 2)}]")
        return found

    def place(self, kind, scope, stable=False):
        found = self.places_of(kind, scope, stable) + self.fields_of(kind, scope, stable)
        if found and self.random.random() < 0.9:
            text = self.pick(*found)
            if self.random.random() < 0.1 and len(found) > 1:
                return f"(chance() ? {text} : {self.pick(*found)})"
            if self.random.random() < 0.05 and isinstance(kind, str):
                return f"same({text})"
            return text
        return f"(*new {self.bare(kind)}({self.fresh(kind, scope, 1)}))"

    def bare(self, kind):
        # new Shape *(x) does not parse as meant
        return "SP" if kind == "S" else self.spell(kind)

    def value(self, kind, scope, depth=0):
        """A prvalue or an xvalue of KIND."""
        if depth < 3 and self.random.random() < 0.55:
            found = self.places_of(kind, scope) + self.fields_of(kind, scope)
            if found:
                text = self.pick(*found)
                if not self.copies(kind):
                    return f"std::move({text})"
                wrapped = self.random.random()
                if wrapped < 0.08:
                    return f"std::exchange({text}, {self.value(kind, scope, depth + 1)})"
                if wrapped < 0.14:
                    return f"{self.spell_cast(kind)}({text})"
                if wrapped < 0.2:
                    return f"(chance() ? {text} : {self.value(kind, scope, depth + 1)})" if kind not in ("F", "G") \
                        else f"(chance() ? {text} : {self.spell(kind)}({self.value(kind, scope, depth + 1)}))"
                return text
        if depth < 2 and self.random.random() < 0.25:
            makers = [h for h in self.helpers if h[1] == kind]
            if makers:
                return self.call_helper(self.pick(*makers), scope, depth + 1)
        return self.fresh(kind, scope, depth)

    def spell_cast(self, kind):
        return f"identity<{self.spell(kind)}>"

    def fresh(self, kind, scope, depth=0):
        if not isinstance(kind, str):
            return self.fresh_compound(kind, scope, depth)
        if not self.isMaking and kind in ("P", "F", "S", "H", "Q", "G") and self.random.random() < 0.8:
            return self.pooled(kind)
        if kind in self.records:
            fields = self.records[kind]
            parts = [self.value(t, scope, depth + 1) if depth < 2 else self.simple(t) for _, t in fields]
            if self.random.random() < 0.3:
                return f"{kind}{{{', '.join(f'.{f} = {p}' for (f, _), p in zip(fields, parts))}}}"
            return f"{kind}{{{', '.join(parts)}}}"
        if depth >= 2:
            return self.simple(kind)
        if kind == "P":
            return self.pick(self.function, lambda: self.plain_lambda(), lambda: f"&fixed<{self.function()}>",
                             lambda: f"+{self.plain_lambda()}", lambda: f"reinterpret_cast<P>(reinterpret_cast<void *>({self.function()}))")()
        if kind == "F":
            return self.pick(self.function, self.plain_lambda, lambda: self.lambda_(scope, depth),
                             lambda: self.lambda_(scope, depth), lambda: self.lambda_(scope, depth),
                             lambda: f"F({self.value('P', scope, depth + 1)})",
                             lambda: f"Functor{{{self.value('P', scope, depth + 1)}}}",
                             lambda: f"std::bind(&Shape::go, {self.object(scope)})",
                             lambda: f"std::bind(&callIt, {self.value('F', scope, depth + 1)})",
                             lambda: f"std::bind({self.value('M', scope, depth + 1)}, {self.object(scope)})",
                             lambda: f"std::bind_front({self.value('G', scope, depth + 1)}, {self.value('F', scope, depth + 1)})",
                             lambda: f"viaTask({self.value('F', scope, depth + 1)})",
                             lambda: f"wrap({self.value('F', scope, depth + 1)})")()
        if kind == "S":
            return self.object(scope)
        if kind == "U":
            shape = self.pick(*self.shapes)
            return self.pick(f"std::make_unique<{shape}>()", f"std::unique_ptr<Shape>(new {shape})",
                             f"std::unique_ptr<Shape>(make<{shape}>())")
        if kind == "H":
            shape = self.pick(*self.shapes)
            return self.pick(f"std::make_shared<{shape}>()", f"std::shared_ptr<Shape>(new {shape})",
                             f"std::allocate_shared<{shape}>(std::allocator<{shape}>())",
                             f"std::shared_ptr<Shape>({self.value('U', scope, depth + 1)})")
        if kind == "Q":
            body = self.pick("call(p); return p;", "return p;", f"{self.use()} return p;",
                             f"P q = {self.function()}; if (chance()) q = p; return q;")
            return f"+[](P p) -> P {{ {body} }}"
        if kind == "G":
            body = self.pick("call(f);", "call(F(f));", f"{self.use()} call(f);", "keep(f);",
                             "F g(std::move(f)); call(g);", "std::thread([f] { guarded(f); }).join();")
            mode = self.pick("F f", "F f", "auto f")
            if mode == "auto f":
                body = body.replace("call(f)", "call(F(f))").replace("guarded(f)", "guarded(F(f))")
            captured = self.place("F", scope, True) if self.random.random() < 0.3 else None
            if captured:
                return f"[&kept = {captured}](F f) {{ {self.pick('call(kept); kept = f;', 'kept = f;', 'call(F(kept)); call(f);')} }}"
            return f"[]({mode}) {{ {body} }}"
        if kind == "M":
            return self.pick("&Shape::go", "&Shape::show", "&Shape::act", "&Shape::extra")
        raise KeyError(kind)

    def fresh_compound(self, kind, scope, depth):
        tag, *rest = kind
        value = lambda t: self.value(t, scope, depth + 1) if depth < 2 else self.simple(t)
        spelled = self.spell(kind)
        if tag == "ptr":
            return f"&{self.place(rest[0], scope, True)}" if depth < 2 else f"new {self.bare(rest[0])}({self.simple(rest[0])})"
        if tag == "pair":
            return f"{spelled}({self.spell(rest[0])}({value(rest[0])}), {self.spell(rest[1])}({value(rest[1])}))" \
                if "S" not in rest and all(isinstance(r, str) for r in rest) else f"{spelled}{{{value(rest[0])}, {value(rest[1])}}}"
        if tag == "arr":
            return f"{spelled}{{{{{value(rest[0])}, {value(rest[0])}}}}}"
        if tag in ("box", "opt", "own"):
            return f"{spelled}{{{value(rest[0])}}}" if tag == "box" else f"{spelled}({value(rest[0])})"
        if tag == "raw":
            return f"{spelled}()"
        if tag == "var":
            return f"{spelled}({self.bare_cast(self.pick(*rest), scope, depth)})"
        if tag == "vec":
            if not self.copies(rest[0]) or self.random.random() < 0.4:
                return f"{spelled}()"
            return f"{spelled}{{{value(rest[0])}, {value(rest[0])}}}"
        if tag == "map":
            if not self.copies(rest[0]) or self.random.random() < 0.4:
                return f"{spelled}()"
            return f"{spelled}{{{{0, {value(rest[0])}}}, {{2, {value(rest[0])}}}}}"
        raise KeyError(kind)

    def bare_cast(self, kind, scope, depth):
        return f"{self.bare(kind)}({self.value(kind, scope, depth + 1) if depth < 2 else self.simple(kind)})"

    def simple(self, kind):
        """Of KIND, without a scope."""
        if isinstance(kind, str) and kind in self.records:
            return f"{kind}{{{', '.join(self.simple(t) for _, t in self.records[kind])}}}"
        if not self.isMaking and kind in ("P", "F", "S", "H", "Q", "G"):
            return self.pooled(kind)
        if kind == "P":
            return self.function()
        if kind == "F":
            return self.pick(self.function(), self.plain_lambda())
        if kind == "S":
            return f"new {self.pick(*self.shapes)}"
        if kind == "U":
            return f"std::make_unique<{self.pick(*self.shapes)}>()"
        if kind == "H":
            return f"std::make_shared<{self.pick(*self.shapes)}>()"
        if kind in ("Q", "G", "M"):
            return self.fresh(kind, [], 1)
        return self.fresh_compound(kind, [], 2)

    def object(self, scope):
        shape = self.pick(*self.shapes)
        choice = self.random.random()
        if choice < 0.2:
            found = self.places_of("S", scope)
            if found:
                return f"some({self.pick(*found)})"
        if choice < 0.35:
            found = self.places_of("H", scope, True) + self.places_of("U", scope, True)
            if found:
                return f"some({self.pick(*found)}.get())"
        if choice < 0.45:
            return f"new (std::malloc(sizeof({shape}))) {shape}"
        if choice < 0.5:
            return f"static_cast<Shape *>(static_cast<void *>(static_cast<Shape *>(new {shape})))"
        if choice < 0.6:
            return f"make<{shape}>()"
        return f"(Shape *)new {shape}"

    def pooled(self, kind):
        return f"pool{kind}{self.scene}_{self.pick(0, 1, 2)}"

    def function(self):
        if not self.isMaking:
            return "default_"
        name = self.name("leaf")
        self.late.append(f"void {name}() {{ {self.use()} }}")
        self.declared.append(f"void {name}();")
        return name

    def plain_lambda(self):
        if not self.isMaking:
            return "[] { tick(); }"
        return f"[] {{ {self.use()} }}"

    def lambda_(self, scope, depth):
        """Captures by value, or by reference what stays."""
        kind = self.pick("P", "F", "F", "S", "H")
        name = self.name("k")
        if self.random.random() < 0.4:
            capture = f"&{name} = {self.place(kind, scope, True)}"
            inside = [(name, kind, True)]
            mutable = ""
        else:
            capture = f"{name} = {self.value(kind, scope, depth + 1)}"
            if kind in ("P", "S", "F", "H"):
                capture = f"{name} = {self.bare(kind)}({self.value(kind, scope, depth + 1)})"
            inside = [(name, kind, False)]
            mutable = " mutable" if self.random.random() < 0.4 else ""
            if not mutable:
                return f"[{capture}] {{ {self.use()} {self.call(name, kind)} }}"
        body = " ".join(self.statement(inside, depth + 2) for _ in range(self.pick(1, 2)))
        return f"[{capture}](){mutable} {{ {self.use()} {body} {self.call(name, kind)} }}"

    # ---- libraries

    def library(self):
        return self.pick("lib0", "lib1")

    def hook(self):
        library, name = self.pick(*self.hooks)
        return library, self.pick(f"new {name}({self.simple_safe('P')})", f"new {name}(default_)", f"the{name}")

    def add_hook(self):
        library, name = self.library(), self.name("Hook")
        base = self.pick(*[each for of, each in self.hooks if of == library], f"{library}::Hook")
        body = [f"  {name}(P own = default_) : own(own) {{}}", "  P own;",
                f"  void step() override {{ {self.use()} {self.pick('call(own);', 'extra();', '')} }}",
                f"  virtual void extra() {{ {self.use()} }}"]
        self.out.append(f"struct {name} : {base} {{\n" + "\n".join(body) + f"\n}};\n{name} *the{name} = new {name};")
        self.hooks.append((library, name))

    def library_call(self, scope):
        library, hook = self.hook()
        other = self.library()
        return self.pick(f"{library}::run({hook});", f"{other}::fire();", f"{other}::fire();",
                         f"{other}::use(&ops_{other});", f"ops_{other}.open = {self.value('P', scope, 1)};",
                         f"ops_{other}.close = {self.value('F', scope, 1)};",
                         f"{{ {other}::Ops ops{{{self.value('P', scope, 1)}, {self.value('F', scope, 1)}}}; {other}::use(&ops); }}")

    def give_pooled(self):
        library = self.library()
        p, f = self.pooled("P"), self.pooled("F")
        return self.pick(f"{library}::now({p});", f"{library}::later({f});", f"{library}::later({p});",
                         f"{library}::all({{{f}, {self.pooled('F')}}});", f"{library}::give(&invoke, &{f});",
                         f"std::thread(guarded, {p}).join();", f"std::invoke(callIt, {f});", f"std::invoke({p});",
                         f"std::bind(callBoth, {f}, {p})();")

    # ---- statements

    def call(self, text, kind, depth=0):
        """Calls what TEXT, of KIND, holds."""
        if isinstance(kind, str) and kind in self.records:
            return " ".join(self.call(f"{text}.{field}", t, depth + 1) for field, t in self.records[kind])
        if kind == "P":
            return self.pick(f"{self.library()}::now({text});", f"if (P q = {text}) std::thread(guarded, q).join();",
                             f"call({text});", f"if (P q = {text}) q();", f"if ({text}) (*{text})();", f"if ({text}) std::invoke({text});")
        if kind == "F":
            return self.pick(f"call({text});", f"if (F q = {text}) q();", f"if (auto q = {text}) std::invoke(q);",
                             f"{{ const F q = {text}; if (q) q(); }}", f"apply([q = {text}] {{ call(q); }});",
                             f"std::thread([q = {text}] {{ guarded(q); }}).join();",
                             f"{{ std::thread worker(guarded, {text}); worker.join(); }}",
                             f"{{ std::once_flag flag; std::call_once(flag, [q = {text}] {{ call(q); }}); }}",
                             f"{{ std::vector<F> all{{{text}, {text}}}; std::for_each(all.begin(), all.end(), [](const F &q) {{ call(q); }}); }}",
                             f"try {{ throw F({text}); }} catch (const F &q) {{ call(q); }}",
                             f"erased(&invoke, new F({text}));",
                             f"std::invoke(callIt, {text});", f"std::bind(callIt, {text})();",
                             f"{{ std::once_flag flag; std::call_once(flag, callIt, {text}); }}",
                             f"{{ std::thread worker(guardedAt, std::ref({text})); worker.join(); }}"
                             if text.isidentifier() else f"callIt({text});",
                             f"std::async(std::launch::async, guarded, {text}).wait();",
                             f"{{ auto b = std::bind(callIt, std::placeholders::_1); b({text}); }}",
                             f"{{ F b = std::bind(callBoth, {text}, {self.function()}); b(); }}",
                             f"{self.library()}::later({text});", f"{self.library()}::all({{{text}, {text}}});",
                             f"{self.library()}::give(&invoke, new F({text}));")
        if kind == "S":
            way = self.pick("go()", "go()", "show()", "act()", "extra()", "Shape::go()")
            return self.pick(f"if ({text}) ({text})->{way};", f"some({text})->{way};", f"draw(*some({text}));",
                             f"if (auto q = dynamic_cast<{self.pick(*self.shapes)} *>({text})) q->{way};",
                             f"(some({text})->*{self.pick('&Shape::go', '&Shape::show')})();",
                             f"if (F q = some({text})->get()) q();")
        if kind in ("U", "H"):
            given = f"if (auto &&q = {text}; q)"  # TEXT may move from something: it is looked at once
            return self.pick(f"{given} q->go();", f"{given} (*q).show();", f"draw(*some({text}.get()));",
                             f"{given} q->put({self.pick(self.function(), self.plain_lambda())});")
        if kind == "Q":
            return f"if ({text}) call(({text})({self.function()}));"
        if kind == "G":
            return f"if (auto q = {text}) q({self.pick(self.function(), self.plain_lambda())});"
        if kind == "M":
            return f"if ({text}) (some({self.object([])})->*({text}))();"
        tag, *rest = kind
        if depth > 2:
            return "tick();"
        inner = self.name("e")
        if tag == "ptr":
            return f"if ({text}) {{ {self.call(f'(*{text})', rest[0], depth + 1)} }}"
        if tag == "opt":
            return self.pick(f"if ({text}) {{ auto &{inner} = *{text}; {self.call(inner, rest[0], depth + 1)} }}",
                             f"if ({text}.has_value()) {{ auto &{inner} = {text}.value(); {self.call(inner, rest[0], depth + 1)} }}")
        if tag == "pair":
            other = self.name("e")
            return f"{{ auto &[{inner}, {other}] = {text}; {self.call(inner, rest[0], depth + 1)} {self.call(other, rest[1], depth + 1)} }}"
        if tag == "box":
            return self.call(self.pick(f"{text}.value", f"{text}.ref()"), rest[0], depth + 1)
        if tag == "own":
            return self.call(self.pick(f"(*{text})", f"(*{text}.get())"), rest[0], depth + 1)
        if tag == "raw":
            return self.call(self.pick(f"{text}.at(0)", f"{text}.at(1)"), rest[0], depth + 1)
        if tag == "var":
            return self.pick(
                f"std::visit([](auto &q) {{ using T = std::decay_t<decltype(q)>; if constexpr (std::is_same_v<T, SP>) {{ some(q)->go(); }} else if constexpr (std::is_same_v<T, std::shared_ptr<Shape>>) {{ if (q) q->go(); }} else {{ call(q); }} }}, {text});",
                f"if (auto *{inner} = std::get_if<0>(&{text})) {{ call(*{inner}); }} else if (auto *{inner}b = std::get_if<1>(&{text})) {{ if (*{inner}b) (*{inner}b)->show(); }}")
        if tag == "arr":
            return f"for (auto &{inner} : {text}) {{ {self.call(inner, rest[0], depth + 1)} }}"
        if tag == "map" and self.copies(rest[0]):
            copy = self.name("m")
            return self.pick(
                f"{{ auto {copy} = {text}; for (auto &[key, {inner}] : {copy}) {{ {self.call(inner, rest[0], depth + 1)} }} }}",
                f"{{ auto {copy} = {text}; if (auto {inner} = {copy}.find({self.pick(0, 1, 2)}); {inner} != {copy}.end()) {{ {self.call(f'{inner}->second', rest[0], depth + 1)} }} }}")
        if tag == "vec" and self.copies(rest[0]):
            copy = self.name("m")
            loop = self.pick(f"for (auto &{inner} : {copy}) {{", f"for (auto it = {copy}.begin(); it != {copy}.end(); ++it) {{ auto &{inner} = *it;",
                             f"if (!{copy}.empty()) {{ auto &{inner} = {copy}.back();")
            return f"{{ auto {copy} = {text}; {loop} {self.call(inner, rest[0], depth + 1)} }} }}"
        if tag in ("vec", "map") and rest[0] == "U":
            raw = self.name("m")
            element = inner if tag == "vec" else f"{inner}.second"
            return f"{{ std::deque<SP> {raw}; for (auto &{inner} : {text}) {raw}.push_back({element}.get()); for (SP {inner} : {raw}) some({inner})->go(); }}"
        return "tick();"

    def any_place(self, scope, stable=False):
        pool = [(t, k) for t, k in self.globals] + [(t, k) for t, k, s in scope if s or not stable]
        return self.pick(*pool) if pool else ("spare", "F")

    def statement(self, scope, depth=0):
        return self.allowed(lambda: self.any_statement(scope, depth)) or self.use()

    def any_statement(self, scope, depth):
        own = [(text, kind) for text, kind, _ in scope if isinstance(kind, str) and kind not in self.records]
        if own and self.random.random() < 0.25:
            text, kind = self.pick(*own)
            change = f"{text} = {self.value(kind, [], depth + 1)};"
            return f"if (chance()) {{ {change} }} {self.call(text, kind)}"
        choice = self.random.random()
        text, kind = self.any_place(scope)
        if choice < 0.25:
            if self.random.random() < 0.6:
                return self.call(text, kind, 1)
            leaf = self.leaf()
            return self.call(self.place(leaf, scope), leaf)
        if choice < 0.45:
            return self.store(scope, depth)
        if choice < 0.75 and self.helpers:
            helper = self.pick(*self.helpers)
            made = self.call_helper(helper, scope, depth + 1)
            if helper[1] is None:
                return f"{made};"
            if helper[1].__class__ is str and helper[1] not in self.records:
                name = self.name("r")
                return f"{{ {self.spell(helper[1])} {name} = {made}; {self.call(name, helper[1])} }}"
            return f"(void){made};"
        if choice < 0.8 and depth < 2:
            return f"if (chance()) {{ {self.statement(scope, depth + 1)} }} else {{ {self.statement(scope, depth + 1)} }}"
        if choice < 0.83 and depth < 2:
            return f"apply({self.lambda_(scope, depth)});"
        if choice < 0.86:
            kind = self.pick("P", "F", "H")
            a, b = self.place(kind, scope), self.place(kind, scope)
            return self.pick(f"std::swap({a}, {b});", f"pick({a}, {b}) = {self.value(kind, scope, depth + 1)};",
                             f"{a} = {b};", f"assign({a}, {self.value(kind, scope, depth + 1)});",
                             f"*address({a}) = {self.value(kind, scope, depth + 1)};",
                             f"std::tie({a}, {b}) = std::make_tuple({b}, {a});" )
        if choice < 0.89:
            place = self.place("P", scope, True)
            return self.pick(f"std::memcpy(&{place}, &{self.place('P', scope)}, sizeof(P));",
                             f"poke(&{place}, {self.value('P', scope, 1)});",
                             f"{{ Either either; either.p = {self.value('P', scope, 1)}; {place} = either.p; }}",
                             f"{place} = last(2, {self.function()}, {self.value('P', scope, 1)});",
                             f"std::atomic_ref<P>({place}).store({self.value('P', scope, 1)});",
                             f"{{ std::any any = P({self.value('P', scope, 1)}); {place} = std::any_cast<P>(any); }}")
        if choice < 0.92:
            return self.pick(f"keep({self.value('F', scope, 1)});", "call(kept());", f"kept() = {self.value('F', scope, 1)};",
                             f"callAll({self.value('P', scope, 1)}, {self.pick('F(', '(')}{self.function()}));",
                             f"withDefault();", f"shelve({self.value('F', scope, 1)});", "unshelve();",
                             f"{{ Task task({self.value('F', scope, 1)}), other(std::move(task)); other(); }}", f"apply(Functor{{{self.value('P', scope, 1)}}});",
                             f"erased(&invoke, &{self.place('F', scope, True)});")
        if choice < 0.94:
            return self.library_call(scope)
        if choice < 0.96:
            return f"some({self.place('S', scope)})->put({self.value('F', scope, 1)});"
        return self.use()

    def store(self, scope, depth):
        text, kind = self.any_place(scope)
        if isinstance(kind, str):
            if kind in self.records and self.random.random() < 0.7:
                field, t = self.pick(*self.records[kind])
                return f"{text}.{field} = {self.value(t, scope, depth + 1)};"
            return f"{text} = {self.value(kind, scope, depth + 1)};"
        tag, *rest = kind
        value = lambda: self.value(rest[0], scope, depth + 1)
        if tag == "vec":
            made = self.spell(rest[0])
            return f"if ({text}.size() < 6) {text}." + self.pick("push_back", "emplace_back") + f"({self.bare(rest[0])}({value()}));"
        if tag == "map":
            return self.pick(f"{text}[1] = {value()};", f"{text}.insert_or_assign(2, {self.bare(rest[0])}({value()}));",
                             f"{text}.emplace(0, {self.bare(rest[0])}({value()}));")
        if tag == "opt":
            return self.pick(f"{text} = {self.bare(rest[0])}({value()});", f"{text}.emplace({self.bare(rest[0])}({value()}));")
        if tag == "arr":
            return f"{text}[{self.pick(0, 1)}] = {value()};"
        if tag == "pair":
            return f"{text}.first = {value()};"
        if tag == "box":
            return self.pick(f"{text}.put({value()});", f"{text}.value = {value()};", f"{text}.ref() = {value()};")
        if tag == "own":
            return f"*{text} = {value()};"
        if tag == "raw":
            return self.pick(f"{text}.add({value()});", f"{text}.at(1) = {value()};")
        if tag == "ptr":
            return self.pick(f"*{text} = {value()};", f"{text} = &{self.place(rest[0], scope, True)};")
        return f"{text} = {self.fresh(kind, scope, 1)};"

    def call_helper(self, helper, scope, depth):
        name, _, parameters = helper
        arguments = []
        for kind, mode in parameters:
            if mode == "value" or mode == "const":
                arguments.append(self.value(kind, scope, max(depth, 1)))
            elif mode == "ref":
                arguments.append(self.place(kind, scope))
            else:
                arguments.append(f"&{self.place(kind, scope, True)}")
        return f"{name}({', '.join(arguments)})"

    # ---- declarations

    def add_record(self):
        name = self.name("R")
        fields = [(f"f{i}", self.kind(1)) for i in range(self.pick(1, 2, 3))]
        lines = [f"  {self.spell(t)} {f}{{}};" if isinstance(t, tuple) or t not in ("Q", "M") else f"  {self.spell(t)} {f} = nullptr;"
                 for f, t in fields]
        self.records[name] = fields
        self.out.append(f"struct {name} {{\n" + "\n".join(lines) + "\n};")

    def add_shape(self):
        name = self.name("Shape")
        base = self.pick("Shape", "Shape", *self.shapes)
        body = [f"  {self.spell(kind)} own = {self.simple_safe(kind)};" for kind in [self.pick("P", "F")]]
        if self.random.random() < 0.8:
            body.append(f"  void go() override {{ {self.use()} {self.pick('call(own);', 'act();', '', base + '::go();')} }}")
        if self.random.random() < 0.4:
            body.append(f"  void act() override {{ {self.use()} {self.pick('call(kept);', '')} }}")
        if self.random.random() < 0.3:
            body.append("  void put(F f) override { own = " + ("f" if "F own" in body[0] else self.function()) + "; call(own); }")
        if self.random.random() < 0.3:
            body.append("  F get() override { return own; }")
        if self.random.random() < 0.3:
            body.append(f"  {name}() {{ act(); }}")
        self.out.append(f"struct {name} : {base} {{\n" + "\n".join(body) + "\n};")
        self.shapes.append(name)

    def simple_safe(self, kind):
        return self.function() if kind == "P" else self.pick(self.function(), self.plain_lambda())

    def add_global(self):
        kind = self.kind()
        name = self.name("g")
        self.out.append(f"{self.spell(kind)} {name} = {self.simple(kind)};")
        self.globals.append((name, kind))

    def add_helper(self):
        name = self.name("helper")
        parameters = []
        for _ in range(self.pick(1, 1, 2)):
            kind = self.pick(self.leaf(), self.leaf(), self.kind(1))
            modes = ["ref", "ptr", "value", "value"]
            parameters.append((kind, self.pick(*modes)))
        result = self.pick(None, None, "F", "P", "S", "H", "U", *self.records)
        spelled, scope = [], []
        for i, (kind, mode) in enumerate(parameters):
            text = f"p{i}"
            spelled.append(f"{self.spell(kind)} " + {"ref": "&", "ptr": "*", "value": ""}[mode] + text)
            scope.append((f"(*{text})", kind, True) if mode == "ptr" else (text, kind, False))
        lines = ["tick();"] + self.body(scope, self.pick(1, 2, 3))
        if result is not None:
            value = self.allowed(lambda: self.value(result, scope, 1)) or self.simple(result)
            lines.append(f"return {value};")
        head = "static " if self.random.random() < 0.2 else ""
        self.out.append(f"{head}{'void' if result is None else self.spell(result)} {name}({', '.join(spelled)}) {{\n  "
                        + "\n  ".join(lines) + "\n}")
        self.helpers.append((name, result, parameters))

    def body(self, scope, count):
        scope = scope if isinstance(scope, list) else list(scope)
        lines = []
        for _ in range(count):
            if self.random.random() < 0.4:
                kind = self.kind(1)
                name = self.name("v")
                value = self.allowed(lambda: self.value(kind, scope, 1)) or self.simple(kind)
                if self.random.random() < 0.4:
                    lines.append(f"{self.spell(kind)} &{name} = *new {self.bare(kind)}({value});")
                    scope.append((name, kind, True))
                else:
                    lines.append(f"{self.spell(kind)} {name} = {value};")
                    scope.append((name, kind, False))
            lines.append(self.statement(scope))
        return lines

    def make(self):
        self.declared = []
        for _ in range(3):
            self.add_shape()
        for _ in range(2):
            self.add_shape()
        for _ in range(4):
            self.add_hook()
        setup, routes = [], []
        # What start-up code gives to keep; only then: what a request gives is for that request.
        for _ in range(self.pick(0, 1, 2)):
            setup.append(f"{self.library()}::keep(F({self.pick(self.function, self.plain_lambda)()}));")
        if self.random.random() < 0.5:
            library, hook = self.hook()
            setup.append(f"{library}::keep({hook});")
        for scene in range(10):
            self.begin_scene(scene)
            self.isMaking = True
            for kind in ("P", "F", "S", "H", "Q", "G"):
                for i in range(3):
                    value = self.allowed(lambda: self.fresh(kind, [], 1)) or self.simple(kind)
                    self.out.append(f"{self.spell(kind)} pool{kind}{scene}_{i} = {value};")
            self.isMaking = not self.isFrugal
            for _ in range(self.pick(0, 1, 2)):
                self.add_record()
            for _ in range(self.pick(1, 2, 3)):
                self.add_global()
            for _ in range(self.pick(1, 2, 3)):
                self.add_helper()
            self.isMaking = True
            setup += self.body([], self.pick(0, 1))
            self.isMaking = not self.isFrugal
            for i in range(2):
                lines = self.body([], self.pick(1, 2, 3))
                routes.append(f'  route("/{scene}-{i}", [] {{\n    ' + "\n    ".join(lines) + "\n  });")
        # Requests that do nothing but give libraries what others have made.
        self.isMaking, self.without = False, []
        for i in range(4):
            lines = [self.library_call([]), self.give_pooled()]
            routes.append(f'  route("/library-{i}", [] {{\n    ' + "\n    ".join(lines) + "\n  });")
        setup = ["void setUp() {"] + ["  " + line for line in setup] + ["}"]
        main = ["int main() {", "  try { setUp(); } catch (const Out &) {}"] + routes + ["  serve();", "}"]
        return PRELUDE.replace("DECLARED", "\n".join(self.declared)) + "\n".join(self.out) + "\n" \
            + "\n".join(setup) + "\n" + "\n".join(main) + "\n" + "\n".join(self.late) + "\n"


PRELUDE = """
#include "made.h"
DECLARED
void guarded(F f);
inline void call(P p) {
  if (p) p();
}
void callIt(F f);
inline void call(F f) {
  if (f) f();
}
F &kept() {
  static F place = default_;
  return place;
}
void callIt(F f) { call(f); }
void callBoth(F first, P second) { call(first), call(second); }
lib0::Ops ops_lib0;
lib1::Ops ops_lib1;
void keep(F f) { kept() = std::move(f); }
struct Shape {
  virtual ~Shape() = default;
  virtual void go() { base_(); }
  virtual void act() {}
  virtual void put(F f) { kept = std::move(f); }
  virtual F get() { return kept; }
  void show() { tick(); go(); }
  void extra() { call(kept); }
  F kept;
  static void operator delete(Shape *, std::destroying_delete_t) {}
};
using SP = Shape *;
using Q = P (*)(P);
using G = std::function<void(F)>;
using M = void (Shape::*)();
struct Last : Shape {};
Shape *some(Shape *shape) { return shape ? shape : new Last; }
void draw(Shape &shape) { tick(); shape.go(); }
template <typename T> Shape *make() { return new T; }
template <P p> void fixed() { p(); }
template <typename T> T identity(T value) { return value; }
template <typename T> T &same(T &value) { return value; }
template <typename T> T *address(T &value) { return &value; }
template <typename T> void assign(T &place, std::type_identity_t<T> value) { place = std::move(value); }
template <typename T> T &pick(T &a, T &b) { return chance() ? a : b; }
template <typename T> void apply(T &&what) { tick(); std::forward<T>(what)(); }
template <typename... T> void callAll(T &&...all) { (call(F(all)), ...); }
template <typename T> using Pointer = T *;
template <typename T> struct Box {
  T value{};
  void put(T other) { value = std::move(other); }
  T &ref() { return value; }
};
template <typename T> class Own {
public:
  Own() : held(new T()) {}
  explicit Own(T value) : held(new T(std::move(value))) {}
  Own(const Own &other) : held(other.held) {}
  Own(Own &&other) : held(other.held) {}
  Own &operator=(const Own &other) { held = other.held; return *this; }
  T &operator*() const { return *held; }
  T *operator->() const { return held; }
  T *get() const { return held; }
private:
  T *held;
};
template <typename T> class Raw {
public:
  void add(T value) { all[next++ % 2] = std::move(value); }
  T &at(int i) { return *(all + i); }
private:
  T all[2] = {};
  unsigned next = 0;
};
union Either {
  P p;
  long number;
};
struct Functor {
  P p;
  void operator()() const { call(p); }
};
F wrap(F f) {
  return [f] { call(f); };
}
void guarded(F f) {
  try {
    call(f);
  } catch (...) {
  }
}
void guardedAt(F &f) { guarded(f); }
void erased(void (*function)(void *), void *what) { function(what); }
void invoke(void *what) { call(F(*static_cast<F *>(what))); }
void poke(void *place, P value) { *static_cast<P *>(place) = value; }
P last(int count, ...) {
  va_list list;
  va_start(list, count);
  P found = nullptr;
  for (int i = 0; i < count; ++i)
    found = va_arg(list, P);
  va_end(list);
  return found;
}
void withDefault(F f = default_) { call(f); }
F spare;
using Task = std::packaged_task<void()>;
F viaTask(F f) {
  return [f] {
    auto task = std::make_shared<Task>([f] { call(f); });
    auto result = task->get_future();
    (*task)();
    result.get();
  };
}
std::shared_ptr<Task> shelf;
void shelve(F f) { shelf = std::make_shared<Task>(std::move(f)); }
void unshelve() {
  if (auto task = std::exchange(shelf, nullptr)) (*task)();
}
"""

def try_seed(seed, folder):
    """(what is missing, pairs entered, pairs listed, requests that say they are not known)."""
    program = Program(seed)
    base, default = program.use(), program.use()
    text = program.make()
    text = text.replace('#include "made.h"', f'#include "made.h"\nvoid base_() {{ {base} }}\nvoid default_() {{ {default} }}', 1)
    names = [f"c{i}" for i in range(program.places)]
    os.mkdir(os.path.join(folder, "system"))
    write(folder, "lib0.h", LIBRARY.replace("LIB", "lib0"))
    write(folder, "system/lib1.h", LIBRARY.replace("LIB", "lib1"))
    write(folder, "made.h", HEADER + "".join(f"namespace {n} {{ void use(); }}\n" for n in names))
    write(folder, "made.cpp", text)
    write(folder, "world.cpp", WORLD + LIBRARY_SOURCE.replace("LIB", "lib0") +
          LIBRARY_SOURCE.replace("LIB", "lib1") + "".join(f"namespace {n} {{ void use() {{ enter({n[1:]}); }} }}\n" for n in names))
    missing, *counts = compare(seed, folder, program.places, ("lib0", "lib1"), ("-isystem", "system"))
    return told(seed, missing), *counts


run(try_seed)
