// RUN: %expect --catalog %S/Inputs/made.yaml %s
// Objects that only the framework makes: their methods are handlers, and their constructors run
// before anything is served.
#include "world.h"

namespace auto_made {
struct Base {};
} // namespace auto_made

class Items : public lib::Service, public auto_made::Base {
public:
  Items() { a::use(); } // startup: a d
  void handle() override { b::use(); } // transaction Items: b
};
class Unused : public lib::Service {
  void handle() override { c::use(); }
};
struct Routes {
  static void set() { // run by the framework
    d::use();
    route("/set", [] { e::use(); }); // GET /set: e
  }
};

int main() { serve(); }
