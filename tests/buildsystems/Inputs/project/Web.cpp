#include "Greeting.h"

#include <agent/gate/RippleGateHttplib.h>
#include <httplib.h>

int main() {
  auto gate = ripple::gate::Gate::open({});
  if (!gate)
    return 1;
  httplib::Server server;
  ripple::gate::HttplibMiddleware middleware(gate, {});
  middleware.install(server);
  server.Get("/hello", [](const httplib::Request &, httplib::Response &response) {
    response.set_content(greeting(), "text/plain");
  });
  server.listen("127.0.0.1", 8080);
}
