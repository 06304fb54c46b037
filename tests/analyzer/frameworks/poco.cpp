// REQUIRES: poco-headers
// RUN: %handlers %s
// POCO's HTTP server with its own headers: handlers are known by the classes that a factory makes.
#include <Poco/Net/AbstractHTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

using namespace Poco::Net;

namespace app {
class Items : public HTTPRequestHandler {
  void handleRequest(HTTPServerRequest &, HTTPServerResponse &response) override { response.send(); } // handler: transaction app::Items = app::Items::handleRequest, by poco
};
class Missing : public HTTPRequestHandler {
  void handleRequest(HTTPServerRequest &, HTTPServerResponse &response) override { response.send(); } // handler: transaction app::Missing = app::Missing::handleRequest, by poco
};
class Old : public AbstractHTTPRequestHandler {
  void run() override { response().send(); } // handler: transaction app::Old = app::Old::run, by poco
};
class Echo : public TCPServerConnection {
public:
  using TCPServerConnection::TCPServerConnection;
  void run() override { socket().close(); } // handler: transaction run = app::Echo::run, by poco
};
class Factory : public HTTPRequestHandlerFactory {
  HTTPRequestHandler *createRequestHandler(const HTTPServerRequest &request) override { // handler: (every request) = app::Factory::createRequestHandler, by poco
    if (request.getURI() == "/items")
      return new Items;
    if (request.getURI() == "/old")
      return new Old;
    return new Missing;
  }
};
} // namespace app

int main() {
  HTTPServer server(new app::Factory, ServerSocket(8080), new HTTPServerParams);
  server.start();
  TCPServer echo(new TCPServerConnectionFactoryImpl<app::Echo>, ServerSocket(7));
  echo.start();
}
