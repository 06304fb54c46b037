// RUN: %expect %s
// What comes from elsewhere and is called here: apart by caller, and nothing is lost on the way.
#include "world.h"
#include <algorithm>
#include <map>
#include <optional>
using F = std::function<void()>;
using P = void (*)();
bool chance() { static bool now = false; return now = !now; }
F fa, fb, fc, fd, fe, fs, ft;
P pa, pb;
struct Shape { virtual ~Shape() = default; virtual void draw() { f::use(); } virtual void run(F f) { f(); } };
struct Square : Shape { void draw() override { a::use(); } };
struct Round : Shape { void draw() override { b::use(); } void run(F f) override { if (chance()) f = fc; f(); } };
Shape *square, *round_;
std::vector<int> numbers{1, 2};
void each(F f) { std::for_each(numbers.begin(), numbers.end(), [&](int) { f(); }); }
void eachSet(F f) { std::for_each(numbers.begin(), numbers.end(), [&](int) { f = fc; }); f(); }
void inner(F &f) { f = fc; f(); }
void outer(F f) { inner(f); f(); }
void recursive(F f, int n) { if (n) recursive(fb, n - 1); f(); }
void choose(F x, F y) { (chance() ? x : y)(); }
void swapped(F f) { std::swap(f, fs); f(); }
F wrap(F f) { return [f] { f(); }; }
F kept(F f) { return [f = chance() ? f : fc] { f(); }; }
void once(F f) { f(); } // its address is taken below: nobody knows who calls it
void plain(F f) { f(); }
template <typename... A> void forwards(A &&...a) { plain(std::forward<A>(a)...); }
void all(std::vector<F> v) { for (auto &f : v) f(); }
struct Conv { operator F() const { return fb; } };
struct Call { void operator()(F f) const { f(); } };
struct Member { void take(F f) { f(); } };
void go(Shape &s) { Shape *p = &s; if (chance()) p = round_; p->draw(); }
void take(std::unique_ptr<Shape> s) { s->draw(); }
void byPointer(F *f) { *f = fd; }
void byPointers(F **f) { *f = &fe; }
F &id(F &f) { return f; }
struct Visitor { virtual ~Visitor() = default; virtual void visit(Shape &) = 0; };
struct Drawing : Visitor { void visit(Shape &s) override { s.draw(); } };
void accept(Visitor &v, Shape &s) { v.visit(s); }
struct Ops { P open; P close; };
Ops ops[3];
struct Builder { Builder &with(F f) { made = std::move(f); return *this; } void build() { made(); } F made; };
struct Early { Early() { act(); } virtual ~Early() = default; virtual void act() { a::use(); } };
struct Late : Early { void act() override { b::use(); } };
std::map<int, std::function<std::unique_ptr<Shape>()>> factories;
P &slotOf(Ops &o) { return o.close; }
void defaulted(F f = fb) { f(); }
void fromArray(F v[], int n) { for (int i = 0; i < n; ++i) v[i](); }
int main() {
  fa = [] { a::use(); }; fb = [] { b::use(); }; fc = [] { c::use(); };
  fd = [] { d::use(); }; fe = [] { e::use(); }; fs = [] { c::use(); }; ft = [] { a::use(); };
  pa = [] { a::use(); }; pb = [] { b::use(); };
  square = new Square; round_ = new Round;
  ops[0] = {pa, pb};
  factories[1] = [] { return std::make_unique<Round>(); };
  route("/each-a", [] { each(fa); }); // GET /each-a: a
  route("/each-b", [] { each(fb); }); // GET /each-b: b
  route("/each-set", [] { eachSet(fa); }); // GET /each-set: a? c?
  route("/outer", [] { outer(fa); }); // GET /outer: a? c?
  route("/recursive", [] { recursive(fa, 1); }); // GET /recursive: a b
  route("/choose", [] { choose(fa, fb); }); // GET /choose: a? b?
  route("/swapped", [] { swapped(fa); }); // GET /swapped: a? c?
  route("/wrap", [] { wrap(fa)(); }); // GET /wrap: a
  route("/kept", [] { kept(fa)(); }); // GET /kept: a? c?
  route("/forwards", [] { forwards(fb); }); // GET /forwards: b
  route("/all", [] { all({fa, fb}); }); // GET /all: a? b?
  route("/conv", [] { plain(Conv{}); }); // GET /conv: b
  route("/call", [] { Call{}(fa); }); // GET /call: a
  route("/generic", [] { auto l = [](auto f) { f(); }; l(fa); }); // GET /generic: a
  route("/thread", [] { std::thread(once, fb).join(); }); // GET /thread: b&
  route("/target", [] { std::function<void(F)> cb = once; cb(fb); }); // GET /target: b
  route("/bind", [] { std::bind(once, fb)(); }); // GET /bind: b
  route("/member", [] { Member m; auto way = &Member::take; (m.*way)(fb); }); // GET /member: b
  route("/go", [] { go(*square); }); // GET /go: a? b?
  route("/take-a", [] { take(std::make_unique<Square>()); }); // GET /take-a: a
  route("/take-b", [] { take(std::make_unique<Round>()); }); // GET /take-b: b
  route("/by-pointer", [] { F x = fa; byPointer(&x); x(); }); // GET /by-pointer: a? d?
  route("/by-pointers", [] { F x = ft; F *y = &x; byPointers(&y); (*y)(); }); // GET /by-pointers: a? e?
  route("/id", [] { F x = fa; id(x) = fb; x(); }); // GET /id: a? b?
  route("/visitor", [] { Drawing d; accept(d, *square); }); // GET /visitor: a
  route("/run", [] { round_->run(fa); }); // GET /run: a? c?
  route("/ops", [] { for (const Ops *o = ops; o->open; ++o) o->open(); }); // GET /ops: a
  route("/slot", [] { slotOf(ops[0]) = pa; ops[0].close(); }); // GET /slot: a? b?
  route("/builder", [] { Builder().with(fa).with(fb).build(); }); // GET /builder: a? b?
  route("/early", [] { Late late; }); // GET /early: a
  route("/factory", [] { factories[1]()->draw(); }); // GET /factory: b
  route("/defaulted", [] { defaulted(); defaulted(fa); }); // GET /defaulted: a b
  route("/array", [] { F v[2] = {fa, fb}; fromArray(v, 2); }); // GET /array: a? b?
  serve();
}
