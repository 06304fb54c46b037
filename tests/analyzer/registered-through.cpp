// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// Registrations in functions that are called in more ways than by their name; texts that others make; handlers that a
// library makes of several.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rest {
using Plain = std::function<void()>;
void command(const std::string &name, Plain handler);
} // namespace rest
namespace lib {
rest::Plain both(rest::Plain first, rest::Plain second);
rest::Plain named(const std::string &name, rest::Plain handler);
} // namespace lib

void one() {}
void two() {}
void (*table[])() = {one, two};

struct Router {
  virtual ~Router() = default;
  virtual void add(const char *path, void (*handler)()) = 0;
};
struct Plain : Router {
  void add(const char *path, void (*handler)()) override { rest::command(path, handler); } // handler: transaction direct = one, by key; transaction virtual = two, by key
};
struct Prefixed : Plain {
  void add(const char *path, void (*handler)()) override { Plain::add(path, handler); }
};
struct Made {
  Made(const char *path, void (*handler)()) { rest::command(path, handler); } // handler: transaction made = one, by key; transaction delegated = two, by key
  explicit Made(const char *path) : Made(path, two) {}
};
struct Path {
  std::string text;
  operator std::string() const { return "/api" + text; }
};

void add(const std::string &name, rest::Plain handler) { rest::command(name, lib::named(name, handler)); } // handler: transaction <dynamic> = one, by key; transaction constant = two, by key

int main(int argc, char **argv) {
  Plain plain;
  plain.add("direct", one);
  Prefixed prefixed;
  Router &router = prefixed;
  router.add("virtual", two);
  Made made("made", one), delegated("delegated");
  rest::command(Path{"/x"}, one); // handler: transaction <dynamic> = one, by key
  rest::command("two", lib::both(one, two)); // handler: transaction two = one + two, by key
  rest::command("unknown", lib::both(one, table[argc])); // handler: transaction unknown = one + what lib::both, by key
  add(argv[0], one);
  add("constant", two);
}
