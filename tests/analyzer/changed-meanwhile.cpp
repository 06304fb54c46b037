// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// A local variable that something else than its initialiser may have set is not what that says.
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace rest {
using Plain = std::function<void()>;
void command(const std::string &name, Plain handler);
} // namespace rest

void one() {}
void two() {}
void set(std::string &text) { text = "other"; }
void (*setter)(std::string &) = set;
struct Setter {
  explicit Setter(std::string &text) { set(text); }
};
struct Holder {
  std::string &text;
};
struct Twice {
  Twice(std::string first) : second((set(first), first)) { rest::command(first, one); } // handler: transaction <dynamic> = one, by key
  std::string second;
};
struct Late {
  Late() = default;
  Late &operator++() { return *this; }
  void operator<<(std::string &text) const { set(text); }
};
std::string &same(std::string &text) { return text; }
void look(const std::string &text, const char *more) {}
Twice twice("twice");

void byOtherNames(bool isEvening) {
  std::string a = "a", b = "b", c = "c", d = "d", e = "e", f = "f", g = "g", h = "h", i = "i", j = "j", k = "k", l = "l", m = "m";
  auto &alias = a;
  alias = "other";
  rest::command(a, one); // handler: transaction <dynamic> = one, by key
  std::string *pointer = isEvening ? &b : nullptr;
  *pointer = "other";
  rest::command(b, one); // handler: transaction <dynamic> = one, by key
  (isEvening ? c : a) = "other";
  rest::command(c, one); // handler: transaction <dynamic> = one, by key
  auto &chosen = isEvening ? d : a;
  set(chosen);
  rest::command(d, one); // handler: transaction <dynamic> = one, by key
  Setter made(e);
  rest::command(e, one); // handler: transaction <dynamic> = one, by key
  [&other = f] { other = "other"; }();
  rest::command(f, one); // handler: transaction <dynamic> = one, by key
  setter(g);
  rest::command(g, one); // handler: transaction <dynamic> = one, by key
  Holder holder{h};
  holder.text = "other";
  rest::command(h, one); // handler: transaction <dynamic> = one, by key
  auto get = [&]() -> std::string & { return i; };
  get() = "other";
  rest::command(i, one); // handler: transaction <dynamic> = one, by key
  same(j) = "other";
  rest::command(j, one); // handler: transaction <dynamic> = one, by key
  Late() << k;
  rest::command(k, one); // handler: transaction <dynamic> = one, by key
  std::string &(std::string::*member)(const char *) = &std::string::assign;
  (m.*member)("other");
  rest::command(m, one); // handler: transaction <dynamic> = one, by key
  std::tuple<std::string &> bound(l);
  std::get<0>(bound) = "other";
  rest::command(l, one); // handler: transaction <dynamic> = one, by key
}

void byParts(int number) {
  char a[16] = "pa", b[16] = "pb", c[16] = "pc", d[16] = "", e[16] = "pe";
  std::strcat(a, "/other");
  rest::command(a, one); // handler: transaction <dynamic> = one, by key
  b[0] = 'x';
  rest::command(b, one); // handler: transaction <dynamic> = one, by key
  char *end = c + 1;
  *end = 'x';
  rest::command(c, one); // handler: transaction <dynamic> = one, by key
  std::snprintf(d, sizeof d, "%d", number);
  rest::command(d, one); // handler: transaction <dynamic> = one, by key
  for (char &each : e)
    each = 'x';
  rest::command(e, one); // handler: transaction <dynamic> = one, by key
  const char *moved = "/moved";
  ++moved;
  rest::command(moved, one); // handler: transaction <dynamic> = one, by key
  std::string pair[1] = {"pair"};
  auto &[only] = pair;
  only = "other";
  rest::command(pair[0], one); // handler: transaction <dynamic> = one, by key
}

void byCopies() {
  [name = std::string("init")]() mutable {
    name = "other";
    rest::command(name, one); // handler: transaction <dynamic> = one, by key
  }();
  std::string copied = "copied";
  [copied]() mutable {
    copied += "other";
    rest::command(copied, one); // handler: transaction <dynamic> = one, by key
  }();
  rest::command(std::string("/long", 3), one); // handler: transaction <dynamic> = one, by key
  rest::command(std::string(std::string_view("/long").substr(0, 2)), one); // handler: transaction <dynamic> = one, by key
}

void handlers(bool isEvening) {
  rest::Plain a = one, b = one;
  auto &alias = a;
  alias = two;
  rest::command("alias", a); // handler: transaction alias = what a holds, by key
  void (*pointer)() = one;
  auto **place = &pointer;
  *place = two;
  rest::command("pointer", pointer); // handler: transaction pointer = what pointer holds, by key
  (isEvening ? a : b) = two;
  rest::command("chosen", b); // handler: transaction chosen = what b holds, by key
}

/// What only looks, copies or moves away leaves it.
void unchanged(std::vector<std::string> &log) {
  std::string a = "ua", b = "ub", c = "uc", d = "ud", e = "ue", f = "uf";
  char buffer[] = "buffer";
  void (*run)() = one;
  const std::string &alias = a;
  look(a, a.c_str());
  rest::command(alias, one); // handler: transaction ua = one, by key
  log.push_back(b + "!" + buffer);
  look(buffer, buffer);
  if (buffer[0] == 'b' && b == "ub" && b[0] == 'b' && !b.empty())
    rest::command(buffer, one); // handler: transaction buffer = one, by key
  auto show = [&c, copy = c] { look(c, copy.c_str()); };
  show();
  rest::command(c, show); // handler: transaction uc = unchanged::lambda, by key
  std::pair<std::string, int> paired(d, 1);
  rest::command(d, one); // handler: transaction ud = one, by key
  std::thread(look, e, "").join();
  rest::command(std::move(e), one); // handler: transaction ue = one, by key
  rest::Plain kept(run);
  rest::command("kept", kept); // handler: transaction kept = one, by key
  const std::string *seen = &f;
  look(*seen, "");
  for (const char &each : f)
    look(std::string(1, each), "");
  rest::command(f, run); // handler: transaction uf = one, by key
}
