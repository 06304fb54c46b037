// RUN: %expect %s
// A function of which the processor chooses the version.
#include "world.h"

__attribute__((target("default"))) inline void anywhere() { b::use(); }
__attribute__((target("avx2"))) inline void anywhere() { a::use(); }
__attribute__((target("default"))) static void here() { b::use(); }
__attribute__((target("avx2"))) static void here() { c::use(); }

int main() {
  route("/anywhere", [] { anywhere(); }); // GET /anywhere: a b
  route("/here", [] { here(); }); // GET /here: b c
  serve();
}
