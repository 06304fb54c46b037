// RUN: %expect --catalog %S/Inputs/cgi.yaml %s
// A CGI program is one request: all that main does, and all that runs before it.
#include "world.h"

a::Object early; // ambient: a

int main() { // transaction main: b c
  b::use();
  std::function<void()> later = [] { c::use(); };
  later();
}
// startup:
