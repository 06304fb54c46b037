// RUN: %expect %s
// A wrapper that a handler comes to in more ways than one. Bugs: what one of them gives it was taken for what all do,
// though another one is in a field, a captured variable or the handler itself; a temporary of a derived class, seen as
// one of its base, ran the base's method; of what std::bind gives on to be called nothing was known.
#include "world.h"
using F = std::function<void()>;
template <typename T> auto timed(T inner) { return [inner] { f::use(); inner(); }; }
void one() { c::use(); }
struct Policy {
  virtual ~Policy() = default;
  virtual F wrap(F inner) const { return [inner] { a::use(); inner(); }; }
};
struct Strict : Policy {
  F wrap(F inner) const override { return [inner] { b::use(); inner(); }; }
};
F logged(F inner) { return [inner] { d::use(); inner(); }; }
struct Logged {
  F inner;
  void operator()() const { e::use(); inner(); }
};
void late(F inner, const std::string &) { inner(); }
struct Step {
  virtual ~Step() = default;
  virtual void go() const { a::use(); }
};
struct Further : Step {
  void go() const override { b::use(); }
};
int main() {
  route("/x", timed(F(static_cast<const Policy &>(Strict()).wrap(one)))); // GET /x: a? b c? d? e? f
  void (*p)() = one;
  void (*&q)() = p;
  q = one;
  route("/y", timed(F(static_cast<const Policy &>(Strict()).wrap(p)))); // GET /y: a? b c? d? e? f
  route("/functor", logged(Logged{logged(one)})); // GET /functor: c? d e?
  route("/lambda", logged([inner = logged(one)] { inner(); })); // GET /lambda: c? d e?
  route("/later", logged([] { logged(one)(); })); // GET /later: c? d e?
  route("/apart", logged(one)); // GET /apart: c d
  route("/bound", std::bind(late, F(one), "x")); // GET /bound: c
  route("/temporary", [] { static_cast<const Step &>(Further()).go(); }); // GET /temporary: b
  serve();
}
