// RUN: %expect %s
// What the standard library calls, where how it does so is known in part only.
#include "world.h"

#include <variant>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
F later = useB;
F function = useA;
P pointer = useB;
void both(F first, F second) { first(), second(); }
struct Service {
  void run() { a::use(); }
  void runBoth(F first, F second) { both(first, second); }
  virtual void step() { c::use(); }
  virtual ~Service() = default;
};
struct Special : Service {
  void step() override { d::use(); }
};
Service service;
Special special;
struct Further : e::Hook {
  void step() override { a::use(); }
};
e::Hook *further;

/// Types of their own: what is not known is any of it.
void one(long) { a::use(); }
void two(long) { b::use(); }
bool chance;
void (&reference)(long) = two;
std::variant<int, long> left, right;
void onTwo(long, long) { c::use(); }
void (*visitor)(long, long) = onTwo;
auto fromLibrary = std::bind(d::use);
auto sameType = std::bind(useB);
auto fromStart = std::bind(f::now, pointer);

int main() {
  further = new Further;
  route("/same-type", [] { std::thread(one, 1).join(); std::thread(reference, 1).join(); }); // GET /same-type: a& b?&
  route("/bind-same-type", [] { auto x = chance ? std::bind(one, 1) : std::bind(reference, 2); x(); }); // GET /bind-same-type: a? b
  route("/bind-library", [] { fromLibrary(); }); // GET /bind-library: d
  route("/bind-library-callback", [] { fromStart(); }); // GET /bind-library-callback: b f
  route("/bind-method", [] { auto x = std::bind(&Service::run, std::placeholders::_1); x(&service); }); // GET /bind-method: a
  route("/bind-virtual", [] { auto x = std::bind(&Service::step, std::placeholders::_1); x(&special); }); // GET /bind-virtual: d
  route("/front", [] { auto x = std::bind_front(both, useA); x(later); }); // GET /front: a b?
  route("/front-method", [] { auto x = std::bind_front(&Service::runBoth, &service); x(function, later); }); // GET /front-method: a? b?
  route("/thread-receiver", [] { std::thread(&e::Hook::go, further).join(); }); // GET /thread-receiver: a?& e&
  route("/invoke-receiver", [] { std::invoke(&e::Hook::go, further); }); // GET /invoke-receiver: a? e
  route("/visit", [] { std::visit(visitor, left, right); }); // GET /visit: c?
  serve();
}
