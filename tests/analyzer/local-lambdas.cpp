// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// A local lambda that registers and is called by its name only. Bug: it counted as handed on, so that one more request kind was not known.
#include <functional>
#include <string>

namespace rest {
using Plain = std::function<void()>;
void command(const std::string &name, Plain handler);
} // namespace rest

void one() {}
void two() {}
void keep(std::function<void(const std::string &, rest::Plain)> add);

int main() {
  auto add = [](auto name, auto handler) {
    rest::command(name, handler); // handler: transaction a = one, by key; transaction b = main::lambda, by key
  };
  add("a", one);
  add("b", [] { two(); });
  auto plain = [&](const std::string &name, rest::Plain handler) {
    rest::command("/" + name, handler); // handler: transaction /c = two, by key; transaction /d = one, by key
  };
  plain("c", two);
  auto around = [&] { plain("d", one); };
  around();
  auto given = [](const std::string &name, rest::Plain handler) {
    rest::command(name, handler); // not understood: transaction <dynamic> = *, by key
  };
  keep(given);
  auto copied = [](const std::string &name, rest::Plain handler) {
    rest::command(name, handler); // not understood: transaction <dynamic> = *, by key
  };
  auto other = copied;
  keep(other);
  auto inside = [](const std::string &name, rest::Plain handler) {
    rest::command(name, handler); // not understood: transaction <dynamic> = *, by key
  };
  auto inner = [held = inside] { keep(held); };
  inner();
}
