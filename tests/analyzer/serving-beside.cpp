// Serving begins on another thread: what main runs after that runs beside requests. Bug: all of it was start-up.
// RUN: %expect %s
#include "world.h"

struct Application {
  void start() {
    b::use();
    worker = std::thread([] { serve(); });
    c::use();
  }
  std::thread worker;
};

int main() {
  a::use();
  route("/x", [] {}); // GET /x:
  Application application;
  application.start();
  for (;;)
    d::use();
}
// startup: a b
// ambient: c d
