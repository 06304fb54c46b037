// RUN: %expect %s
// Templates of libraries make objects of the user's classes, and change their fields.
#include "templates.h"
#include "world.h"

#include <deque>
#include <map>
#include <optional>
#include <variant>

using Callback = void (*)(int, long);
void useA(int, long) { a::use(); }
void useB(int, long) { b::use(); }

// C++20 makes aggregates in place of what a constructor would be given.
template <int N> struct Made {
  Callback run;
  int number;
};
template <int N> Made<N> other{useB, 1};
struct Held {
  std::function<void()> run;
};
Held otherHeld{b::use};

std::vector<Made<1>> vector;
std::optional<Made<2>> optional;
std::deque<Made<3>> deque;
std::variant<int, Made<4>> variant;
std::map<int, Held> map;

// A library's base class knows the class that derives from it, and a function of its what it is given.
struct Set : templates::Base<Set> {
  Callback run = useB;
};
struct Filled {
  Callback run = useB;
};
struct Pointed {
  Callback *run;
};
Callback pointed = useB;
Callback global = useB;

// It derives from the user's.
struct Shape {
  virtual ~Shape() = default;
  virtual void go() { a::use(); }
};
struct Round : Shape {
  void go() override { b::use(); }
};
std::unique_ptr<Shape> owned;
Shape *shape;

int main() {
  vector.emplace_back(useA, 1);
  optional.emplace(useA, 1);
  deque.emplace_front(useA, 1);
  variant.emplace<Made<4>>(useA, 1);
  map.try_emplace(1, a::use);
  static Set set;
  set.change(useA);
  static Filled filled;
  templates::fill(filled, useA);
  static Pointed pointer{&pointed};
  templates::fillThrough(pointer, useA);
  templates::fillPlace<global>(useA);
  owned = std::make_unique<Round>();
  owned = std::make_unique<templates::Wrapped<Shape>>();
  shape = new Round;
  shape = new templates::Wrapped<Shape>;
  (void)&other<1>, (void)&other<2>, (void)&other<3>, (void)&other<4>, (void)&other<5>;
  route("/vector", [] { vector[0].run(1, 1); }); // GET /vector: a? b?
  route("/optional", [] { optional->run(1, 1); }); // GET /optional: a? b?
  route("/deque", [] { deque[0].run(1, 1); }); // GET /deque: a? b?
  route("/variant", [] { std::get<1>(variant).run(1, 1); }); // GET /variant: a? b?
  route("/map", [] { map.at(1).run(); }); // GET /map: a? b?
  route("/unique", [] { std::make_unique<Made<5>>(useA, 1)->run(1, 1); }); // GET /unique: a? b?
  route("/set", [] { set.run(1, 1); }); // GET /set: a? b?
  route("/filled", [] { filled.run(1, 1); }); // GET /filled: a? b?
  route("/pointed", [] { pointed(1, 1); }); // GET /pointed: a? b?
  route("/global", [] { global(1, 1); }); // GET /global: a? b?
  route("/owned", [] { owned->go(); }); // GET /owned: a? b?
  route("/shape", [] { shape->go(); }); // GET /shape: a? b?
  serve();
}
