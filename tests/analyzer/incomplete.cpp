// RUN: %expect %s %S/Inputs/incomplete-other.cpp
// A unit that does not compile: what it may do is unknown, so no request is complete; the other
// unit is analyzed all the same. So is a function whose source is nowhere.
#include "world.h"

int broken();
void missing();

int main() {
  route("/a", [] { a::use(); }); // GET /a: ! a
  route("/missing", [] { missing(); }); // GET /missing: !
  serve();
}
