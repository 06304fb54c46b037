// RUN: %expect %s %S/Inputs/plug-ins.c
// Functions that are looked up by name: a plug-in's own where the catalog names its header,
// unresolved elsewhere. C and C++ in one program.
#include "world.h"
#include "plug.h"

#include <csignal>
#include <dlfcn.h>

extern "C" {
extern int (*const cTable[2])(int);
int (*lookedUp(void))(short);
}

const plug *loadByRecord(void *object) { return static_cast<const plug *>(dlsym(object, "plug")); }
const plug *loadByEntry(void *object) {
  return reinterpret_cast<plug_entry>(dlsym(object, "entry"))();
}

int main(int argc, char **argv) {
  const plug *loaded = loadByRecord(nullptr);
  route("/call", [=] { loaded->price(1); }); // GET /call: f a? b?
  route("/entry", [=] { loadByEntry(nullptr); }); // GET /entry: f
  route("/load", [=] { loadByRecord(nullptr); }); // GET /load: f
  route("/table", [=] { cTable[argc](1); }); // GET /table: a? b?
  route("/unknown", [] { lookedUp()(1); }); // GET /unknown: !
  route("/none", [] {}); // GET /none:
  route("/name", [=] { dlsym(nullptr, argv[1]); }); // GET /name: !
  // A type that the C library's header names says nothing of whose function it is.
  route("/handler", [] { // GET /handler: !
    reinterpret_cast<sighandler_t>(dlsym(nullptr, "handler"))(1);
  });
  serve();
}
