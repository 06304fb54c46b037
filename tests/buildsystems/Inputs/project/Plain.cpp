#include "Greeting.h"

#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/hello", [](const httplib::Request &, httplib::Response &response) {
    response.set_content(greeting(), "text/plain");
  });
  server.listen("127.0.0.1", 8080);
}
