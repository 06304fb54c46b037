#include "world.h"
extern "C" {
void start();
void set(void (*given)(int *));
void keep(void (*given)(int *));
}
static void (*first)(int *), (*kept)(int *);
static void byC(int *) { c::use(); }
void set(void (*given)(int *)) { first = given; }
void keep(void (*given)(int *)) { kept = given; }
int main() {
  start();
  set(byC);
  route("/set", [] { first(nullptr); }); // GET /set: a? b? c?
  route("/kept", [] { kept(nullptr); }); // GET /kept: a
  serve();
}
