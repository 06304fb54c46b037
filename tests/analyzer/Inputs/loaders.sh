#!/bin/sh
# loaders.sh FOLDER: a program whose libraries, and itself, open files of which no table of theirs tells; catalog.yaml has
# rules for some, none.yaml has none.
set -eu
inputs=$(dirname "$0")
mkdir -p "$1/modules" "$1/codecs" "$1/plug-ins"
cd "$1"
. "$inputs/small-program.sh"
library deep 'void deep_use(void) {}'
echo 'void deep_use(void); void driver_run(void) { deep_use(); }' |
  cc -shared -fPIC -x c - -x none -L. -ldeep -Wl,-soname,libdriver.so -o modules/libdriver.so
library codec 'void codec_run(void) {}' codecs/
library plug 'void add(void (*)(void)); static void run(void) {} __attribute__((constructor)) static void init(void) { add(run); }' plug-ins/
library odd 'void odd_use(void) {}'
library even 'void even_use(void) {} void even_open(const char *name) {} void even_named(const char *file) {}'
library user 'void even_open(const char *); void user_use(void) { even_open("x"); }'
framework
cat >Main.cpp <<END
#include <dlfcn.h>
extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
extern "C" void odd_use();
extern "C" void even_use();
extern "C" void even_open(const char *);
extern "C" void even_named(const char *);
extern "C" void user_use();
static void (*added)(int);
extern "C" void add(void (*run)(int)) { added = run; }
namespace plug_ins {
void load(const char *file) { dlopen(file, RTLD_NOW); }
} // namespace plug_ins
void nothing() {}
void odd() { odd_use(); }
void even() { even_use(); }
void open() { even_open("x"); }
void named() { even_named("x"); }
void user() { user_use(); }
void own(int) {}
void plugged() { added(1); }
int main(int argc, char **argv) {
  (void)argc;
  add(own);
  plug_ins::load(argv[1]);
  route("/even", even);
  route("/named", named);
  route("/nothing", nothing);
  route("/odd", odd);
  route("/open", open);
  route("/plugged", plugged);
  route("/user", user);
  serve();
}
END
c++ -g -rdynamic Main.cpp -L. -lodd -leven -luser -lframework -Wl,-rpath,"$PWD" -o app
database "c++ -g" Main.cpp
catalog odd even user deep driver codec plug
cp catalog.yaml none.yaml
cat >>catalog.yaml <<END
loaders:
  - {name: drivers, library: "libodd.*", opens: ["$PWD/modules/*.so", "$PWD/nowhere/*.so"]}
  - {name: codecs, calls: [even_open], opens: ["$PWD/codecs/*"]}
  - {name: named files, calls: [even_named]}
  - {name: plug-ins, calls: ["plug_ins::*"], opens: ["$PWD/plug-ins/*.so"]}
END
