// RUN: %expect %s
// COMPILER: clang++-19
// What Clang makes of code that asks which compiler it is.
#include "world.h"
#include "compilers.h"

#if defined(__clang__) && __GNUC__ < 5
void which() { a::use(); }
#else
void which() { b::use(); }
#endif

int main() {
  route("/which", [] { which(); }); // GET /which: a
  route("/header", [] { inHeader(); }); // GET /header: a
  serve();
}
