// RUN: %expect %s
// A function of a library's own that start-up code got from it, which a request calls, where the program has functions
// of its type, too.
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

static int mine(int value) {
  b::use();
  return value;
}
int (*kept)(int) = mine;
int (*copied)(int) = mine;
const c::Table *rows;

int main(int argc, char **) {
  if (argc > 1)
    kept = a::hooked();
  if (argc > 2)
    copied = a::current;
  rows = c::table();
  route("/kept", [] { kept(1); }); // GET /kept: a? b?
  route("/copied", [] { copied(1); }); // GET /copied: a? b?
  route("/row", [] { rows->run(1); }); // GET /row: b c
  serve();
}
