// The library of system-here.cpp.
#include "system-here.h"
static void useB() { b::use(); }
static void (*given)() = useB;
namespace own {
void (*hook)() = useB;
Holder &holder() {
  static Holder only{useB};
  return only;
}
void Holder::run() { callback(); }
void runHook() { hook(); }
void give(void (*what)()) { ::given = what; }
void runGiven() { ::given(); }
} // namespace own
