// RUN: %handlers --catalog %S/Inputs/objects.yaml %s
// An object that routes are registered on may become another one under another name. Bug: only plain assignments counted.
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace rest {
using Plain = std::function<void()>;
struct Rule {
  void handle(Plain handler);
};
struct Group {
  Group(int level, const char *start = nullptr);
  void get(const std::string &path, Plain handler);
  Rule &rule(const std::string &path);
};
struct App {
  void mount(Group &group);
};
} // namespace rest

void plain() {}

void replace(rest::Group &group) { group = rest::Group(1, "/other"); }
void use(rest::Group &group) {}
void unknown(rest::Group &group);
struct Keeper {
  explicit Keeper(rest::Group &group) : group(group) {}
  void replace() { group = rest::Group(1, "/other"); }
  rest::Group &group;
};
struct Looker {
  explicit Looker(rest::Group &group) : group(group) {}
  rest::Group &group;
};
struct Holder {
  rest::Group *group;
};

class Shop {
public:
  void setUp() {
    group.get("/x", plain); // handler: GET <dynamic> = plain, by below
    fixed.get("/x", plain); // handler: GET /fixed/x = plain, by below
  }
  void move() {
    auto &alias = group;
    alias = rest::Group(1, "/other");
    auto &other = fixed;
    other.get("/y", plain); // handler: GET /fixed/y = plain, by below
  }

private:
  rest::Group group{1, "/group"}, fixed{1, "/fixed"};
};
class Own : public rest::Group {
public:
  Own() : Group(1, "/own") {
    get("/x", plain); // handler: GET <dynamic> = plain, by below
  }
  void move() { *this = Own(); }
};

template <typename T> struct Generic {
  void move(T &value) { value.take(this); }
};

int main() {
  rest::Group a(1, "/a"), b(1, "/b"), c(1, "/c"), d(1, "/d"), e(1, "/e"), f(1, "/f"), g(1, "/g"), h(1, "/h");
  auto &alias = a;
  alias = b;
  a.get("/x", plain); // handler: GET <dynamic> = plain, by below
  rest::Group *pointer = &b;
  *pointer = a;
  b.get("/x", plain); // handler: GET <dynamic> = plain, by below
  replace(c);
  c.get("/x", plain); // handler: GET <dynamic> = plain, by below
  unknown(d);
  d.get("/x", plain); // handler: GET <dynamic> = plain, by below
  std::swap(e, a);
  e.get("/x", plain); // handler: GET <dynamic> = plain, by below
  Keeper(f).replace();
  f.get("/x", plain); // handler: GET <dynamic> = plain, by below
  Holder holder{&g};
  *holder.group = a;
  g.get("/x", plain); // handler: GET <dynamic> = plain, by below
  [&other = h] { other = rest::Group(1, "/other"); }();
  h.get("/x", plain); // handler: GET <dynamic> = plain, by below
  auto owned = std::make_unique<rest::Group>(1, "/owned");
  *owned = a;
  owned->get("/x", plain); // handler: GET <dynamic> = plain, by below
  auto shared = std::make_shared<rest::Group>(1, "/shared");
  auto other = shared;
  *other = a;
  shared->get("/x", plain); // handler: GET <dynamic> = plain, by below

  // None of these puts another one there.
  rest::Group i(1, "/i"), j(1, "/j"), k(1, "/k");
  auto &name = i;
  name.get("/x", plain); // handler: GET /i/x = plain, by below
  use(i);
  rest::App().mount(i);
  i.get("/y", plain); // handler: GET /i/y = plain, by below
  Looker looker(j);
  j.get("/x", plain); // handler: GET /j/x = plain, by below
  auto inside = [&] { k.get("/x", plain); }; // handler: GET /k/x = plain, by below
  inside();
  auto kept = std::make_shared<rest::Group>(1, "/kept");
  auto again = kept;
  again->get("/x", plain); // handler: GET /kept/x = plain, by below

  // A route that is another one later.
  auto *rule = &i.rule("/rule");
  rule = &j.rule("/other");
  rule->handle(plain); // handler: GET <dynamic> = plain, by chain
  auto *first = &i.rule("/first");
  auto **place = &first;
  *place = &j.rule("/other");
  first->handle(plain); // handler: GET <dynamic> = plain, by chain
  Shop().setUp();
  Shop().move();
  Own().move();
}
