// RUN: %expect %s
// What a thread is started with runs on that thread, not wherever else the C library is used.
#include "world.h"

#include <cstdlib>
#include <pthread.h>
#include <threads.h>

void *work(void *) {
  a::use();
  return nullptr;
}
int other(void *) {
  b::use();
  return 0;
}
void *ofRequest(void *) {
  c::use();
  return nullptr;
}

int main() {
  pthread_t thread;
  pthread_create(&thread, nullptr, work, nullptr); // ambient: a b
  thrd_t second;
  thrd_create(&second, other, nullptr);
  route("/libc", [] { std::getenv("x"); }); // GET /libc:
  route("/starts", [] { // GET /starts: c&
    pthread_t own;
    pthread_create(&own, nullptr, ofRequest, nullptr);
  });
  serve();
}
