// RUN: %expect %s %S/Inputs/serving-more.cpp
// Start-up, serving and requests apart; several units; the order of registration.
#include "world.h"

a::Object early; // startup: a
void more();
void last() { c::use(); }

void registerAll() {
  more();
  route("/last", last); // GET /last: c
}

// A thread that starts itself again.
void again() {
  std::thread([] { again(), f::use(); }).detach(); // ambient: d e f
}

int main() {
  b::use();
  route("/first", [] { c::use(); }); // GET /first: c
  registerAll();
  std::thread([] { d::use(); }).detach();
  again();
  hook([] { e::use(); });
  serve();
  // order: GET /first, GET /more, GET /last
}
