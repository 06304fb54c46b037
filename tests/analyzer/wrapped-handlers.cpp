// RUN: %expect %s
// Handlers in wrappers of the user's own: what the wrapper runs besides, and what each route gives it.
#include "world.h"

#include <optional>

using F = std::function<void()>;
void useA() { a::use(); }
void useC() { c::use(); }
void useD() { d::use(); }
void (*table[])() = {useC, useD};

F once(F f) {
  return [f] {
    e::use();
    f();
  };
}
/// It is made of one value, and is not that.
struct Wrapper {
  F next;
  void operator()() const {
    f::use();
    next();
  }
};
F wrapped(F f) { return Wrapper{std::move(f)}; }
struct Converted {
  void (*run)();
  operator F() const { return useD; }
};
struct Base {
  virtual ~Base() = default;
  virtual void operator()() const { a::use(); }
};
struct Derived : Base {
  void operator()() const override { b::use(); }
};
void byReference(const Base &base) { route("/virtual", std::ref(base)); } // GET /virtual: a? b?
struct Inheriting : Wrapper {};
struct Using : Wrapper {
  using Wrapper::operator();
};
F late(F f) {
  return [f]() mutable {
    f();
    f = useD;
  };
}

int main(int argc, char **) {
  route("/once", once(useA)); // GET /once: a e
  // What one of two gives the wrapper is not what the other does.
  route("/twice", once(useA));
  route("/twice", once(table[argc])); // GET /twice: a? c? d? e
  route("/chosen", argc > 1 ? once(useA) : once(table[argc])); // GET /chosen: a? c? d? e
  route("/wrapped", wrapped(useA)); // GET /wrapped: a? c? f
  route("/wrapper", Wrapper{useA}); // GET /wrapper: a? c? f
  route("/converted", Converted{useA}); // GET /converted: d
  route("/late", late(useA)); // GET /late: a? d?
  F changed = once(useA);
  auto &alias = changed;
  alias = useC;
  route("/changed", changed); // GET /changed: a? c? d? e?
  static Derived derived;
  byReference(derived);
  // A wrapper in a std::function. Bug: what is given to it was taken for what comes back.
  std::function<F(F)> through = once;
  route("/through", through(useA)); // GET /through: a? c? d? e
  std::optional<F> maybe = useC;
  route("/maybe", maybe.value_or(useA)); // GET /maybe: a? c?
  route("/inherited", Inheriting{{useC}}); // GET /inherited: a? c? f
  route("/using", Using{{useA}}); // GET /using: a? c? f
  serve();
}
