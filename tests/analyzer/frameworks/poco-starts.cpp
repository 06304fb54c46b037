// REQUIRES: poco-headers
// RUN: %expect %s
// It returns at once and serves in threads of its own. Bug: what main does before counted for every
// request, too.
#include "world.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>

using namespace Poco::Net;
class Show : public HTTPRequestHandler {
public:
  void handleRequest(HTTPServerRequest &, HTTPServerResponse &) override { c::use(); } // transaction Show: c libpoco-dev
};
class Factory : public HTTPRequestHandlerFactory {
public:
  HTTPRequestHandler *createRequestHandler(const HTTPServerRequest &) override { return new Show; }
};

int main() {
  a::use();
  HTTPServer server(new Factory, 80);
  server.start();
  b::use();
  server.stop();
}
// startup: a
