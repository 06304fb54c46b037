#!/bin/sh
# Makes in FOLDER a program with code inside that has no source: archives, an object file, a source in assembler, a
# name that is defined by the linker; each for one way in which it enters a library that nobody else uses. The library
# `one` has a function use_one, and so on.
set -e
cd "$1"
mkdir -p lib src/third_party
shared() { # NAME SOURCE FLAGS…: the library NAME
  name=$1; echo "$2" > lib/$name.c; shift 2
  cc -w -g0 -shared -fPIC lib/$name.c -o lib/lib$name.so -Wl,-soname,lib$name.so -Wl,-rpath,'$ORIGIN' -Llib "$@"
}
archive() { # NAME DECLARATION SOURCE: lib/NAME.h, and libNAME.a, of third_party/NAME
  folder=src/third_party/$1; mkdir $folder
  echo "$2" > $folder/$1.h; echo "$3" > lib/in_$1.c
  cc -w -g0 -fPIC -c lib/in_$1.c -o lib/in_$1.o
  ar rcs $folder/lib$1.a lib/in_$1.o
}
numbers='one two three four five six seven eight nine ten'
for each in $numbers; do shared $each "void use_$each(void) {}"; done
shared world 'void route(const char *p, void (*f)(void)) {} void serve(void) {}'
shared asks 'void answer(void) {} void ask(void) { answer(); }'
archive alone 'void alone(void);' 'void use_one(void); void alone(void) { use_one(); }'
archive back 'void back(void); void called_back(void);' 'void back(void) { called_back(); }'
archive inner 'void inner(void);' 'void use_three(void); void inner(void) { use_three(); }'
archive chain 'void chain(void);' 'void inner(void); void chain(void) { inner(); }'
archive answers 'void answers(void);' 'void use_seven(void); void answer(void) { use_seven(); } void answers(void) {}'
archive ticks 'void tick(void (*)(void));' '#include <pthread.h>
static void *run(void *given) { for (;;) ((void (*)(void))given)(); }
void tick(void (*f)(void)) { pthread_t thread; pthread_create(&thread, 0, run, (void *)f); }'
archive given 'void give(void (*)(void)); void run_given(void);' 'static void (*kept)(void);
void give(void (*f)(void)) { kept = f; } void run_given(void) { kept(); }'
echo 'void use_four(void); void object(void) { use_four(); }' > lib/object.c
cc -w -g0 -fPIC -c lib/object.c -o src/object.o
echo 'void use_six(void); void jump(void) { use_six(); }' > lib/jump.c
cc -w -g0 -fPIC -S lib/jump.c -o src/jump.s
cat > src/main.c <<'END'
#include "third_party/alone/alone.h"
#include "third_party/answers/answers.h"
#include "third_party/back/back.h"
#include "third_party/chain/chain.h"
#include "third_party/given/given.h"
#include "third_party/ticks/ticks.h"
void route(const char *, void (*)(void));
void serve(void);
void use_two(void), use_five(void), use_eight(void), use_nine(void), use_ten(void), renamed(void), object(void), jump(void), ask(void);
void called_back(void) { use_two(); }
void called_five(void) { use_five(); }
static void rNone(void) {}
static void rTen(void) { use_ten(); }
int main(void) {
  tick(use_eight);
  give(use_nine);
  answers();
  route("/alone", alone);
  route("/ask", ask);
  route("/back", back);
  route("/chain", chain);
  route("/given", run_given);
  route("/jump", jump);
  route("/none", rNone);
  route("/object", object);
  route("/renamed", renamed);
  route("/ten", rTen);
  serve();
}
END
cat > src/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.20)
project(archives C CXX ASM)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
link_directories($1/lib)
add_executable(app main.c jump.s object.o)
set_target_properties(app PROPERTIES BUILD_RPATH $1/lib)
target_link_options(app PRIVATE LINKER:--no-as-needed LINKER:--defsym,renamed=called_five)
target_link_libraries(app PRIVATE \${CMAKE_SOURCE_DIR}/third_party/alone/libalone.a)
foreach(each back chain inner answers ticks given)
  target_link_directories(app PRIVATE third_party/\${each})
  target_link_libraries(app PRIVATE -l\${each})
endforeach()
target_link_libraries(app PRIVATE $numbers asks world)
END
cat > compile_commands.json <<END
[{"directory": "$1/src", "file": "main.c", "arguments": ["cc", "-w", "-c", "main.c"]}]
END
