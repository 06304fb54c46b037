// RUN: %expect --by-class-hierarchy %s
// What is compared with: calls by class hierarchy and type alone.
#include "world.h"

struct Shape {
  virtual ~Shape() = default;
  virtual void draw() = 0;
};
struct Square : Shape {
  void draw() override { a::use(); }
};
struct Round : Shape {
  void draw() override { b::use(); }
};
void draw(Shape &shape) { shape.draw(); }
void useC() { c::use(); }
void useD() { d::use(); }
void (*first)() = useC;
void (*second)() = useD;

int main() {
  Square square;
  Round round;
  route("/square", [&] { draw(square); }); // GET /square: a? b?
  route("/first", [] { first(); }); // GET /first: c? d?
  route("/second", [] { second(); }); // GET /second: c? d?
  serve();
}
