#!/bin/sh
# plain-build.sh FOLDER: a program of which only a compile database and its debug information tell, whose start-up code
# gives the standard library something to call.
set -eu
folder=$1
mkdir -p "$folder"
cd "$folder"
echo 'extern "C" void odd_use() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libodd.so -o libodd.so -
echo 'extern "C" void even_use() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libeven.so -o libeven.so -
cat >Main.cpp <<END
#include <array>
#include <iostream>
#include <memory>
#include <streambuf>
#include <string>
#include <utility>

void route(const std::string &path, void (*handler)());
void serve();
extern "C" void odd_use();
extern "C" void even_use();

int number;
extern int elsewhere;
inline int fromHeader = 3;
template <typename T> struct Count {
  static inline int inlined = 4;
  static int plain;
};
template <typename T> int Count<T>::plain = 5;
std::array<void (*)(), 1> table = {odd_use};

struct Log : std::streambuf {
  int overflow(int character) override {
    even_use();
    return character;
  }
} log;

void nothing() { number = elsewhere; }
void templates() { fromHeader = Count<int>::inlined + Count<char>::plain; }
void cast() { number = std::forward<int &&>(elsewhere) + std::move(number) + *std::addressof(number); }
void called() { table[0](); }
static void deleter() {
  std::shared_ptr<int> held(&number, [](int *) {});
}
void print() { std::cout << number; }

int main() {
  std::cout.rdbuf(&log);
  route("/nothing", nothing);
  route("/templates", templates);
  route("/cast", cast);
  route("/called", called);
  route("/deleter", deleter);
  route("/print", print);
  serve();
}
END
echo 'int elsewhere = 7;' >Other.cpp
echo '#include <string>
void route(const std::string &, void (*)()) {}
void serve() {}' | c++ -x c++ -shared -fPIC -Wl,-soname,libframework.so -o libframework.so -
c++ -g -std=c++20 Main.cpp Other.cpp -L. -lodd -leven -lframework -Wl,-rpath,"$PWD" -o app
cat >compile_commands.json <<END
[{"directory": "$PWD", "file": "Main.cpp", "command": "c++ -g -std=c++20 -c Main.cpp"},
 {"directory": "$PWD", "file": "Other.cpp", "command": "c++ -g -std=c++20 -c Other.cpp"}]
END
cat >catalog.yaml <<END
format: ripple.catalog
version: "1.0"
components:
  - {id: odd, library: libodd.so}
  - {id: even, library: libeven.so}
handlers:
  - {framework: mine, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
END
