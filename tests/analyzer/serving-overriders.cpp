// An object that serves requests, and that a worker uses, too. Bug: that counted for the requests only.
// RUN: %expect %s
#include "world.h"

struct Mine : lib::Service {
  void handle() override { a::use(); } // transaction Mine: a
} mine;
struct Other : lib::Service {
  void handle() override { b::use(); } // transaction Other: b
} other;

int main() {
  std::thread([] {
    for (;;)
      mine.handle();
  }).detach();
  serve();
}
// ambient: a
