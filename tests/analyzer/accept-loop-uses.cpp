// RUN: %expect --catalog %S/Inputs/kinds.yaml %s
// What a loop that takes requests does is the requests', what stands around it is start-up.
#include "world.h"

extern "C" int accept_request(void *request);

void run(std::function<void()> handler) {
  c::use();
  while (accept_request(nullptr) >= 0) // transaction run: b d& e? f?
    handler(), b::use(), std::thread([] { d::use(); }).join();
}
int main(int count, char **) {
  a::use(); // startup: a c
  if (count > 1)
    run([] { e::use(); });
  else
    run([] { f::use(); });
}
// ambient:
