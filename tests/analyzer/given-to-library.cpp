// RUN: %expect %s
// What the standard library calls with what else it is given: apart by who gives it.
#include "world.h"

#include <future>
#include <mutex>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void useD() { d::use(); }
P pointer = useA;
P other = useB;
void once(F f) { f(); }
void twice(P first, P second) { first(), second(); }
void set(F &place) { place = useC; }
F chosen(F f) { return f; }
struct Shape {
  virtual ~Shape() = default;
  virtual void draw() { f::use(); }
};
struct Square : Shape {
  void draw() override { a::use(); }
};
struct Round : Shape {
  void draw() override { b::use(); }
};
void draw(Shape &shape) { shape.draw(); }
Shape *elsewhere = new Round;
struct Service {
  void run(F f) { f(), step(); }
  virtual void step() { d::use(); }
  virtual ~Service() = default;
};
struct Special : Service {
  void step() override { e::use(); }
};
Service *special = new Special;
/// Of a type of their own: what is not known is any of it.
using N = std::function<void(long)>;
N first = [](long) { a::use(); };
N second = [](long) { b::use(); };
N third = [](long) { c::use(); };
void onceN(N f) { f(1); }
N chosenN(N f) { return f; }
struct Functor {
  void operator()(N f) const { f(1); }
};
void forward(F f) { std::thread(once, f).join(); }
void mixed(long, F f) { f(); }
struct Lazy {
  operator N() const { return first; }
};
auto bound = std::bind(once, useD);
F keptBound = std::bind(twice, useA, useC);
std::function<void(F)> keptLambda = [](F f) { f(); };
std::function<void(Lazy)> converting = [](N f) { f(1); };

int main() {
  route("/thread-a", [] { std::thread(once, useA).join(); }); // GET /thread-a: a&
  route("/thread-b", [] { std::thread(once, F(useB)).join(); }); // GET /thread-b: b&
  route("/thread-pointer", [] { std::thread(pointer).join(); }); // GET /thread-pointer: a&
  route("/thread-other", [] { std::thread(other).join(); }); // GET /thread-other: b&
  route("/thread-lambda", [] { std::thread([](F f) { f(); }, useC).join(); }); // GET /thread-lambda: c&
  route("/thread-method", [] { Special s; std::thread(&Service::run, &s, useA).join(); }); // GET /thread-method: a& b?& d?& e&
  route("/thread-functor", [] { std::thread(Functor(), first).join(); }); // GET /thread-functor: a?& b?& c?&
  route("/thread-reference", [] { F mine = useA; std::thread(set, std::ref(mine)).join(); mine(); }); // GET /thread-reference: a? c?
  route("/thread-object", [] { Square s; std::thread(draw, std::ref(s)).join(); }); // GET /thread-object: a&
  route("/forward-a", [] { forward(useA); }); // GET /forward-a: a&
  route("/forward-c", [] { forward(useC); }); // GET /forward-c: c&
  route("/call-once", [] { static std::once_flag flag; std::call_once(flag, once, useB); }); // GET /call-once: b
  route("/call-once-lambda", [] { static std::once_flag flag; std::call_once(flag, [] { c::use(); }); }); // GET /call-once-lambda: c
  route("/invoke", [] { std::invoke(once, useC); }); // GET /invoke: c
  route("/invoke-pointer", [] { std::invoke(pointer); }); // GET /invoke-pointer: a
  route("/invoke-result", [] { std::invoke(chosen, useD)(); }); // GET /invoke-result: d
  route("/bind", [] { std::bind(once, useA)(); }); // GET /bind: a
  route("/bind-variable", [] { auto mine = std::bind(once, useB); mine(); }); // GET /bind-variable: b
  route("/bind-global", [] { bound(); }); // GET /bind-global: d
  route("/bind-function", [] { F mine = std::bind(twice, useB, useD); mine(); }); // GET /bind-function: b d
  route("/bind-kept", [] { keptBound(); }); // GET /bind-kept: a c
  route("/bind-placeholder", [] { auto mine = std::bind(mixed, 1, std::placeholders::_1); mine(useC); }); // GET /bind-placeholder: c?
  route("/bind-method", [] { Special s; std::bind(&Service::run, &s, useB)(); }); // GET /bind-method: a? b? d? e
  route("/bind-front", [] { std::bind_front(once, useC)(); }); // GET /bind-front: c
  route("/bind-handed", [] { lib::later(std::bind(once, useA)); }); // GET /bind-handed: a
  route("/bind-pointer", [] { F mine = std::bind(other); mine(); }); // GET /bind-pointer: b
  route("/bind-bind", [] { std::bind(onceN, std::bind(chosenN, second))(); }); // GET /bind-bind: a? b? c?
  route("/thread-bind", [] { std::thread(std::bind(once, useC)).join(); }); // GET /thread-bind: c&
  route("/async", [] { auto future = std::async(std::launch::async, once, useA); }); // GET /async: a&
  route("/kept-lambda", [] { keptLambda(useB); }); // GET /kept-lambda: b? c?
  route("/kept-lambda-c", [] { keptLambda(useC); }); // GET /kept-lambda-c: b? c?
  route("/converting", [] { converting(Lazy()); }); // GET /converting: a? b? c?
  route("/member", [] { Special s; auto way = &Service::run; (s.*way)(useD); }); // GET /member: a? b? d? e
  route("/member-elsewhere", [] { auto way = &Shape::draw; (elsewhere->*way)(); }); // GET /member-elsewhere: a? b? f?
  serve();
}
