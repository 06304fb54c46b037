// RUN: %expect %s
// Loops without a keyword, parameters, and temporaries that live on.
#include "world.h"

struct Given {
  ~Given() { c::use(); }
};
struct Bound {
  ~Bound() { d::use(); }
};

void start(Given given, int count) {
again:
  b::use();
  std::thread([] { serve(); }).detach();
  if (--count > 0)
    goto again;
}

int main() {
  route("/x", [] {}); // GET /x:
  a::use();
  const Bound &bound = Bound();
  start(Given(), 2);
}
// startup: a
// ambient: b c d
