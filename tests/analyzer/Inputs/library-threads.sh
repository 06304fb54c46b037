# Makes in FOLDER a program and libraries that keep what they are given: `ticks` calls it on a thread of
# its own, `uses` has `ticks` do so, `quiet` has no thread.
set -e
cd "$1"
lib() { # NAME SOURCE FLAGS…: the library NAME
  name=$1; echo "$2" > $name.c; shift 2
  cc -w -g0 -shared -fPIC $name.c -o lib$name.so -Wl,-soname,lib$name.so -Wl,-rpath,'$ORIGIN' -L. "$@"
}
for each in one two three; do lib $each "void use_$each(void) {}"; done
lib world 'void route(const char *p, void (*f)(void)) {} void serve(void) {}'
lib ticks '#include <pthread.h>
static void (*kept)(void);
static void *run(void *none) { for (;;) kept(); }
void tick(void (*f)(void)) { pthread_t thread; kept = f; pthread_create(&thread, 0, run, 0); }'
lib uses 'void tick(void (*)(void)); void tick_for(void (*f)(void)) { tick(f); }' -lticks
lib quiet 'static void (*kept)(void); void keep(void (*f)(void)) { kept = f; } void call(void) { kept(); }'
mkdir src
cat > src/main.c <<'END'
void route(const char *, void (*)(void));
void serve(void);
void tick(void (*)(void)), tick_for(void (*)(void)), keep(void (*)(void)), call(void);
void use_one(void), use_two(void), use_three(void);
static void rCall(void) { call(); }
static void rNone(void) {}
int main(void) {
  tick(use_one);
  tick_for(use_two);
  keep(use_three);
  route("/call", rCall);
  route("/none", rNone);
  serve();
}
END
cc -w -g src/main.c -o app -Wl,-rpath,'$ORIGIN' -Wl,--no-as-needed -L. -lone -ltwo -lthree -lticks -luses -lquiet -lworld
cat > compile_commands.json <<END
[{"directory": "$1", "file": "src/main.c", "arguments": ["cc", "-w", "-c", "src/main.c"]}]
END
