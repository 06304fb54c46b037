// RUN: %expect %s
// A path that is not constant may be one that is registered by its text as well. Bug: the request kind of that text had
// the handlers of its own registration only.
#include "world.h"

std::string chosen();

int main() {
  // Patterns are tried in turn: the first one serves.
  route("/first", [] { a::use(); }); // GET /first: a
  route(chosen() + "/end", [] { b::use(); }); // GET <dynamic:paths-unsaid.cpp:11>: b
  route("/start" + chosen(), [] { c::use(); }); // GET <dynamic:paths-unsaid.cpp:12>: c
  route("/start/end", [] { a::use(); }); // GET /start/end: a b c
  route("/start/more", [] { a::use(); }); // GET /start/more: a c
  route("/end", [] { a::use(); }); // GET /end: a b
  route("/starter", [] { d::use(); }); // GET /starter: c d
  // Elsewhere nobody knows which of two does.
  Server server;
  server.get(chosen().c_str(), [] { e::use(); }); // GET <dynamic:paths-unsaid.cpp:19>: e
  server.get("/kept", [] { d::use(); }); // GET /kept: d e f
  server.get((chosen() + chosen()).c_str(), [] { f::use(); }); // GET <dynamic:paths-unsaid.cpp:21>: f
  serve();
}
