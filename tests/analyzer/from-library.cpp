// RUN: %expect %s
// A function of a library's own that start-up code got from it, which a request calls, where the program has functions
// of its type, too. Bugs: where it had come as `void *`, or to a function that the library calls, the library was missing.
#include "world.h"

namespace a {
int (*hooked())(int);
extern int (*current)(int);
} // namespace a
namespace c {
struct Table {
  int (*run)(int);
};
const Table *table();
} // namespace c
namespace d {
void *look(const char *name);
} // namespace d
namespace e {
int find(const char *name, void **found);
} // namespace e
namespace f {
void ask(void (*with)(int (*)(int)));
} // namespace f

static int mine(int value) {
  b::use();
  return value;
}
int (*kept)(int) = mine;
int (*copied)(int) = mine;
const c::Table *rows;

int (*looked)(int) = mine;
int (*found)(int) = mine;
int (*told)(int) = mine;
void *symbols[1];
void tell(int (*own)(int)) { told = own; }

int main(int argc, char **) {
  if (argc > 1)
    kept = a::hooked();
  if (argc > 2)
    copied = a::current;
  rows = c::table();
  symbols[0] = d::look("run");
  looked = reinterpret_cast<int (*)(int)>(symbols[0]);
  void *place = nullptr;
  if (e::find("run", &place))
    found = reinterpret_cast<int (*)(int)>(place);
  f::ask(tell);
  route("/kept", [] { kept(1); }); // GET /kept: a? b?
  route("/copied", [] { copied(1); }); // GET /copied: a? b?
  route("/row", [] { rows->run(1); }); // GET /row: b? c
  route("/looked", [] { looked(1); }); // GET /looked: b? d? e?
  route("/found", [] { found(1); }); // GET /found: b? d? e?
  route("/told", [] { told(1); }); // GET /told: b? f?
  serve();
}
