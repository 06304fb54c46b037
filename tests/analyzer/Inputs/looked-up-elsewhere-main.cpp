#include "world.h"
extern "C" void *find(const char *file);
struct Table {
  void (*run)(int);
};
static void own(int) { a::use(); }
static const Table table = {own};
static const Table *chosen = &table;
int main(int, char **words) {
  chosen = static_cast<const Table *>(find(words[1]));
  route("/table", [] { chosen->run(1); }); // GET /table: ! a?
  serve();
}
