// Functions that serve requests and run beside them, too. Bug: whatever called a handler, it counted for its own
// requests only.
// RUN: %expect %s
#include "world.h"

using F = std::function<void()>;
void called() { a::use(); }
void held() { b::use(); }
void onThread() { c::use(); }
void hooked() { d::use(); }
F job = [] {};
void replaces() {
  job = [] { e::use(); };
}
void dispatched() { f::use(); }

int main() {
  replaces();
  void (*pointer)() = held;
  route("/called", called); // GET /called: a
  route("/held", pointer); // GET /held: b
  route("/thread", onThread); // GET /thread: c
  route("/hooked", hooked); // GET /hooked: d
  route("/replaces", replaces); // GET /replaces: e?&
  route("/dispatched", dispatched); // GET /dispatched: f
  std::thread([] {
    for (;;)
      called(), job();
  }).detach();
  std::thread([pointer] { pointer(); }).detach();
  std::thread(onThread).detach();
  hook([] { hooked(); });
  serve();
}
// ambient: a b c d e?
