#include "interface.h"
extern "C" { void route(const char *, void (*)()); void serve(); }
struct Mine : Base { void go() override {} };
Base *made = make();
Base *mine = new Mine;
int main() {
  route("/go", [] { made->go(); });
  route("/table", [] { table[1](); });
  route("/ops", [] { ops.run(); });
  route("/end", [] { delete made; });
  serve();
}
