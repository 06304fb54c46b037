// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Handlers that are stored in C++: assignments, initialisers of members, of constructors, designated.
#include <functional>

namespace modern {
struct Server {
  std::function<void(int)> onRequest;
  int size = 0;
};
void first(int) {}
struct Defaulted : Server {
  Defaulted() { onRequest = first; } // handler: transaction first = modern::first, by store
};
} // namespace modern

struct Wrapper {
  modern::Server server;
  void set(std::function<void(int)> handler) {
    server.onRequest = std::move(handler); // handler: transaction second = second, by store; transaction lambda = main::lambda, by store
  }
};
void second(int) {}
void third(int) {}

void fourth(int) {}
void fifth(int) {}
void put(std::function<void(int)> &slot) { slot = fourth; }
void look(const std::function<void(int)> &slot) { slot(1); }

int main() {
  modern::Defaulted defaulted;
  Wrapper wrapper;
  wrapper.set(second);
  wrapper.set([](int) {});
  modern::Server made{.onRequest = third}; // handler: transaction third = third, by store
  modern::Server *server = &made;
  server->onRequest = nullptr;
  auto &slot = server->onRequest;
  slot = fifth; // handler: transaction fifth = fifth, by store
  put(server->onRequest); // not understood: transaction <dynamic> = *, by store
  look(server->onRequest);
}
