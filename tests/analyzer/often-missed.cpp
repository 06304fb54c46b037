// RUN: %expect %s %S/Inputs/often-missed.c
// What other analyzers miss, by their own issue trackers, bullet by bullet.
#include "world.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void useD() { d::use(); }

// ---- function pointers in global tables and in fields ------------------------
struct Command {
  const char *name;
  P run;
  struct {
    P undo;
  } more;
};
const Command commands[] = {{"get", useA, {useC}}, {.name = "set", .run = useB, .more = {.undo = useD}}};
P tables[2][2] = {{useC, useC}, {useC, useD}};

// ---- handed through functions, and through an indirect call before it is stored
P same(P p) { return p; }
P again(P p) { return same(p); }
P (*indirect)(P) = again;
P handed, handedIndirectly;
void keepIt(P *place, P p) { *place = p; }
void (*keeper)(P *, P) = keepIt;

// ---- virtual calls on member objects and through several namespaces ----------
namespace outer {
inline namespace v1 {
struct Base {
  virtual ~Base() = default;
  virtual void run() {}
};
} // namespace v1
namespace inner {
struct Derived : Base {
  void run() override { a::use(); }
};
} // namespace inner
} // namespace outer
namespace elsewhere {
using outer::Base;
struct Holder {
  outer::inner::Derived derived;
  Base *base = &derived;
  Base &reference = derived;
};
} // namespace elsewhere
struct OtherDerived : outer::Base {
  void run() override { e::use(); }
};
OtherDerived otherDerived;

// ---- values of a map of callables --------------------------------------------
std::map<int, F> handlers = {{1, useA}};
void fill() {
  handlers[2] = useB;
  handlers.emplace(3, [] { c::use(); });
}

// ---- captured in lambdas; lambdas in global initialisers ----------------------
auto globalLambda = [] { b::use(); };
F globalFunction = [] { c::use(); };
F made = [](F inner) -> F { return [inner] { inner(); }; }([] { d::use(); });
struct WithStatic {
  static inline F field = [] { e::use(); };
};

// ---- destructors ---------------------------------------------------------------
struct DestroyA {
  ~DestroyA() { a::use(); }
};
struct DestroyB {
  ~DestroyB() { b::use(); }
};
struct VirtualBase {
  ~VirtualBase() { c::use(); }
};
struct Left : virtual VirtualBase {};
struct Right : virtual VirtualBase {};
struct Bottom : Left, Right {
  DestroyA member;
};
struct Polymorphic {
  virtual ~Polymorphic() = default;
};
struct Implementing : Polymorphic {
  ~Implementing() override { d::use(); }
};
std::unique_ptr<Polymorphic> makePolymorphic() { return std::make_unique<Implementing>(); }
struct Deleter {
  void operator()(int *) const { e::use(); }
};
void deleteB(int *) { b::use(); }
std::shared_ptr<int> withDeleter() { return {new int, [](int *n) { (f::use(), delete n); }}; }

// ---- overrides reached through the base's own code (template method) ----------
struct Skeleton {
  virtual ~Skeleton() = default;
  void go() { step(); }
  virtual void step() = 0;
};
struct FirstStep : Skeleton {
  void step() override { a::use(); }
};
struct SecondStep : Skeleton {
  void step() override { b::use(); }
};

// ---- higher-order wrappers, kept apart by call site -----------------------------
template <typename T> void once(T f) { f(); }
void plainOnce(F f) { f(); }
void post(F f) { std::thread([f = std::move(f)] { f(); }).detach(); }

// ---- in C: container_of, first fields, callbacks to code without source ---------
extern "C" {
struct event;
void c_fire_container(void);
void c_fire_first(void);
void c_fire_registered(void);
void c_fire_other(void);
}

// ---- an empty set is unresolved, with all of the type --------------------------
P neverSet;
void (*ofAnotherType)(const char *, long);

int main() {
  fill();
  route("/table", [] { for (const Command &each : commands) each.run(); }); // GET /table: a? b?
  route("/nested", [] { commands[1].more.undo(); }); // GET /nested: c? d?
  route("/two-dimensions", [] { tables[1][1](); }); // GET /two-dimensions: c? d?
  handed = again(useA);
  handedIndirectly = indirect(useB);
  keeper(&handed, useC);
  route("/handed", [] { handed(); }); // GET /handed: a? b? c?
  route("/handed-indirectly", [] { handedIndirectly(); }); // GET /handed-indirectly: a? b?
  route("/member-object", [] { elsewhere::Holder holder; holder.derived.run(); }); // GET /member-object: a
  route("/member-pointer", [] { elsewhere::Holder holder; holder.base->run(); }); // GET /member-pointer: a
  route("/member-reference", [] { elsewhere::Holder holder; holder.reference.run(); }); // GET /member-reference: a
  route("/map", [] { handlers.at(2)(); }); // GET /map: a? b? c?
  F captured = useA;
  route("/captured", [captured] { auto inner = [&captured] { captured(); }; inner(); }); // GET /captured: a
  route("/global-lambda", [] { globalLambda(); }); // GET /global-lambda: b
  route("/global-function", [] { globalFunction(); }); // GET /global-function: c
  route("/global-made", [] { made(); }); // GET /global-made: d
  route("/static-member", [] { WithStatic::field(); }); // GET /static-member: e
  route("/explicit", [] { DestroyA *x = nullptr; x->~DestroyA(); }); // GET /explicit: a
  route("/implicit", [] { DestroyB x; }); // GET /implicit: b
  route("/temporary", [] { (void)DestroyB(); }); // GET /temporary: b
  route("/virtual-base", [] { Bottom x; }); // GET /virtual-base: a c
  route("/polymorphic", [] { auto x = makePolymorphic(); }); // GET /polymorphic: d
  route("/shared", [] { auto x = std::make_shared<Implementing>(); }); // GET /shared: d?
  route("/deleter", [] { std::unique_ptr<int, Deleter> x(new int); }); // GET /deleter: e
  route("/pointer-deleter", [] { std::unique_ptr<int, void (*)(int *)> x(new int, deleteB); }); // GET /pointer-deleter: b
  route("/shared-deleter", [] { auto x = withDeleter(); }); // GET /shared-deleter: f
  route("/template-method", [] { FirstStep x; x.go(); }); // GET /template-method: a
  route("/other-template-method", [] { SecondStep x; static_cast<Skeleton &>(x).go(); }); // GET /other-template-method: b
  route("/once-a", [] { once([] { a::use(); }); plainOnce(useC); }); // GET /once-a: a c
  route("/once-b", [] { once(useB); plainOnce([] { d::use(); }); }); // GET /once-b: b d
  route("/for-each", [] { int n[1] = {}; std::for_each(n, n + 1, [](int) { a::use(); }); }); // GET /for-each: a
  route("/call-once", [] { static std::once_flag flag; std::call_once(flag, [] { b::use(); }); }); // GET /call-once: b
  route("/post", [] { post(useC); }); // GET /post: c&
  route("/container-of", [] { c_fire_container(); }); // GET /container-of: a? b?
  route("/first-field", [] { c_fire_first(); }); // GET /first-field: a? b?
  route("/registered", [] { c_fire_registered(); }); // GET /registered: b
  route("/other-field", [] { c_fire_other(); }); // GET /other-field: a
  route("/never-set", [] { neverSet(); }); // GET /never-set: a? b? c? d?
  route("/nobody", [] { ofAnotherType("", 1); }); // GET /nobody: !
  serve();
}
