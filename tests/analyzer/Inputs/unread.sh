#!/bin/sh
# unread.sh FOLDER: a program and a library of which some code is not read, and libraries that both
# use.
set -eu
folder=$1
mkdir -p "$folder"
cd "$folder"
echo 'extern "C" void odd_use() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libodd.so -o libodd.so -
echo 'extern "C" void even_use() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libeven.so -o libeven.so -
echo 'extern "C" void third_use() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libthird.so -o libthird.so -
c++ -x c++ -shared -fPIC -Wl,-soname,libforks.so -o libforks.so - <<END
#include <pthread.h>
static void handler() {}
__attribute__((constructor)) static void start() { pthread_atfork(nullptr, nullptr, handler); }
extern "C" void forks_use() {}
END
cat >Mine.cpp <<END
#if defined(__x86_64__)
void mine() { asm volatile("call third_use@PLT"); }
#else
void mine() { asm volatile("bl third_use"); }
#endif
END
c++ -g -shared -fPIC -Wl,-soname,libmine.so Mine.cpp -L. -lthird -Wl,-rpath,"$PWD" -o libmine.so
cat >Main.cpp <<END
#include <string>
#include <unistd.h>
void route(const std::string &path, void (*handler)());
void serve();
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
cat >Framework.cpp <<END
#include <string>
void route(const std::string &, void (*)()) {}
void serve() {}
END
c++ -shared -fPIC -Wl,-soname,libframework.so -o libframework.so Framework.cpp
c++ -g Main.cpp -L. -lmine -lodd -leven -lforks -lframework -Wl,-rpath,"$PWD" -Wl,-rpath-link,. -o app
cat >compile_commands.json <<END
[{"directory": "$PWD", "file": "Main.cpp", "command": "c++ -g -c Main.cpp"},
 {"directory": "$PWD", "file": "Mine.cpp", "command": "c++ -g -fPIC -c Mine.cpp"}]
END
cat >catalog.yaml <<END
format: ripple.catalog
version: "1.0"
components:
  - {id: odd, library: libodd.so}
  - {id: even, library: libeven.so}
  - {id: forks, library: libforks.so}
  - {id: third, library: libthird.so}
handlers:
  - {framework: mine, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
END
