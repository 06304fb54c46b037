// RUN: %expect %s
// What a thread beside requests puts where code without source finds it, that may call. Bug: what puts a callable
// somewhere was taken for nothing that runs it, whoever gets hold of it there.
#include "world.h"

void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void worker() {
  for (;;) {
    void *table[] = {(void *)&useA};
    f::any(table);
    f::any((void *)&useB);
    static void (*kept)() = useC;
    f::any(&kept);
    auto *p = new std::function<void()>([] { e::use(); });
    f::any(p);
  }
}
int main() {
  std::thread(worker).detach();
  route("/nothing", [] {}); // GET /nothing:
  serve();
}
// ambient: a? b c? e? f
