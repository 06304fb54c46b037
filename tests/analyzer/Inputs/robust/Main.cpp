#include "More.h"
static void plain() {}
int main() {
  own::Server server;
  server.on("/plain", plain);
  addMore(server);
  server.run();
}
