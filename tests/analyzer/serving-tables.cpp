// RUN: %expect %s
// A table that begins with the address of what serves starts nothing by that, and what comes before it is called is
// start-up code.
#include "world.h"

struct Module {
  void (*process)(int);
  void (*watch)(long);
};
static void process(int) {
  b::use();
  serve();
}
static void watch(long) { c::use(); }
static const Module module = {process, watch};

int main() {
  a::use();
  module.watch(1);
  route("/none", [] {}); // GET /none:
  module.process(1);
}
// startup: a b c
