// RUN: %expect %s
// Who puts the address of what starts serving somewhere starts nothing by that: who calls it does. Bug: where that has
// it start on another thread, all that stood behind the place where it was put counted as if serving had begun.
#include "world.h"

struct Worker {
  void (*run)(void *);
  void start() {
    std::thread([this] { run(nullptr); }).detach();
  }
};
static void loop(void *) {
  std::thread(serve).detach();
  serve();
}
struct Instance {
  Worker worker;
  Instance() : worker{loop} { a::use(); }
};

int main() {
  Instance instance;
  b::use();
  route("/none", [] {}); // GET /none:
  instance.worker.start();
  c::use();
}
// startup: a b
// ambient: c
