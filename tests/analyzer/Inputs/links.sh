# Makes in FOLDER a program and libraries, each for one way in which the loader binds a name elsewhere
# than the headers say. The library `one` has a function use_one, and so on.
set -e
cd "$1"
lib() { # NAME SOURCE FLAGS…: the library NAME
  name=$1; echo "$2" > $name.c; shift 2
  cc -w -g0 -shared -fPIC $name.c -o lib$name.so -Wl,-soname,lib$name.so -Wl,-rpath,'$ORIGIN' -L. "$@"
}
for each in one two three four; do lib $each "void use_$each(void) {}"; done
lib world 'void route(const char *p, void (*f)(void)) {} void serve(void) {}'
# Two versions of one function, in two libraries; the wanted one comes second.
echo 'V_1 { versioned; };' > v1.map; echo 'V_2 { versioned; };' > v2.map
lib old ''
lib new 'void versioned(void) {}' -Wl,--version-script=v2.map
# Calls its own function, of which another stands before, which needs a third.
lib before 'void use_one(void); void inner(void) { use_one(); }' -lone
lib inner 'void inner(void) {} void outer(void) { inner(); }'
# Calls a function of the program's by its name.
lib back 'void called_back(void); void calls_back(void) { called_back(); }'
# Has the copy of C's inline function.
lib inline 'void inlined(void) {}'
# Another library answers for it.
lib answers 'void answered(void) {}'
lib stub 'void answered(void) {}' -Wl,-f,libanswers.so
# Leaves open what another one has that the program opens.
lib opened 'void in_opened(void) {}'
lib opens 'void in_opened(void); void calls_opened(void) { in_opened(); }'
# Its own search path has a folder by a name that differs from one system to the other.
mkdir -p lib/x86_64-linux-gnu lib64
lib deep 'void deep(void) {}'; cp libdeep.so lib64/
mv libdeep.so lib/x86_64-linux-gnu/
lib token 'void deep(void); void token(void) { deep(); }' -Llib64 -ldeep -Wl,-rpath,'$ORIGIN/$LIB'
mkdir src
cat > src/main.c <<'END'
#include <dlfcn.h>
void route(const char *, void (*)(void));
void serve(void);
void versioned(void), outer(void), calls_back(void), answered(void), calls_opened(void), token(void);
void use_one(void), use_two(void), use_three(void), use_four(void), __real_use_three(void);
inline void inlined(void) {}
void called_back(void) { use_two(); }
void __wrap_use_three(void) { use_four(); __real_use_three(); }
static void rVersioned(void) { versioned(); }
static void rInterposed(void) { outer(); }
static void rBack(void) { calls_back(); }
static void rWrapped(void) { use_three(); }
static void rInline(void) { inlined(); }
static void rAnswered(void) { answered(); }
static void rOpened(void) { calls_opened(); }
static void rToken(void) { token(); }
static void rNone(void) {}
int main(void) {
  dlopen("libopened.so", RTLD_LAZY | RTLD_GLOBAL);
  route("/versioned", rVersioned);
  route("/interposed", rInterposed);
  route("/back", rBack);
  route("/wrapped", rWrapped);
  route("/inline", rInline);
  route("/answered", rAnswered);
  route("/opened", rOpened);
  route("/token", rToken);
  route("/none", rNone);
  serve();
}
END
cc -w -g -c src/main.c -o main.o
cc main.o -o app -rdynamic -Wl,-rpath,'$ORIGIN' -Wl,--no-as-needed -Wl,--wrap=use_three \
  -Wl,--unresolved-symbols=ignore-all -L. -lold -lnew -lbefore -linner -lback -lone -ltwo -lthree -lfour \
  -linline -lstub -lopens -ltoken -lworld
lib old 'void versioned(void) {}' -Wl,--version-script=v1.map # Later than the program.
cat > compile_commands.json <<END
[{"directory": "$1", "file": "src/main.c", "arguments": ["cc", "-w", "-c", "src/main.c"]}]
END
