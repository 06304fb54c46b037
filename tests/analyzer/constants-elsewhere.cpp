// RUN: %expect %s %S/Inputs/constants-elsewhere-other.cpp
// Paths that another unit defines. Bug: they were `<dynamic>`, and where one was registered by its text as well, that
// request kind lacked the other registration's handler.
#include "constants-elsewhere.h"

void add(const char *path, std::function<void()> handler) { route(path, handler); }
const char *const Rows[] = {Pointer, "/row"};

int main() {
  Server server;
  route(Pointer, [] { a::use(); });
  route("/pointer", [] { b::use(); }); // GET /pointer: a b d
  route(Text, [] { a::use(); }); // GET /text: a
  route(Array, [] { b::use(); }); // GET /array: b
  route(Paths::Member, [] { c::use(); }); // GET /member: c
  route(Prefix + "/below", [] { d::use(); }); // GET /prefix/below: d
  route(Chained, [] { e::use(); }); // GET /pointer/chained: e
  add(Given, [] { f::use(); }); // GET /given: f
  for (const char *each : Rows)
    route(each, [] { d::use(); }); // GET /row: d
  server.get("/first", [] { a::use(); }); // GET /first: a b
  server.get(Changing, [] { b::use(); }); // GET <dynamic:constants-elsewhere.cpp:22>: b
  serve();
}
