#!/bin/sh
# plain-build.sh FOLDER: a program of which only a compile database and its debug information tell, whose start-up code
# gives the standard library something to call. FOLDER.headers has the header of a library whose class it derives from.
set -eu
inputs=$(dirname "$0")
folder=$1
mkdir -p "$folder"
cd "$folder"
. "$inputs/small-program.sh"
for each in odd even; do
  library $each "void ${each}_use(void) {}"
done
framework
mkdir -p "$folder.headers"
cat >"$folder.headers/base.h" <<END
struct Base {
  Base(int);
  virtual ~Base();
};
END
echo '#include "base.h"
Base::Base(int) {}
Base::~Base() {}' | c++ -x c++ -I "$folder.headers" -shared -fPIC -Wl,-soname,libbase.so -o libbase.so -
cat >Main.cpp <<END
#include "base.h"
#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <pthread.h>
#include <streambuf>
#include <utility>

extern "C" void route(const char *path, void (*handler)());
extern "C" void serve();
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
} lines;

struct Derived : Base {
  Derived() : Base(1) {}
};
void derived() { Derived one; }
void nothing() { number = elsewhere; }
void templates() { fromHeader = Count<int>::inlined + Count<char>::plain; }
void cast() { number = std::forward<int &&>(elsewhere) + std::move(number) + *std::addressof(number); }
void called() { table[0](); }
static void deleter() {
  std::shared_ptr<int> held(&number, [](int *) {});
}
static auto owner = [](auto value) { std::shared_ptr<int> held(&number, [value](int *) {}); };
void variable() { owner(1); }
void print() { std::cout << number; }
extern "C" void spare() { odd_use(); } // Nobody names it.
void ends() {
  std::atexit(nothing);
  pthread_atfork(nothing, nullptr, nullptr);
}

int main() {
  std::cout.rdbuf(&lines);
  route("/nothing", nothing);
  route("/templates", templates);
  route("/cast", cast);
  route("/called", called);
  route("/deleter", deleter);
  route("/derived", derived);
  route("/ends", ends);
  route("/print", print);
  route("/variable", variable);
  serve();
}
END
echo 'int elsewhere = 7;' >Other.cpp
c++ -g -std=c++20 -I "$folder.headers" Main.cpp Other.cpp -L. -lodd -leven -lbase -lframework -Wl,-rpath,"$PWD" -o app
database "c++ -g -std=c++20 -I $folder.headers" Main.cpp Other.cpp
catalog odd even base
