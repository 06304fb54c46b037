// What ends with the program, where main returns while others serve. Bug: but for the variables of files, that was
// start-up; and a request that ends the program was not charged with it.
// RUN: split-file %s %t
// RUN: %expect %t/beside.cpp
// RUN: %expect %t/behind.cpp
// RUN: %expect %t/unknown.cpp

//--- beside.cpp
#include "world.h"
#include <cstdlib>

struct Kept {
  ~Kept() { a::use(); }
};
Kept &kept() {
  static Kept only;
  return only;
}
struct Bound {
  ~Bound() { b::use(); }
};
const Bound &bound = Bound();
struct Passing {
  ~Passing() { f::use(); }
  operator int() const;
};
__attribute__((destructor)) void last() { c::use(); }
struct Cache {
  ~Cache() { e::use(); }
};

int main() {
  kept();
  static int number = Passing();
  std::atexit([] { d::use(); });
  route("/x", [] { static Cache cache; }); // GET /x: e
  std::thread([] { serve(); }).detach();
}
// ambient: a b c? d e?
// startup: f

//--- behind.cpp
#include "world.h"
#include <cstdlib>

struct Kept {
  ~Kept() { a::use(); }
};
Kept early;
__attribute__((destructor)) void last() { c::use(); }
void quick() { d::use(); }

int main() {
  std::at_quick_exit(quick);
  std::atexit([] { b::use(); });
  route("/x", [] { e::use(); }); // GET /x: e
  route("/exit", [] { std::exit(1); }); // GET /exit: a? b? c?
  route("/quick", [] { std::quick_exit(1); }); // GET /quick: d?
  serve();
}
// ambient:
// startup:

//--- unknown.cpp
#include "world.h"

struct Kept {
  ~Kept() { a::use(); }
};

int main() {
  static Kept kept;
  route("/x", [] {}); // GET /x:
}
// ambient: a
