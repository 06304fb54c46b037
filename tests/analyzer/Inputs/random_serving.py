"""Random programs about when code runs: before serving, beside it, for a request, after it.

usage: random_serving.py FIRST COUNT [FOLDER]

Writes a program for each seed from FIRST on, runs and analyzes it. The framework knows for each
component that is entered whether that is for a request (on whatever thread: who starts one hands
over for whom it is), beside requests, or while nothing is served. What a request enters has to be
in its list or ambient; what runs beside requests, ambient; all else anywhere. What a callable does
that only a handler makes counts for that handler's request, whoever calls it. Exit code 1 where
something was missed; the programs of those seeds stay in FOLDER.
"""
import random

from random_programs import analyze, execute, run, write

CATALOG = """format: ripple.catalog
version: "1.0"
components:
%s
  - {id: framework, library: libworld.so, symbols: ["world::*", "Pistache::*"]}
handlers:
  - {framework: world, call: "world::route", method: GET, path: 0, handler: 1}
  - {framework: world, call: "world::hook", handler: 0, ambient: true}
serving: ["world::serve", "Pistache::Http::Endpoint::serveThreaded"]
"""

HEADER = """
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <string>
#include <thread>
#include <vector>
using F = std::function<void()>;
namespace world {
void route(const std::string &path, F handler);
void hook(F handler); // before each request
void serve();
void keep(F callback); // called while it serves
void post(F callback); // called on its thread, for whom this is called
void spawn(F run);     // on a thread
bool chance();
bool serves();   // or has yet to
bool more();     // false when it is enough
void rest();
void untilServed();     // until serving has ended
void finish();      // until all threads have ended
void adopt(std::thread &&thread);
int current();   // for whom this runs
struct Mark {
  explicit Mark(int whom);
  ~Mark();
  int outer;
};
struct Deep {
  Deep();
  ~Deep();
  explicit operator bool() const;
};
}
namespace Pistache::Http {
struct Endpoint {
  void serveThreaded();
};
}
using namespace world;
"""

WORLD = """
#include "made.h"
#include <chrono>
#include <cstdio>
#include <set>
#include <unistd.h>
namespace world {
// Never destroyed: what ends last may use it.
struct State {
  std::recursive_mutex lock;
  std::map<std::string, std::pair<int, F *>> handlers;
  std::vector<std::string> paths;
  std::vector<F> hooks, kept;
  std::vector<std::thread> threads;
  std::set<std::string> said;
};
State &state() {
  static State *one = new State;
  return *one;
}
std::atomic<int> serving, served, started, fuel{1500};
std::atomic<unsigned> seed{1};
thread_local int whom = -1, depth = 0;
int current() { return whom; }
Mark::Mark(int now) : outer(whom) { whom = now; }
Mark::~Mark() { whom = outer; }
Deep::Deep() { ++depth; }
Deep::~Deep() { --depth; }
Deep::operator bool() const { return depth > 12; }
bool chance() { return (seed = seed * 1664525u + 1013904223u) >> 31; }
bool more() { return --fuel > 0; }
bool serves() { return served == 0; }
void rest() { std::this_thread::sleep_for(std::chrono::microseconds(300)); }
void untilServed() { while (served == 0 || serving > 0) rest(); }
void adopt(std::thread &&thread) {
  std::lock_guard guard(state().lock);
  state().threads.push_back(std::move(thread));
}
void finish() {
  for (;;) {
    std::thread next;
    {
      std::lock_guard guard(state().lock);
      if (state().threads.empty())
        return;
      next = std::move(state().threads.back());
      state().threads.pop_back();
    }
    next.join();
  }
}
void route(const std::string &path, F handler) {
  std::lock_guard guard(state().lock);
  auto [place, isNew] = state().handlers.try_emplace(path, int(state().paths.size()), nullptr);
  if (isNew) {
    state().paths.push_back(path);
    place->second.second = new F(std::move(handler));
  }
}
void hook(F handler) {
  std::lock_guard guard(state().lock);
  if (state().hooks.size() < 20)
    state().hooks.push_back(std::move(handler));
}
void keep(F callback) {
  std::lock_guard guard(state().lock);
  if (state().kept.size() < 20)
    state().kept.push_back(std::move(callback));
}
void spawn(F run) { adopt(std::thread(std::move(run))); }
void post(F callback) {
  if (more())
    adopt(std::thread([on = whom, callback] { Mark mark(on); callback(); }));
}
void serve() {
  ++serving;
  for (int turn = 0; turn < 5; ++turn) {
    std::vector<std::pair<int, F *>> all;
    std::vector<F> hooks, kept;
    {
      std::lock_guard guard(state().lock);
      for (auto &[path, handler] : state().handlers)
        all.push_back(handler);
      hooks = state().hooks;
      kept = state().kept;
    }
    for (auto &[number, handler] : all) {
      auto serveOne = [&] {
        Mark mark(number);
        for (F &each : hooks)
          each();
        try {
          (*handler)();
        } catch (std::exception &error) {
          error.what();
        } catch (...) {
        }
      };
      // Some frameworks have a thread for each connection, and it ends.
      if (chance())
        std::thread(serveOne).join();
      else
        serveOne();
    }
    for (F &each : kept)
      each();
    rest();
  }
  rest();
  --serving;
  ++served;
}
void enter(int number) {
  std::lock_guard guard(state().lock);
  std::string line = whom >= 0 ? state().paths[whom] : serving > 0 ? "beside" : "else";
  line += " " + std::to_string(number) + "\\n";
  if (state().said.insert(line).second)
    (void)!write(1, line.data(), line.size());
}
}
void Pistache::Http::Endpoint::serveThreaded() { world::adopt(std::thread(world::serve)); }
"""

PROGRAM = """
struct Base {
  virtual ~Base() = default;
  virtual void go() = 0;
};
struct Job {
  int whom;
  F run;
};
extern std::mutex guard;
extern std::deque<Job> jobs;
extern std::condition_variable ready;
void push(F run);
void work();
"""

QUEUE = """
std::mutex guard;
std::deque<Job> jobs;
std::condition_variable ready;
void push(F run) {
  std::lock_guard lock(guard);
  jobs.push_back({current(), std::move(run)});
  ready.notify_one();
}
void work() {
  while (serves()) {
    std::optional<Job> job;
    {
      std::unique_lock lock(guard);
      ready.wait_for(lock, std::chrono::milliseconds(1), [] { return !jobs.empty(); });
      if (!jobs.empty()) {
        job = jobs.front();
        jobs.pop_front();
      }
    }
    if (job) {
      Mark mark(job->whom);
      if (job->run)
        job->run();
    }
  }
}
"""


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.uses = []       # what each component is
        self.byRequest = set()  # those in callables that handlers make
        self.paths = 0
        self.names = 0
        self.helpers = self.random.randrange(10, 20)
        self.handlers = self.random.randrange(5, 12)
        self.functions = 6   # global variables that hold callables
        self.objects = 4
        self.classes = self.random.randrange(3, 6)
        self.open = False    # in a callable that only a handler makes
        # Few of them in each program: what is ambient by one hides the others.
        ways = ["thread", "async", "jthread", "pthread", "push", "set", "call", "object", "go", "keep",
                "post", "spawn", "route", "hook", "handler", "once", "atexit", "single", "local",
                "bind", "pointer"]
        self.ways = self.random.sample(ways, self.random.randrange(3, 7))
        self.isShared = self.random.random() < 0.5

    def use(self, what):
        number = len(self.uses)
        self.uses.append(what)
        if self.open:
            self.byRequest.add(number)
        return f"c{number}::use();"

    def name(self):
        self.names += 1
        return f"x{self.names}"

    def callable(self, depth, where):
        choice = self.random.random()
        if choice < 0.35:
            return f"help{self.random.randrange(self.helpers)}"
        outer, self.open = self.open, self.open or where == "request"
        text = "[] { Deep deep; if (deep) return; " + self.block(depth + 1, where) + " }"
        self.open = outer
        return text

    def block(self, depth, where, least=1):
        return " ".join(self.statement(depth, where)
                        for _ in range(self.random.randrange(least, 3 if depth < 3 else 2)))

    def statement(self, depth, where):
        pick = self.random.choice
        if depth >= 3 or self.random.random() < 0.3 or not self.ways:
            return self.use(where)
        way = pick(self.ways + ["help", "branch", "loop", "try", "value"])
        name = self.name()
        if way == "help":
            return f"help{self.random.randrange(self.helpers)}();"
        if way == "branch":
            return f"if (chance()) {{ {self.block(depth + 1, where)} }}"
        if way == "loop":
            return f"for (int i = 0; i < 2; ++i) {{ {self.block(depth + 1, where)} }}"
        if way == "try":
            return (f"try {{ if (chance()) throw Error{self.random.randrange(2)}(); "
                    f"{self.block(depth + 1, where)} }} catch (std::exception &e) {{ e.what(); {self.use('catch')} }}")
        if way == "value":
            return f"Value{self.random.randrange(self.classes)} {name};"
        if way == "local":
            kind = pick(("static", "thread_local"))
            return f"{kind} Value{self.random.randrange(self.classes)} {name};"
        if way in ("thread", "async", "jthread", "pthread"):
            body = f"Mark mark(on); {self.block(depth + 1, where)}"
            if way == "thread":
                start = f"std::thread([on = current()] {{ {body} }})"
                return f"if (more()) {pick((start + '.join();', f'adopt({start});'))}"
            if way == "async":
                return f"if (more()) {{ auto {name} = std::async(std::launch::async, [on = current()] {{ {body} }}); }}"
            if way == "jthread":
                return f"if (more()) {{ std::jthread {name}([on = current()] {{ {body} }}); {self.block(depth + 1, where)} }}"
            return (f"if (more()) {{ int on = current(); pthread_t {name}; pthread_create(&{name}, nullptr, [](void *data) -> void * "
                    f"{{ int on = *static_cast<int *>(data); {body} return nullptr; }}, &on); pthread_join({name}, nullptr); }}")
        if way == "spawn":
            return f"if (more()) spawn([on = current()] {{ Mark mark(on); {self.block(depth + 1, where)} }});"
        if way == "push":
            return f"if (more()) push({self.callable(depth, where)});"
        if way in ("keep", "post", "hook"):
            # What a handler gives is called for others, too: by the rules that is its own.
            if way != "post" and where != "start":
                return self.use(where)
            return f"{way}({self.callable(depth, where)});"
        function = f"held{self.random.randrange(self.functions)}"
        if way == "set":
            return f"{{ F made = {self.callable(depth, where)}; std::lock_guard lock(guard); {function}.swap(made); }}"
        if way == "call":
            return f"{{ F copy; {{ std::lock_guard lock(guard); copy = {function}; }} if (copy && more()) copy(); }}"
        if way == "bind":
            return f"{{ auto bound = std::bind(runGiven, F({self.callable(depth, where)})); bound(); }}"
        if way == "pointer":
            target = pick([f"help{self.random.randrange(self.helpers)}", f"handle{self.random.randrange(self.handlers)}"])
            return f"{{ void (*volatile pointer)() = {target}; try {{ pointer(); }} catch (...) {{}} }}"
        place = f"object{self.random.randrange(self.objects)}"
        if way == "object":
            return (f"{{ std::shared_ptr<Base> made = std::make_shared<Class{self.random.randrange(self.classes)}>(); "
                    f"std::lock_guard lock(guard); {place}.swap(made); }}")
        if way == "go":
            return f"{{ std::shared_ptr<Base> copy; {{ std::lock_guard lock(guard); copy = {place}; }} if (copy && more()) copy->go(); }}"
        if way == "route":
            self.paths += 1
            return f'route("/made{self.paths}", {self.handler(depth)});'
        if way == "handler":
            return f"try {{ handle{self.random.randrange(self.handlers)}(); }} catch (...) {{}}"
        if way == "once":
            return f"{{ static std::once_flag flag; std::call_once(flag, [] {{ {self.use('once')} Value0 value; }}); }}"
        if way == "single":
            return f"single{self.random.randrange(2)}().step();"
        return f"if (more()) std::atexit([] {{ {self.use('atexit')} }});"

    def handler(self, depth):
        if self.random.random() < 0.4:
            return f"handle{self.random.randrange(self.handlers)}"
        outer, self.open = self.open, False
        text = "[] { Deep deep; if (deep) return; " + self.block(depth, "request") + " }"
        self.open = outer
        return text

    def value(self, number):
        destructor = self.use("destructor")
        return (f"struct Value{number} {{ Value{number}() {{ {self.use('constructor')} }} "
                f"~Value{number}() {{ {destructor} }} void step() {{ {self.use('step')} }} }};\n")

    def main(self):
        before = [self.statement(0, "start") for _ in range(4)]
        after = "\n  ".join(self.statement(0, "end") for _ in range(3))
        for i in range(self.handlers):
            before.append(f'route("/{i}", handle{i});')
        if self.random.random() < 0.6:
            before.append("adopt(std::thread(work));")
        for _ in range(self.random.randrange(3)):
            before.append(f"adopt(std::thread([] {{ while (serves()) {{ {self.block(1, 'worker')} rest(); }} }}));")
        self.random.shuffle(before)
        before = "\n  ".join(before)
        beside = "\n  ".join(self.statement(0, "beside") for _ in range(2))
        # In the loops of threads only they start others.
        how = self.random.randrange(11)
        end = "  finish();\n"
        if how == 0:
            return f"int main() {{\n  {before}\n  serve();\n  {after}\n{end}}}\n"
        if how == 1:
            return (f"void start() {{\n  {before}\n  serve();\n  {self.use('after')}\n}}\n"
                    f"int main() {{\n  {self.use('main')}\n  start();\n  {after}\n{end}}}\n")
        if how == 2:
            return (f"struct Server {{\n  Server() {{ {self.use('made')} }}\n  ~Server() {{ {self.use('ended')} }}\n"
                    f"  void run() {{\n  {before}\n  serve();\n  }}\n  Value0 part;\n}};\n"
                    f"int main() {{\n  {{ Server server;\n  server.run(); }}\n  {after}\n{end}}}\n")
        if how == 3:
            return f"int main() {{\n  {before}\n  for (int i = 0; i < 2; ++i) {{\n    serve();\n    {after}\n  }}\n{end}}}\n"
        if how == 4:
            return (f"int main() {{\n  {before}\n  std::thread server([] {{ serve(); {self.use('thread')} }});\n  {beside}\n  server.join();\n"
                    f"  {after}\n{end}}}\n")
        if how == 5:
            return (f"struct Server {{\n  void start() {{\n  {before}\n  thread = std::thread([this] {{ loop(); }});\n  {self.use('started')}\n  }}\n"
                    f"  void loop() {{ serve(); }}\n  ~Server() {{ thread.join(); {self.use('joined')} }}\n  std::thread thread;\n}};\n"
                    f"int main() {{\n  Server server;\n  server.start();\n  {beside}\n  untilServed();\n{end}}}\n")
        if how == 6:
            return (f"void *loop(void *) {{ serve(); return nullptr; }}\nint main() {{\n  {before}\n  pthread_t server;\n"
                    f"  pthread_create(&server, nullptr, loop, nullptr);\n  {beside}\n  pthread_join(server, nullptr);\n  {after}\n{end}}}\n")
        if how == 7:
            return f"int main() {{\n  {before}\n  Pistache::Http::Endpoint().serveThreaded();\n  {beside}\n  untilServed();\n{end}}}\n"
        if how == 8:
            return (f"int main() {{\n  {before}\n  for (int i = 0; i < 2; ++i) {{\n    {self.use('loop')}\n"
                    f"    adopt(std::thread([] {{ serve(); }}));\n  }}\n  {beside}\n  untilServed();\n{end}}}\n")
        if how == 9:
            return f"int main() {{\n  {before}\n  spawn([] {{ serve(); }});\n  {beside}\n  untilServed();\n{end}}}\n"
        return (f"struct Starts {{ Starts() {{ adopt(std::thread([] {{ serve(); }})); }} }} starts;\nValue1 later;\n"
                f"int main() {{\n  {before}\n  {beside}\n  untilServed();\n{end}}}\n")

    def make(self):
        """(what the units share, the unit with main, the other one)"""
        shared = PROGRAM + "".join(self.value(i) for i in range(self.classes))
        for i in range(2):
            shared += (f"struct Error{i} : std::exception {{ ~Error{i}() override {{ {self.use('error')} }} "
                       f"const char *what() const noexcept override {{ {self.use('what')} return \"\"; }} }};\n"
                       f"inline Value{i} &single{i}() {{ static Value{i} one; return one; }}\n")
        shared += "inline void runGiven(F given) { if (given) given(); }\n"
        shared += "".join(f"void help{i}();\n" for i in range(self.helpers))
        shared += "".join(f"void handle{i}();\n" for i in range(self.handlers))
        shared += "".join(f"extern F held{i};\n" for i in range(self.functions))
        shared += "".join(f"extern std::shared_ptr<Base> object{i};\n" for i in range(self.objects))
        for i in range(self.classes):
            shared += (f"struct Class{i} : Base {{ Class{i}(); ~Class{i}() override; void go() override; "
                       f"Value{self.random.randrange(self.classes)} part; }};\n")
        other = QUEUE
        for i in range(self.functions):
            other += f"F held{i}{self.random.choice(('', f' = [] {{ {self.use(chr(104))} }}', ' = help0'))};\n"
        other += "".join(f"std::shared_ptr<Base> object{i};\n" for i in range(self.objects))
        for i in range(self.classes):
            other += (f"Class{i}::Class{i}() {{ {self.use('made')} }}\nClass{i}::~Class{i}() {{ {self.use('ended')} }}\n"
                      f"void Class{i}::go() {{ Deep deep; if (deep) return; {self.block(1, 'go')} }}\n")
        for i in range(self.helpers):
            other += f"void help{i}() {{ Deep deep; if (deep || !more()) return;\n  {self.block(1, 'help')}\n}}\n"
        text = ""
        for i in range(self.handlers):
            throws = f"if (chance()) throw Error{i % 2}(); " if self.random.random() < 0.3 else ""
            text += f"void handle{i}() {{ Deep deep; if (deep) return;\n  {throws}{self.block(0, 'request', 2)}\n}}\n"
        if "local" in self.ways:
            text += "Value0 global;\nthread_local Value1 local;\n"
        if "route" in self.ways:
            text += ('struct Row { const char *path; void (*handler)(); };\n'
                     f'Row rows[] = {{{{"/row0", handle0}}, {{"/row1", handle1}}}};\n'
                     f'struct Early {{ Early() {{ route("/early", [] {{ {self.block(1, "request")} }}); }} }} early;\n'
                     'void addRows() { for (Row &row : rows) route(row.path, row.handler); }\n')
        text += self.main().replace("int main() {\n", "int main() {\n  addRows();\n" if "route" in self.ways else "int main() {\n")
        return shared, text, other


def try_seed(seed, folder):
    """As compare."""
    program = Program(seed)
    shared, text, other = program.make()
    names = [f"c{i}" for i in range(len(program.uses))]
    write(folder, "made.h", HEADER + "".join(f"namespace {n} {{ void use(); }}\n" for n in names) + shared)
    units = ["made.cpp", "other.cpp"] if program.isShared else ["made.cpp"]
    if program.isShared:
        write(folder, "other.cpp", '#include "made.h"\n' + other)
        other = ""
    write(folder, "made.cpp", '#include "made.h"\n' + other + text)
    write(folder, "world.cpp", WORLD + "".join(
        f"namespace {n} {{ void use() {{ world::enter({n[1:]}); }} }}\n" for n in names))
    write(folder, "world.yaml", CATALOG % "\n".join(
        f'  - {{id: {name}, kind: shared-library, symbols: ["{name}::*"]}}' for name in names))
    output = execute(seed, folder, units)
    application = analyze(seed, folder, units)

    def idsOf(rows):
        return {row["component"] for row in rows}

    ambient = idsOf(application["ambient"])
    requests = {r["id"]: idsOf(r["components"]) | ambient for r in application["requests"]}
    # What a request has others do later is its own, whichever thread does it.
    later = {use["component"] for r in application["requests"] for use in r["components"] if use.get("phase") == "async"}
    # Of what a path is not known.
    dynamic = ambient.union(*(known for request, known in requests.items() if "<dynamic" in request))
    anywhere = ambient.union(idsOf(application["startup"]), *requests.values())
    open_ = sum(1 for r in application["requests"] if not r["complete"])
    missing, pairs = [], 0
    for line in sorted(set(output.splitlines())):
        where, number = line.split()
        name = "c" + number
        known = requests.get("GET " + where, dynamic) if where.startswith("/") else \
            ambient | later if where == "beside" else ambient
        if where == "else" or (where == "beside" and int(number) in program.byRequest):
            known = anywhere
        pairs += 1
        if name not in known:
            missing.append(f"seed {seed}: {where} enters {name} ({program.uses[int(number)]}), which is not in its list" +
                           (", and something is not known" if open_ else ""))
    listed = len(ambient) + sum(len(each) for each in requests.values())
    return missing, pairs, listed, open_


run(try_seed)
