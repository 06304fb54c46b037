// RUN: %expect %s
// What start-up code gives to a library, the library may call whenever its code runs; what a request
// gives is that request's own.
#include "world.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

using F = std::function<void()>;
void useB() { b::use(); }
void useC() { c::use(); }
F variable = [] { a::use(); };
struct Stepping : c::Hook {
  void step() override { a::use(); }
};
c::Ops ops = {.open = [](int) { b::use(); }, .close = nullptr};
struct Requests : f::Hook {
  void step() override { b::use(); }
};
void atTheEnd() { b::counter = 1; }
int compare(const void *, const void *) { return a::value(); }

int main() {
  d::keep([] { a::use(); });
  d::keep(useC);
  e::keep(variable);
  static Stepping stepping;
  c::keep(&stepping);
  std::atexit(atTheEnd);
  int n[2] = {};
  std::qsort(n, 2, sizeof *n, compare);
  route("/given", [] { d::use(); }); // GET /given: a? c? d
  route("/given-variable", [] { e::value(); }); // GET /given-variable: a? e
  route("/object", [] { c::use(); }); // GET /object: a? c
  route("/another", [] { b::use(); }); // GET /another: b
  route("/destroyed", [] { d::Object object; }); // GET /destroyed: a? c? d
  route("/requests-own", [] { f::keep(useB); }); // GET /requests-own: b f
  route("/requests-object", [] { Requests own; f::keep(&own); }); // GET /requests-object: b? f
  route("/not-it", [] { f::use(); }); // GET /not-it: f
  serve();
}
// startup:
