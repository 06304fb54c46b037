// RUN: %expect %s %S/Inputs/idioms-main.cpp
// Idioms of real C code: see the requests in idioms-main.cpp.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void a_use(void);
void b_use(void);
void lib_register(void (*callback)(void *), void *data);
void lib_set(int option, ...);

static void use_a(void) { a_use(); }
static void use_b(void) { b_use(); }

/* Tables of operations, designated, and copied as a whole. */
struct file;
struct file_operations {
  int (*open)(struct file *);
  void (*close)(struct file *);
};
struct file {
  const struct file_operations *ops;
  void *private_data;
};
static int ext_open(struct file *f) { return (void)f, a_use(), 0; }
static void ext_close(struct file *f) { (void)f, b_use(); }
static int null_open(struct file *f) { return f != 0; }
static const struct file_operations ext_ops = {.open = ext_open, .close = ext_close};
static struct file_operations copied_ops;
static struct file files[2] = {{&ext_ops, 0}, {.ops = &copied_ops}};
void i_ops(void) { files[0].ops->open(&files[0]); } // a? (or null_open)
void i_copied(void) {
  copied_ops = ext_ops;
  copied_ops.open = null_open;
  files[1].ops->close(&files[1]); // b
}
struct two_ops {
  void (*run)(int);
};
static void run_a(int n) { (void)n, a_use(); }
static void run_b(int n) { (void)n, b_use(); }
static const struct two_ops source_ops = {run_b};
void i_memcpy(void) {
  struct two_ops mine = {run_a};
  memcpy(&mine, &source_ops, sizeof mine);
  mine.run(1); // a? b?
}
static void (*run_hooks[4])(char);
static void hook_a(char n) { (void)n, a_use(); }
void i_memcpy_array(void) {
  void (*from[2])(char) = {hook_a, hook_a};
  memcpy(run_hooks, from, sizeof from);
  run_hooks[0]('x'); // a
}

/* Tables made by macros from one list. */
#define COMMANDS(X) X(start, a_use) X(stop, b_use)
#define X(name, what) static void command_##name(short n) { (void)n, what(); }
COMMANDS(X)
#undef X
#define X(name, what) [command_##name##_number] = command_##name,
enum { command_start_number, command_stop_number };
static void (*const commands[])(short) = {COMMANDS(X)};
void i_x_macro(int n) { commands[n](1); } // a? b?

/* Callbacks kept in void * and cast back. */
typedef void (*simple)(void);
struct box {
  void *data;
};
static void *kept;
void i_void_pointer(void) {
  kept = (void *)use_a;
  ((simple)kept)(); // a? b?: all that is cast to void *
}
struct closure {
  void (*call)(long, void *);
  void *data;
};
static void call_b(long n, void *data) { (void)n, ((simple)data)(); }
void i_closure(void) {
  struct closure c = {call_b, (void *)use_b};
  c.call(1, c.data);
}
struct object {
  void (*method)(struct object *, float);
};
static void method_a(struct object *o, float x) { (void)o, (void)x, a_use(); }
static void trampoline(void *data) {
  struct object *o = data;
  o->method(o, 1);
}
void i_user_data(void) {
  static struct object o = {method_a};
  lib_register(trampoline, &o); // a
}
void i_integer(void) {
  uintptr_t n = (uintptr_t)use_b;
  ((simple)n)(); // b?
}

/* Signals through the container of a list's link. */
struct link {
  struct link *next;
};
struct listener {
  int priority;
  struct link link;
  void (*notify)(struct listener *, void *);
};
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define wrapper(pointer, member) __typeof__(*(member)) *member##_of = container_of(pointer, __typeof__(*(member)), link)
static struct link signal_list;
static void notify_a(struct listener *l, void *d) { (void)l, (void)d, a_use(); }
static struct listener listener_a = {.notify = notify_a};
static void signal_add(struct link *list, struct link *what) {
  what->next = list->next;
  list->next = what;
}
void i_signal(void) {
  signal_add(&signal_list, &listener_a.link);
  for (struct link *each = signal_list.next; each; each = each->next) {
    struct listener *l = container_of(each, struct listener, link);
    l->notify(l, 0); // a
  }
}

/* Comparators, and other callbacks of the C library. */
static int compare_a(const void *x, const void *y) { return a_use(), x < y; }
static int compare_b(const void *x, const void *y) { return b_use(), x < y; }
static int (*chosen_compare)(const void *, const void *) = compare_b;
void i_qsort(int *n) { qsort(n, 2, sizeof *n, compare_a); }
void i_bsearch(int *n) { bsearch(n, n, 2, sizeof *n, chosen_compare); }
static int sort_with(int *n, int (*compare)(const void *, const void *)) {
  return qsort(n, 2, sizeof *n, compare), 0;
}
void i_sort_with(int *n) { sort_with(n, compare_b); }
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void key_end(void *data) { (void)data, b_use(); }
static void make_key(void) { pthread_key_create(&key, key_end), a_use(); }
void i_once(void) { pthread_once(&once, make_key); }
static void cleanup_handler(void *p) { (void)p, b_use(); }
void i_cleanup_push(void) {
  pthread_cleanup_push(cleanup_handler, 0);
  pthread_cleanup_pop(1);
}
void i_variadic(void) { lib_set(1, use_b); }

/* Attributes. */
static void freed(int **p) { (void)p, a_use(); }
void i_cleanup(void) { __attribute__((cleanup(freed))) int *p = 0; (void)p; }
void real_function(void) { b_use(); }
void aliased(void) __attribute__((alias("real_function")));
void i_alias(void) { aliased(); }
static void hidden_real(void) { a_use(); }
extern void weak_alias(void) __attribute__((weak, alias("hidden_real")));
void i_weak_alias(void) { weak_alias(); }
__attribute__((weak)) void overridable(void) { a_use(); }
void i_weak(void) { overridable(); }
static void implementation(void) { b_use(); }
static void (*resolver(void))(void) { return implementation; }
void dispatched(void) __attribute__((ifunc("resolver")));
void i_ifunc(void) { dispatched(); }
extern void renamed(void) __asm__("real_function");
void i_asm_label(void) { renamed(); }

/* Ways of choosing. */
void i_ternary(int n) { (n > 1 ? use_a : use_b)(); }
void i_comma(void) { (0, use_a)(); }
void i_statement(void) { ({ simple p = use_b; p; })(); }
static simple pick(int n) { return n ? use_a : use_b; }
void i_returned(int n) { pick(n)(); }
static simple (*picker)(int) = pick;
void i_returned_twice(int n) { (*picker)(n)(); }
#define generic(x) _Generic((x), int: use_a, default: use_b)
void i_generic(void) { generic(1)(); }
static jmp_buf jump;
static void jumps(void) { longjmp(jump, 1); }
void i_jump(void) {
  if (setjmp(jump))
    b_use();
  else
    jumps();
}

/* Lists of hooks that grow. */
struct hook {
  void (*run)(double);
  struct hook *next;
};
static struct hook *hooks;
static void add_hook(void (*run)(double)) {
  struct hook *h = malloc(sizeof *h);
  h->run = run;
  h->next = hooks;
  hooks = h;
}
static void double_a(double x) { (void)x, a_use(); }
void i_hooks(void) {
  add_hook(double_a);
  for (struct hook *h = hooks; h; h = h->next)
    h->run(1); // a
}
static simple *stack;
static int depth;
static void push(simple p) {
  stack = realloc(stack, (depth + 1) * sizeof *stack);
  stack[depth++] = p;
}
void i_stack(void) {
  push(use_b);
  while (depth)
    stack[--depth](); // b
}
static void variadic_calls(int count, ...) {
  va_list list;
  va_start(list, count);
  for (int i = 0; i < count; ++i)
    va_arg(list, simple)(); // a? b?
  va_end(list);
}
void i_va_arg(void) { variadic_calls(1, use_a); }
union call {
  void (*with)(unsigned);
  void *raw;
};
static void unsigned_b(unsigned n) { (void)n, b_use(); }
void i_union(void) {
  union call c = {.with = unsigned_b};
  c.with(1); // b
}
void i_union_raw(void) {
  union call c;
  c.raw = (void *)unsigned_b;
  c.with(1); // b
}
struct state {
  struct state (*next)(int);
};
static struct state state_b(int n) { return (void)n, b_use(), (struct state){0}; }
static struct state state_a(int n) { return (void)n, a_use(), (struct state){state_b}; }
void i_states(void) {
  struct state s = {state_a};
  while (s.next)
    s = s.next(1); // a? b?
}
static inline void callback_with(void (*call)(void *), void *data) { call(data); }
static void with_a(void *data) { (void)data, a_use(); }
static void with_b(void *data) { (void)data, b_use(); }
void i_with_a(void) { callback_with(with_a, 0); }
void i_with_b(void) { callback_with(with_b, 0); }
