#!/bin/sh
# plug-ins-structures.sh FOLDER: a program whose plug-in registers itself by structures of the program: in tables, in what
# functions take or give, in templates; it opens the plug-in by a constant name, by one that is not, or is linked with it.
set -eu
inputs=$(dirname "$0")
mkdir -p "$1"
cd "$1"
. "$inputs/small-program.sh"
library odd 'void odd_use(void) {}'
library even 'void even_use(void) {}'
cat >api.h <<END
#pragma once
#include <vector>
struct Row { const char *name; void (*run)(int); };
extern Row rows[4]; extern int count;
struct Node { Node *next; void (*run)(short); };
void link(Node *);
extern Node *head;
struct Node2 { Node2 *next; void (*run)(char); };
extern "C" Node2 *slot();
template <class T> struct Registry {
  static Registry &one() { static Registry it; return it; }
  static void add(T what) { one().all.push_back(what); }
  std::vector<T> all;
};
struct Table { void (*run)(long); };
extern "C" const Table plug_table;
struct Host { void (*add)(void (*)(unsigned)); };
extern Host host;
struct Event { void (*done)(float); };
void post(const Event &);
END
cat >Plug.cpp <<END
#include "api.h"
extern "C" void even_use();
extern "C" void helped();
static void a(int) { helped(); }
static void b(short) { helped(); }
static void c(char) { helped(); }
static void d(double) { helped(); }
static void e(long) { helped(); }
static void f(float) { helped(); }
static Node node = {nullptr, b};
extern "C" { extern const Table plug_table; const Table plug_table = {e}; }
static void g(unsigned) { helped(); }
__attribute__((constructor)) static void init() {
  rows[count++] = {"x", a};
  link(&node);
  slot()->run = c;
  Registry<void (*)(double)>::add(d);
  host.add(g);
  post({f});
}
END
c++ -shared -fPIC -Wl,-soname,libplug.so Plug.cpp -L. -leven -Wl,-rpath,"$PWD" -o libplug.so
framework
cat >Main.cpp <<END
#include "api.h"
#include <dlfcn.h>
extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
extern "C" void odd_use();
Row rows[4]; int count;
Node *head;
void link(Node *node) { node->next = head; head = node; }
static Node2 node2;
extern "C" Node2 *slot() { return &node2; }
extern "C" void helped() { odd_use(); }
static void (*hosted)(unsigned);
static void add(void (*f)(unsigned)) { hosted = f; }
Host host = {add};
static Event last;
void post(const Event &event) { last = event; }
static const Table *table;
static void own(int) {}
static void own2(short) {}
static void own3(char) {}
static void own4(double) {}
static void own5(long) {}
static void own6(float) {}
static void own7(unsigned) {}
static Node ownNode = {nullptr, own2};
static const Table builtin = {own5};
int main(int argc, char **argv) {
  rows[0] = {"own", own}; link(&ownNode); node2.run = own3; last.done = own6; hosted = own7;
  Registry<void (*)(double)>::add(own4);
  table = &builtin;
  OPEN
  route("/array", [] { for (int i = 0; i < count; ++i) rows[i].run(1); });
  route("/event", [] { last.done(1); });
  route("/host", [] { hosted(1); });
  route("/list", [] { for (Node *n = head; n; n = n->next) n->run(1); });
  route("/nothing", [] {});
  route("/slot", [] { node2.run(1); });
  route("/table", [] { table->run(1); });
  route("/template", [] { for (auto each : Registry<void (*)(double)>::one().all) each(1); });
  serve();
}
END
catalog odd even
make() {
  sed "s/OPEN/$2/" Main.cpp >"$1.cpp"
  c++ -g -rdynamic "$1.cpp" -L. -Wl,--no-as-needed -lodd -lframework $3 -Wl,-rpath,"$PWD" -o "$1"
}
make constant 'dlopen("libplug.so", RTLD_NOW);' ''
make any 'dlopen(argv[1], RTLD_NOW);' ''
make linked 'table = \&plug_table;' -lplug
database "c++ -g" constant.cpp any.cpp linked.cpp
