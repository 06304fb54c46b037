// RUN: %expect %s
// Middleware that is kept in std::function and wrapped around handlers, the last one first. Bug: what
// std::rbegin gives was not known, nor was what a std::function is given: that counted as given to
// the framework, which got its result, and so as something that may run beside requests.
#include "world.h"

#include <iterator>

using Handler = std::function<void()>;
using Middleware = std::function<Handler(Handler)>;
Middleware traced() {
  return [](Handler next) -> Handler {
    return [next] {
      c::use();
      next();
    };
  };
}
Middleware limited() {
  return [](Handler next) -> Handler {
    return [next = std::move(next)] {
      d::use();
      next();
    };
  };
}
Handler chain(std::initializer_list<Middleware> all, Handler last) {
  for (auto each = std::rbegin(all); each != std::rend(all); ++each)
    last = (*each)(std::move(last));
  return last;
}
void show() { a::use(); }

int main() {
  route("/traced", traced()(show)); // GET /traced: a? b? c d? f?
  route("/lambda", traced()([] { f::use(); })); // GET /lambda: a? b? c d? f?
  route("/chain", chain({traced(), limited()}, [] { b::use(); })); // GET /chain: a? b? c? d? f?
  route("/other", [] { e::use(); }); // GET /other: e
  serve();
}
// ambient:
