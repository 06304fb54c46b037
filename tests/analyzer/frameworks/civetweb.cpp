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
  bool handleGet(CivetServer *, mg_connection *) override { return true; } // handler: transaction Items = Items::handleGet + Items::handlePost, by civetweb
  bool handlePost(CivetServer *, mg_connection *) override { return true; }
};
class Feed : public CivetWebSocketHandler {
  bool handleConnection(CivetServer *, const mg_connection *) override { return true; } // handler: transaction Feed = Feed::handleConnection + Feed::handleData, by civetweb
  bool handleData(CivetServer *, mg_connection *, int, char *, size_t) override { return true; }
};
class Guard : public CivetAuthHandler {
  bool authorize(CivetServer *, mg_connection *) override { return true; } // handler: (every request) = Guard::authorize, by civetweb
};

int main() {
  mg_callbacks callbacks = {};
  callbacks.begin_request = begin; // handler: (every request) = begin, by civetweb
  mg_context *context = mg_start(&callbacks, nullptr, nullptr);
  mg_set_request_handler(context, "/status", status, nullptr); // handler: transaction status = status, by civetweb
  mg_set_request_handler(context, "/status", nullptr, nullptr); // no more
  mg_set_websocket_handler(context, "/feed", connect, ready, data, nullptr, nullptr); // handler: transaction connect = connect, by civetweb; transaction ready = ready, by civetweb; transaction data = data, by civetweb
  mg_set_auth_handler(context, "/", allowed, nullptr); // handler: (every request) = allowed, by civetweb
  CivetServer server({"listening_ports", "8080"});
  Items items;
  Feed feed;
  Guard guard;
  server.addHandler("/items", items);
  server.addWebSocketHandler("/feed", feed);
  server.addAuthHandler("/", guard);
}
