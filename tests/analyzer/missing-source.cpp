// RUN: %expect %s
// A function of the program's own whose source is in no unit.
#include "world.h"

void missing();

int main() {
  route("/a", [] { a::use(); }); // GET /a: a
  route("/missing", [] { missing(); }); // GET /missing: !
  serve();
}
