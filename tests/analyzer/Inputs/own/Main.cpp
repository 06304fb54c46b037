#include "Framework.h"
static void greet() {}
int main() {
  own::Server server;
  server.on("/greet", greet);
  server.run();
}
