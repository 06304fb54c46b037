// RUN: %expect --catalog %S/Inputs/dispatched.yaml %s
// A framework's handler that serves many paths and finds in a table of the user's who answers. Bug:
// what it does besides was not done for those requests.
#include "world.h"

struct Row {
  const char *name;
  void (*run)(const char *text);
};
void list(const char *) { b::use(); }
void show(const char *) { c::use(); }
const Row rows[] = {
    {"list", list}, // transaction list: a b d
    {"show", show}, // transaction show: a c d
};

struct Endpoint {
  virtual ~Endpoint() = default;
  virtual void answer() = 0;
};
struct Status : Endpoint {
  void answer() override { e::use(); } // transaction Status: e f
};
Status status;
Endpoint *endpoints[] = {&status};

namespace actions {
// Helpers of each other are none that dispatch.
void first() { b::use(); }             // transaction first: b c f
void second() { first(), d::use(); }   // transaction second: b c d f
} // namespace actions

bool allowed() { return a::value(); }
void api(const char *text) {
  if (!allowed())
    return;
  for (const Row &row : rows)
    row.run(text);
  d::use();
}

int main() {
  route("/api", [] { api("x"); }); // GET /api: a b? c? d
  route("/status", [] {            // GET /status: e f
    f::use();
    endpoints[0]->answer();
  });
  route("/actions", [] { // GET /actions: b c d f
    c::use();
    actions::first();
    actions::second();
    f::use();
  });
  // It calls the other one as a function like others.
  route("/other", [] { list("y"); }); // GET /other: b
  serve();
}
// ambient:
