// RUN: %expect %s
// COMPILER: Inputs/clang-14
// Code that asks which Clang it is, of another one than reads it.
#include "world.h"
#include "compilers.h"

#if __clang_major__ < 15
void which() { a::use(); }
#else
void which() { b::use(); }
#endif

#if __has_feature(cxx_rvalue_references)
void knowsFeatures() { c::use(); }
#else
void knowsFeatures() { d::use(); }
#endif

int main() {
  route("/which", [] { which(); }); // GET /which: a
  route("/features", [] { knowsFeatures(); }); // GET /features: c
  route("/header", [] { inHeader(); }); // GET /header: a
  serve();
}
