#!/bin/sh
# unread.sh FOLDER: a program and a library of which some code is not read, and libraries that both
# use.
set -eu
inputs=$(dirname "$0")
folder=$1
mkdir -p "$folder"
cd "$folder"
. "$inputs/small-program.sh"
for each in odd even third; do
  library $each "void ${each}_use(void) {}"
done
library forks '#include <pthread.h>
static void handler(void) {}
__attribute__((constructor)) static void start(void) { pthread_atfork(0, 0, handler); }
void forks_use(void) {}'
framework
cat >Mine.cpp <<END
#if defined(__x86_64__)
void mine() { asm volatile("call third_use@PLT"); }
#else
void mine() { asm volatile("bl third_use"); }
#endif
END
c++ -g -shared -fPIC -Wl,-soname,libmine.so Mine.cpp -L. -lthird -Wl,-rpath,"$PWD" -o libmine.so
cat >Main.cpp <<END
#include <unistd.h>
extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
extern "C" void even_use();
void mine();
void even() { even_use(); }
struct { long total; } state;
extern "C" char **environ;
void count() { ++state.total; }
void environment() { environ = nullptr; }
void child() { fork(); }
extern "C" void forks_use();
#if defined(__x86_64__)
void odd() { asm volatile("call odd_use@PLT"); }
#else
void odd() { asm volatile("bl odd_use"); }
#endif
int main() {
  forks_use();
  route("/even", even);
  route("/odd", odd);
  route("/mine", mine);
  route("/count", count);
  route("/environment", environment);
  route("/fork", child);
  serve();
}
END
c++ -g Main.cpp -L. -lmine -lodd -leven -lforks -lframework -Wl,-rpath,"$PWD" -Wl,-rpath-link,. -o app
database "c++ -g -fPIC" Main.cpp Mine.cpp
catalog odd even forks third
