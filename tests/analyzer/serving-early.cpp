// Serving begins in a static initialiser: all of main runs beside requests.
// RUN: %expect %s
#include "world.h"

struct Application {
  Application() : worker([] { serve(); }) {}
  std::thread worker;
} application;

int main() {
  a::use();
  route("/x", [] {}); // GET /x:
}
// startup:
// ambient: a
