// RUN: %handlers --catalog %S/Inputs/objects.yaml %s
// Objects that routes are registered on, and that serve, as parameters and copies. Bugs: a default argument was taken for
// what the parameter always is; a copy of an object of a derived class for one of that class.
#include <functional>
#include <string>

namespace rest {
using Plain = std::function<void()>;
struct Rule {
  void handle(Plain handler);
};
struct Handler {
  virtual ~Handler();
  virtual void get();
  virtual void put();
};
struct App {
  Rule &rule(const std::string &path);
  void add(const std::string &path, Handler *handler);
};
} // namespace rest

void plain() {}
rest::App app;
struct Show : rest::Handler {
  void get() override {}
};
struct Other : Show {
  void get() override {}
};

void chained(rest::Rule &rule = app.rule("/default")) { rule.handle(plain); } // handler: GET <dynamic> = plain, by chain
void added(rest::Handler *handler = new Show) { app.add("/added", handler); } // not understood: GET /added = rest::Handler::get, by object; PUT /added = rest::Handler::put, by object

int main() {
  chained();
  chained(app.rule("/given"));
  added();
  Other other;
  added(&other);
  Show sliced = Other();
  app.add("/sliced", &sliced); // handler: GET /sliced = Show::get, by object
}
