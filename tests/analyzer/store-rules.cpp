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

int main() {
  modern::Defaulted defaulted;
  Wrapper wrapper;
  wrapper.set(second);
  wrapper.set([](int) {});
  modern::Server made{.onRequest = third}; // handler: transaction third = third, by store
  modern::Server *server = &made;
  server->onRequest = nullptr;
}
