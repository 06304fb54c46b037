// The requests of null-pointers.c.
#include "world.h"

#include <cstdlib>

extern "C" {
void n_compared(void (**)(long *)); void n_ignored(void (**)(int *)); void n_tag(void *); void n_names(void *);
}
void *unknown() { return std::getenv("x"); }

int main() {
  route("/compared", [] { n_compared(static_cast<void (**)(long *)>(unknown())); }); // GET /compared: b
  route("/ignored", [] { n_ignored(static_cast<void (**)(int *)>(unknown())); }); // GET /ignored: b
  route("/tag", [] { n_tag(unknown()); }); // GET /tag: a
  route("/names", [] { n_names(unknown()); }); // GET /names: !
  serve();
}
