// Serving begins in a static initialiser: others may come later, and variables end beside it. Bug: all of that was
// start-up.
// RUN: %expect %s
#include "world.h"

struct Early {
  Early() { a::use(); }
  ~Early() { b::use(); }
} early;
struct Application {
  Application() { std::thread([] { serve(); }).detach(); }
} application;
struct Late {
  Late() { c::use(); }
  ~Late() { d::use(); }
} late;

int main() {
  route("/x", [] {}); // GET /x:
}
// startup: a
// ambient: b c d
