// RUN: %expect %s
// What the standard library calls, it calls with what it was made for: it makes parameters of
// arguments, and its own result of the callable's. That is the user's code, and no one's line.
#include "world.h"

#include <algorithm>
#include <array>
#include <future>
#include <mutex>
#include <thread>
#include <tuple>

struct Text {
  Text(const char *) { a::use(); }
  Text(const Text &) { f::use(); }
  ~Text() { b::use(); }
};
struct Number {
  operator int() const { c::use(); return 1; }
};
struct Service {
  void run(Text) { e::use(); }
};
struct Functor {
  void operator()(Text) const { e::use(); }
  void operator()(int) const { d::use(); }
};
struct Base {
  virtual ~Base() = default;
  virtual void operator()(Text) = 0;
};
struct Derived : Base {
  void operator()(Text) override { e::use(); }
};
using Takes = std::function<void(const char *)>;

void named(Text) { e::use(); }
void never(Text) { d::use(); }
Service service;
Derived derived;
Takes takes = [](Text) { d::use(); };
Takes generic = [](auto value) { Text made(value); };
Takes pointer = named, changed, functor = Functor();
Takes reference = std::ref(derived);
Takes bound = std::bind(named, std::placeholders::_1);
Takes front = std::bind_front(&Service::run, &service);
std::function<void(Text)> same = [](Text) { d::use(); };
Takes nested = same;
std::function<int()> gives = [] { d::use(); return Number(); };
std::function<void(Service &, const char *)> member = &Service::run;
std::function<void()> early = std::bind([](Text) { e::use(); }, "x");
std::once_flag flag;
std::array<const char *, 2> words{"x", "y"};

void route(const char *path, std::function<int(const char *)> handler, int order);
void again(const Takes &what) { what("x"); }

int main(int argc, char **) {
  if (argc > 1)
    changed = [](Text) { e::use(); };
  route("/takes", [] { takes("x"); }); // GET /takes: a b d
  route("/generic", [] { generic("x"); }); // GET /generic: a b
  route("/pointer", [] { pointer("x"); }); // GET /pointer: a? b e
  route("/changed", [] { changed("x"); }); // GET /changed: a b e
  route("/functor", [] { functor("x"); }); // GET /functor: a? b? d? e?
  route("/reference", [] { reference("x"); }); // GET /reference: a b e
  route("/bound", [] { bound("x"); }); // GET /bound: a? b e
  route("/front", [] { front("x"); }); // GET /front: a? b e
  route("/same", [] { same("x"); }); // GET /same: a b d f
  route("/nested", [] { nested("x"); }); // GET /nested: a? b d f
  route("/gives", [] { gives(); }); // GET /gives: c d
  route("/member", [] { member(service, "x"); }); // GET /member: a? b e
  route("/early", [] { early(); }); // GET /early: a b e
  route("/parameter", [] { again([](Text) { e::use(); }); }); // GET /parameter: a b e
  route("/handed", [] { lib::later([] { return Text("x"); }); }); // GET /handed: a b
  route("/thread", [] { std::thread(named, "x").join(); }); // GET /thread: a?& b& e&
  route("/async", [] { auto x = std::async(std::launch::async, named, "x"); }); // GET /async: a?& b& e&
  route("/invoke", [] { std::invoke(named, "x"); }); // GET /invoke: a b e
  route("/once", [] { std::call_once(flag, named, "x"); }); // GET /once: a? b e
  route("/apply", [] { std::apply(named, std::tuple("x")); }); // GET /apply: a b d? e
  route("/each", [] { std::for_each(words.begin(), words.end(), named); }); // GET /each: a b d? e
  route("/each-lambda", [] { std::for_each(words.begin(), words.end(), [](Text) {}); }); // GET /each-lambda: a b
  route("/handler", [](Text) { return Number(); }, 1); // GET /handler: a b c
  route("/never", [] { Takes unused = never; }); // GET /never: a?& b?& d?&
  serve();
}
