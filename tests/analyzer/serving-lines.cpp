// What runs on the line where serving begins on another thread, behind it. Bug: that was start-up.
// RUN: %expect %s
#include "world.h"

int start() {
  a::use();
  std::thread([] { serve(); }).detach();
  return 1;
}
#define BEGIN_AND_GO                                                                               \
  start();                                                                                         \
  c::use()

int main() {
  route("/x", [] {}); // GET /x:
  d::use();
  BEGIN_AND_GO;
}
// startup: a d
// ambient: c
