// REQUIRES: poco-headers
// RUN: %expect %s
// What a request starts on a thread goes on when its handler has returned. Bug: it counted as done by then.
#include "world.h"

#include <Poco/Thread.h>
#include <Poco/ThreadPool.h>

struct Work : Poco::Runnable {
  void run() override { a::use(); }
};
Poco::Thread thread;

int main() {
  route("/method", [] { thread.start(*new Work); });              // GET /method: a? b?& libpoco-dev
  route("/function", [] { thread.startFunc([] { b::use(); }); });    // GET /function: b& libpoco-dev
  route("/pool", [] { Poco::ThreadPool::defaultPool().start(*new Work); }); // GET /pool: a? b?& libpoco-dev
  serve();
}
