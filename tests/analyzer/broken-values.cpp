// RUN: %expect %s 2>&1 | FileCheck %s
// What makes a member or a variable does not compile: that is said, and the rest of the unit is read. Bug: the front end crashed.
// CHECK: broken-values.cpp:8: no member named 'nowhere' in namespace 'a'
#include "world.h"

template <typename T> struct Holder {
  void (*run)();
  Holder(T &&other) : run(a::nowhere(other, 1)) {}
};
struct Plain {
  void (*run)();
  explicit Plain(int value) : run(a::nowhere(value, 1)) {}
};
Holder<int> global(a::nowhere(1), 2);

int main() {
  Plain local(a::nowhere(1), 2);
  route("/used", [] { a::use(); Plain(1); }); // GET /used: ! a
  route("/made", [] { b::use(); Holder<int>(1); }); // GET /made: ! b
  serve();
}
