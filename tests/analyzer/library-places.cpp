// RUN: %expect %s
// What anybody puts where a library keeps it, whatever way it gets there: all that run the library may
// call it.
#include "system.h"
#include "world.h"

#include <utility>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
F function = useA;
P pointer = useB;
void assign(P *place) { *place = pointer; }
void assign(F &place) { place = function; }
struct Further : d::system::Hook {
  void step() override { a::use(); }
};
struct Another : f::system::Hook {
  void step() override { b::use(); }
};
d::system::Hook *further;
f::system::Hook *another;

int main() {
  // By start-up code.
  e::system::desk.all.push_back([] { c::use(); });
  another = new Another;
  // By requests; that alone calls nothing.
  route("/assign", [] { assign(&a::system::place); }); // GET /assign: a b?
  route("/assign-function", [] { assign(b::system::desk.one); }); // GET /assign-function: b
  route("/named", [] { b::system::desk.named[1] = function; }); // GET /named: b
  route("/exchange", [] { std::exchange(c::system::place, pointer); }); // GET /exchange: a? b? c
  route("/result", [] { c::system::slot() = function; }); // GET /result: a? b? c
  route("/make", [] { further = new Further; }); // GET /make: a? b? d
  // By others.
  route("/a", [] { a::system::use(); }); // GET /a: a b?
  route("/b", [] { b::system::use(); }); // GET /b: a? b
  route("/c", [] { c::system::use(); }); // GET /c: a? b? c
  route("/e", [] { e::system::use(); }); // GET /e: a? b? c? e
  route("/go", [] { further->go(); }); // GET /go: a? b? d
  route("/run", [] { d::system::run(further); }); // GET /run: a? b? d
  route("/go-another", [] { another->go(); }); // GET /go-another: a? b? f
  // By itself.
  route("/reference", [] { f::system::Desk desk; F &one = desk.one; one = useA; desk.open(); }); // GET /reference: a? b? f
  route("/pointer", [] { f::system::Table table(pointer, nullptr); f::system::run(&table); }); // GET /pointer: a? b? f
  serve();
}
