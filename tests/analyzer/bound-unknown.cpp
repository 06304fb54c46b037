// RUN: %expect %s
// What std::bind makes may be in any std::function of which it is not known what it holds. Bug: only what is called by
// its own name was.
#include "world.h"
using F = std::function<void()>;
struct Page {
  virtual ~Page() = default;
  virtual void show() { a::use(); }
};
extern F given();
F slot;
void plain() { c::use(); }
void withArgument(const std::string &, F f) { d::use(); f(); }
int main() {
  slot = given();
  slot = std::bind(&Page::show, std::make_shared<Page>());
  slot = std::bind(plain);
  slot = std::bind(withArgument, "x", F([] { e::use(); }));
  route("/x", [] { slot(); }); // GET /x: ! a? c? d? e?
  serve();
}
