// Serving begins with a call that returns, and no catalog names it: what main runs after it, beside requests, is
// not to be told from what it runs before. Bug: all of it was start-up. Static initialisers come before main, but what
// ends their variables behind it.
// RUN: %expect %s
#include "world.h"

int early = f::value(); // startup: f
e::Object kept;

void tick() { b::use(); }
void begin(); // A framework's.

int main() {
  a::use();
  route("/x", [] { d::use(); }); // GET /x: d
  for (;;)
    tick();
}
// ambient: a b e
