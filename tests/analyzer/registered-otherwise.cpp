// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// Registrations whose path, handler or call is not what it looks like. Bugs: operators and classes of the user's own
// counted as the text that they make another one of; a default argument as what the parameter holds; an override of
// the framework's registering method as the framework's own; one `return` that is not known as none; a pointer to a
// registering function that comes out of a field was not seen.
#include <functional>
#include <map>
#include <string>

namespace rest {
using Plain = std::function<void()>;
struct Text {
  Text(const char *text);
};
struct Api {
  virtual ~Api();
  virtual void files(const char *path, Plain handler);
  void get(const Text &path, Plain handler);
};
void command(const std::string &name, Plain handler);
} // namespace rest
extern "C" int (*register_command)(const char *name, void (*handler)());
struct host_t {
  int (*add)(host_t *self, const char *name, void (*handler)());
};

void one() {}
void two() {}

std::string operator""_path(const char *text, std::size_t) { return "/u" + std::string(text); }
struct Piece {
  std::string text;
  operator std::string() const { return text; }
};
Piece operator+(Piece a, const char *b) { return {a.text + "/" + b}; }
struct Far {
  Far(const char *text);
  operator std::string() const;
};
struct Below : rest::Text {
  Below(const char *text) : Text((std::string("/below") + text).c_str()) {}
};

void byDefault(rest::Plain handler, const char *name = "default") { rest::command(name, handler); } // handler: transaction default = one, by key; transaction given = two, by key

struct Versioned : rest::Api {
  void files(const char *path, rest::Plain handler) override {
    rest::Api::files((std::string("/v1") + path).c_str(), handler); // handler: GET /v1/x/** = one, by below; GET /v1/y/** = two, by below
  }
};

rest::Plain known[2];
rest::Plain chosen(int i) {
  if (i == 0)
    return one;
  return known[i];
}
struct Maker {
  virtual ~Maker() = default;
  virtual rest::Plain make() const { return one; }
  virtual rest::Plain wrap(rest::Plain inner) const = 0;
};
struct Other : Maker {
  rest::Plain make() const override { return two; }
  rest::Plain wrap(rest::Plain inner) const override {
    return [inner] { inner(); };
  }
};
struct Registered {
  Registered(const char *name, rest::Plain handler) { rest::command(name, handler); } // handler: transaction inherited = one, by key
};
struct Inheriting : Registered {
  using Registered::Registered;
};

void keep(int (*add)(host_t *, const char *, void (*)())) { add(nullptr, "kept", one); }

int main(int count, char **words) {
  rest::command("a"_path, one); // handler: transaction <dynamic> = one, by key
  rest::command(Piece{"b"} + "c", one); // handler: transaction <dynamic> = one, by key
  rest::command(Far("d"), one); // handler: transaction <dynamic> = one, by key
  rest::command("e\0f", one); // handler: transaction e = one, by key
  rest::Api api;
  api.get(rest::Text("/text"), one); // handler: GET /text = one, by also; HEAD /text = one, by also
  api.get(Below("/text"), one); // handler: GET <dynamic> = one, by also; HEAD <dynamic> = one, by also
  byDefault(one);
  byDefault(two, "given");
  Versioned versioned;
  versioned.files("/x", one); // handler: GET /x/** = one, by below
  rest::Api &base = versioned;
  base.files("/y", two); // handler: GET /y/** = two, by below
  rest::command("chosen", chosen(count)); // handler: transaction chosen = one + what known[i] holds, by key
  Other other;
  Maker &maker = other;
  rest::command("made", maker.make()); // handler: transaction made = one + two, by key
  rest::command("wrapped", maker.wrap(one)); // handler: transaction wrapped = Other::wrap::lambda, by key
  Inheriting inheriting("inherited", one);
  host_t *host = reinterpret_cast<host_t *>(words);
  auto *add = host->add; // not understood: transaction <dynamic> = *, by field
  add(host, "hosted", one);
  keep(host->add); // not understood: transaction <dynamic> = *, by field
  keep([](host_t *, const char *, void (*)()) { return 0; });
  known[1] = two;
}
