// RUN: %expect %s
// Handlers that no name stands for where they are registered: what the place may hold, each of them.
#include "world.h"

#include <map>
#include <string>
#include <vector>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }

struct Router {
  std::map<std::string, F> byPath;
  std::vector<std::pair<std::string, P>> list;
  P other = nullptr;
  void add(const std::string &path, F handler) { byPath[path] = std::move(handler); }
  void start() {
    for (auto &[path, handler] : byPath)
      route(path, handler); // GET <dynamic:handlers-held.cpp:22>: a? b?
    for (auto &each : list)
      route(each.first, each.second); // GET <dynamic:handlers-held.cpp:24>: c
    route("/other", other); // GET /other: a? b? c d
  }
};
void useD() { d::use(); }

int main() {
  Router router;
  router.add("/a", useA);
  router.add("/b", [] { useB(); });
  router.list.emplace_back("/c", useC);
  router.other = useD;
  router.start();
  serve();
}
