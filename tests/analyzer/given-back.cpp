// RUN: %expect %s
// A library gives its own callback to a function of the program that was put into the library's structure, and the
// program calls that later (as main loops of one's own do, for libraries that let one bring one). Bug: it was called
// with nothing of which anything is known, and each request that may come there incomplete.
#include "system.h"
#include "world.h"

struct Watch {
  void (*const callback)(short **);
  explicit Watch(void (*with)(short **)) : callback(with) {}
  void ready() { callback(nullptr); }
};
struct Other {
  void (*callback)(short **);
};
static Watch *last;
static Other other;
struct Mine : a::system::Poll {
  Mine() { make = makeWatch; }
  static void *makeWatch(void (*callback)(short **)) { return last = new Watch(callback); }
};
static void *makeOther(void (*callback)(short **)) {
  other.callback = callback;
  return nullptr;
}
static b::system::Poll poll;

int main() {
  Mine mine;
  auto *function = &makeOther;
  poll.make = function;
  route("/last", [] { last->ready(); });             // GET /last: a
  route("/other", [] { other.callback(nullptr); }); // GET /other: b
  serve();
}
