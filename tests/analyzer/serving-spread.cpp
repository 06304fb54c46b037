// Lines do not always say what runs first: an expression over several of them, members, what a block ends with. Bug: what
// runs after serving has begun on another thread, and stands on an earlier line, was start-up.
// RUN: split-file %s %t
// RUN: %expect %t/arguments.cpp
// RUN: %expect %t/around.cpp
// RUN: %expect %t/chain.cpp
// RUN: %expect %t/several.cpp
// RUN: %expect %t/twice.cpp
// RUN: %expect %t/temporary.cpp
// RUN: %expect %t/members.cpp
// RUN: %expect %t/cleanup.cpp
// RUN: %expect %t/lambda.cpp
// RUN: %expect %t/macro.cpp

//--- arguments.cpp
#include "world.h"
int start() {
  std::thread([] { serve(); }).detach();
  return 1;
}
int two(int, int);
int use() {
  b::use();
  return 1;
}
int main() {
  a::use();
  route("/x", [] {}); // GET /x:
  two(use(),
      start());
}
// startup: a
// ambient: b

//--- around.cpp
#include "world.h"
int start() {
  a::use();
  std::thread([] { serve(); }).detach();
  return 1;
}
bool around(int) {
  b::use();
  return true;
}
int main() {
  route("/x", [] {}); // GET /x:
  const bool isGood = true &&
    around(
      start());
}
// startup: a
// ambient: b

//--- chain.cpp
#include "world.h"
struct Builder {
  Builder &load() {
    a::use();
    return *this;
  }
  Builder &start(int) {
    std::thread([] { serve(); }).detach();
    return *this;
  }
  Builder &more() {
    c::use();
    return *this;
  }
};
int port() { return b::value(); }
int main() {
  route("/x", [] {}); // GET /x:
  Builder()
      .load()
      .start(8080)
      .more();
  port() ||
      c::value();
}
// startup: a
// ambient: b c

//--- several.cpp
#include "world.h"
void start(int which) {
  a::use();
  std::thread([] { serve(); }).detach();
}
void other() {
  b::use();
  std::thread([] { serve(); }).detach();
}
int main() {
  route("/x", [] {}); // GET /x:
  start(1); other();
}
// startup:
// ambient: a b

//--- twice.cpp
#include "world.h"
void start(int which) {
  a::use();
  std::thread([] { serve(); }).detach();
}
int main() {
  route("/x", [] {}); // GET /x:
  start(1); start(2);
}
// startup:
// ambient: a

//--- temporary.cpp
#include "world.h"
struct Guard {
  Guard() { a::use(); }
  ~Guard() { b::use(); }
  operator bool() const { return true; }
};
bool start() {
  std::thread([] { serve(); }).detach();
  return true;
}
int main() {
  route("/x", [] {}); // GET /x:
  Guard() &&
      start();
}
// startup: a
// ambient: b

//--- members.cpp
#include "world.h"
struct Application {
  Application() { a::use(); }
  b::Object before = b::Object();
  std::thread worker{[] { serve(); }};
};
struct Other {
  std::thread worker;
  int behind = c::value();
  Other() : worker([] { serve(); }) {}
};
int main() {
  route("/x", [] {}); // GET /x:
  d::use();
  Application application;
  Other other;
}
// startup: d
// ambient: a b c

//--- cleanup.cpp
#include "world.h"
void leave(int *) { a::use(); }
int main() {
  route("/x", [] {}); // GET /x:
  __attribute__((cleanup(leave))) int file = b::value();
  std::thread([] { serve(); }).detach();
}
// startup: b
// ambient: a

//--- lambda.cpp
#include "world.h"
int start() {
  std::thread([] { serve(); }).detach();
  return 1;
}
void call(void (*first)(), int) { first(); }
int main() {
  route("/x", [] {}); // GET /x:
  a::use();
  call(
      [] { b::use(); },
      start());
}
// startup: a
// ambient: b

//--- macro.cpp
#include "world.h"
int start() {
  std::thread([] { serve(); }).detach();
  return 1;
}
int two(int, int) { return 1; }
#define BOTH(A, B) two(A, B)
int main() {
  route("/x", [] {}); // GET /x:
  a::use();
  const int made[] = {
      BOTH(b::value(),
           start())};
}
// startup: a
// ambient: b
