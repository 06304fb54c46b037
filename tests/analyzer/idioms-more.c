// RUN: %expect %s %S/Inputs/idioms-more-other.c %S/Inputs/idioms-more-main.cpp
// More of what real C does, in several units: see the requests in idioms-more-main.cpp.
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

void a_use(void);
void b_use(void);

/* Each has a type of its own: of what calls fall back to, nothing else is a part. */
#define CALLABLES(NAME, ...)                                                                       \
  typedef void (*NAME)(__VA_ARGS__);                                                               \
  static void NAME##_a(__VA_ARGS__) { a_use(); }                                                   \
  static void NAME##_b(__VA_ARGS__) { b_use(); }

/* Sizes of arrays are computed where their type is written. */
static int size(void) { return a_use(), 3; }
void m_size_local(void) { int x[size()]; (void)x; }
void m_size_sizeof(void) { (void)sizeof(int[size()]); }
void m_size_typedef(void) { typedef int array[size()]; }
void m_size_cast(void *p) { (void)(int(*)[size()])p; }
void m_size_pointer(void) { int (*p)[2][size()] = 0; (void)p; }
void m_size_typeof(void) { __typeof__(int[size()]) x; (void)x; }
static void sized(int n, int x[size() + n]) { (void)n, (void)x; }
void m_size_parameter(int *n) { sized(1, n); }

/* Another name of a variable, here and elsewhere. */
CALLABLES(alias, int *)
alias real_hook = alias_b;
extern alias other_hook __attribute__((alias("real_hook")));
void m_alias_set(void) { other_hook = alias_a; }
void m_alias_call(void) { real_hook(0); }
CALLABLES(far, int **)
far real_far_hook = far_b;
extern far other_far_hook __attribute__((alias("real_far_hook")));
void m_far_call(void) { real_far_hook(0); }
far far_given(void) { return far_a; }

/* Another name of a function, for other units. */
void real_function(void) { a_use(); }
void other_function(void) __attribute__((alias("real_function")));
static void (*choose(void))(void) { return real_function; }
void chosen_function(void) __attribute__((ifunc("choose")));
#pragma weak pragma_function = real_function

/* What the compiler's own functions write. */
CALLABLES(swapped, short *)
static swapped swapped_hook;
void m_swapped(void) {
  swapped_hook = swapped_b;
  (void)__sync_bool_compare_and_swap(&swapped_hook, swapped_b, swapped_a);
}
void m_swapped_call(void) { swapped_hook(0); }

/* What is written through `...`. */
CALLABLES(written, long *)
static written written_hook = written_b;
static void write_all(int n, ...) {
  va_list list;
  va_start(list, n);
  written *place = va_arg(list, written *);
  *place = written_a;
  va_end(list);
}
void m_written(void) { write_all(1, &written_hook); }
void m_written_call(void) { written_hook(0); }

/* A structure that each unit writes for itself. */
CALLABLES(twice, char *)
struct twice_table {
  twice run;
  int number;
};
struct twice_table twice_table = {twice_a, 1};
/* One of that name, but another one. */
CALLABLES(apart, signed char *)
struct apart_table {
  int number;
  apart run;
};
struct apart_table apart_table = {1, apart_a};
void m_apart(void) { apart_table.run(0); }

/* Structures in a union that begin alike. */
CALLABLES(alike, unsigned *)
union event {
  int kind;
  struct any_event {
    int kind;
    alike run;
    alike apart;
  } any;
  struct key_event {
    int kind;
    alike run;
    int key;
    alike other;
  } key;
};
static union event first_event = {.any = {1, alike_b, alike_b}};
static union event second_event;
void m_union_set(void) { second_event.key.run = alike_a; }
void m_union_call(void) { second_event.any.run(0); }
void m_union_other(void) { first_event.any.apart(0); }

/* A field by its offset. */
CALLABLES(offset, unsigned char *)
struct options {
  int number;
  offset run;
} options = {1, offset_b};
static void set(void *base, size_t at, void *value) { memcpy((char *)base + at, &value, sizeof value); }
void m_offset_set(void) { set(&options, offsetof(struct options, run), (void *)offset_a); }
void m_offset_call(void) { options.run(0); }
