// RUN: %expect %S/Inputs/declared-otherwise-main.cpp %s
// A unit declares a function that takes a callable with `void *`. Bug: what it gives there was not what the parameter
// holds, where other units give it one that is known.
void a_use(void);
void b_use(void);
void set(void *hook);
void keep(void (*hook)(int *));
static void by_a(int *x) { (void)x, a_use(); }
static void by_b(int *x) { (void)x, b_use(); }
void start(void) {
  set((void *)by_b);
  keep(by_a);
}
