#!/bin/sh
# loader-environment.sh FOLDER: a program of which the server says where a library is (LD_LIBRARY_PATH), and what else to
# load (LD_PRELOAD).
set -eu
folder=$1
mkdir -p "$folder/server"
cd "$folder"
library() { # NAME CODE
  echo "#include <stdio.h>
$2" | cc -x c -shared -fPIC -Wl,-soname,"lib$1.so" -o "$3lib$1.so" -
}
library odd 'void odd_use(void) { puts("odd"); }' server/
library even 'void even_use(void) { puts("even"); }' ./
library other 'void even_use(void) { puts("other"); }' ./
library framework 'void route(const char *path, void (*handler)(void)) { handler(); } void serve(void) {}' ./
cat >main.c <<END
void route(const char *path, void (*handler)(void));
void serve(void);
void odd_use(void);
void even_use(void);
static void odd(void) { odd_use(); }
static void even(void) { even_use(); }
int main(void) {
  route("/odd", odd);
  route("/even", even);
  serve();
  return 0;
}
END
cc -g main.c -L. -Lserver -lodd -leven -lframework -Wl,-rpath,"$PWD" -o app
printf '#! /bin/sh\n# made by libtool\n' >script
mkdir -p .libs
cp app .libs/script
cat >compile_commands.json <<END
[{"directory": "$PWD", "file": "main.c", "command": "cc -g -c main.c"}]
END
cat >catalog.yaml <<END
format: ripple.catalog
version: "1.0"
components:
  - {id: odd, library: libodd.so}
  - {id: even, library: libeven.so}
  - {id: other, library: libother.so}
handlers:
  - {framework: mine, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
END
