// Whoever has a callable may copy and destroy it, and with it what it captured. Bug: that was start-up.
// RUN: %expect %s
#include "world.h"

struct Last {
  ~Last() { b::use(); }
};

int main() {
  a::Object object;
  route("/copied", [object] {}); // GET /copied: a?
  c::keep([last = std::make_shared<Last>()] { d::use(); });
  route("/kept", [] { c::use(); }); // GET /kept: b? c d?
  route("/not-it", [] {}); // GET /not-it:
  serve();
}
// startup:
// ambient:
