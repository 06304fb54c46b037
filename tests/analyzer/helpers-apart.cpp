// RUN: %expect %s
// Helpers that register a lambda which has captured what they were given. Bug: each such request had
// what any of them was given.
#include "world.h"

using F = std::function<void()>;
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void useD() { d::use(); }

void pointer(const char *path, void (*f)()) {
  route(path, [f] { f(); });
}
void function(const std::string &path, const F &f) {
  route(path, [f = f] { f(); });
}
void outer(const std::string &path, F f) { function("/outer" + path, f); }

struct Service {
  using Method = void (Service::*)();
  void on(const char *path, Method method) {
    route(path, [this, method] { (this->*method)(); });
  }
  void one() { a::use(); }
  void two() { b::use(); }
  Service() {
    on("/one", &Service::one); // GET /one: a
    on("/two", &Service::two); // GET /two: b
  }
};
Service service;

F once(F f) {
  return [f] {
    e::use();
    f();
  };
}
void wrapped(const char *path, F f) {
  route(path, once([f] { f(); }));
}

// It changes what it was given.
void changed(const char *path, F f, bool is) {
  if (is)
    f = useD;
  route(path, [f] { f(); });
}

// Another request may call what it has made.
F kept;
void keep(const char *path, F f) {
  F made = [f] { f(); };
  kept = made;
  route(path, made);
}

// A request registers more, and what it gives is called here.
void twice(const char *path, F f) {
  f();
  route(path, [f] { f(); });
}

int main(int argc, char **) {
  pointer("/a", useA);                    // GET /a: a
  pointer("/b", useB);                    // GET /b: b
  function("/c", useC);                   // GET /c: c
  function("/d", [] { d::use(); });       // GET /d: d
  outer("/a", useA);                      // GET /outer/a: a
  outer("/b", useB);                      // GET /outer/b: b
  wrapped("/wrapped/a", useA);            // GET /wrapped/a: a e
  wrapped("/wrapped/b", useB);            // GET /wrapped/b: b e
  function("/both", useA);                // GET /both: a? b?
  function("/both", useB);
  changed("/changed", useA, argc > 1);    // GET /changed: a? d?
  keep("/kept/a", useA);                  // GET /kept/a: a
  keep("/kept/b", useB);                  // GET /kept/b: b
  keep("/kept/c", [] { kept(); });        // GET /kept/c: a? b?
  route("/kept", [] { kept(); });         // GET /kept: a? b?
  twice("/twice/a", [] { a::use(); twice("/twice/more", useC); }); // GET /twice/a: a? b? c?
  twice("/twice/b", useB);                // GET /twice/b: b
  // GET /twice/more: c
  serve();
}
