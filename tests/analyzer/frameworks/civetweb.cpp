// REQUIRES: civetweb-headers
// RUN: %handlers %s
// CivetWeb with its own headers: functions, classes, WebSockets, what runs with every request.
#include <CivetServer.h>

static int status(mg_connection *, void *) { return 200; }
static int connect(const mg_connection *, void *) { return 0; }
static void ready(mg_connection *, void *) {}
static int data(mg_connection *, int, char *, size_t, void *) { return 1; }
static int allowed(mg_connection *, void *) { return 1; }
static int begin(mg_connection *) { return 0; }

class Items : public CivetHandler {
  bool handleGet(CivetServer *, mg_connection *) override { return true; }
  bool handlePost(CivetServer *, mg_connection *) override { return true; }
};
class Cleared : public Items {
  bool handleDelete(CivetServer *, mg_connection *, int *status) override { return *status = 204; }
};
class Feed : public CivetWebSocketHandler {
  bool handleConnection(CivetServer *, const mg_connection *) override { return true; }
  bool handleData(CivetServer *, mg_connection *, int, char *, size_t) override { return true; }
};
class Guard : public CivetAuthHandler {
  bool authorize(CivetServer *, mg_connection *) override { return true; } // handler: (every request) = Guard::authorize, by civetweb
};

class Shop : public CivetServer {
public:
  Shop() : CivetServer({"listening_ports", "8081"}) {
    addHandler("/shop", items); // handler: GET /shop/** = Items::handleGet, by civetweb; POST /shop/** = Items::handlePost, by civetweb
    addHandler("/any", some); // not understood: GET /any/** = CivetHandler::handleGet + CivetHandler::handleGet, by civetweb; POST /any/** = CivetHandler::handlePost + CivetHandler::handlePost, by civetweb; HEAD /any/** = CivetHandler::handleHead + CivetHandler::handleHead, by civetweb; PUT /any/** = CivetHandler::handlePut + CivetHandler::handlePut, by civetweb; DELETE /any/** = CivetHandler::handleDelete + CivetHandler::handleDelete, by civetweb; OPTIONS /any/** = CivetHandler::handleOptions + CivetHandler::handleOptions, by civetweb; PATCH /any/** = CivetHandler::handlePatch + CivetHandler::handlePatch, by civetweb
  }
  CivetHandler *some = nullptr;

private:
  Items items;
};

int main() {
  mg_callbacks callbacks = {};
  callbacks.begin_request = begin; // handler: (every request) = begin, by civetweb
  mg_context *context = mg_start(&callbacks, nullptr, nullptr);
  mg_set_request_handler(context, "/status", status, nullptr); // handler: * /status/** = status, by civetweb
  mg_set_request_handler(context, "**.html$", status, nullptr); // handler: * <dynamic> = status, by civetweb
  mg_set_request_handler(context, "/status", nullptr, nullptr); // no more
  mg_set_websocket_handler(context, "/feed", connect, ready, data, nullptr, nullptr); // handler: GET /feed/** = connect + ready + data + Feed::handleConnection + Feed::handleData, by civetweb
  mg_set_auth_handler(context, "/", allowed, nullptr); // handler: (every request) = allowed, by civetweb
  CivetServer server({"listening_ports", "8080"});
  Items items;
  Feed feed;
  Guard guard;
  server.addHandler("/items", items); // handler: GET /items/** = Items::handleGet, by civetweb; POST /items/** = Items::handlePost, by civetweb
  server.addHandler("/cleared/", new Cleared); // handler: GET /cleared/** = Items::handleGet, by civetweb; POST /cleared/** = Items::handlePost, by civetweb; DELETE /cleared/** = Cleared::handleDelete, by civetweb
  Shop shop;
  shop.some = &items;
  server.addWebSocketHandler("/feed", feed);
  server.addAuthHandler("/", guard);
}
