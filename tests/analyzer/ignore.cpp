// RUN: %expect %s
// `ripple: ignore(COMPONENT) REASON` takes away what its line alone contributes of COMPONENT.
#include "world.h"

void both() {
  a::use();
  b::use();
}
void viaPointer(void (*function)()) { function(); }
struct Base {
  virtual ~Base() = default;
  virtual void run() = 0;
};
struct First : Base {
  void run() override { c::use(); }
};
struct Second : Base {
  void run() override { d::use(); }
};

int main() {
  route("/direct", [] {
    a::use(); // ripple: ignore(a) only when the debug flag is set
    b::use();
  }); // GET /direct: b
  route("/elsewhere", [] {
    a::use(); // ripple: ignore(a) but the next line uses it as well
    a::use();
  }); // GET /elsewhere: a
  route("/below", [] {
    both(); // ripple: ignore(a) both() is called with b's part alone
  }); // GET /below: b
  route("/above", [] {
    both();
  }); // GET /above: a b
  route("/other", [] {
    b::use(); // ripple: ignore(a) another component than the line's
  }); // GET /other: b
  route("/no-reason", [] {
    a::use(); // ripple: ignore(a)
  }); // GET /no-reason: a
  route("/unknown", [] {
    a::use(); // ripple: ignore(nowhere) there is no such component
  }); // GET /unknown: a
  route("/no-name", [] {
    a::use(); // ripple: ignore because I say so
  }); // GET /no-name: a
  route("/open", [] {
    a::use(); // ripple: ignore(a the bracket is missing
  }); // GET /open: a
  route("/block", [] {
    a::use(); /* ripple: ignore(a) in a comment of the other kind */
  }); // GET /block:
  route("/text", [] {
    std::string text = "// ripple: ignore(a) in a text"; a::use();
  }); // GET /text: a
  route("/two", [] {
    a::use(), b::use(); // ripple: ignore(a) one of the two
  }); // GET /two: b
  route("/pointer", [] {
    viaPointer(c::use); // ripple: ignore(c) it is never called so
  }); // GET /pointer:
  route("/virtual", [] {
    std::unique_ptr<Base> base;
    if (a::value())
      base = std::make_unique<First>();
    else
      base = std::make_unique<Second>();
    base->run(); // ripple: ignore(c) the first one is for tests
  }); // GET /virtual: a d?
  route("/later", [] {
    std::thread([] { e::use(); }).detach(); // ripple: ignore(e) nobody waits for it
    f::use();
  }); // GET /later: f
  hook([] {
    d::use(); // ripple: ignore(d) not with every request
    e::use();
  });
  f::use(); // ripple: ignore(f) before it serves
  serve();
}
// ambient: e
