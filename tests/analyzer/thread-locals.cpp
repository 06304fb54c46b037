// RUN: %expect %s %S/Inputs/thread-locals-other.cpp
// The first use of a thread-local variable in a thread makes all those of its unit, whichever unit uses it.
#include "thread-locals.h"

thread_local c::Object here;
thread_local d::Object besideHere;
static thread_local int plain = 1;

int main() {
  route("/elsewhere", [] { (void)&elsewhere; }); // GET /elsewhere: a b
  route("/member", [] { (void)&Holder::member; }); // GET /member: a b
  route("/here", [] { (void)&here; }); // GET /here: c d
  route("/plain", [] { ++plain; }); // GET /plain:
  route("/constant", [] { ++constant; }); // GET /constant:
  serve();
}
