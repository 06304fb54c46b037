// RUN: %expect %s
// What start-up code gives to a library in other ways than by a lambda or a variable.
#include "world.h"

using F = std::function<void()>;
void useB() { b::use(); }
void once(F f) { f(); }
struct Functor {
  void operator()() const { a::use(); }
};
struct Service {
  void run() { b::use(); }
};
Service service;
void show() { a::use(); }
namespace f {
struct Api {
  void (*keep)(void (*callback)());
};
extern Api *api;
} // namespace f

int main() {
  c::keep(Functor());
  d::keep(std::bind(&Service::run, &service));
  e::keep(show);
  e::keep(std::bind(once, useB));
  f::api->keep(useB);
  route("/functor", [] { c::use(); }); // GET /functor: a? c
  route("/bound-method", [] { d::use(); }); // GET /bound-method: b? d
  // Of a handler, the framework has it for its own requests; what else has it may call it for others.
  route("/show", show); // GET /show: a
  route("/handler", [] { e::use(); }); // GET /handler: a? b? e
  route("/table", [] { f::use(); }); // GET /table: b? f
  serve();
}
