// RUN: %expect %s
// What code without source is given out of variables, by whoever gives it.
#include "world.h"

#include <cstdlib>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void useD() { d::use(); }

// All of these get what they hold from start-up code.
F function = useA;
P pointer = useB;
F &slot() {
  static F kept = useC;
  return kept;
}
std::vector<F> list;
struct Holder {
  F first;
  P second;
};
Holder holder;
e::Ops ops = {.open = [](int) { c::use(); }, .close = nullptr};
int (*compare)(const void *, const void *) = [](const void *, const void *) { return b::value(); };
struct Stepping : e::Hook {
  void step() override { d::use(); }
  virtual void other() { f::use(); }
};
struct Further : Stepping {
  void step() override { a::use(); }
};
e::Hook *stepper, *further;

void through(F given) { e::keep(given); }
void throughPointer(P given) { e::now(given); }
template <typename T> struct Wrapper {
  T callback;
  void run() { e::now(callback); }
};
struct Derived : e::Hook {
  void step() override { b::use(); }
};

/// What a library asks for.
struct Answering : d::Source {
  F callback() override { return function; }
  d::Hook *object() override { return answer; }
  static d::Hook *answer;
};
struct Answer : d::Hook {
  void step() override { c::use(); }
};
d::Hook *Answering::answer = new Answer;
/// The same of the program's own.
struct OwnSource {
  virtual ~OwnSource() = default;
  virtual F callback() = 0;
};
struct OwnAnswering : OwnSource {
  F callback() override { return function; }
};
void look(OwnSource &source) { (void)source.callback(); }

int main() {
  list.push_back(useA);
  list.push_back(useD);
  holder.first = useB;
  holder.second = useC;
  static Stepping stepping;
  stepper = &stepping;
  further = new Further;
  route("/function", [] { e::keep(function); }); // GET /function: a b? e
  route("/pointer", [] { e::now(pointer); }); // GET /pointer: b e
  route("/reference", [] { e::keep(slot()); }); // GET /reference: b? c e
  route("/moved", [] { F mine = function; e::keep(std::move(mine)); }); // GET /moved: a b? e
  route("/converted", [] { e::keep(pointer); }); // GET /converted: b e
  route("/through", [] { through(function); }); // GET /through: a b? e
  route("/through-other", [] { through(useD); }); // GET /through-other: b? d e
  route("/through-pointer", [] { throughPointer(pointer); }); // GET /through-pointer: b e
  route("/list", [] { e::keepAll(list); }); // GET /list: a? b? d? e
  route("/field", [] { e::keep(holder.first); }); // GET /field: b e
  route("/other-field", [] { e::now(holder.second); }); // GET /other-field: b? c e
  route("/structure", [] { e::keep(&ops); }); // GET /structure: b? c e
  route("/untyped", [] { e::any(&holder); }); // GET /untyped: b? e
  route("/compare", [] { int n[2] = {}; std::qsort(n, 2, sizeof *n, compare); }); // GET /compare: b
  route("/object", [] { e::keep(stepper); }); // GET /object: b? d? e
  route("/receiver", [] { further->go(); }); // GET /receiver: a? b? e
  route("/own-object", [] { Derived own; e::keep(&own); }); // GET /own-object: b? e
  route("/nothing", [] { e::now(nullptr); e::keep(F()); }); // GET /nothing: b? e
  route("/wrapper", [] { Wrapper<P> w{useD}; w.run(); }); // GET /wrapper: b? d e
  route("/cast", [] { e::any(reinterpret_cast<void *>(pointer)); }); // GET /cast: b e
  route("/widget", [] { static e::Widget widget; widget.onClick = function; widget.click(); }); // GET /widget: a? b? c? d? e
  // Whatever `e` runs may call what anybody has put there: so all that use `e` have it.
  route("/hook", [] { e::hook = pointer; }); // GET /hook: b? e
  route("/returned", [] { Answering source; d::ask(&source); }); // GET /returned: a? c? d
  route("/own-source", [] { OwnAnswering source; look(source); }); // GET /own-source:
  serve();
}
