#!/bin/sh
# plug-ins-register.sh FOLDER: a program whose plug-in registers itself, by functions and variables of the program that
# it names; the program opens it by a constant name, by one that is not, or is linked with it.
set -eu
inputs=$(dirname "$0")
mkdir -p "$1"
cd "$1"
. "$inputs/small-program.sh"
library odd 'void odd_use(void) {}'
library even 'void even_use(void) {}'
cat >Filter.h <<END
struct Filter {
  virtual void run() = 0;
};
END
cat >Plug.cpp <<END
#include "Filter.h"
#include <map>
#include <string>
std::map<std::string, void (*)()> &named();
extern "C" void even_use();
extern "C" void add_filter(void (*)());
void addObject(Filter &);
extern "C" void (*hook)();
extern "C" void helped();
static void mine() { even_use(); helped(); }
static struct Mine final : Filter {
  void run() override { helped(); }
} object;
__attribute__((constructor)) static void init() {
  add_filter(mine);
  addObject(object);
  hook = mine;
  named()["mine"] = mine;
}
extern "C" int run(int n) {
  mine();
  return n;
}
END
c++ -shared -fPIC -Wl,-soname,libplug.so Plug.cpp -L. -leven -Wl,-rpath,"$PWD" -o libplug.so
framework
cat >Main.cpp <<END
#include "Filter.h"
#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <string>
extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
extern "C" void odd_use();
static void (*filters[10])();
static int count;
static Filter *objects;
static void (*hidden)();
static char **words;
extern "C" void (*hook)();
extern "C" void add_filter(void (*filter)()) { filters[count++] = filter; }
__attribute__((visibility("hidden"))) void addHidden(void (*filter)()) { hidden = filter; }
void addObject(Filter &object) { objects = &object; }
extern "C" void helped() { odd_use(); }
std::map<std::string, void (*)()> &named() {
  static std::map<std::string, void (*)()> all;
  return all;
}
static void own() {}
static struct Own : Filter {
  void run() override {}
} ownObject;
void (*hook)() = own;

void function() {
  for (int i = 0; i < count; ++i)
    filters[i]();
}
void object() { objects->run(); }
void variable() { hook(); }
void byName() {
  for (auto &each : named())
    each.second();
}
void opened() { OPEN }
static int (*found)(int);
static void lookedUp() { found(1); }
void notExported() { hidden(); }
void sorted() { qsort(filters, 1, 1, (int (*)(const void *, const void *))filters[0]); }

int main(int argc, char **argv) {
  (void)argc;
  words = argv;
  add_filter(own);
  named()["own"] = own;
  addHidden(own);
  addObject(ownObject);
  OPEN
  SYMBOL
  route("/function", function);
  route("/object", object);
  route("/variable", variable);
  route("/hidden", notExported);
  route("/name", byName);
  route("/opened", opened);
  route("/sorted", sorted);
  serve();
}
END
catalog odd even
make() {
  sed "s/OPEN/$2/; s/SYMBOL/${4-}/" Main.cpp >"$1.cpp"
  c++ -g -rdynamic "$1.cpp" -L. -Wl,--no-as-needed -lodd -lframework $3 -Wl,-rpath,"$PWD" -o "$1"
}
make constant 'dlopen("libplug.so", RTLD_NOW);' ''
make any 'dlopen(words[1], RTLD_NOW);' ''
make itself 'dlopen(nullptr, RTLD_NOW);' ''
make symbol 'dlopen("libplug.so", RTLD_NOW);' '' \
  'found = (int (*)(int))dlsym(RTLD_DEFAULT, "run"); route("\/looked-up", lookedUp);'
make linked '' -lplug
database "c++ -g" constant.cpp any.cpp itself.cpp symbol.cpp linked.cpp
