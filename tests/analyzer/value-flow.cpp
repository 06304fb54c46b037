// RUN: %expect %s
// Callables and objects are followed to where they are called: apart by field, by call, by class.
#include "world.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <variant>

// ---- functions that take callables, apart by call ---------------------------

void once(const std::function<void()> &f) { f(); }
void twice(std::function<void()> f) { once(f), once(std::move(f)); }
void guarded(std::once_flag &flag, const std::function<void()> &f) { std::call_once(flag, [&] { f(); }); }
void post(std::function<void()> f) { std::thread([f] { f(); }).detach(); }
void pointer(void (*f)()) { f(); }
template <typename F> void generic(F f) { f(); }
struct Retry {
  void run(const std::function<void()> &f) { step(f); }
  void step(const std::function<void()> &f) { f(); }
};
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
std::function<void()> wrap(std::function<void()> f) { return [f] { f(); }; }

// ---- fields, tables, containers ---------------------------------------------

struct Hooks {
  std::function<void()> before, after;
  void (*plain)() = nullptr;
};
Hooks hooks;
struct Ops {
  void (*open)();
  void (*close)();
};
const Ops fileOps = {useA, useB};
const Ops netOps = {.open = useC, .close = useB};
void (*const table[])() = {useA, useC};
std::map<int, std::function<void()>> byNumber;
std::unordered_map<std::string, void (*)()> byName = {{"d", [] { d::use(); }}};
std::vector<std::function<void()>> listeners;
std::optional<std::function<void()>> maybe;
std::function<void()> swapped = useA;
struct Reader {
  Reader(std::function<void()> f) : callback(std::move(f)) {}
  void read() { callback(); }
  std::function<void()> callback;
};
struct Tables {
  using Member = void (Tables::*)();
  void first() { a::use(); }
  void second() { b::use(); }
  Member chosen = &Tables::second;
  void run() { (this->*chosen)(); }
};
void (*&slot())() {
  static void (*kept)() = nullptr;
  return kept;
}
void setIt(std::function<void()> &place) { place = useC; }
void through(void (**place)()) { *place = useB; }

// ---- objects ----------------------------------------------------------------

struct Shape {
  virtual ~Shape() = default;
  virtual void draw() = 0;
  virtual void name() { f::use(); }
  void show() { draw(); }
};
struct Square : Shape {
  void draw() override { a::use(); }
};
struct Round : Shape {
  void draw() override { b::use(); }
  void name() override { c::use(); }
};
struct Oval : Round {};
struct Canvas {
  std::unique_ptr<Shape> background = std::make_unique<Square>();
  std::shared_ptr<Shape> front;
};
Canvas canvas;
std::unique_ptr<Shape> make(bool round) {
  if (round)
    return std::make_unique<Round>();
  return std::make_unique<Square>();
}
std::vector<std::unique_ptr<Shape>> shapes;
void drawIt(Shape &shape) { shape.draw(); }
std::variant<Square, Oval> either;

void setUp() {
  hooks.before = useA;
  hooks.after = [] { b::use(); };
  hooks.plain = useC;
  byNumber[1] = [] { c::use(); };
  byNumber.emplace(2, useB);
  listeners.push_back([] { e::use(); });
  maybe = [] { f::use(); };
  slot() = useB;
  canvas.front = std::make_shared<Round>();
  shapes.push_back(std::make_unique<Oval>());
}

int main() {
  setUp();
  route("/once-a", [] { once([] { a::use(); }); }); // GET /once-a: a
  route("/once-b", [] { once(useB); }); // GET /once-b: b
  route("/twice", [] { twice(useC); }); // GET /twice: c
  route("/guarded", [] { static std::once_flag flag; guarded(flag, [] { d::use(); }); }); // GET /guarded: d
  route("/post-a", [] { post([] { a::use(); }); }); // GET /post-a: a&
  route("/post-b", [] { post(useB); }); // GET /post-b: b&
  route("/pointer", [] { pointer(useA); }); // GET /pointer: a
  route("/generic", [] { generic(useC); }); // GET /generic: c
  route("/retry", [] { Retry retry; retry.run(useB); }); // GET /retry: b
  route("/retry-two", [] { Retry retry; retry.run(useA); }); // GET /retry-two: a
  route("/captured", [] { auto local = [] { e::use(); }; std::function<void()> f = local; auto g = f; g(); }); // GET /captured: e
  route("/wrapped", [] { wrap(useA)(); }); // GET /wrapped: a
  route("/before", [] { hooks.before(); }); // GET /before: a
  route("/after", [] { hooks.after(); }); // GET /after: b
  route("/plain", [] { hooks.plain(); }); // GET /plain: c
  route("/open", [] { fileOps.open(); }); // GET /open: a? c?
  route("/close", [] { netOps.close(); }); // GET /close: b
  route("/table", [] { table[1](); }); // GET /table: a? c?
  route("/numbered", [] { byNumber.at(1)(); }); // GET /numbered: b? c?
  route("/found", [] { if (auto found = byNumber.find(2); found != byNumber.end()) found->second(); }); // GET /found: b? c?
  route("/named", [] { byName["d"](); }); // GET /named: d
  route("/listeners", [] { for (const auto &each : listeners) each(); }); // GET /listeners: e
  route("/maybe", [] { if (maybe) (*maybe)(); }); // GET /maybe: f
  route("/swapped", [] { std::function<void()> other = useB; std::swap(other, swapped); swapped(); }); // GET /swapped: a? b?
  route("/reader", [] { Reader reader([] { d::use(); }); reader.read(); }); // GET /reader: d
  route("/member", [] { Tables tables; tables.run(); }); // GET /member: b
  route("/slot", [] { slot()(); }); // GET /slot: b
  route("/written", [] { std::function<void()> mine = useA; setIt(mine); mine(); }); // GET /written: a? c?
  route("/through", [] { void (*mine)() = useA; through(&mine); mine(); }); // GET /through: a? b?
  route("/chosen", [] { auto mine = swapped ? useC : useB; mine(); }); // GET /chosen: b? c?
  route("/background", [] { canvas.background->draw(); }); // GET /background: a
  route("/front", [] { canvas.front->draw(); }); // GET /front: b
  route("/made", [] { make(true)->draw(); }); // GET /made: a? b?
  route("/stored", [] { for (auto &shape : shapes) shape->name(); }); // GET /stored: c
  route("/given", [] { Square square; drawIt(square); }); // GET /given: a
  route("/shown", [] { Round round; round.show(); }); // GET /shown: b
  route("/inherited", [] { Oval oval; Shape &shape = oval; shape.name(); }); // GET /inherited: c
  route("/base", [] { Square square; Shape *shape = &square; shape->name(); }); // GET /base: f
  route("/either", [] { std::visit([](Shape &shape) { shape.draw(); }, either); }); // GET /either: a? b?
  serve();
}
