// RUN: %expect %s
// A virtual method that std::bind gives to an object, or that is taken by its name: its object says which it is. Bug: it
// was the one that is named.
#include "world.h"

struct Page {
  virtual ~Page() = default;
  virtual void show() { a::use(); }
  void plain() { c::use(); }
};
struct About : Page {
  void show() override { b::use(); }
};
std::function<void()> logged(std::function<void()> inner) {
  return [inner] {
    d::use();
    inner();
  };
}

int main() {
  static Page page;
  static About about;
  route("/page", std::bind(&Page::show, std::make_shared<Page>())); // GET /page: a
  route("/about", std::bind(&Page::show, &about)); // GET /about: b
  route("/front", std::bind_front(&Page::show, std::ref(about))); // GET /front: b
  route("/plain", std::bind(&Page::plain, &about)); // GET /plain: c
  route("/logged", logged(std::bind(&Page::show, &about))); // GET /logged: a? b? d
  route("/both", logged(std::bind(&Page::show, &page))); // GET /both: a? b? d
  serve();
}
