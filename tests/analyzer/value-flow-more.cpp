// RUN: %expect %s
// Ways by which a callable or an object gets somewhere beside those that are seen at once: each
// place already holds one that is known, so that nothing falls back to all of a type.
#include "world.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <map>
#include <new>
#include <optional>
#include <ranges>
#include <tuple>
#include <utility>
#include <variant>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
bool chance() { static bool now = false; return now = !now; }

struct Shape {
  virtual ~Shape() = default;
  virtual void draw() { f::use(); }
};
struct Square : Shape {
  void draw() override { a::use(); }
};
struct Round : Shape {
  void draw() override { b::use(); }
};
struct Framed : Shape {
  Framed(std::unique_ptr<Shape> inner) : inner(std::move(inner)) {}
  void draw() override { c::use(); }
  std::unique_ptr<Shape> inner;
};
struct Job {
  virtual ~Job() = default;
  virtual void operator()() const { d::use(); }
};
struct Special : Job {
  void operator()() const override { e::use(); }
};
struct List : std::vector<F> {};
template <typename T> struct First {
  T value;
  int more;
};
void steal(F &&from) {
  F mine = useB;
  std::swap(from, mine);
}
struct From {
  From(F f) : kept(std::move(f)) {}
  F kept;
};
struct Inheriting : From {
  using From::From;
};

F fromG, fromH;
P fromP, fromQ;
void sometimes(F f) {
  if (chance())
    f = fromG;
  f();
}
void setIt(F &f) { f = fromG; }
void set(F f) { setIt(f), f(); }
void drawAnother(Shape *shape) {
  if (chance())
    shape = new Round;
  shape->draw();
}
P another(P) { return fromQ; }

int main() {
  fromG = useB, fromH = useA, fromP = useA, fromQ = useB;
  route("/for-each", [] { std::vector<F> v{useA}; std::for_each(v.begin(), v.end(), [](F &each) { each = useB; }); v[0](); }); // GET /for-each: a? b? c? d? e? f?
  route("/transform", [] { P v[1] = {useA}; P w[1] = {useB}; std::transform(v, v + 1, w, [](P) { return &useC; }); w[0](); }); // GET /transform: a? b? c?
  route("/derived-container", [] { List list; list.push_back(useA); list[0](); }); // GET /derived-container: a
  route("/functor", [] { F f = useA; if (chance()) f = Special(); f(); }); // GET /functor: a? e?
  route("/sliced", [] { Special special; const Job &job = special; F f = useA; if (chance()) f = job; f(); }); // GET /sliced: a? d? e?
  route("/sliced-capture", [] { Round round; Shape &shape = round; auto l = [shape]() mutable { Shape &s = shape; s.draw(); }; l(); }); // GET /sliced-capture: b? f?
  route("/decorated", [] { std::unique_ptr<Shape> u = std::make_unique<Square>(); u = std::make_unique<Framed>(std::move(u)); u->draw(); }); // GET /decorated: a? c?
  route("/allocated", [] { std::shared_ptr<Shape> u = std::make_shared<Square>(); if (chance()) u = std::allocate_shared<Round>(std::allocator<Round>()); u->draw(); }); // GET /allocated: a? b?
  route("/tied", [] { F x = useA; F y = useB; std::tie(x, y) = std::make_tuple(F(useC), y); x(); }); // GET /tied: a? b? c?
  route("/exchanged", [] { P x = useA; P y = useB; y = std::exchange(x, useC); x(); }); // GET /exchanged: a? b?& c?
  route("/wrapped-references", [] { F x = useA; std::vector<std::reference_wrapper<F>> v{x}; v[0].get() = useB; x(); }); // GET /wrapped-references: a? b?
  route("/pointers", [] { F x = useA; std::vector<F *> v; v.push_back(&x); std::vector<F *> w = v; *w[0] = useB; x(); }); // GET /pointers: a? b?
  route("/pointer-array", [] { F x = useA, y = useC; F *all[] = {&x, &y}; *all[0] = useB; x(); }); // GET /pointer-array: a? b? c?
  route("/conditional", [] { F x = useA, y = useC; *(chance() ? &x : &y) = useB; x(); }); // GET /conditional: a? b? c?
  route("/compared", [] { std::atomic<P> p = useA; P expected = useB; p.compare_exchange_strong(expected, useC); expected(); }); // GET /compared: a? b? c?
  route("/stolen", [] { F f = useA; steal(std::move(f)); f(); }); // GET /stolen: a? b?
  route("/first-member", [] { First<P> first{useA, 1}; *reinterpret_cast<P *>(&first) = useB; first.value(); }); // GET /first-member: a? b? c?
  route("/paired", [] { std::pair<F, int> p{[] { a::use(); }, 1}; auto &[f, n] = p; f = useB; p.first(); }); // GET /paired: a? b?
  route("/found", [] { std::map<int, F> m{{1, [] { a::use(); }}}; if (auto it = m.find(1); it != m.end()) it->second = useB; m[1](); }); // GET /found: a? b?
  route("/value-or", [] { std::optional<F> o; o.value_or([] { a::use(); })(); }); // GET /value-or: a
  route("/inherited-constructor", [] { Inheriting x(useA); x.kept(); }); // GET /inherited-constructor: a? b? c? d? e? f?
  route("/looked-for", [] { std::vector<P> v{useA, useB}; auto it = std::find_if(v.begin(), v.end(), [](P p) { return p == &useB; }); (*it)(); }); // GET /looked-for: a? b?
  route("/visited", [] { std::variant<P, int> v = useA; P p = useB; p = std::visit([](auto) -> P { return useC; }, v); p(); }); // GET /visited: a? b? c?
  route("/assigned", [] { sometimes(fromH); }); // GET /assigned: a? b?
  route("/set", [] { set(fromH); }); // GET /set: a? b?
  route("/object", [] { drawAnother(new Square); }); // GET /object: a? b?
  route("/placed", [] { Shape *s = static_cast<Shape *>(std::malloc(sizeof(Round))); new (s) Round; if (chance()) s = new Square; s->draw(); }); // GET /placed: a? b?
  route("/placed-function", [] { F *s = static_cast<F *>(std::malloc(sizeof(F))); new (s) F(fromG); if (chance()) *s = fromH; (*s)(); }); // GET /placed-function: a? b? c? d? e? f?
  route("/views", [] { P mine = fromP; std::vector<P> v{fromP}; for (P each : v | std::views::transform(another)) mine = each; mine(); }); // GET /views: a? b? c?
  serve();
}
