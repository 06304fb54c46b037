"""Random programs in C++ for random_routes.py: the framework, what their units share, and what each makes of that."""
import random

from random_programs import CPP

RULES = """
{call: "net::route", method: GET, path: 0, handler: 1}
{call: "net::App::get", method: GET, path: 0, handler: 1}
{call: "net::App::post", method: POST, path: 0, handler: 1}
{call: "net::App::view", method: GET, path: 0, handler: 1}
{call: "net::App::plain", method: GET, path: 0, handler: 1}
{call: "net::App::any", method: GET, path: 0, handler: 1}
{call: "net::App::at", method: GET, path: 0, handler: 1}
{call: "net::App::on", method: GET, path: 0, handler: 1}
{call: "net::App::add", methodAt: 0, path: 1, handler: 2}
{call: "net::App::object", method: GET, path: 0, handler: 1, handlerMethod: serve}
{call: "net::Route::get", method: GET, path: 0, pathIn: "net::App::route", handler: 0}
{call: "net::Route::post", method: POST, path: 0, pathIn: "net::App::route", handler: 0}
{call: "net::Group::get", method: GET, path: 0, handler: 1, pathOfObject: 0}
{store: "net::Slot::onRequest", method: GET, path: 0, pathIn: "net::slot"}
{table: "net::Row", key: 0, handler: 1, method: GET}
{table: "net::Table", key: 0, handler: 1, method: GET}
{override: "net::Job::run"}
""".strip().splitlines()

HEADER = """
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
using namespace std::literals;
using P = void (*)();
using F = std::function<void()>;
bool chance();
namespace net {
struct Path {
  Path(const char *text);
  Path(const std::string &text);
  std::string text;
};
struct Service {
  virtual ~Service();
  virtual void serve() = 0;
};
struct Job {
  Job();
  virtual ~Job();
  virtual void run() = 0;
};
struct Route {
  explicit Route(const std::string &path);
  Route &get(F handler);
  Route &post(F handler);
  std::string path;
};
struct App {
  App();
  virtual ~App();
  void get(const std::string &path, F handler);
  void post(const std::string &path, F handler);
  void view(std::string_view path, F handler);
  void plain(const char *path, P handler);
  void at(const Path &path, F handler);
  void add(const std::string &method, const std::string &path, F handler);
  template <typename T> App &any(const std::string &path, T &&handler) {
    get(path, F(std::forward<T>(handler)));
    return *this;
  }
  virtual void on(const std::string &path, F handler);
  void object(const std::string &path, std::shared_ptr<Service> service);
  Route route(const std::string &path);
  void remove(const std::string &path);
};
struct Group {
  explicit Group(const std::string &prefix);
  void get(const std::string &path, F handler);
  std::string prefix;
};
struct Slot {
  P onRequest;
};
struct Row {
  const char *path;
  P handler;
};
using Table = std::map<std::string, F>;
App &app();
Slot *slot(const std::string &path);
void rows(const Row *first, std::size_t count);
void table(const Table &table);
void route(const std::string &path, F handler);
void serve();
}
"""

WORLD = """
#include "world.h"
#include <cstdlib>
#include <cxxabi.h>
#include <deque>
#include <set>
#include <typeinfo>
namespace net {
// Never destroyed: static objects register, and end.
struct Entry {
  std::string id;
  F handler;
};
struct State {
  std::deque<Entry> entries;
  std::deque<std::pair<std::string, Slot>> slots;
  std::vector<Job *> jobs;
  std::set<int> entered;
  App app;
};
State &state() {
  static State *one = new State;
  return *one;
}
Path::Path(const char *text) : text(text) {}
Path::Path(const std::string &text) : text(text) {}
Service::~Service() = default;
Job::Job() { state().jobs.push_back(this); }
Job::~Job() { std::erase(state().jobs, this); }
App::App() = default;
App::~App() = default;
void add(const std::string &id, F handler) { state().entries.push_back({id, std::move(handler)}); }
void App::get(const std::string &path, F handler) { net::add("GET " + path, std::move(handler)); }
void App::post(const std::string &path, F handler) { net::add("POST " + path, std::move(handler)); }
void App::view(std::string_view path, F handler) { get(std::string(path), std::move(handler)); }
void App::plain(const char *path, P handler) { get(path, handler); }
void App::at(const Path &path, F handler) { get(path.text, std::move(handler)); }
void App::add(const std::string &method, const std::string &path, F handler) {
  net::add(method + " " + path, std::move(handler));
}
void App::on(const std::string &path, F handler) { get(path, std::move(handler)); }
void App::object(const std::string &path, std::shared_ptr<Service> service) {
  get(path, [service] { service->serve(); });
}
Route App::route(const std::string &path) { return Route(path); }
void App::remove(const std::string &path) {
  std::erase_if(state().entries, [&](Entry &each) { return each.id == "GET " + path; });
}
Route::Route(const std::string &path) : path(path) {}
Route &Route::get(F handler) { net::add("GET " + path, std::move(handler)); return *this; }
Route &Route::post(F handler) { net::add("POST " + path, std::move(handler)); return *this; }
Group::Group(const std::string &prefix) : prefix(prefix) {}
void Group::get(const std::string &path, F handler) { net::add("GET " + prefix + path, std::move(handler)); }
App &app() { return state().app; }
Slot *slot(const std::string &path) {
  state().slots.push_back({"GET " + path, {nullptr}});
  return &state().slots.back().second;
}
void rows(const Row *first, std::size_t count) {
  for (std::size_t i = 0; i < count && first[i].path; ++i)
    if (first[i].handler) add("GET "s + first[i].path, first[i].handler);
}
void table(const Table &table) {
  for (auto &[path, handler] : table) if (handler) add("GET " + path, handler);
}
void route(const std::string &path, F handler) { add("GET " + path, std::move(handler)); }
void call(const std::string &id, const F &handler) {
  for (int i = 0; i < 4; ++i) {
    state().entered.clear();
    handler();
    std::printf("%s", id.c_str());
    for (int each : state().entered) std::printf("\\t%d", each);
    std::printf("\\n");
  }
}
void serve() {
  for (Entry &each : state().entries) if (each.handler) call(each.id.c_str(), each.handler);
  for (auto &[id, slot] : state().slots) if (slot.onRequest) call(id, slot.onRequest);
  for (Job *each : state().jobs) {
    char *name = abi::__cxa_demangle(typeid(*each).name(), nullptr, nullptr, nullptr);
    call("transaction "s + name, [each] { each->run(); });
  }
}
}
void enter(int number) { net::state().entered.insert(number); }
bool chance() {
  static unsigned state = std::atoi(std::getenv("CHANCE") ? std::getenv("CHANCE") : "1") * 77777u + 1;
  state = state * 1664525u + 1013904223u;
  return state >> 31;
}
"""

# What both units share; @ is where a component is entered.
SHARED = """
#define PATH_OF(name) "/m" #name
#define ROUTE(path, handler) net::route(path, handler)
#define ROUTE_HERE(path, ...) net::route(path, [] { __VA_ARGS__ })
inline std::string operator""_path(const char *text, std::size_t) { return "/u" + std::string(text); }
struct Piece {
  std::string text;
  operator std::string() const { return text; }
  Piece operator+(const char *more) const { return {text + "/" + more}; }
  Piece operator/(const Piece &more) const { return {text + more.text}; }
};
struct Far {
  Far(const char *text) : text(text) {}
  operator std::string() const;
  const char *text;
};
struct Below : net::Path {
  Below(const char *text) : net::Path("/d" + std::string(text)) {}
};
std::string farPath(const std::string &text);
void change(std::string &text);
inline void changeHere(std::string &text) { text += "/h"; }
template <typename T> void changeAny(T &text) { text = "/t" + std::string(text); }
inline std::string joined(const std::string &start, const std::string &rest) { return start + rest; }
inline const std::string &same(const std::string &text) { return text; }
constexpr const char *pathAt(int i) { return i == 0 ? "/at0" : i == 1 ? "/at1" : "/at2"; }
extern const std::string farBase;
extern const char *farText;
extern P farHandler;
F withAuth(F inner);
inline F logged(const F &inner) { return [inner] { @ inner(); }; }
template <typename T> auto timed(T inner) { return [inner = std::move(inner)] { @ inner(); }; }
F retry(int times, F inner);
inline F twice(F inner) { return logged(timed(inner)); }
F only(P inner);
inline F both(F first, F second) { return [=] { first(); second(); }; }
F chained(std::vector<F> all);
template <typename... T> F all(T... each) { return [=] { (each(), ...); }; }
template <P H> void wrapped() { @ H(); }
struct Logged {
  F inner;
  void operator()() const { @ inner(); }
};
template <typename T> struct Timed {
  T inner;
  void operator()() const { @ inner(); }
};
template <typename T> Timed(T) -> Timed<T>;
struct Policy {
  virtual ~Policy() = default;
  virtual F wrap(F inner) const { return [inner] { @ inner(); }; }
  F passed(F inner) const { return inner; }
};
struct Strict : Policy {
  F wrap(F inner) const override { return [inner] { @ inner(); }; }
};
struct Closed : Policy {
  F wrap(F) const override { return [] { @ }; }
};
inline const Policy &policy() {
  static const Strict one;
  static const Closed other;
  return chance() ? static_cast<const Policy &>(one) : other;
}
struct Maker {
  virtual ~Maker() = default;
  virtual F make() const { return [] { @ }; }
};
struct MakerA : Maker {
  F make() const override { return [] { @ }; }
};
struct MakerB : Maker {
  F make() const override;
};
struct Abstract {
  virtual ~Abstract() = default;
  virtual F around(F inner) const = 0;
};
struct Around : Abstract {
  F around(F inner) const override { return [inner] { @ inner(); }; }
};
F make(int kind);
P choose(int kind);
inline void fill(F &place, F handler) { place = handler; }
void fillFar(F &place);
template <typename T> struct Shown {
  void show() { static_cast<T *>(this)->render(); }
};
struct Page {
  virtual ~Page() = default;
  virtual void show() { @ }
  virtual void edit() const { @ }
  static void list() { @ }
  void both(int n) { if (n) show(); @ }
};
struct About : Page {
  void show() override { @ }
};
struct Help final : About, Shown<Help> {
  void edit() const override { @ }
  void render() { @ }
};
extern About about;
extern Help help;
struct Context {
  F handler;
  net::App *app;
};
// Of the user's own, registering.
void regFar(const std::string &path, F handler);
void regChar(const char *path, P handler);
inline void regHere(std::string path, F handler) { net::app().get(path, handler); }
inline void regWrapped(const std::string &path, const F &handler) { net::route("/w" + path, withAuth(handler)); }
void regNested(const std::string &path, F handler);
inline void regDefault(F handler, const std::string &path = "/default", const std::string &base = "/b") { net::route(base + path, handler); }
inline void regFallback(const std::string &path, F handler = [] { @ }) { net::route(path, handler); }
inline void regApp(net::App &app, const std::string &path, F handler) { app.get("/a" + path, std::move(handler)); }
inline void regRoute(F handler, net::Route route = net::app().route("/dr")) { route.get(handler); }
template <typename T> void regAny(const std::string &path, T &&handler) { net::app().any(path, std::forward<T>(handler)); }
template <typename T> void regType(const std::string &path) { net::route(path, T()); }
template <P H> void regValue(const char *path) { net::app().plain(path, H); }
inline void regChanged(std::string path, F handler) { path += "/c"; net::route(path, handler); }
inline void regLater(std::string path, F handler) { F other = [] { @ }; std::swap(handler, other); net::route(path, handler); (void)other; }
inline void regIf(bool isIt, const std::string &path, F handler) { if (isIt) net::route(path, handler); else net::route(path, [] { @ }); }
inline void regDeep(int depth, const std::string &path, F handler) { if (depth > 0) return regDeep(depth - 1, path + "/d", logged(handler)); net::route(path, handler); }
inline void regPacked() {}
template <typename T, typename... More> void regPacked(const char *path, T handler, More... more) { net::route(path, handler); regPacked(more...); }
template <typename... Pairs> void regPairs(const Pairs &...pairs) { (net::route(pairs.first, pairs.second), ...); }
template <typename... H> void regSame(const std::string &path, H... handlers) { int n = 0; ((net::route(path + (n++ ? "/n" : ""), handlers)), ...); }
void regList(std::initializer_list<std::pair<const char *, F>> list);
inline void regVector(const std::vector<std::pair<std::string, F>> &all) { for (const auto &[path, handler] : all) net::route(path, handler); }
struct Registering {
  virtual ~Registering() = default;
  virtual void add(const std::string &path, F handler) { net::route(path, handler); }
  void addAll(const std::string &path, F handler) { add(path, handler); }
  static void still(const std::string &path, F handler) { net::route(path, handler); }
  void operator()(const std::string &path, F handler) const { net::route("/o" + path, handler); }
};
struct Prefixing : Registering {
  void add(const std::string &path, F handler) override { Registering::add("/v" + path, logged(handler)); }
};
extern Prefixing prefixing;
inline Registering &registering() { return prefixing; }
struct Registered {
  Registered(const std::string &path, F handler) { net::route(path, handler); }
  explicit Registered(F handler) : Registered("/deleg", handler) {}
};
struct RegisteredToo : Registered {
  using Registered::Registered;
};
struct RegisteredBelow : Registered {
  RegisteredBelow(const std::string &path, F handler) : Registered("/rb" + path, handler) {}
};
struct Grouped {
  net::App &app;
  std::string prefix;
  void get(const std::string &path, F handler) { app.get(prefix + path, handler); }
};
inline void group(const std::string &prefix, const std::function<void(Grouped &)> &fill) { Grouped grouped{net::app(), prefix}; fill(grouped); }
template <typename T> void groupAny(const std::string &prefix, T fill) { fill([&](const std::string &path, F handler) { net::route(prefix + path, handler); }); }
struct Built {
  std::string path_;
  F handler_;
  Built &path(std::string path) { path_ = std::move(path); return *this; }
  Built &handler(F handler) { handler_ = std::move(handler); return *this; }
  void done() { net::route(path_, handler_); }
};
struct Deferred {
  std::vector<std::pair<std::string, F>> rows;
  void add(const std::string &path, F handler) { rows.emplace_back(path, handler); }
  void apply() { for (auto &[path, handler] : rows) net::route(path, handler); }
};
struct Assigned {
  struct Place {
    std::string path;
    void operator=(F handler) { net::route(path, handler); }
  };
  Place operator[](const std::string &path) { return {path}; }
};
struct Versioned : net::App {
  void on(const std::string &path, F handler) override { net::App::on("/v1" + path, logged(handler)); }
};
struct Hiding : net::App {
  void get(const std::string &path, F handler) { net::App::get("/hid" + path, handler); }
};
struct Grouping : net::Group {
  Grouping() : net::Group("/grouping") {}
  explicit Grouping(const std::string &name) : net::Group("/named" + name) {}
};
extern net::Group globalGroup;
extern Versioned versioned;
extern net::App globalApp;
extern net::App *appPointer;
extern std::unique_ptr<net::App> appOwner;
extern std::vector<net::App> apps;
struct Holder {
  net::App app;
  net::Group group{"/held"};
  net::App &get() { return app; }
  void show() { @ }
  void setUp(const std::string &path) { app.get(path, [this] { show(); }); app.post(path, std::bind(&Holder::show, this)); }
};
extern Holder holder;
template <typename T> struct Auto {
  static inline bool done = (T::add(), true);
  Auto() { (void)done; }
};
template <typename T> struct Controller {
  explicit Controller(const std::string &path) { net::route(path, [this] { static_cast<T *>(this)->show(); }); }
};
struct Screen {
  explicit Screen(const std::string &path) { net::route(path, [this] { draw(); }); net::route(path + "/screen", std::bind(&Screen::draw, this)); }
  virtual ~Screen() = default;
  virtual void draw() { @ }
};
"""

# Once, in the second unit.
FAR = """
Far::operator std::string() const { return "/far" + std::string(text); }
std::string farPath(const std::string &text) { return "/fp" + text; }
void change(std::string &text) { text += "/x"; }
const std::string farBase = "/fb";
const char *farText = "/ft";
static void farOne() { @ }
P farHandler = farOne;
F withAuth(F inner) { return [inner = std::move(inner)] { @ if (chance()) inner(); }; }
F retry(int times, F inner) { return [=] { for (int i = 0; i < times; ++i) inner(); @ }; }
F only(P inner) { return inner; }
F chained(std::vector<F> all) {
  F whole = [] { @ };
  for (F &each : all)
    whole = [whole, each] { whole(); each(); };
  return whole;
}
F MakerB::make() const { return [] { @ }; }
F make(int kind) {
  switch (kind) {
  case 0: return [] { @ };
  case 1: return farOne;
  default: return logged([] { @ });
  }
}
static void chosen() { @ }
P choose(int kind) { return kind ? chosen : farOne; }
void fillFar(F &place) { place = [] { @ }; }
About about;
Help help;
void regFar(const std::string &path, F handler) { net::app().get("/g" + path, handler); }
void regChar(const char *path, P handler) { net::app().plain(path, handler); }
static void regInner(const std::string &path, F handler) { net::route(path, logged(handler)); }
void regNested(const std::string &path, F handler) { regInner("/n" + path, [handler] { @ handler(); }); }
void regList(std::initializer_list<std::pair<const char *, F>> list) { for (auto &each : list) net::route(each.first, each.second); }
Prefixing prefixing;
net::Group globalGroup("/global");
Versioned versioned;
net::App globalApp;
net::App *appPointer = &globalApp;
std::unique_ptr<net::App> appOwner = std::make_unique<net::App>();
std::vector<net::App> apps(2);
Holder holder;
"""


class Program:
    """Two units in C++."""

    language = (*CPP[:3], "cpp")
    rules, framework = RULES, (HEADER, WORLD)
    shared, far = SHARED, FAR

    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.density = self.random.choice([0.05, 0.1, 0.2, 0.5])
        self.uses = self.names = self.labels = 0
        self.globals, self.body, self.early = [[], []], [], False
        self.unit = 0
        self.header = []
        self.functions = 0

    # ---- parts ---------------------------------------------------------------

    def use(self):
        self.uses += 1
        return f"c{self.uses - 1}::use();"

    def declared(self, number):
        return f"namespace c{number} {{ void use(); }}\n"

    def filled(self, text):
        while "@" in text:
            text = text.replace("@", self.use(), 1)
        return text

    def name(self):
        self.names += 1
        return f"x{self.names}"

    def label(self):
        """A path of its own."""
        self.labels += 1
        return f"/r{self.labels - 1}"

    def chance(self, p):
        return self.random.random() < p

    def pick(self, *options):
        return self.random.choice(options)

    def choose(self, site, always, options):
        """One of OPTIONS, of which a program has the first ones, and of the others a part."""
        has = [each for i, each in enumerate(options)
               if i < always or random.Random(f"{self.seed} {site} {i}").random() < self.density]
        return self.random.choice(has)()

    def top(self, text):
        """At the head of the unit."""
        self.globals[self.unit].append(self.filled(text))

    def say(self, text):
        self.body.append(self.filled(text))

    def before(self, text, result):
        self.say(text)
        return result

    def above(self, text, result):
        self.top(text)
        return result

    def block(self, make):
        """What MAKE says, in braces."""
        outer, self.body = self.body, []
        make()
        inner, self.body = self.body, outer
        return "{ " + " ".join(inner) + " }"

    # ---- paths: an expression, and whether it is characters, a string, a view or else ----------

    def path(self, depth=0):
        label, n, m = self.label(), self.name(), self.name()
        literal = f'"{label}"'
        if self.early:
            return self.choose("early", 4, [
                lambda: (literal, "c"), lambda: (literal + "s", "s"), lambda: (f"PATH_OF({label[1:]})", "c"),
                lambda: self.above(f"static constexpr const char *{n} = {literal};", (n, "c")),
                lambda: (f"std::string({literal}) + \"/e\"", "s")])
        plain = lambda: self.path(depth + 1) if depth < 2 else (literal, "c")
        return self.choose("path", 5, [
            lambda: (literal, "c"), lambda: (literal, "c"), lambda: (literal, "c"),
            lambda: (literal + "s", "s"), lambda: (f'std::string("/p") + {literal}', "s"),
            # Constants.
            lambda: (f'"{label}" "/adj"', "c"), lambda: (f'R"({label})"', "c"), lambda: (literal + "sv", "v"),
            lambda: (f"PATH_OF({label[1:]})", "c"), lambda: (f'"{label}\\0zero"', "c"),
            lambda: self.above(f"static const char *const {n} = {literal};", (n, "c")),
            lambda: self.above(f"static constexpr char {n}[] = {literal};", (n, "c")),
            lambda: self.above(f"static constexpr std::string_view {n} = {literal};", (n, "v")),
            lambda: self.above(f"static const std::string {n} = {literal};", (n, "s")),
            lambda: self.above(f"static const char *{n} = {literal};", (n, "c")),
            lambda: self.above(f"struct {n} {{ static constexpr const char *path = {literal}; }};", (n + "::path", "c")),
            lambda: self.above(f"struct {n} {{ static inline std::string path = {literal}; }};", (n + "::path", "s")),
            lambda: self.above(f'static const char *const {n}[] = {{"/n0{n}", {literal}}};', (f"{n}[1]", "c")),
            lambda: self.above(f'static const char *{n}[] = {{"/n0{n}", {literal}}};', self.before(
                self.pick("", f'{n}[1] = "/n1{n}";'), (f"{n}[1]", "c"))),
            lambda: self.above(f"struct {n}_t {{ const char *path; int n; }}; static const {n}_t {n} = {{{literal}, 1}};", (n + ".path", "c")),
            lambda: self.above(f"struct {n}_t {{ std::string path = {literal}; const std::string fixed = \"/fix{n}\"; }}; static {n}_t {n};", self.before(
                self.pick("", f'{n}.path += "/m";'), (n + self.pick(".path", ".fixed"), "s"))),
            # Locals.
            lambda: self.before(f"std::string {n} = {literal};", (n, "s")),
            lambda: self.before(f"{self.pick('auto', 'const auto', 'std::string_view', 'const char *const')} {n} = {literal};",
                (f"std::string{{{n}}}", "s")),
            lambda: self.before(f"const std::string &{n} = {literal};", (n, "s")),
            lambda: self.before(f"static std::string {n} = {literal}; {self.changed(n)}", (n, "s")),
            lambda: self.before(f"std::string {n}({literal}); {self.changed(n)}", (n, "s")),
            lambda: self.before(f"std::string {n} = {literal}; {self.changed(n)}", (n, "s")),
            lambda: self.before(f"std::string {n} = {literal}; const std::string &{m} = {n}; {self.changed(n)}", (m, "s")),
            lambda: self.before(f"std::string {n} = {literal}; const std::string *{m} = &{n}; {self.changed(n)}", ("*" + m, "s")),
            lambda: self.before(f"std::string {n} = {literal}; auto {m} = [&] {{ return {n}; }}; {self.changed(n)}", (m + "()", "s")),
            lambda: self.before(f"char {n}[64] = {literal}; {self.rewritten(n)}", (n, "c")),
            lambda: self.before(f"char {n}[64] = {literal}; const char *{m} = {n}; {self.rewritten(n)}", (m, "c")),
            lambda: self.before(f'const char *{n} = {literal}; {self.pick("", f"if (chance()) {n} = pathAt(2);", f"++{n};")}', (n, "c")),
            lambda: self.before(f"std::vector<std::string> {n} = {{{literal}, \"/e{n}\"}}; {self.pick('', f'std::swap({n}[0], {n}[1]);')}",
                (self.pick(f"{n}[0]", f"{n}.front()", f"{n}.at(0)"), "s")),
            lambda: self.before(f"const std::map<int, std::string> {n} = {{{{1, {literal}}}, {{2, \"/e{n}\"}}}};", (f"{n}.at(1)", "s")),
            lambda: self.before(f"const std::tuple<std::string, int> {n}({literal}, 1);", (f"std::get<0>({n})", "s")),
            lambda: self.before(f"auto [{n}, {m}] = std::make_pair({literal}s, 1);", (n, "s")),
            lambda: self.before(f"std::optional<std::string> {n} = {literal}; {self.pick('', f'{n} = farText;')}", ("*" + n, "s")),
            # What makes them.
            lambda: self.before(f'char {n}[64]; std::snprintf({n}, sizeof {n}, "/s%s", {literal});', (n, "c")),
            lambda: self.before(f'std::ostringstream {n}; {n} << {literal} << 3;', (n + ".str()", "s")),
            lambda: (f'"/i"s + {literal} + std::to_string(7)', "s"),
            lambda: (f"farBase + {literal}", "s"), lambda: (f"farText + {literal}s", "s"),
            lambda: (f'"/j"s + {self.string(plain())} + "/k"', "s"),
            lambda: (f'(chance() ? {literal} : "/q{n}")', "c"),
            lambda: (f"(chance() ? {self.string(plain())} : std::string(\"/q{n}\"))", "s"),
            lambda: self.above(f"static std::string {n}() {{ return {literal}; }}", (n + "()", "s")),
            lambda: self.above(f'static std::string {n}(std::string x) {{ x = "/f" + x; return x; }}', (f"{n}({literal})", "s")),
            lambda: (f"farPath({self.string(plain())})", "s"), lambda: (f"joined(\"/jo\", {self.string(plain())})", "s"),
            lambda: (f"same({self.string(plain())})", "s"), lambda: (f"pathAt({self.random.randrange(3)})", "c"),
            lambda: self.before(f'auto {n} = [](const std::string &x) {{ return "/l" + x; }};', (f"{n}({literal})", "s")),
            lambda: (literal + "_path", "s"), lambda: (f'Piece{{"{label}"}} + "more"', "x"),
            lambda: (f'Piece{{"/p"}} / Piece{{"{label}"}}', "x"), lambda: (f"Piece{{{literal}}}", "x"),
            lambda: (f"Far({literal})", "x"), lambda: (f"Below({literal})", "n"), lambda: (f"net::Path({literal})", "n"),
            lambda: self.before(f"Far {n}({literal});", (n, "x")), lambda: self.before(f"Below {n} = {literal};", (n, "n")),
            lambda: (f'std::string("{label}/cut").substr(0, {len(label)})', "s"), lambda: (f'std::string("{label}xx", {len(label)})', "s"),
            lambda: (f'std::string_view("{label}xx", {len(label)})', "v"), lambda: (f'std::string("xx{label}", 2, std::string::npos)', "s"),
            lambda: (f'"xx{label}" + 2', "c"), lambda: (f'&"xx{label}"[2]', "c"), lambda: (f'(chance(), {literal})', "c"),
            lambda: (f"std::string{{'/', 'b', {self.pick('char(48 + chance())', chr(39) + 'x' + chr(39))}}}", "s"),
            lambda: (f'std::string({literal}).append("/ap")', "s"), lambda: (f'std::move(std::string({literal}).insert(0, "/in"))', "s"),
            lambda: self.before(f"std::string {n} = {literal};", (f"std::move({n})", "s")),
            lambda: self.before(f"std::string {n} = {literal};", (f'std::exchange({n}, "/ex")', "s")),
            lambda: self.before(f"std::string {n} = {literal};", (f'({n} += "/pe")', "s")),
            lambda: self.before(f"std::string {n} = {literal}, {m} = std::move({n}); {n} = \"/mv\";", (self.pick(n, m), "s")),
        ])

    def changed(self, n):
        """What may change the string N."""
        return self.choose("changed", 3, [
            lambda: "", lambda: f'{n} += "/ch";', lambda: f"change({n});", lambda: f'{n} = "/new{n}";', lambda: f"changeHere({n});",
            lambda: f"changeAny({n});", lambda: f'{n}.append("/ap");', lambda: f'{n}.insert(0, "/is");', lambda: f"{n}[1] = 'q';",
            lambda: f'*(&{n}) += "/pt";', lambda: f'auto &r{n} = {n}; r{n} += "/rf";', lambda: f'[&] {{ {n} += "/la"; }}();',
            lambda: f'auto l{n} = [&x = {n}](const char *t) {{ x += t; }}; l{n}("/lb");',
            lambda: f'std::string o{n} = "/ot{n}"; std::swap({n}, o{n});',
            lambda: f'std::string o{n} = "/os{n}"; {n}.swap(o{n});', lambda: f"for (int i = 0; i < 2; ++i) {n} += 'z';",
            lambda: f'std::exchange({n}, "/xc{n}");', lambda: f'{n}.replace(1, 1, "RE");', lambda: f'std::istringstream("/li{n}") >> {n};',
            lambda: f"std::replace({n}.begin(), {n}.end(), 'r', 'q');",
            lambda: f'std::tie({n}, std::ignore) = std::make_tuple("/tie{n}"s, 1);',
            lambda: f'std::strcpy({n}.data(), "/w");', lambda: f'if (chance()) {n} = "/if{n}";',
            lambda: f"for (char &c : {n}) if (c == 'r') c = 'p';",
            lambda: f'std::string o{n}; (chance() ? {n} : o{n}) += "/te";', lambda: f"auto p{n} = &{n}; change(*p{n});",
            lambda: f'std::function<void(std::string &)> f{n} = change; f{n}({n});', lambda: f"std::ref({n}).get() += \"/re\";",
            lambda: f"{n}.erase(1, 1);", lambda: f"std::for_each({n}.begin(), {n}.end(), [](char &c) {{ c = c == 'r' ? 'o' : c; }});",
            lambda: f"std::vector<std::string *> v{n} = {{&{n}}}; *v{n}[0] += \"/ve\";",
            lambda: f"struct {{ std::string &s; }} s{n}{{{n}}}; s{n}.s += \"/st\";",
            lambda: f'goto g{n}; g{n}: {n}.push_back(\'g\');', lambda: f'{n}.back() = \'B\';', lambda: f"*{n}.begin() = '_';"])

    def rewritten(self, n):
        """What may change the characters N."""
        return self.pick("", f'std::strcat({n}, "/sc");', f"{n}[2] = 'b';", f'std::snprintf({n} + 1, 60, "%d", 42);', f'std::memcpy({n}, "/mem", 5);',
                         f"*({n} + 1) = 'c';", f"char *q{n} = {n}; q{n}[1] = 'd';", f"for (char &c : {n}) if (c == 'r') c = 's';",
                         f"std::swap({n}[1], {n}[2]);", f'std::strcpy(&{n}[1], "cpy");', f"1[{n}] = 'i';")

    def string(self, path):
        text, kind = path
        return {"c": text, "s": text, "x": text if self.chance(0.5) else f"static_cast<std::string>({text})", "v": f"std::string{{{text}}}",
            "n": f"({text}).text"}[kind]

    def characters(self, path):
        text, kind = path
        return text if kind == "c" else f"({text}).text.c_str()" if kind == "n" else f"static_cast<std::string>({text}).c_str()"

    def view(self, path):
        text, kind = path
        return text if kind in "csv" else self.string((text, kind)) if kind == "n" else f"static_cast<std::string>({text})"

    # ---- handlers: an expression, and whether it is a pointer -----------------------------------

    def function(self):
        n = self.name()
        if self.chance(0.3):
            self.globals[1 - self.unit].append(f"void {n}() {{ {self.use()} }}")
            self.header.append(f"void {n}();")
        else:
            self.top(f"static void {n}() {{ @ }}")
        return n

    def pointer(self):
        n, m = self.name(), self.name()
        f = self.function
        if self.early:
            return self.pick(f, lambda: "+[] { " + self.use() + " }")()
        return self.choose("pointer", 3, [
            f, lambda: "&" + f(), lambda: "+[] { " + self.use() + " }", lambda: f"P([] {{ {self.use()} }})",
            lambda: f"(chance() ? {f()} : {f()})", lambda: self.before(f"{self.pick('P', 'auto', 'const P')} {n} = {f()};", n),
            lambda: self.before(f"P {n} = {f()}; {n} = {f()};", n), lambda: self.before(f"P {n} = {f()}; P &{m} = {n}; {m} = {f()};", n),
            lambda: self.above(f"static P const {n}[] = {{{f()}, {f()}}};", f"{n}[1]"),
            lambda: self.above(f"static P {n}[] = {{{f()}, {f()}}};", self.before(
                self.pick("", f"{n}[0] = {f()};", f"std::swap({n}[0], {n}[1]);"), f"{n}[0]")),
            lambda: self.above(f"static const struct {{ int n; P handler; }} {n} = {{1, {f()}}};", n + ".handler"),
            lambda: self.above(f"static struct {{ int n; P handler; }} {n} = {{1, {f()}}};",
                self.before(self.pick("", f"{n}.handler = {f()};"), n + ".handler")),
            lambda: f"choose({self.random.randrange(2)})", lambda: f"wrapped<{f()}>", lambda: "Page::list", lambda: "&Page::list",
            lambda: "farHandler",
            lambda: self.above(f"static P {n} = {f()};", self.before(self.pick("", f"{n} = {f()};"), n)),
            lambda: self.above(f"static P {n}(P one, P) {{ return one; }}", f"{n}({f()}, {f()})"),
            lambda: self.above(f"template <int> void {n}() {{ @ }}", n + "<1>"),
            lambda: self.above(f"struct {n} {{ static void run() {{ @ }} }};", n + "::run"), lambda: f"*{f()}",
            lambda: self.above(f"static P {n}() {{ static P one = {f()}; return one; }}", n + "()")])

    def handler(self, depth=0):
        if self.chance(0.35):
            return self.pointer(), True
        n, m = self.name(), self.name()
        if depth > 2:
            return "[] { " + self.use() + " }", False
        h = lambda: self.handler(depth + 1)[0]
        p = lambda: self.pointer()
        if self.early:
            return self.choose("early handler", 3, [
                lambda: "[] { " + self.use() + " }", lambda: f"withAuth({h()})", lambda: f"logged({h()})", lambda: f"F({h()})",
                lambda: f"Logged{{{h()}}}"]), False
        return self.choose("handler", 5, [
            lambda: "[] { " + self.use() + " }", lambda: "[] { " + self.use() + " }",
            lambda: f"[inner = F({h()})] {{ {self.use()} inner(); }}",
            lambda: f"withAuth({h()})", lambda: f"logged({h()})",
            # Wrappers.
            lambda: f"timed({p()})", lambda: f"timed(F({h()}))", lambda: f"retry(2, {h()})", lambda: f"twice({h()})",
            lambda: f"only({p()})",
            lambda: f"both({h()}, {h()})", lambda: f"chained({{{h()}, {h()}}})", lambda: f"all({p()}, F({h()}))",
            lambda: f"Logged{{{h()}}}",
            lambda: f"Timed{{F({h()})}}", lambda: f"Timed{{+[] {{ {self.use()} }}}}", lambda: f"policy().wrap({h()})",
            lambda: f"static_cast<const Policy &>(Strict()).wrap({h()})", lambda: f"Strict().wrap({h()})", lambda: f"Closed().wrap({h()})",
            lambda: f"policy().passed({h()})",
            lambda: self.before(f"std::unique_ptr<Abstract> {n} = std::make_unique<Around>();", f"{n}->around({h()})"),
            lambda: self.before(f"std::unique_ptr<Policy> {n} = std::make_unique<{self.pick('Strict', 'Closed', 'Policy')}>();", f"{n}->wrap({h()})"),
            lambda: self.before(f"F {n} = {h()}; {n} = [{n}] {{ {self.use()} {n}(); }};", n),
            lambda: self.before(f"auto {n} = [](F inner) {{ return F([inner] {{ @ inner(); }}); }};", f"{n}({h()})"),
            lambda: self.before(f"std::function<F(F)> {n} = withAuth;", f"{n}({h()})"),
            lambda: self.before(f"F (*{n})(F) = {self.pick('withAuth', 'twice')};", f"{n}({h()})"),
            lambda: self.before(f"F {n} = {h()}; for (auto wrap : {{withAuth, twice}}) {n} = wrap({n});", n),
            # Variables.
            lambda: self.before(f"{self.pick('F', 'const F')} {n} = {h()};", n), lambda: self.before(f"F {n} = {h()};", f"std::move({n})"),
            lambda: self.before(f"F {n} = {h()}; {n} = {h()};", n),
            lambda: self.before(f"F {n}; if (chance()) {n} = {h()}; else {n} = {h()};", n),
            lambda: self.before(f"F {n} = {h()}; F &{m} = {n}; {m} = {h()};", self.pick(n, m)),
            lambda: self.before(f"F {n} = {h()}, {m} = {h()}; {n}.swap({m});", self.pick(n, m)),
            lambda: self.before(f"F {n} = {h()}; fill({n}, {h()});", n), lambda: self.before(f"F {n} = {h()}; fillFar({n});", n),
            lambda: self.before(f"F {n} = {h()};", f"std::exchange({n}, {{}})"), lambda: self.before(f"F {n};", f"({n} = {h()})"),
            lambda: self.before(f"auto {n} = [] {{ @ }};", self.pick(n, f"std::ref({n})", f"std::move({n})")),
            lambda: self.before(f"static F {n}; {n} = {h()};", n), lambda: self.above(f"static F {n};", self.before(f"{n} = {h()};", n)),
            lambda: self.above(f"static F {n};", self.before(f"{n} = {h()};", f"[] {{ {n}(); }}")),
            lambda: self.above(f"static const F {n} = [] {{ @ }};", n),
            lambda: self.before(f"auto {n} = std::make_shared<F>({h()});", self.pick("*" + n, f"[{n}] {{ (*{n})(); }}")),
            lambda: self.before(f"std::optional<F> {n} = {h()};", self.pick("*" + n, n + ".value()")),
            lambda: self.before(f"std::tuple<int, F> {n}(1, {h()});", f"std::get<1>({n})"),
            lambda: self.before(f"Context {n}{{{h()}, nullptr}};", n + ".handler"),
            lambda: self.before(f"const Context {n}{{{h()}, nullptr}};", n + ".handler"),
            lambda: self.before(f"Context {n}{{{h()}, nullptr}}, {m} = {n}; {n}.handler = {h()};", self.pick(n, m) + ".handler"),
            lambda: self.before(f"std::vector<F> {n} = {{{h()}, {h()}}};", self.pick(f"{n}[0]", f"{n}.back()", f"{n}.at(1)")),
            lambda: self.before(f"std::vector<F> {n}; {n}.push_back({h()});", f"{n}.front()"),
            lambda: self.before(f"F {n}[] = {{{h()}, {h()}}};", f"{n}[1]"),
            lambda: self.before(f"const std::map<std::string, F> {n} = {{{{\"a\", {h()}}}, {{\"b\", {h()}}}}};",
                self.pick(f'{n}.at("a")', f'{n}.find("b")->second')),
            lambda: self.before(f"std::map<std::string, F> {n}; {n}[\"a\"] = {h()};", f'{n}["a"]'),
            lambda: self.above(f"static std::unordered_map<int, F> {n};", self.before(f"{n}[1] = {h()}; {n}.emplace(2, {h()});", f"{n}[1]")),
            lambda: self.before(f"std::variant<int, F> {n} = F({h()});", f"std::get<F>({n})"),
            # Binds.
            lambda: f"std::bind({p()})", lambda: f"std::bind(F({h()}))", lambda: "std::bind(&Page::show, &about)",
            lambda: "std::bind(&Page::edit, help)", lambda: "std::bind(&Page::show, Help())",
            lambda: f"std::bind(&Page::{self.pick('show', 'edit')}, std::make_shared<{self.pick('Page', 'About', 'Help')}>())",
            lambda: "std::bind(&Page::both, &help, 1)", lambda: "std::bind_front(&Page::both, &about, 0)",
            lambda: "std::bind(&Shown<Help>::show, &help)", lambda: "std::bind(&Page::show, std::ref(about))",
            lambda: "[] { about.show(); }", lambda: "[page = std::make_shared<About>()] { page->show(); }",
            lambda: self.before(f"std::shared_ptr<Page> {n} = std::make_shared<{self.pick('Page', 'About', 'Help')}>();",
                f"[{n}] {{ {n}->edit(); {n}->show(); }}"),
            lambda: self.before(f"void (Page::*{n})() = &Page::show; static Help {m};", f"[{n}] {{ ({m}.*{n})(); }}"),
            lambda: self.before(f"auto {n} = std::mem_fn(&Page::show);", f"std::bind({n}, &about)"),
            lambda: self.above(f"static void {n}(const std::string &, F inner) {{ @ inner(); }}", f'std::bind({n}, "x", F({h()}))'),
            lambda: self.above(f"static void {n}(P inner) {{ @ inner(); }}", self.pick(f"std::bind({n}, {p()})", f"std::bind_front({n}, {p()})")),
            lambda: self.above(f"struct {n} {{ void run(F inner) {{ @ inner(); }} }}; static {n} {m};", f"std::bind(&{n}::run, &{m}, F({h()}))"),
            # Makers.
            lambda: f"make({self.random.randrange(3)})",
            lambda: self.before(f"std::unique_ptr<Maker> {n} = std::make_unique<{self.pick('Maker', 'MakerA', 'MakerB')}>();", f"{n}->make()"),
            lambda: "MakerA().make()", lambda: "MakerB().make()",
            lambda: self.above(f"template <int> F {n}() {{ return [] {{ @ }}; }}", n + "<2>()"),
            lambda: self.above(f"static auto {n}(int i) {{ return [i] {{ if (i) {{ @ }} }}; }}", n + "(1)"),
            lambda: self.above(f"static F {n}(F one, F other) {{ if (chance()) return one; return other; }}", f"{n}({h()}, {h()})"),
            lambda: self.above(f"static F {n}(F one) {{ F kept = one; one = [] {{ @ }}; return kept; }}", f"{n}({h()})"),
            lambda: self.above(f"static F {n}(F one) {{ one = [one] {{ @ one(); }}; return one; }}", f"{n}({h()})"),
            lambda: self.above(f"static const F &{n}(const F &one) {{ return one; }}", f"{n}({h()})"),
            lambda: self.above(f"struct {n} {{ F kept; F get() const {{ return kept; }} }};", f"{n}{{{h()}}}.get()"),
            lambda: f"(chance() ? F({h()}) : F({h()}))", lambda: f"[x = F({h()})] {{ return x; }}()", lambda: f"(chance(), {h()})",
            lambda: self.above(f"struct {n} {{ operator F() const {{ return [] {{ @ }}; }} }};", n + "{}"),
            lambda: self.above(f"struct {n} {{ F kept; operator P() const {{ return [] {{ @ }}; }} }};", n + "{}"),
            lambda: self.above(f"struct {n} {{ void operator()() const {{ @ }} }};", n + "{}"),
            lambda: self.above(f"struct {n}_b {{ void operator()() const {{ step(); }} virtual void step() const {{ @ }} virtual ~{n}_b() "
                               f"= default; }}; struct {n} : {n}_b {{ void step() const override {{ @ }} }};", n + "{}"),
            lambda: self.above(f"struct {n}_b {{ virtual void operator()() const {{ @ }} }}; struct {n} : {n}_b {{ void operator()() const "
                               f"override {{ @ }} }}; static {n} {m};", f"std::cref(static_cast<const {n}_b &>({m}))"),
            lambda: "[](auto...) { " + self.use() + " }", lambda: f"[f = {p()}]() mutable {{ f(); }}",
            lambda: f"std::not_fn([] {{ {self.use()} return true; }})", lambda: f"F(F({h()}))",
        ]), False

    # ---- objects --------------------------------------------------------------------------------

    def app(self):
        """What is before the name of a method."""
        n, m = self.name(), self.name()
        if self.early:
            return "net::app()."
        return self.choose("app", 2, [
            lambda: "net::app().", lambda: "globalApp.", lambda: "appPointer->", lambda: "(*appPointer).", lambda: "appOwner->",
            lambda: "apps[0].", lambda: "apps.back().", lambda: "holder.app.",
            lambda: "holder.get().", lambda: self.before(f"net::App {n};", n + "."),
            lambda: self.before(f"net::App &{n} = net::app();", n + "."), lambda: self.before(f"auto *{n} = &globalApp;", n + "->"),
            lambda: self.before(f"auto {n} = std::make_unique<net::App>();", n + "->"), lambda: "net::App().",
            lambda: self.before(f"std::shared_ptr<net::App> {n}(new net::App);", n + "->"),
            lambda: self.before(f"net::App {n}, {m} = {n};", m + ".")])

    def grouped(self):
        """The same of an object with a path of its own."""
        n, m = self.name(), self.name()
        path = lambda: self.string(self.path(1))
        return self.choose("group", 2, [
            lambda: self.before(f"net::Group {n}({path()});", n + "."), lambda: f"net::Group({path()}).", lambda: "globalGroup.",
            lambda: "holder.group.", lambda: "Grouping().", lambda: f'Grouping("/n").',
            lambda: self.before(f"Grouping {n};", n + "."),
            lambda: self.before(f"net::Group {n}({path()}); {n} = net::Group({path()});", n + "."),
            lambda: self.before(f"net::Group {n}({path()}), {m} = {n};", m + "."),
            lambda: self.before(f"net::Group {n}({path()}); net::Group &{m} = {n}; {m} = globalGroup;", n + "."),
            lambda: self.before(f"auto {n} = std::make_unique<net::Group>({path()});", n + "->"),
            lambda: self.before(f"std::vector<net::Group> {n}; {n}.emplace_back({path()});", n + "[0]."),
            lambda: self.before(f"net::Group {n}[] = {{net::Group({path()}), net::Group({path()})}};", n + "[1]."),
            lambda: self.before(f"net::Group {n}({path()}), {m}({path()}); std::swap({n}, {m});", n + "."),
            lambda: self.before(f"net::Group {n}({path()}); auto {m} = &{n}; *{m} = Grouping();", m + "->"),
            lambda: self.before(f"net::Group *{n} = new net::Group({path()}); if (chance()) {n} = &globalGroup;", n + "->"),
            lambda: self.before(f"std::optional<net::Group> {n}({path()});", n + "->"),
            lambda: self.above(f"static net::Group {n}(const std::string &x) {{ return net::Group(\"/mg\" + x); }}", f"{n}({path()})."),
            lambda: self.above(f"struct {n} {{ explicit {n}(const std::string &x) : group(\"/gm\" + x), other(group) {{}} net::Group "
                               f"group, other; }};", self.before(f"{n} {m}({path()});", m + self.pick(".group.", ".other."))),
            lambda: self.before(f"std::map<int, net::Group> {n}; {n}.try_emplace(1, {path()});", f"{n}.at(1)."),
            lambda: self.before(f"net::Group {n}({path()}); auto {m} = std::move({n});", m + ".")])

    # ---- the call that registers ----------------------------------------------------------------

    def register(self, path, handler, depth=0):
        """Says what registers HANDLER at PATH."""
        text, isPointer = handler
        n, m, k = self.name(), self.name(), self.name()
        s, c, v = lambda: self.string(path), lambda: self.characters(path), lambda: self.view(path)
        if path[1] == "n" and self.chance(0.7):
            return self.say(f"{self.app()}at({path[0]}, {text});")
        if isPointer and self.chance(0.2):
            return self.say(self.choose("plain", 2, [
                lambda: f"{self.app()}plain({c()}, {text});", lambda: f"regChar({c()}, {text});",
                lambda: f"net::slot({s()})->onRequest = {text};",
                lambda: f"net::Slot *{n} = net::slot({s()}); {n}->onRequest = {text};",
                lambda: f"static const std::string {m} = {s()}; const net::Row {n}[] = {{{{{m}.c_str(), {text}}}}}; net::rows({n}, 1);",
                lambda: f"net::Row {n} = {{}}; static std::string {m} = {s()}; {n}.path = {m}.c_str(); {n}.handler = {text}; net::rows(&{n}, 1);",
                lambda: f"void (net::App::*{n})(const char *, P) = &net::App::plain; (net::app().*{n})({c()}, {text});"]))
        inner = lambda: self.block(lambda: self.register(path, handler, depth + 1))
        base = [
            lambda: f"net::route({s()}, {text});", lambda: f"{self.app()}get({s()}, {text});", lambda: f"{self.app()}post({s()}, {text});",
            lambda: f"{self.app()}view({v()}, {text});", lambda: f"{self.app()}any({s()}, {text});",
            lambda: f"{self.app()}at({path[0] if path[1] in 'csn' else s()}, {text});",
            lambda: f'{self.app()}add("{self.pick("GET", "PUT")}", {s()}, {text});',
            lambda: f'const std::string {n} = "PUT"; {self.app()}add({n}, {s()}, {text});',
            lambda: f'std::string {n} = "PUT"; if (chance()) {n} = "DELETE"; {self.app()}add({n}, {s()}, {text});',
            lambda: f"{self.app()}on({s()}, {text});",
            lambda: f"ROUTE({s()}, {text});" if "," not in text + s() else f"net::route({s()}, {text});",
            lambda: f"{self.app()}route({s()}).get({text});",
            lambda: f"{self.app()}route({s()}).get({text}).post({self.handler(1)[0]});",
            lambda: f"auto {n} = {self.app()}route({s()}); {n}.get({text}); {n}.post({self.handler(1)[0]});",
            lambda: f"net::Route {n} = {self.app()}route({s()}); if (chance()) {n} = net::Route(\"/other{n}\"); {n}.get({text});",
            lambda: f"net::Route {n}({s()}); {n}.get({text});",
            lambda: f"{self.grouped()}get({s()}, {text});", lambda: f"{self.grouped()}get({s()}, {text});",
            lambda: self.above(f"struct {n} : net::Service {{ explicit {n}(F inner) : inner(inner) {{}} void serve() override {{ @ "
                               f"inner(); }} F inner; }};", f"{self.app()}object({s()}, std::make_shared<{n}>({text}));"),
            lambda: self.above(f"struct {n}_b : net::Service {{ void serve() override {{ @ step(); }} virtual void step() {{ @ }} }}; "
                               f"struct {n} : {n}_b {{ void step() override {{ @ }} }};", f"std::shared_ptr<{self.pick('net::Service', n + '_b', n)}> {m} = std::make_shared<{n}>(); {self.app()}object({s()}, {m});"),
            lambda: f"net::Table {n} = {{{{{s()}, {text}}}}}; net::table({n});",
            lambda: f"net::Table {n}; {n}[{s()}] = {text}; net::table({n});",
            lambda: f"net::Table {n}; {n}.emplace({s()}, {text}); net::table({n});",
            lambda: f"net::Table {n}; F &{m} = {n}[{s()}]; {m} = {text}; net::table({n});",
            lambda: f"versioned.on({s()}, {text});", lambda: f"net::App &{n} = versioned; {n}.on({s()}, {text});",
            lambda: f"Versioned {n}; {n}.get({s()}, {text});", lambda: f"Hiding {n}; {n}.get({s()}, {text});",
            lambda: f"static_cast<net::App &&>(Hiding()).get({s()}, {text});",
            lambda: f"auto {n} = &net::route; {n}({s()}, {text});", lambda: f"std::invoke(&net::App::get, net::app(), {s()}, {text});",
            lambda: f"std::bind(net::route, std::string({s()}), F({text}))();",
            lambda: f"void (net::App::*{n})(const std::string &, F) = &net::App::post; (net::app().*{n})({s()}, {text});",
        ]
        if self.early:
            return self.say(self.pick(*base[:7])())
        if depth > 2 or self.chance(0.45):
            return self.say(self.choose("base", 4, base))
        self.say(self.choose("register", 4, [
            lambda: f"if (chance()) {inner()}", lambda: f"regFar({s()}, {text});", lambda: f"regHere({s()}, {text});",
            lambda: f"regWrapped({s()}, {text});", lambda: f"regNested({s()}, {text});",
            lambda: f"regDefault({text});", lambda: f"regDefault({text}, {s()});", lambda: f"regDefault({text}, {s()}, \"/third\");",
            lambda: f"regFallback({s()});", lambda: f"regFallback({s()}, {text});",
            lambda: f"regApp(globalApp, {s()}, {text});", lambda: f"regRoute({text});",
            lambda: f"regRoute({text}, net::app().route({s()}));",
            lambda: f"regAny({s()}, {text});",
            lambda: self.above(f"struct {n} {{ void operator()() const {{ @ }} }};", f"regType<{n}>({s()});"),
            lambda: f"regValue<{self.function()}>({c()});",
            lambda: f"regChanged({s()}, {text});", lambda: f"regLater({s()}, {text});", lambda: f"regIf(chance(), {s()}, {text});",
            lambda: f"regDeep({self.random.randrange(4)}, {s()}, {text});", lambda: f"regDeep(12, {s()}, {text});",
            lambda: f"regPacked({c()}, {text});",
            lambda: f"regPairs(std::pair(std::string({s()}), F({text})), std::make_pair(\"/pp{n}\", {self.function()}));",
            lambda: f"regSame({s()}, F({text}), {self.function()});",
            lambda: f"regList({{{{{c()}, {text}}}, {{\"/il{n}\", {self.handler(1)[0]}}}}});",
            lambda: f"regVector({{{{{s()}, {text}}}, {{\"/ve{n}\", {self.handler(1)[0]}}}}});",
            lambda: f"registering().add({s()}, {text});", lambda: f"prefixing.add({s()}, {text});",
            lambda: f"registering().addAll({s()}, {text});", lambda: f"Registering().add({s()}, {text});",
            lambda: f"Registering::still({s()}, {text});", lambda: f"Registering()({s()}, {text});",
            lambda: f"prefixing.Registering::add({s()}, {text});",
            lambda: f"std::unique_ptr<Registering> {n} = std::make_unique<{self.pick('Registering', 'Prefixing')}>(); {n}->add({s()}, {text});",
            lambda: f"Registered {n}({s()}, {text});", lambda: f"Registered {n}{{F({text})}};",
            lambda: f"RegisteredToo {n}({s()}, {text});", lambda: f"RegisteredBelow {n}({s()}, {text});",
            lambda: f"auto {n} = std::make_unique<{self.pick('Registered', 'RegisteredToo', 'RegisteredBelow')}>({s()}, {text});",
            lambda: f"std::vector<Registered> {n}; {n}.emplace_back({s()}, {text});", lambda: f"new RegisteredToo({s()}, {text});",
            lambda: f"Registered {n} = {{{s()}, {text}}};",
            lambda: self.above(f"struct {n} {{ Registered one; RegisteredBelow other; {n}(const std::string &x, F f) : one(x, f), "
                               f"other(\"/oth\" + x, f) {{}} }};", f"{n} {m}({s()}, {text});"),
            lambda: f"group({s()}, [&](Grouped &g) {{ g.get(\"/g{n}\", {self.function()}); g.get(\"/h{n}\", "
                    f"{text if isPointer and '(' not in text else self.function()}); }});",
            lambda: f"groupAny({s()}, [&](auto add) {{ add(\"/ga{n}\", {self.function()}); add(\"/gb{n}\", [] {{ {self.use()} }}); }});",
            lambda: f"Grouped {n}{{net::app(), \"/gd\"}}; {n}.get({s()}, {text});",
            lambda: f"Built().path({s()}).handler({text}).done();", lambda: f"Built {n}; {n}.handler({text}); {n}.path({s()}); {n}.done();",
            lambda: f"Deferred {n}; {n}.add({s()}, {text}); {n}.add(\"/df{n}\", {self.function()}); {n}.apply();",
            lambda: f"Assigned {n}; {n}[{s()}] = {text};", lambda: f"holder.setUp({s()});",
            # Local helpers.
            lambda: f"auto {n} = [](const std::string &p, F h) {{ net::route(\"/ll\" + p, h); }}; {n}({s()}, {text}); {n}(\"/l2{n}\", "
                    f"{self.function()});",
            lambda: f"auto {n} = [&](auto p, auto h) {{ net::app().get(p, h); }}; {n}({s()}, {text}); {n}(\"/l3{n}\", {self.function()});",
            lambda: f"std::function<void(const std::string &, F)> {n} = [](const std::string &p, F h) {{ net::route(p, h); }}; {n}({s()}, {text});",
            lambda: f"void (*{n})(const std::string &, F) = {self.pick('regFar', 'regNested')}; {n}({s()}, {text});",
            lambda: f"auto {n} = [p = std::string({s()})](F h) {{ net::route(p, h); }}; {n}({text});",
            lambda: f"auto {n} = [h = F({text})](const std::string &p) {{ net::route(p, h); }}; {n}({s()}); {n}(\"/l4{n}\");",
            lambda: f"[&] {inner()}();",
            lambda: f"std::string {n} = {s()}; auto {m} = [&](F h) {{ net::route({n}, h); }}; {self.changed(n)} {m}({text});",
            lambda: f"F {n} = {text}; auto {m} = [&](const std::string &p) {{ net::route(p, {n}); }}; if (chance()) {n} = "
                    f"{self.function()}; {m}({s()});",
            lambda: f"std::bind(regFar, std::placeholders::_1, F({text}))(std::string({s()}));",
            lambda: f"std::invoke(regHere, {s()}, {text});", lambda: f"std::apply(regFar, std::make_tuple(std::string({s()}), F({text})));",
            lambda: f"std::apply([](const std::string &p, F h) {{ net::route(p, h); }}, std::tuple<std::string, F>({s()}, {text}));",
            lambda: f"auto {n} = [](auto self, int i, std::string p, F h) -> void {{ if (i) return self(self, i - 1, p + \"/s\", h); "
                    f"net::route(p, h); }}; {n}({n}, 2, {s()}, {text});",
            # Around.
            lambda: f"switch (chance()) {{ case 0: {inner()} break; default: {inner()} }}", lambda: f"try {inner()} catch (...) {{}}",
            lambda: f"for (int i{n} = 0; i{n} < 1; ++i{n}) {inner()}",
            lambda: self.above(f"static void {n}() {self.elsewhere(depth)}", f"{n}();"),
            lambda: self.above(f"static void {n}() {self.elsewhere(depth)}", f"P {m}[] = {{{n}}}; for (P each : {m}) each();"),
            lambda: self.above(f"struct {n} {{ {n}() {self.elsewhere(depth)} virtual ~{n}() = default; }}; struct {m} : {n} {{}};", f"{m} {k};"),
            lambda: self.above(f"template <typename T> void {n}() {self.elsewhere(depth)}", f"{n}<int>();"),
            lambda: self.above(f"struct {n}_b {{ virtual ~{n}_b() = default; virtual void setUp() = 0; }}; struct {n} : {n}_b {{ void "
                               f"setUp() override {self.elsewhere(depth)} }};", f"std::unique_ptr<{n}_b> {m} = std::make_unique<{n}>(); "
                                       f"{m}->setUp();"),
            # Again.
            lambda: f"net::route({s()}, {text}); net::app().remove({s()}); net::route({s()}, {self.function()});" if path[1] == "c" and isPointer and "(" not in text else f"net::app().remove(\"/no\"); {inner()}",
            # Controllers.
            lambda: self.above(f"struct {n} {{ explicit {n}(const std::string &base) {{ net::route(base + \"/sh\", [this] {{ show(); }}); "
                               f"net::app().get(base + \"/ed\", std::bind(&{n}::edit, this)); }} virtual ~{n}() = default; virtual void "
                               f"show() {{ @ }} void edit() {{ @ }} }}; struct {m} : {n} {{ using {n}::{n}; void show() override {{ @ }} "
                               f"}};", f"static {self.pick(n, m)} {k}({s()});"),
            lambda: self.above(f"struct {n} : Controller<{n}> {{ using Controller<{n}>::Controller; void show() {{ @ }} }};",
                f"static {n} {k}({s()});"),
            lambda: self.above(f"struct {n} : Controller<{n}> {{ {n}(const std::string &x) : Controller<{n}>(\"/crtp\" + x) {{}} void "
                               f"show() {{ @ }} }};", f"new {n}({s()});"),
            lambda: self.above(f"struct {n} : Screen {{ {n}(const std::string &x) : Screen(\"/sc\" + x) {{}} void draw() override {{ @ }} "
                               f"}};", f"new {n}({s()});"),
            lambda: self.above(f"struct {n} : Screen {{ using Screen::Screen; void draw() override {{ @ }} }};",
                f"auto *{k} = new std::shared_ptr<Screen>(std::make_shared<{n}>({s()})); (void){k};"),
            lambda: self.above(f"struct {n} {{ const std::string base = \"/fi{n}\"; std::string other = \"/fo{n}\"; {n}(F h) {{ "
                               f"net::route(base + \"/x\", h); other += \"/c\"; net::route(other, h); }} }};", f"{n} {m}{{F({text})}};"),
            lambda: self.above(f"struct {n} : Grouping {{ {n}() {{ get(\"/own\", [] {{ @ }}); }} {n}(const std::string &x) : Grouping(x) "
                               f"{{ this->get(\"/two\", [] {{ @ }}); }} }};", self.pick(f"{n} {m};", f"{n} {m}({s()});")),
            lambda: self.above(f"struct {n} : net::Job {{ void run() override {{ @ }} }};", f"static {n} {m};"),
            lambda: self.above(f"template <typename T> struct {n}_b : net::Job {{ void run() override {{ @ static_cast<T *>(this)->step(); "
                               f"}} }}; struct {n} : {n}_b<{n}> {{ void step() {{ @ }} }};", f"static {n} {m};"),
        ]))

    def elsewhere(self, depth):
        """A function's body that registers something."""
        return self.block(lambda: self.register(self.path(1), self.handler(1), depth + 1))

    # ---- several at once ------------------------------------------------------------------------

    def several(self):
        """Says what registers the rows of a table."""
        n, m, r = self.name(), self.name(), self.name()
        isPlain = self.chance(0.5)
        isLiteral = self.chance(0.6)
        isGlobal = isPlain and isLiteral and self.chance(0.4)
        handlers = [self.function() if isGlobal else self.pointer() if isPlain else self.handler(1)[0]
                    for _ in range(self.random.randrange(2, 5))]
        paths = [self.path(1) for _ in handlers] if not isLiteral else handlers
        if isLiteral:
            paths = [(f'"{self.label()}"', "c") for _ in paths]
        one = lambda p, kind, h: self.block(lambda: self.register((p, kind), (h, isPlain), 2))
        kind, type_ = ("c", "const char *") if isLiteral else ("s", "std::string")
        whole = [p if isLiteral else self.string((p, k)) for p, k in paths]
        rows = ", ".join(f"{{{p}, {h}}}" for p, h in zip(whole, handlers))
        handler = "P" if isPlain else "F"
        self.top(f"struct {n}_t {{ {type_} path; {handler} handler; }};")
        const = self.pick("", "const ")
        edits = self.choose("edit", 3, [
            lambda: "", lambda: "", lambda: "", lambda: f"{n}[0].handler = {self.function()};", lambda: f'{n}[1].path = "/ed{n}";',
            lambda: f"std::swap({n}[0].handler, {n}[1].handler);", lambda: f"std::swap({n}[0], {n}[1]);",
            lambda: f"for (auto &e : {n}) e.handler = {self.function()};",
            lambda: f"auto &e{n} = {n}[0]; e{n}.handler = {self.function()};",
            lambda: f"auto *e{n} = &{n}[1]; e{n}->path = \"/eq{n}\";"]) if not const else ""
        ways = lambda table: self.choose("loop", 3, [
            lambda: f"for ({self.pick('const auto &', 'auto &', 'auto ', 'const auto ', 'auto &&')}{r} : {table}) "
                    f"{one(r + '.path', kind, r + '.handler')}",
            lambda: f"for (const auto &[{r}, {m}] : {table}) {one(r, kind, m)}",
            lambda: f"for (std::size_t {r} = 0; {r} < std::size({table}); ++{r}) {one(f'{table}[{r}].path', kind, f'{table}[{r}].handler')}",
            lambda: f"for (auto {r} = std::begin({table}); {r} != std::end({table}); ++{r}) {one(r + '->path', kind, r + '->handler')}",
            lambda: f"std::for_each(std::begin({table}), std::end({table}), [](const {n}_t &{r}) {one(f'{r}.path', kind, f'{r}.handler')});",
            lambda: f"for (auto {r} : {table}) {{ if (chance()) {r}.handler = {self.function()}; net::route({r}.path, {r}.handler); }}",
            lambda: f"for (auto {r} : {table}) {{ {r}.path = \"/lo\" + std::string({r}.path); net::route({r}.path, {r}.handler); }}" if not isLiteral else f"for (auto {r} : {table}) {{ {r}.path = \"/lo{n}\"; net::route({r}.path, {r}.handler); }}",
            lambda: f"int {m} = 0; for (const auto &{r} : {table}) {{ if ({m}++) net::route(\"/un\" + std::string({r}.path), {r}.handler); "
                    f"else net::route({r}.path, withAuth({r}.handler)); }}",
            lambda: f"std::for_each(std::begin({table}), std::end({table}), [](auto &&{r}) {{ regFar({r}.path, {r}.handler); }});",
            lambda: f"for (std::size_t {r} = std::size({table}); {r}-- > 0;) net::route({table}[{r}].path, {table}[{r}].handler);",
            lambda: f"for (const auto &{r} : {table}) regFar({r}.path, {r}.handler);",
            lambda: f"for (const auto &{r} : {table}) [&] {{ net::route({r}.path, {r}.handler); }}();",
            lambda: f"const {n}_t &{m} = {table}[0]; net::route({m}.path, {m}.handler); net::route({table}[1].path, {table}[1].handler);",
            lambda: f"for (const {n}_t *{r} = &{table}[0]; {r} != &{table}[0] + std::size({table}); ++{r}) net::route({r}->path, {r}->handler);",
            lambda: f"auto {m} = [](const {n}_t &each) {{ net::route(each.path, each.handler); }}; for (const auto &{r} : {table}) {m}({r});",
            lambda: f"for (const auto &{r} : {table}) {{ const auto &h{r} = {r}.handler; std::string p{r} = {r}.path; net::route(p{r}, h{r}); }}"])
        pairs = lambda container: f"{container} {n} = {{{rows}}};"
        pairLoop = lambda table: self.choose("pairs", 3, [
            lambda: f"for (const auto &[{r}, {m}] : {table}) {one(r, 's', m)}",
            lambda: f"for (auto &{r} : {table}) {one(r + '.first', 's', r + '.second')}",
            lambda: f"for (auto {r} = {table}.begin(); {r} != {table}.end(); ++{r}) net::route({r}->first, {r}->second);",
            lambda: f"for (auto [{r}, {m}] : {table}) {{ net::route({r}, {m}); }}",
            lambda: f"std::for_each({table}.begin(), {table}.end(), [](auto &{r}) {{ net::route({r}.first, {r}.second); }});"])
        def table():
            return self.choose("table", 3, [
                lambda: f"{const}{n}_t {n}[] = {{{rows}}}; {edits} {ways(n)}",
                lambda: f"{const}std::vector<{n}_t> {n} = {{{rows}}}; {edits} {ways(n)}",
                lambda: f"static {const}{n}_t {n}[] = {{{rows}}}; {edits} {ways(n)}",
                lambda: f"std::vector<{n}_t> {n}; {n}.push_back({{{whole[0]}, {handlers[0]}}}); {n}.push_back({{{whole[1]}, "
                        f"{handlers[1]}}}); {ways(n)}",
                lambda: f"const std::array<{n}_t, {len(handlers)}> {n} = {{{{{rows}}}}}; {ways(n)}",
                lambda: f"{pairs(const + f'std::map<std::string, {handler}>')} "
                        f"{self.pick('', '' if const else f'{n}[{chr(34)}/ad{n}{chr(34)}] = {self.function()};')} {pairLoop(n)}",
                lambda: f"{pairs(const + f'std::vector<std::pair<std::string, {handler}>>')} {pairLoop(n)}",
                lambda: f"{pairs(f'std::unordered_map<std::string, {handler}>')} for (auto &[{r}, {m}] : {n}) {m} = {self.function()}; {pairLoop(n)}",
                lambda: f"for (auto &[{r}, {m}] : std::initializer_list<std::pair<std::string, {handler}>>{{{rows}}}) {one(r, 's', m)}",
                lambda: f"for (const auto &{r} : std::vector<{n}_t>{{{rows}}}) {one(r + '.path', kind, r + '.handler')}",
                lambda: f"{'const char *const' if isLiteral else 'const std::string'} {n}[] = {{{', '.join(whole)}}}; {const}{handler} "
                        f"{m}[] = {{{', '.join(handlers)}}}; for (int i = 0; i < {len(handlers)}; ++i) net::route({n}[i], {m}[i]);",
                lambda: f"const {n}_t {n}[][2] = {{{{{{{whole[0]}, {handlers[0]}}}, {{{whole[1]}, {handlers[1]}}}}}}}; for (auto &{m} : "
                        f"{n}) for (auto &{r} : {m}) net::route({r}.path, {r}.handler);",
                lambda: f"const std::tuple {n}(std::pair<std::string, F>({whole[0]}, {handlers[0]}), std::pair<std::string, F>({whole[1]}, "
                        f"{handlers[1]})); std::apply([](const auto &...e) {{ (net::route(e.first, e.second), ...); }}, {n});",
                lambda: f"{n}_t {n}[] = {{{rows}}}; std::vector<const {n}_t *> {m}; for (auto &e : {n}) {m}.push_back(&e); for (auto *e : "
                        f"{m}) net::route(e->path, e->handler);",
                lambda: f"const std::vector<{n}_t> {n} = {{{rows}}}; auto c{n} = {n}; c{n}[0].handler = {self.function()}; {ways('c' + n)}",
                lambda: f"std::list<{n}_t> {n} = {{{rows}}}; {n}.front().handler = {self.function()}; for (auto &e : {n}) "
                        f"net::route(e.path, e.handler);",
                lambda: f"const {n}_t {n}[] = {{{rows}}}; for (std::string {m} : {{\"/v1\", \"/v2\"}}) for (auto &{r} : {n}) "
                        f"net::route({m} + {r}.path, {r}.handler);",
                lambda: f"const {n}_t {n}[] = {{{rows}}}; std::string {m} = \"/pre\"; for (auto &{r} : {n}) {{ net::route({m} + {r}.path, "
                        f"{r}.handler); {m} += \"x\"; }}",
                lambda: f"const {n}_t {n}[] = {{{rows}}}; for (auto &{r} : {n}) {{ F h{r} = {r}.handler; if (chance()) h{r} = "
                        f"logged(h{r}); net::route({r}.path, h{r}); }}",
                lambda: f"const std::vector<{n}_t> {n} = {{{rows}}}; std::size_t {m} = 0; while ({m} < {n}.size()) {{ "
                        f"net::route({n}[{m}].path, {n}[{m}].handler); ++{m}; }}",
                lambda: f"{n}_t {n}[2]; {n}[0] = {{{whole[0]}, {handlers[0]}}}; {n}[1] = {{{whole[1]}, {handlers[1]}}}; {ways(n)}"])
        if isGlobal:
            self.top(f"{self.pick('static const ', 'static ', 'static constexpr ')}{n}_t {n}[] = {{{rows}}};")
            self.say("{ " + ways(n) + " }")
        else:
            self.say("{ " + table() + " }")

    def registerEarly(self):
        """Before main."""
        n = self.name()
        self.early = True
        body = self.block(lambda: self.register(self.path(), self.handler()))
        self.top(self.choose("static", 2, [
            lambda: f"struct {n} {{ {n}() {body} }}; static {n} {n}_one;",
            lambda: f"static const bool {n} = [] {{ {body} return true; }}();",
            lambda: f"struct {n} : Auto<{n}> {{ static void add() {body} }}; static {n} {n}_one;",
            lambda: f"static Registered {n}({self.path()[0]}, {self.handler()[0]});",
            lambda: f"static RegisteredBelow {n}({self.path()[0]}, {self.handler()[0]});",
            lambda: f"__attribute__((constructor)) static void {n}() {body}",
            lambda: f"struct {n} {{ static inline const int made = [] {{ {body} return 1; }}(); }};",
            lambda: f"namespace {n} {{ const struct Start {{ Start() {body} }} start; }}",
            lambda: f"static Registered {n}[] = {{{{{self.path()[0]}, {self.handler()[0]}}}, {{{self.path()[0]}, {self.handler()[0]}}}}};",
            lambda: f"static auto {n} = std::make_unique<RegisteredToo>({self.path()[0]}, {self.handler()[0]});",
            lambda: f"template <typename T> struct {n}_t {{ static inline Registered one{{{self.path()[0]}, {self.handler()[0]}}}; {n}_t() "
                    f"{{ (void)&one; }} }}; static {n}_t<int> {n};"]))
        self.early = False

    def make(self):
        """The text of the header and of each unit."""
        shared, far = self.filled(self.shared), self.filled(self.far)
        none = "void" if self.language[3] == "c" else ""
        bodies = []
        for i in range(self.random.randrange(4, 8)):
            self.unit, self.body = i % 2, []
            for _ in range(self.random.randrange(2, 5)):
                if self.chance(0.15):
                    self.registerEarly()
                elif self.chance(0.2):
                    self.several()
                else:
                    self.say(self.block(lambda: self.register(self.path(), self.handler())))
            bodies.append((self.unit, f"setUp{i}", "\n  ".join(self.body)))
        header = '#include "world.h"\n' + "".join(self.declared(i) for i in range(self.uses))
        header += shared + "\n".join(self.header) + "\n" + "".join(f"void {name}({none});\n" for _, name, _ in bodies)
        units = []
        for unit in (0, 1):
            text = '#include "made.h"\n' + "\n".join(self.globals[unit]) + "\n" + (far if unit else "")
            text += "".join(f"void {name}({none}) {{\n  {body}\n}}\n" for home, name, body in bodies if home == unit)
            if unit == 0:
                text += f"int main({none}) {{\n" + "".join(f"  {name}();\n" for _, name, _ in bodies)
                text += f"  {'net_' if none else 'net::'}serve();\n}}\n"
            units.append(text)
        return header, units
