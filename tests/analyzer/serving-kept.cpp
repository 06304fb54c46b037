// A library is given what serves; on which thread it calls that, nobody knows. Bug: what main runs after that was
// start-up.
// RUN: %expect %s
#include "world.h"

struct Service : f::Hook {
  void step() override { serve(); }
};

int main() {
  route("/x", [] {}); // GET /x:
  a::use();
  static Service service;
  f::keep(&service);
  b::use();
}
// startup: a
// ambient: b f
