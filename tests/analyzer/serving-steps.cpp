// RUN: %expect %s
// Serving step by step, in a loop: what the loop does beside it runs between requests. What stands before and behind the
// loop does not.
#include "world.h"

static bool done() { return d::use(), true; }
static void step() {
  c::use();
  serve();
}

int main() {
  a::use();
  for (int i = 0; i < 3; ++i)
    e::use();
  route("/none", [] {}); // GET /none:
  while (!done()) {
    b::use();
    step();
  }
  f::use();
}
// startup: a e f
// ambient: b c d
