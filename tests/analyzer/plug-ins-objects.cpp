// Objects out of plug-ins that the program opens by names that are not constant, behind an interface that it implements, too.
// Bug: a request that calls them had its own classes in its list, and said that nothing else is known. The same of C's
// structures of functions, wherever they were kept as `void *`.
// RUN: %expect %s
#include "world.h"
#include <dlfcn.h>
struct Plugin { virtual void go() = 0; virtual ~Plugin() = default; };
struct Mine : Plugin { void go() override { a::use(); } };
Plugin *one = new Mine;
std::vector<std::unique_ptr<Plugin>> all;
Plugin *given = new Mine, *own = new Mine;
struct Host {
  void (*add)(Plugin *);
};
void add(Plugin *plugin) { given = plugin; }
const Host host = {add};
struct Table {
  const char *name;
  void (*run)(int);
};
void run(int) { c::use(); }
const Table builtin = {"builtin", run};
const Table *chosen = &builtin, *kept[2];

void runOther(long) { d::use(); }
struct Other {
  void (*run)(long);
};
const Other other = {runOther};
struct State {
  const void *operations = &other;
};
State state;
void runFresh(short) { e::use(); }
struct Fresh {
  void (*run)(short);
};
Fresh *fresh = static_cast<Fresh *>(malloc(sizeof(Fresh)));
void *load(void *file) {
  void *found = dlsym(file, "operations");
  return found;
}
int main(int count, char **words) {
  for (int i = 1; i < count; ++i) {
    void *file = dlopen(words[i], RTLD_NOW);
    auto create = reinterpret_cast<Plugin *(*)()>(dlsym(file, "create"));
    reinterpret_cast<void (*)(const Host *)>(dlsym(file, "start"))(&host);
    one = create();
    chosen = static_cast<const Table *>(dlsym(file, "table"));
    void *symbol = dlsym(file, "other");
    kept[0] = static_cast<const Table *>(symbol);
    all.emplace_back(create());
    state.operations = load(file);
  }
  route("/x", [] { one->go(); }); // GET /x: ! a
  route("/y", [] { for (auto &each : all) each->go(); }); // GET /y: ! a
  route("/z", [] { b::use(); }); // GET /z: b
  route("/given", [] { given->go(); }); // GET /given: ! a
  route("/own", [] { own->go(); }); // GET /own: a
  route("/chosen", [] { chosen->run(1); }); // GET /chosen: ! c?
  route("/kept", [] { kept[0]->run(1); }); // GET /kept: ! c?
  route("/state", [] { static_cast<const Other *>(state.operations)->run(1); }); // GET /state: ! d?
  fresh->run = runFresh;
  route("/fresh", [] { fresh->run(1); }); // GET /fresh: e
  serve();
}
