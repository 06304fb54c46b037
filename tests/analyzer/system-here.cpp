// RUN: %expect %s %S/Inputs/system-here-other.cpp
// A library of this build, whose header is a system's to this unit, and the user's own to the library's.
#define AS_SYSTEM
#include "system-here.h"

void useA() { a::use(); }

int main() {
  own::holder().set(useA);
  own::setHook(useA);
  own::give(useA);
  route("/holder", [] { own::holder().run(); }); // GET /holder: a? b?
  route("/hook", [] { own::runHook(); }); // GET /hook: a? b?
  route("/given", [] { own::runGiven(); }); // GET /given: a? b?
  serve();
}
