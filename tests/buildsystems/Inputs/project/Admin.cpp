#include "Framework.h"
static void status() {}
int main() {
  own::Server server;
  server.on("/status", status);
  server.run();
}
