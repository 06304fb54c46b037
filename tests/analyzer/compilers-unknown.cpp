// RUN: %expect %s
// COMPILER: no-such-compiler
// Code that asks which compiler it is, and nobody knows.
#include "world.h"

#ifdef __clang__
void which() { a::use(); }
#else
void which() { b::use(); }
#endif

int main() {
  route("/which", [] { which(); }); // GET /which: ! a
  serve();
}
