#!/bin/sh
# loader-environment.sh FOLDER: a program of which the server says where libraries are (LD_LIBRARY_PATH), and what else to
# load (LD_PRELOAD). `app` has DT_RUNPATH, `old` the same as DT_RPATH.
set -eu
inputs=$(dirname "$0")
folder=$1
mkdir -p "$folder/server" "$folder/.libs"
cd "$folder"
. "$inputs/small-program.sh"
saying() { # WORD FUNCTION
  printf '#include <stdio.h>\nvoid %s(void) { puts("%s"); }' "$2" "$1"
}
library odd "$(saying odd odd_use)" server/
library even "$(saying even even_use)"
library even "$(saying server even_use)" server/
library other "$(saying other even_use)"
framework
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
cc -g main.c -L. -Lserver -lodd -leven -lframework -Wl,--enable-new-dtags,-rpath,"$PWD" -o app
cc -g main.c -L. -Lserver -lodd -leven -lframework -Wl,--disable-new-dtags,-rpath,"$PWD" -o old
printf '#! /bin/sh\n# made by libtool\n' >script
cp app .libs/script
database "cc -g" main.c
catalog odd even other
