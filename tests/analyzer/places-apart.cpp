// RUN: %expect %s
// What a call through a pointer out of a union runs may come from any place of a library's that has pointers of its
// type, and from no other.
#include "world.h"

#include <sqlite3.h>

struct Event {
  union {
    void (*process)(Event *);
    int (*same)(int);
    void *raw;
  };
};
Event *next();
void processA(Event *) { a::use(); }
int sameB(int) { return b::value(); }
int closed(sqlite3_file *) { return 0; }

int main() {
  static Event event;
  event.process = processA;
  event.same = sameB;
  static sqlite3_io_methods ops;
  ops.xClose = closed;
  route("/event", [] { event.process(&event); }); // GET /event: a
  serve();
}
