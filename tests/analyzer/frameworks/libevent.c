// REQUIRES: libevent-headers
// RUN: %handlers %s
// libevent's HTTP server with its own headers.
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/rpc.h>

static void items(struct evhttp_request *request, void *context) { evhttp_send_reply(request, 200, "OK", 0); }
static void rest(struct evhttp_request *request, void *context) { evhttp_send_error(request, 404, 0); }
static struct bufferevent *prepare(struct event_base *base, void *context) { return bufferevent_socket_new(base, -1, 0); }

/// What event_rpcgen.py would write.
#define MESSAGE(NAME)                                                                              \
  struct NAME {                                                                                    \
    int size;                                                                                      \
  };                                                                                               \
  struct NAME *NAME##_new_with_arg(void *);                                                        \
  void NAME##_free(struct NAME *);                                                                 \
  int NAME##_unmarshal(struct NAME *, struct evbuffer *);                                          \
  int NAME##_complete(struct NAME *);                                                              \
  void NAME##_marshal(struct evbuffer *, const struct NAME *);
MESSAGE(msg)
MESSAGE(reply)
EVRPC_HEADER(Message, msg, reply)
static void call(EVRPC_STRUCT(Message) *rpc, void *context) {}
static void add(struct evhttp *http, const char *path) {
  evhttp_set_cb(http, path, items, 0); // handler: * /more = items, by libevent
}

int main(void) {
  struct event_base *base = event_base_new();
  struct evhttp *http = evhttp_new(base);
  evhttp_set_cb(http, "/items", items, 0); // handler: * /items = items, by libevent
  add(http, "/more");
  evhttp_set_gencb(http, rest, 0); // handler: transaction rest = rest, by libevent
  EVRPC_REGISTER(evrpc_init(http), Message, msg, reply, call, 0); // handler: transaction Message = call, by libevent
  evhttp_set_bevcb(http, prepare, 0); // handler: (every request) = prepare, by libevent
  return event_base_dispatch(base);
}
