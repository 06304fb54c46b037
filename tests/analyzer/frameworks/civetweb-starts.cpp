// REQUIRES: civetweb-headers
// RUN: %expect %s
// It returns at once and serves in threads of its own. Bug: what main does before counted for every
// request, too.
#include "world.h"

#include <CivetServer.h>

class Show : public CivetHandler {
public:
  bool handleGet(CivetServer *, mg_connection *) override {
    c::use();
    return true;
  }
};

int main() {
  a::use();
  CivetServer server(std::vector<std::string>{});
  b::use();
  Show show;
  server.addHandler("/show", show); // GET /show/**: c libcivetweb-dev?
}
// startup: a
