#include "greeter/Greeter.h"
#include "pack/Pack.h"
#include "price/Price.h"

#include <cstdlib>
#include <dlfcn.h>
#include <httplib.h>

namespace {

const price_plugin *loadPrices() {
  void *object = dlopen("./price.so", RTLD_NOW | RTLD_LOCAL);
  if (!object)
    std::exit(1);
  return static_cast<const price_plugin *>(dlsym(object, "price_interface"));
}

void hello(const httplib::Request &, httplib::Response &response) {
  response.set_content(greet("you"), "text/plain");
}

} // namespace

int main() {
  const price_plugin *prices = loadPrices();
  httplib::Server server;
  server.Get("/hi", hello);
  server.Get(R"(/packed/(\d+))", [](const httplib::Request &request, httplib::Response &response) {
    response.set_content(pack(request.matches[1]), "application/octet-stream");
  });
  server.Post("/price", [prices](const httplib::Request &request, httplib::Response &response) {
    response.set_content(std::to_string(prices->price(request.body.size())), "text/plain");
  });
  server.listen("127.0.0.1", 8080);
}
