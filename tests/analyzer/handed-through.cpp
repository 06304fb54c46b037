// RUN: %expect %s
// What code without source is given in roundabout ways: by who calls it through a pointer, lets the
// standard library call it, or is called by it.
#include "world.h"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <tuple>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
F function = useA;
P pointer = useB;
std::vector<P> pointers;
int (*compare)(const void *, const void *) = [](const void *, const void *) { return b::value(); };

void (*keeper)(P) = d::now;
std::function<void(P)> keeperFunction = d::now;
std::function<void(F)> keeperLambda = [](F g) { f::keep(g); };
struct Api {
  void (*keep)(P);
  void (*ignore)(F);
};
void ignore(F) {}
Api api = {d::now, ignore};
void through(void (*to)(P)) { to(pointer); }

std::tuple<P, int> tuple(pointer, 1);

namespace c {
void give(std::tuple<void (*)(), int> both);
int asks(void (*callback)());
void one(void (*callback)(), int number);
} // namespace c
namespace e {
struct Api {
  void (*keep)(void (*callback)());
};
extern Api *api;
void provide(std::function<std::function<void()>()> make);
void choose(void (*(*choice)())());
void fill(void (*writer)(std::function<void()> *));
struct Asking {
  virtual ~Asking();
  virtual void fill(std::function<void()> &out) = 0;
};
void ask(Asking *asking);
struct Base {
  Base(std::function<void()> callback);
  ~Base();
};
} // namespace e
P choice() { return pointer; }
void fill(F *out) { *out = function; }
struct Filling : e::Asking {
  void fill(F &out) override { out = function; }
};
struct Mine : e::Base {
  using Base::Base;
};
F own() { return useC; }

int main() {
  pointers.push_back(useC);
  route("/pointer", [] { keeper(pointer); }); // GET /pointer: b? d
  route("/function", [] { keeperFunction(pointer); }); // GET /function: b? d
  route("/lambda", [] { keeperLambda(function); }); // GET /lambda: a f
  route("/table", [] { api.keep(pointer); }); // GET /table: b? d
  route("/table-own", [] { api.ignore(function); }); // GET /table-own:
  route("/library-table", [] { e::api->keep(pointer); }); // GET /library-table: b? d? e
  route("/parameter", [] { through(d::now); }); // GET /parameter: b? d
  route("/for-each", [] { std::for_each(pointers.begin(), pointers.end(), d::now); }); // GET /for-each: c? d
  route("/invoke", [] { std::invoke(d::now, pointer); }); // GET /invoke: b d
  route("/invoke-system", [] { int n[2] = {}; std::invoke(qsort, n, 2, sizeof *n, compare); }); // GET /invoke-system: b
  route("/tuple", [] { c::give(tuple); }); // GET /tuple: b c
  route("/apply", [] { std::apply(c::one, tuple); }); // GET /apply: b? c
  route("/packaged", [] { std::packaged_task<void(P)> task(d::now); task(pointer); }); // GET /packaged: b? d
  route("/not", [] { std::not_fn(c::asks)(pointer); }); // GET /not: b? c
  route("/provide", [] { e::provide([] { return function; }); }); // GET /provide: a? b? e
  route("/choose", [] { e::choose(choice); }); // GET /choose: b? e
  route("/fill", [] { e::fill(fill); }); // GET /fill: a? b? e
  route("/asking", [] { Filling filling; e::ask(&filling); }); // GET /asking: a? b? e
  route("/inherited", [] { Mine mine(function); }); // GET /inherited: a b? e
  route("/own", [] { own(); }); // GET /own: c?&
  serve();
}
