// RUN: %expect --catalog %S/Inputs/per-request.yaml %s
// A factory that runs with every request makes the object that serves it: what that does as it is
// made and destroyed is the request's.
#include "world.h"

class Items : public lib::Listener {
public:
  Items() { a::use(); }
  ~Items() override { b::use(); }
  void onEvent() override { c::use(); } // transaction Items: a b c
};
class Orders : public lib::Listener {
public:
  explicit Orders(int number) : number(number) {}
  void onEvent() override { d::use(); } // transaction Orders: d

private:
  int number;
  d::Object part;
};
std::unique_ptr<lib::Listener> made;

int main() {
  hook([] { // ambient: e f
    e::use();
    if (f::value())
      made = std::make_unique<Items>();
    else
      made.reset(new Orders(1));
    lib::listen(made.get());
  });
  serve();
}
