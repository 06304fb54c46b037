// RUN: %expect %s
// What start-up code runs once more after serving has started. Bug: only what stands below that line was ambient.
#include "world.h"

void both() { e::use(); }
struct Late {
  ~Late() { c::use(); }
};
struct Early {
  ~Early() { d::use(); }
};

void work() {
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    b::use();
    workers.push_back(std::thread([] { serve(); }));
  }
  for (std::thread &each : workers)
    each.join();
}

int main() {
  route("/x", [] {}); // GET /x:
  a::use();
  both();
  Late late;
  {
    Early early;
  }
  work();
  both();
}
// startup: a d
// ambient: b c e
