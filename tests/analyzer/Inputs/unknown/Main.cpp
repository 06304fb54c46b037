#include "Framework.h"
#include <dlfcn.h>
#include <foreign.h>

static void greet() { foreign(); }
static void load() {
  auto run = reinterpret_cast<int (*)(int)>(dlsym(nullptr, "run"));
  run(1);
}
int main() {
  own::Server server;
  server.on("/greet", greet);
  server.on("/load", load);
  server.run();
}
