#include "StandIn.h"
static int onStatus(mg_connection *, void *) { return 200; }
struct Items : CivetHandler {
  bool handleGet(CivetServer *, mg_connection *) override { return true; }
};
int main() {
  mg_set_request_handler(nullptr, "/status", onStatus, nullptr);
  addHandler(new Items);
}
