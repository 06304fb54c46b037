// RUN: %expect %s
// Handlers, however they are given; and paths, however they are made.
#include "world.h"

void plain() { a::use(); }
struct Api {
  void show() { b::use(); }
  void list() { c::use(); }
  void add() {
    route("/bound", std::bind(&Api::show, this)); // GET /bound: b
    route("/front", std::bind_front(&Api::list, this)); // GET /front: c
    route("/this", [this] { show(); }); // GET /this: b
  }
};
struct Functor {
  void operator()() const { d::use(); }
};
const std::string Prefix = "/api";
constexpr const char *Name = "/named";

std::function<void()> once(std::function<void()> inner) {
  return [inner = std::move(inner)] {
    e::use();
    inner();
  };
}
std::function<void()> chosen(bool flag) {
  if (flag)
    return plain;
  return [] { b::use(); };
}
void helper(const std::string &path, std::function<void()> handler) {
  route(Prefix + path, std::move(handler));
}
template <typename F> void generic(const char *path, F handler) { route(path, handler); }

namespace transactions {
void pay() { a::use(); } // transaction pay: a
} // namespace transactions

class Orders : public lib::Service {
  void handle() override { c::use(); } // transaction Orders: c
};

void add(Server &server, std::string dynamic) {
  server.get("/chain/1", plain).get("/chain/2", [] { b::use(); });
  // GET /chain/1: a
  // GET /chain/2: a b
  route(dynamic, plain);
}

int main(int argc, char **argv) {
  Server server;
  Api api;
  route("/plain", plain); // GET /plain: a
  route("/address", &plain); // GET /address: a
  auto variable = [] { b::use(); };
  route("/variable", variable); // GET /variable: b
  std::function<void()> function = plain;
  route("/std-function", function); // GET /std-function: a
  route("/functor", Functor()); // GET /functor: d
  route("/once/a", once([] { a::use(); })); // GET /once/a: a e
  route("/once/b", once([] { b::use(); })); // GET /once/b: b e
  route("/chosen", chosen(argc > 1)); // GET /chosen: a b
  route(Name, plain); // GET /named: a
  route(R"(/item/(\d+))", plain); // GET ~ ^/item/(\d+)$: a
  helper("/x", [] { c::use(); }); // GET /api/x: c
  helper("/y", plain); // GET /api/y: a
  generic("/generic", [] { d::use(); }); // GET /generic: d
  route("/twice", plain);
  route("/twice", [] { b::use(); }); // GET /twice: a b
  api.add();
  add(server, argv[0]); // GET <dynamic:handlers.cpp:73>: a
  hook([] { f::use(); }); // ambient: f
  Orders orders;
  serve();
}
