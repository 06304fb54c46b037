#include "world.h"

static void handler() { b::Object object; }
void more() {
  route("/more", handler); // GET /more: b
}
