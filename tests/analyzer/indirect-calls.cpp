// RUN: %expect %s
// Calls through pointers, member pointers, std::function and virtual functions.
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
struct Lonely {
  virtual void run() = 0;
};
struct OnlyOne : Lonely {
  void run() override { c::use(); }
};
struct Abstract {
  virtual void run() = 0;
};

void first(int) { a::use(); }
void second(int) { b::use(); }
void third(long) { c::use(); }
void (*table[])(int) = {first, second};
void (*other)(long) = third;
void (*nothing)(double);

struct Methods {
  void one() { a::use(); }
  void two() { b::use(); }
};
void (Methods::*chosen)() = &Methods::one;

std::function<void(char)> stored = [](char) { a::use(); };
std::function<void(short)> another = [](short) { b::use(); };

struct Ops {
  void (*open)(const char *);
};
void openIt(const char *) { d::use(); }
const Ops ops = {openIt};

struct Owned {
  ~Owned() { a::use(); }
};
struct OtherOwned {
  ~OtherOwned() { b::use(); }
};
struct BaseOwned {
  ~BaseOwned() { c::use(); }
};
struct DerivedOwned : BaseOwned {
  ~DerivedOwned() { d::use(); }
};
std::shared_ptr<Owned> makeOwned() { return std::make_shared<Owned>(); }
std::shared_ptr<OtherOwned> makeOther() { return std::shared_ptr<OtherOwned>(new OtherOwned); }
std::shared_ptr<BaseOwned> makeBase() { return std::make_shared<DerivedOwned>(); }

void setUp(Shape *shape, Lonely *lonely, Abstract *abstract, int number) {
  route("/virtual", [=] { shape->draw(); }); // GET /virtual: a? b?
  route("/only-one", [=] { lonely->run(); }); // GET /only-one: c
  route("/nobody", [=] { abstract->run(); }); // GET /nobody: !
  route("/table", [=] { table[number](1); }); // GET /table: a? b?
  route("/typed", [] { other(1); }); // GET /typed: c
  route("/nothing", [] { nothing(1); }); // GET /nothing: !
  route("/method", [] { Methods methods; (methods.*chosen)(); }); // GET /method: a
  route("/stored", [] { stored('x'); }); // GET /stored: a
  route("/another", [] { another(1); }); // GET /another: b
  route("/field", [] { ops.open(""); }); // GET /field: d
  route("/owned", [owned = makeOwned()] { auto mine = owned; }); // GET /owned: a?
  route("/other", [owned = makeOther()] { auto mine = owned; }); // GET /other: b?
  route("/converted", [owned = makeBase()] { auto mine = owned; }); // GET /converted: c? d?
}

int main() {
  Square square;
  Round round;
  OnlyOne one;
  setUp(&square, &one, nullptr, 0);
  setUp(&round, &one, nullptr, 0);
  serve();
}
